"""A cut inside of a cue that is paid: every frame of it is covered by the same result, and nothing is sent anew."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeAlias

import opentimelineio as otio
import pytest

from metamorphic.scenes import HOUR, RATE, empty_home, make_rushes
from whole import command_kit as command
from whole import cut_kit as cut
from whole.cut_kit import Rushes

LIKE = ("--like", "runware/react-1")
Made: TypeAlias = otio.schema.Timeline


@dataclass(frozen=True)
class Cut:
    """A001 10 to 50, of which 14 to 44 are marked; B001 4 to 34, marked at 9 to 19 under a guide; A001 backward, under a
    guide, too."""

    folder: Path

    @property
    def a(self) -> Rushes:
        return Rushes(self.folder / "A001.mov", RATE, 72, ((14 * 60 + 22) * 60 + 10) * 24 + 5)

    @property
    def b(self) -> Rushes:
        return Rushes(self.folder / "B001.mov", RATE, 72, HOUR)

    def backward(self, first: int, frames: int) -> otio.schema.Clip:
        """`frames` of the timeline, of which the last shows frame `first`."""
        made = cut.clip(self.a, first, frames)
        made.effects.append(otio.schema.LinearTimeWarp(time_scalar=-1.0))
        return made

    def timeline(self, *picture: Any) -> Made:
        first = cut.guide(self.folder / "mara.wav", 6 / RATE, 10 / RATE, RATE)
        second = cut.guide(self.folder / "mara.wav", 20 / RATE, 24 / RATE, RATE)
        voices = cut.track(cut.gap(45, RATE), first, cut.gap(15, RATE), second, name="ADR", audio=True)
        made = cut.timeline(cut.track(*picture), voices, start=HOUR, rate=RATE)
        spans = {"RP: angry": (4, 30), "RP: surprised": (45, 10), "RP: happy": (70, 24)}
        made.tracks.markers.extend(cut.mark(text, *span, RATE) for text, span in spans.items())
        return made

    def whole(self) -> Made:
        return self.timeline(cut.clip(self.a, 10, 40), cut.clip(self.b, 4, 30), self.backward(40, 24))

    def save(self, made: Made, name: str) -> Path:
        return cut.save(made, self.folder / name)

    def run(self, path: Path) -> dict[str, Any]:
        return command.run(path, path.with_suffix(".out.otio"), *LIKE, "--project", self.project)

    @property
    def project(self) -> Path:
        return self.folder / "paid.reperform"

    def sent(self) -> int:
        return command.ledger_rows(self.project)["attempts"]

    def played(self, path: Path, frames: int = 94) -> list[cut.Shown | None]:
        return cut.play(path, rate=RATE, frames=frames)


@pytest.fixture(scope="session")
def paid(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of the whole cut, performed once."""
    with empty_home(tmp_path_factory.mktemp("home of the paid")):
        made = Cut(make_rushes(tmp_path_factory.mktemp("paid") / "cut"))
        made.run(made.save(made.whole(), "whole.otio"))
    return made.folder


@pytest.fixture
def once(paid: Path, tmp_path: Path) -> Cut:
    shutil.copytree(paid, tmp_path / "cut")
    return Cut(tmp_path / "cut")


def in_two(once: Cut) -> Made:
    """Each shot cut once, in the middle of its cue."""
    a = (cut.clip(once.a, 10, 20), cut.clip(once.a, 30, 20))
    b = (cut.clip(once.b, 4, 10), cut.clip(once.b, 14, 20))
    return once.timeline(*a, *b, once.backward(52, 12), once.backward(40, 12))


def in_crumbs(once: Cut) -> Made:
    """A piece of one frame in the middle of each."""
    a = (cut.clip(once.a, 10, 15), cut.clip(once.a, 25, 1), cut.clip(once.a, 26, 24))
    b = (cut.clip(once.b, 4, 8), cut.clip(once.b, 12, 1), cut.clip(once.b, 13, 21))
    return once.timeline(*a, *b, once.backward(54, 10), once.backward(53, 1), once.backward(40, 13))


def in_pieces_on_two_tracks(once: Cut) -> Made:
    """The second half of A001 lies on a track above."""
    b = (cut.clip(once.b, 4, 10), cut.clip(once.b, 14, 20))
    made = once.timeline(cut.clip(once.a, 10, 20), cut.gap(20, RATE), *b, once.backward(40, 24))
    made.tracks.insert(1, cut.track(cut.gap(20, RATE), cut.clip(once.a, 30, 20)))
    return made


@pytest.mark.parametrize("split", [in_two, in_crumbs, in_pieces_on_two_tracks], ids=lambda split: split.__name__)
def test_every_frame_of_a_split_cue_is_covered_by_the_paid_result(once: Cut, split: Callable[[Cut], Made]) -> None:
    """Invariant 5: a cue whose frames lie inside a paid result is covered and not sent again; the cut plays as it did."""
    before = once.sent()
    shown = [each and each.number for each in once.played(once.folder / "whole.out.otio")]
    path = once.save(split(once), "split.otio")
    document = once.run(path)
    assert (before, once.sent(), document["cost"]["amount"]) == (3, 3, 0.0)
    played = once.played(path.with_suffix(".out.otio"))
    assert shown == [each and each.number for each in played]
    assert all(each is not None and "_RP" in each.file for each in played)


def test_halves_that_moved_apart_are_covered_too(once: Cut) -> None:
    """The second half first, a gap between, and a point mark on each: nothing of it is new."""
    halves = [cut.clip(once.a, 29, 15, marks=[("RP: angry", 30, 1)]), cut.gap(9, RATE)]
    halves.append(cut.clip(once.a, 14, 15, marks=[("RP: angry", 14, 1)]))
    made = cut.timeline(cut.track(*halves), start=0, rate=RATE)
    document = once.run(once.save(made, "apart.otio"))
    assert (once.sent(), document["problems"]) == (3, [])


def test_one_frame_more_than_is_paid_is_sent(once: Cut) -> None:
    """What is not covered is not pretended to be."""
    made = cut.timeline(cut.track(cut.clip(once.a, 13, 15, marks=[("RP: angry", 13, 1)])), start=0, rate=RATE)
    once.run(once.save(made, "more.otio"))
    assert once.sent() == 4


def test_another_voice_against_the_same_frames_is_sent(once: Cut) -> None:
    """The guide a frame later is another placement of the voice."""
    made = in_two(once)
    hole = made.tracks[1][0]
    hole.source_range = cut.span(0, 44, RATE)
    once.run(once.save(made, "later.otio"))
    assert once.sent() > 3
