"""The plan as a document."""

from __future__ import annotations

import json
from typing import Any

import pytest

from planning.builders import SETTINGS, cue, messages, planned, shot
from reperform import engines, planning
from reperform.errors import SettingsError
from reperform.model import IgnoredMarker, Place, Plan, PlanSettings, Problem

KEYS: dict[str, set[str]] = {
    "": {"version", "timeline", "engine", "model", "shots", "ignored_markers", "problems", "totals"},
    "timeline": {"path", "sha256", "name", "rate", "start", "drop_frame", "dialect"},
    "shot": {"id", "clip", "track", "index", "clock", "record", "media", "cues", "jobs"},
    "record": {"in", "out", "in_frame", "frames"},
    "media": {"path", "rate", "start", "in_frame", "frames", "head", "tail", "map"},
    "cue": {"id", "key", "marker", "character", "record_in", "in_frame", "frames", "direction", "voices"},
    "job": {"id", "engine", "model", "cues", "in_frame", "frames", "seconds", "segments", "request", "cost"},
    "segment": {"startTime", "endTime", "audio", "audioStartTime", "audioEndTime"},
    "cost": {"amount", "currency", "unit", "basis"},
    "ignored_marker": {"clip", "record_in", "text", "why"},
    "problem": {"severity", "where", "message", "fix"},
    "totals": {"shots", "cues", "jobs", "seconds_marked", "seconds_sent", "cost"},
}


def test_every_key_of_version_1_is_there() -> None:
    """The JSON holds all that the document names, and reads back to the same plan."""
    plan = planned(
        shot(cue(100, 60), cue(200, 24)),
        target="sync/sync-3",
        ignored=[IgnoredMarker(clip="MARA_CU_T3", record_in="01:00:01:00", text="focus", why="no direction")],
        problems=[Problem(severity="note", message="It is so.")],
    )
    text = plan.model_dump_json(by_alias=True)
    found = json.loads(text)
    first: dict[str, Any] = found["shots"][0]
    places = {
        "": found,
        "timeline": found["timeline"],
        "shot": first,
        "record": first["record"],
        "media": first["media"],
        "cue": first["cues"][0],
        "job": first["jobs"][0],
        "segment": first["jobs"][0]["segments"][0],
        "cost": first["jobs"][0]["cost"],
        "ignored_marker": found["ignored_markers"][0],
        "problem": found["problems"][0],
        "totals": found["totals"],
    }

    assert {name: KEYS[name] - place.keys() for name, place in places.items()} == {name: set() for name in KEYS}
    assert (found["version"], first["media"]["rate"]) == (1, "24000/1001")
    assert Plan.model_validate_json(text) == plan


def test_totals_count_what_is_marked_and_what_is_sent() -> None:
    """Two cues of 60 and 24 frames at 23.976, each sent with six frames of context on either side."""
    totals = planned(shot(cue(100, 60), cue(200, 24))).totals
    assert (totals.shots, totals.cues, totals.jobs) == (1, 2, 2)
    assert (totals.seconds_marked, totals.seconds_sent) == (3.5035, 4.5045)
    assert totals.cost.amount == 0.7215


def test_a_paid_cue_gets_no_job() -> None:
    """What is paid for is marked so and is not sent; the other cues of its shot are."""
    plan = planned(shot(cue(100, 60), cue(200, 24)), target="sync/sync-3", paid=lambda _, one: one.in_frame == 100)
    assert [one.paid for one in plan.shots[0].cues] == [True, False]
    assert [job.cues for job in plan.shots[0].jobs] == [("cue@200",)]


@pytest.mark.parametrize(
    ("where", "jobs"),
    [
        (Place(track="V1", clip="MARA_CU_T3", timecode="01:00:00:00"), 0),
        (Place(track="V1", clip="MARA_CU_T3", timecode="01:00:16:15"), 0),
        (Place(track="V1", clip="MARA_CU_T3", timecode="01:00:16:16"), 1),
        (Place(track="V2", clip="MARA_CU_T3", timecode="01:00:04:04"), 1),
        (Place(), 1),
    ],
    ids=["at its start", "on its last frame", "after its end", "on another track", "nowhere"],
)
def test_an_error_found_before_stops_its_shot(where: Place, jobs: int) -> None:
    """An error that the timeline side placed inside a shot leaves nothing to pay for there, and stays in the plan."""
    problem = Problem(severity="error", where=where, message="It is wrong.")
    plan = planned(shot(cue(100, 60)), problems=[problem])
    assert (len(plan.shots[0].jobs), plan.errors) == (jobs, (problem,))


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"sync.projct": "p"}, "sync has no field “projct”."),
        ({"snyc.projectId": "p"}, "There is no engine “snyc”."),
        ({"projectId": "p"}, "“projectId” names no field of an engine."),
        ({"runware.ttl": "10"}, "runware.ttl takes a whole number from 60, not “10”."),
    ],
)
def test_options_are_read_whichever_engine_they_are_for(options: dict[str, str], message: str) -> None:
    """A wrong option is an error of the call, before anything is planned."""
    with pytest.raises(SettingsError) as raised:
        planned(shot(cue(100, 60)), settings=PlanSettings(options=options))
    assert raised.value.message == message


def test_addresses_that_may_hold_a_credential_are_not_in_the_plan() -> None:
    """A webhook's address shows as its name, in the request as in the settings."""
    address = "https://me.example/hook?token=abc"
    settings = PlanSettings(options={"runware.webhookURL": address, "runware.ttl": "60"})
    plan = planned(shot(cue(100, 60)), target="runware", settings=settings)

    assert address not in plan.model_dump_json()
    assert plan.settings.options == {"runware.webhookURL": "<webhookURL>", "runware.ttl": "60"}
    assert plan.shots[0].jobs[0].request["webhookURL"] == "<webhookURL>"
    assert messages(plan, "warning") == [
        "runware.ttl is 60: the result is gone after less than a day; a run resumed later finds nothing."
    ]


def test_an_order_is_made_again_from_its_job() -> None:
    """What a job's engine is given at run time makes the same request that the plan showed."""
    engine, model = engines.target("sync/sync-3")
    one = shot(cue(100, 60, speaker=(10, 20)), cue(200, 24, speaker="auto"))
    (job,), _ = planning.jobs(one, one.cues, engine=engine, model=model, settings=SETTINGS)
    made = planning.order(one, job, engine=engine, model=model, settings=SETTINGS)
    assert engine.request(made, video=planning.VIDEO, audio=planning.AUDIO, identity=planning.ATTEMPT) == job.request
    assert (made.frames, made.width, made.height) == (136, 1920, 1080)


def test_jobs_of_some_cues_are_numbered_from_one() -> None:
    """A run asks again for the cues that are still unpaid."""
    engine, model = engines.target("sync")
    one = shot(cue(100, 60), cue(200, 24))
    jobs, _ = planning.jobs(one, one.cues[1:], engine=engine, model=model, settings=SETTINGS)
    assert [(job.id, job.cues) for job in jobs] == [("V1@01:00:00:00#1", ("cue@200",))]
