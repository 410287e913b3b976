"""A long cue is answered by its parts, on whichever clock it stands."""

from __future__ import annotations

from pathlib import Path

from performing.performing_kit import cue
from reperform.ledger.ledger import Ledger
from reperform.media.fingerprints import CueDigests
from reperform.performing.answers import Answers
from reperform.performing.wanting import Wanted
from reperform.timing import FrameRange


def _wanted(in_frame: int) -> Wanted:
    """The same forty frames with the same voice, wherever they stand."""
    frames = tuple(f"{number:032x}" for number in range(40))
    return Wanted(
        cue=cue(in_frame, 40, voice=Path("voice.wav")),
        engine="sync",
        model="react-1",
        parameters={},
        digests=CueDigests(frames, frames),
        takes=1,
    )


def test_parts_are_claimed_alike_on_every_clock(project: Path) -> None:
    """Two shots show the same: a part of the one's cue is the same part of the other's, wherever that one's clock begins."""
    here, there = _wanted(10), _wanted(1000)
    with Ledger.open(project) as ledger:
        answers = Answers(results=ledger.results, seam=4)
        answers.split(here, 1, FrameRange(10, 22))
        answers.split(here, 1, FrameRange(28, 22))
        before = answers.keys(here, 1)
        assert before == (here.whole(1).key, *(here.piece(FrameRange(at, 22), 1).key for at in (10, 28)))
        answers.split(there, 1, FrameRange(1000, 22))
        assert answers.keys(there, 1) == before
        assert answers.take(there, 1) == ()
