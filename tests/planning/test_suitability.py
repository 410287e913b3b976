"""What an engine cannot do is said before anything is paid."""

from __future__ import annotations

from typing import Any

import pytest

from planning.builders import cue, messages, planned, shot, spoken_cue
from reperform import engines, planning
from reperform.errors import SettingsError
from reperform.model import PlanSettings, Voice


def test_an_emotion_that_would_be_ignored_is_an_error() -> None:
    """sync-3 at Sync has no emotions: the error stands at the cue and names engines that have."""
    plan = planned(shot(cue(100, 60, emotion="angry"), cue(200, 24)), target="sync/sync-3")
    (problem,) = plan.errors

    assert problem.message == "sync sync-3 performs no emotions: “angry” would be ignored."
    assert (problem.where.track, problem.where.clip, problem.where.timecode) == ("V1", "MARA_CU_T3", "01:00:04:04")
    assert problem.fix == (
        "Use an engine that does (sync react-1, runware react-1, runware sync-3, segmind react-1, fal react-1, command), "
        "or go on without it: --drop emotion"
    )


def test_an_error_stops_its_shot_and_no_other() -> None:
    """Nothing is to be paid for a shot with an error in it; the next shot goes on."""
    bad = shot(cue(100, 60, emotion="angry"), cue(200, 24))
    good = shot(cue(100, 60), id="V1@01:01:00:00")
    assert [len(one.jobs) for one in planned(bad, good, target="sync/sync-3").shots] == [0, 1]


def test_dropping_an_emotion_goes_on_without_it() -> None:
    """With `--drop emotion` the cue is performed as the picture has it, and nothing is said."""
    settings = PlanSettings(drop=("emotion",))
    plan = planned(shot(cue(100, 60, emotion="angry")), target="sync/react-1", settings=settings)
    assert plan.problems == ()
    assert "prompt" not in plan.shots[0].jobs[0].request["options"]


def test_only_parts_of_a_direction_can_be_dropped() -> None:
    """A typing error in `--drop` is an error of the call, not a wish that is silently ignored."""
    with pytest.raises(SettingsError) as raised:
        planned(shot(cue(100, 60)), settings=PlanSettings(drop=("emotoin",)))
    assert (raised.value.message, raised.value.fix) == ("“emotoin” cannot be dropped.", "Did you mean emotion?")


@pytest.mark.parametrize(
    ("target", "asked", "message"),
    [
        ("sync/sync-3", {"region": "head"}, "sync sync-3 takes no region: “head” is not sent."),
        ("sync/sync-3", {"temperature": 0.8}, "sync sync-3 takes no temperature: “0.8” is not sent."),
        ("sync/react-1", {"speaker": "auto"}, "sync react-1 takes no point on the speaker: “auto” is not sent."),
        ("sync/react-1", {"occlusion": True}, "sync react-1 takes no occlusion handling: “on” is not sent."),
        (
            "runware/react-1",
            {"speaker": (640, 360)},
            "runware react-1 takes no point on the speaker, only auto: “640 360” is not sent.",
        ),
        ("fal", {"emotion": "sad", "occlusion": False}, "fal react-1 takes no occlusion handling: “off” is not sent."),
    ],
)
def test_the_rest_of_a_direction_is_a_warning(target: str, asked: dict[str, Any], message: str) -> None:
    """Region, temperature, speaker and occlusion are left out where they are not taken, with a warning."""
    plan = planned(shot(cue(100, 60, **asked)), target=target)
    assert messages(plan, "warning") == [message]
    assert len(plan.shots[0].jobs) == 1


@pytest.mark.parametrize("target", ["segmind", "fal"])
def test_neutral_flattens_and_is_said(target: str) -> None:
    """An engine that must have an emotion gets `neutral`, and the user a warning."""
    plan = planned(shot(cue(100, 60)), target=target)
    assert messages(plan, "warning") == [
        f"{target} react-1 must be given an emotion: “neutral” is sent, which flattens the performance."
    ]


@pytest.mark.parametrize("target", ["segmind", "fal", "runware/react-1", "command"])
def test_a_line_needs_an_engine_that_speaks(target: str) -> None:
    """A line that nobody would speak is an error, naming engines that speak."""
    plan = planned(shot(spoken_cue(100, 60, "No.", voice="Rachel", emotion="sad")), target=target)
    (problem,) = plan.errors
    assert problem.message.endswith("cannot speak a line.")
    assert "sync react-1, sync sync-3" in str(problem.fix)


def test_a_line_needs_a_voice() -> None:
    """Without the name of a voice the engine cannot speak."""
    plan = planned(shot(spoken_cue(100, 60, "No.")))
    assert messages(plan, "error") == ["The line has no voice that speaks it."]


def test_a_line_that_is_recorded_is_not_spoken() -> None:
    """Where a recording drives the cue its line is only text: it is neither sent nor part of the claim."""
    recorded = cue(100, 60, voices=[Voice(kind="file", label="mara.wav")], line="No.", voice="Rachel")
    plan = planned(shot(recorded))
    assert plan.problems == ()
    assert [item["type"] for item in plan.shots[0].jobs[0].request["input"]] == ["video", "audio"]
    assert "provider" not in _parameters(recorded)


@pytest.mark.parametrize(
    ("asked", "message", "fix"),
    [
        ({"engine": "snyc"}, "There is no engine “snyc”.", "Did you mean sync?"),
        ({"model": "react-2"}, "sync has no model “react-2”.", "Did you mean react-1?"),
    ],
)
def test_a_mark_that_names_no_engine_is_an_error_of_its_cue(asked: dict[str, Any], message: str, fix: str) -> None:
    """A typing error in one mark does not stop the other shots."""
    plan = planned(shot(cue(100, 60, **asked)), shot(cue(100, 60), id="V1@01:01:00:00"))
    assert [(problem.message, problem.fix) for problem in plan.errors] == [(message, fix)]
    assert [len(one.jobs) for one in plan.shots] == [0, 1]


def _parameters(one: Any, **settings: Any) -> dict[str, Any]:
    engine, model = engines.target("sync/react-1")
    return planning.cue_parameters(shot(one), one, engine=engine, model=model, settings=PlanSettings(**settings))


def test_parameters_are_the_wire_s() -> None:
    """A claim is made of what is sent: notes, handles and context are not in it, options that change the result are."""
    assert _parameters(cue(100, 60, note="one")) == {
        "sync_mode": "silence",
        "model_mode": "face",
        "prompt": None,
        "temperature": 0.5,
    }
    assert _parameters(cue(100, 60), context_frames=12, handle_frames=0) == _parameters(cue(100, 60))
    assert _parameters(cue(100, 60), options={"sync.projectId": "p"}) == _parameters(cue(100, 60))
    assert _parameters(cue(100, 60), options={"sync.provider.stability": "1"})["options"] == {"provider.stability": 1.0}
