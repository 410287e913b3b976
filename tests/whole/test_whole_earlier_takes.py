"""A shot that cannot be performed now keeps in OUT what was made of it before."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

import burned
from reperform.timeline import records
from reperform.timeline.reading import read
from whole.command_kit import call
from whole.cut_kit import RATES, Rushes, clip, save, timeline, track

RATE = RATES["25"]


@pytest.fixture(scope="session")
def rushes(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """Two films of twenty frames."""
    folder = tmp_path_factory.mktemp("rushes")
    made = [
        burned.make_movie(
            folder / f"A00{number}.mov",
            rate=RATE,
            frames=20,
            codec="mjpeg",
            timecode="01:00:00:00",
            channels=1,
            size=(160, 90),
            first=100 * number,
        )
        for number in (1, 2)
    ]
    return made[0], made[1]


class Cut:
    """Two shots, the second of which something happens to."""

    def __init__(self, folder: Path, films: tuple[Path, Path]) -> None:
        self.folder = folder
        self.first, self.second = (Path(shutil.copy(film, folder / film.name)) for film in films)
        self.write()

    def write(self, mark: str = "RP: sad", start: int = 2) -> None:
        first = clip(Rushes(self.first, RATE, 20, 90_000), 2, 16, marks=[("RP: angry", 6, 5)])
        second = clip(Rushes(self.second, RATE, 20, 90_000), start, 16, marks=[(mark, 6, 5)])
        save(timeline(track(first, second), rate=RATE), self.folder / "cut.otio")

    def run(self) -> int:
        return call("run", self.folder / "cut.otio", "-o", self.out, "--no-label").status

    @property
    def out(self) -> Path:
        return self.folder / "cut_RP.otio"

    def takes(self) -> dict[str, int]:
        """By clip, how many takes stand on it."""
        clips = [item for item in read(self.out).timeline.find_clips() if "key" not in records.ours(item)]
        return {item.name: sum("preview_" in key for key in item.media_references()) for item in clips}


@pytest.fixture
def cut(tmp_path: Path, rushes: tuple[Path, Path]) -> Cut:
    made = Cut(tmp_path, rushes)
    assert made.run() == 0
    assert set(made.takes().values()) == {1}
    return made


def _offline(cut: Cut) -> None:
    cut.second.unlink()


def _broken(cut: Cut) -> None:
    cut.write("RP: angry, temperature: 7")


@pytest.mark.parametrize("happens", [_offline, _broken], ids=["its media is offline", "its mark is broken"])
def test_a_shot_that_cannot_be_planned_keeps_its_takes(cut: Cut, happens: Callable[[Cut], None]) -> None:
    """The error is said, and the take stays where it was; also when it comes again."""
    for _ in range(2):
        happens(cut) if cut.second.exists() else None
        assert cut.run() == 1
        assert set(cut.takes().values()) == {1}


def test_a_shot_that_shows_other_frames_now_does_not(cut: Cut) -> None:
    """What was made of other frames is no take of it."""
    cut.write("RP: angry, temperature: 7", start=3)
    assert cut.run() == 1
    assert sorted(cut.takes().values()) == [0, 1]
