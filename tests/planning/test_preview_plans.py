"""The preview performs the plan of another engine."""

from __future__ import annotations

from typing import Any

import pytest

from planning.builders import cue, messages, planned, shot
from reperform.errors import SettingsError
from reperform.model import Plan, PlanSettings


def preview(*cues: Any, like: str = "sync/react-1", length: int = 600) -> Plan:
    return planned(shot(*cues, length=length), target="preview", settings=PlanSettings(like=like))


@pytest.mark.parametrize("like", ["sync/react-1", "sync/sync-3", "runware/sync-3", "segmind", "fal"])
def test_limits_splits_and_segments_are_those_of_like(like: str) -> None:
    """Frames, parts, segments and requests are what the other engine would get; the job says `preview`."""
    cues = (cue(10, 431), cue(460, 60))
    shown = preview(*cues, like=like)
    real = planned(shot(*cues, length=600), target=like)

    changed = {"engine", "model", "cost"}
    assert [job.model_dump(exclude=changed) for job in shown.shots[0].jobs] == [
        job.model_dump(exclude=changed) for job in real.shots[0].jobs
    ]
    assert {(job.engine, job.model) for job in shown.shots[0].jobs} == {("preview", "preview")}
    assert (shown.engine, shown.model) == ("preview", "preview")
    assert shown.problems == real.problems


def test_a_preview_is_free_and_says_what_the_other_would_cost() -> None:
    """Nothing is paid; the total of the engine it stands for is in the basis."""
    plan = preview(cue(100, 60), cue(200, 24))
    assert plan.totals.cost.amount == 0
    assert plan.totals.cost.basis == "a preview is free; sync react-1 would cost $0.72"
    assert [job.cost.amount for job in plan.shots[0].jobs] == [0, 0]
    assert plan.shots[0].jobs[0].cost.basis.startswith("a preview is free; sync react-1 would cost $0.48: 72 frames")


def test_a_mark_cannot_make_a_preview_pay() -> None:
    """A cue that names an engine is previewed as that engine would get it."""
    plan = preview(cue(100, 60, engine="fal", emotion="sad"), cue(200, 24, model="sync-3"))
    assert [(job.engine, job.model) for job in plan.shots[0].jobs] == [
        ("preview", "fal/fal-ai/sync-lipsync/react-1"),
        ("preview", "sync/sync-3"),
    ]
    assert plan.totals.cost.basis == "a preview is free; fal react-1 and sync sync-3 would cost $0.69"


def test_a_preview_finds_what_the_other_engine_would_ignore() -> None:
    """A direction that sync-3 cannot take is an error already in the preview of it."""
    assert messages(preview(cue(100, 60, emotion="sad"), like="sync/sync-3"), "error") == [
        "sync sync-3 performs no emotions: “sad” would be ignored."
    ]


@pytest.mark.parametrize("like", ["preview", "snyc/react-1", "sync/react-9"])
def test_like_is_an_engine_and_a_model(like: str) -> None:
    """A `--like` that names nothing to be like is an error of the call."""
    with pytest.raises(SettingsError):
        preview(cue(100, 60), like=like)


def test_a_cue_may_ask_for_a_preview_in_a_paid_run() -> None:
    """A mark with `engine: preview` is previewed while the others are performed."""
    plan = planned(shot(cue(100, 60, engine="preview"), cue(200, 24)))
    assert [job.engine for job in plan.shots[0].jobs] == ["preview", "sync"]
    assert plan.totals.cost.amount == 0.2405
