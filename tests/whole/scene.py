"""A small scene in a folder of its own: a long mark over a whole clip, a short one inside another, and what a run made of them."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import opentimelineio as otio

import burned
from whole import command_kit as command
from whole import cut_kit as cut
from whole.cut_kit import RATES, Rushes

RATE = RATES["25"]
QUICK = ("--like", "runware/react-1")
"""It takes a picture of any size: nothing is enlarged on its way."""
A_START = ((14 * 60 + 22) * 60 + 10) * 25 + 5
HOUR = 90_000


@dataclass(frozen=True)
class Scene:
    """V1: frames 10 to 50 of A001, all of them marked; frames 16 to 42 of B001, of which 24 to 33 are marked."""

    folder: Path

    @property
    def timeline(self) -> Path:
        return self.folder / "cut.otio"

    @property
    def out(self) -> Path:
        return self.folder / "cut_RP.otio"

    @property
    def project(self) -> Path:
        return self.folder / "scene.reperform"

    @property
    def a(self) -> Rushes:
        return Rushes(self.folder / "A001.mov", RATE, 60, A_START)

    @property
    def b(self) -> Rushes:
        return Rushes(self.folder / "B001.mov", RATE, 60, HOUR)

    def clip_a(
        self, first: int = 10, frames: int = 40, text: str = "RP: angry", at: int | None = None
    ) -> otio.schema.Clip:
        """A point mark: the whole visible clip."""
        return cut.clip(self.a, first, frames, marks=[(text, first + 2 if at is None else at, 1)])

    def clip_b(self, first: int = 16, frames: int = 26, text: str = "RP: sad") -> otio.schema.Clip:
        return cut.clip(self.b, first, frames, marks=[(text, 24, 9)])

    def write(self, *items: Any, name: str = "cut.otio", start: int = HOUR) -> Path:
        """A cut of these items on V1."""
        track = cut.track(*(items or (self.clip_a(), self.clip_b())))
        return cut.save(cut.timeline(track, start=start, rate=RATE), self.folder / name)

    def run(
        self, timeline: Path | None = None, out: Path | None = None, *options: str | Path, status: int = 0
    ) -> dict[str, Any]:
        return command.run(timeline or self.timeline, out or self.out, *QUICK, *options, status=status)

    def rows(self) -> dict[str, int]:
        return command.ledger_rows(self.project)

    def takes(self) -> list[str]:
        """Names of the takes' files."""
        return sorted(path.name for path in (self.project / "takes").glob("*.mov"))

    def played(self, path: Path | None = None, frames: int = 66) -> list[cut.Shown | None]:
        return cut.play(path or self.out, rate=RATE, frames=frames)


def make_scene(folder: Path) -> Scene:
    folder.mkdir()
    options: dict[str, Any] = {"rate": RATE, "frames": 60, "size": (160, 90)}
    burned.make_movie(folder / "A001.mov", codec="h264", timecode="14:22:10:05", reel="A001R1", **options)
    burned.make_movie(folder / "B001.mov", codec="mjpeg", timecode="01:00:00:00", first=100, channels=1, **options)
    scene = Scene(folder)
    scene.write()
    return scene


def files(played: list[cut.Shown | None]) -> list[str | None]:
    """The files that a cut plays, each once, in order."""
    return list(dict.fromkeys(shown.file if shown else None for shown in played))
