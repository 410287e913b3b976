"""The media of the fuzzed cuts: four small movies, and what is known of them without asking reperform."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import burned

__all__ = ["REELS", "VOICE", "Reel", "make_reels"]


@dataclass(frozen=True)
class Reel:
    """A movie. `start` is the timecode of its first frame, in frames; None where it has none."""

    name: str
    rate: Fraction
    frames: int
    start: int | None

    @property
    def timecode(self) -> str | None:
        if self.start is None:
            return None
        nominal = -(-self.rate // 1)
        seconds, frames = divmod(self.start, nominal)
        return f"{seconds // 3600:02}:{seconds // 60 % 60:02}:{seconds % 60:02}:{frames:02}"


REELS = (
    Reel("R24.mov", Fraction(24), 300, 90_000),
    Reel("R25.mov", Fraction(25), 300, None),
    Reel("R2398.mov", Fraction(24000, 1001), 300, 86_400),
    Reel("R2997.mov", Fraction(30000, 1001), 300, None),
)

VOICE = "voice.wav"


def make_reels(folder: Path) -> Path:
    """The movies, in a folder that may hold them already."""
    folder.mkdir(parents=True, exist_ok=True)
    for reel in REELS:
        if not (folder / reel.name).exists():
            burned.make_movie(
                folder / reel.name,
                rate=reel.rate,
                frames=reel.frames,
                codec="mjpeg",
                timecode=reel.timecode,
                channels=1,
                size=(64, 48),
            )
    if not (folder / VOICE).exists():
        burned.make_wave(folder / VOICE, samples=60 * 48_000)
    return folder
