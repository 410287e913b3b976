"""The cut is edited between runs: the emulator bills only what is new."""

from __future__ import annotations

import os
import shutil

import pytest

from hosted.hosted_kit import FRAMES, PATHS, Hosting, Way

REACT, SYNC_3 = PATHS[0], PATHS[1]
ANGRY, SAD = ("RP: angry", 3, 6), ("RP: sad", 15, 7)


def performed(way: Way, hosting: Hosting, *, first: int = 0, frames: int = FRAMES, name: str = "cut.otio") -> int:
    """The bills so far, after a run whose takes are right."""
    ran = hosting.run(way, timeline=hosting.folder / name)
    assert ran.status == 0, ran.said
    for take in ran.json["takes"]:
        assert [check for check in take["checks"] if not check["passed"]] == []
    return hosting.bills()


def test_what_is_the_same_is_not_billed_again(hosting: Hosting) -> None:
    """Under a new name, moved, trimmed by a frame, with a mark that became shorter; more takes cost only what is missing."""
    bills = [performed(REACT, hosting)]
    hosting.write(name="renamed.otio")
    bills.append(performed(REACT, hosting, name="renamed.otio"))
    hosting.write(before=10)
    bills.append(performed(REACT, hosting))
    hosting.write(first=1, frames=FRAMES - 1)
    bills.append(performed(REACT, hosting))
    hosting.write(marks=[("RP: angry", 3, 5), SAD])
    bills.append(performed(REACT, hosting))
    assert bills == [2, 2, 2, 2, 2]
    hosting.write(marks=[("RP: angry, takes: 2", 3, 6), SAD])
    assert performed(REACT, hosting) == 3
    hosting.write(marks=[("RP: angry, takes: 2", 3, 6), ("RP: happy", 15, 7)])
    assert performed(REACT, hosting) == 4


def test_a_second_cue_of_a_shot_is_all_that_is_new(hosting: Hosting) -> None:
    """Where all cues of a shot are one request: what was paid for the first is not paid with the second."""
    hosting.write(marks=[ANGRY])
    assert performed(SYNC_3, hosting) == 1
    hosting.write(marks=[ANGRY, SAD])
    assert performed(SYNC_3, hosting) == 2
    (first, second) = [bill.seconds for bill in hosting.emulator.billed]
    assert second < 1
    assert first < 1
    assert performed(SYNC_3, hosting) == 2


def test_another_project_of_the_machine_pays_nothing(hosting: Hosting) -> None:
    """The same cue in another cut, in another folder."""
    assert performed(REACT, hosting) == 2
    other = Hosting(hosting.folder.parent / "elsewhere", hosting.emulator)
    other.folder.mkdir()
    shutil.copy(hosting.rushes.path, other.rushes.path)
    os.utime(other.rushes.path)
    other.write(marks=[("RP: sad", 15, 7)])
    assert performed(REACT, other) == 2
    assert other.states() == ["fetched"]


@pytest.mark.parametrize("way", [PATHS[2], PATHS[4], PATHS[5]], ids=lambda way: way.engine)
def test_takes_are_raised(way: Way, hosting: Hosting) -> None:
    """From one to two: one more."""
    hosting.write(marks=[ANGRY])
    assert performed(way, hosting) == 1
    hosting.write(marks=[("RP: angry, takes: 2", 3, 6)])
    assert performed(way, hosting) == 2
