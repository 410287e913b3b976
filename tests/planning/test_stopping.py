"""Errors of a plan and the shots that they stop."""

from __future__ import annotations

import pytest

from planning.builders import INFO, cue, shot
from reperform.model import Place, Problem
from reperform.planning.stopping import Errors


def _error(timecode: str | None, track: str | None = "V1") -> Problem:
    return Problem(severity="error", where=Place(track=track, timecode=timecode), message="it is offline")


@pytest.mark.parametrize("found", ["01:00:00:00", "01:00:04:03", "01:00:16:15"])
def test_one_error_among_many_stops_the_shot(found: str) -> None:
    """Its first frame, one within it, its last one; unordered, among errors of elsewhere and times that are none."""
    others = [_error(timecode) for timecode in ("01:01:00:00", "00:59:59:23", "no timecode", None, "01:00:16:16")]
    its_own = _error(found)
    assert not Errors([*others, _error(found, "V2")], INFO).stop(shot(cue(50, 72)))
    assert Errors([*others, its_own, *others], INFO).stop(shot(cue(50, 72)))
    assert not Errors(others, INFO).stop(shot(cue(50, 72)))


def test_only_errors_stop() -> None:
    """A warning and a note stop nothing."""
    said = [_error("01:00:00:00").model_copy(update={"severity": severity}) for severity in ("warning", "note")]
    assert not Errors(said, INFO).stop(shot(cue(50, 72)))
