"""A prober that knows its files by heart."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path
from typing import Any

from reperform.errors import MediaError
from reperform.model import AudioStream, ImageSequence, Source
from reperform.timing import Rate

BINARY = b"\x00\x00\x00\x20ftypqt  \x00\x00\x00\x00"


class Shelf:
    """Makes files and remembers what they are; counts how often each is opened."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.opened: list[tuple[str, Rate | None]] = []
        self._sources: dict[Path, Source] = {}

    def __call__(self, path: Path, *, rate: Rate | None = None, sequence: ImageSequence | None = None) -> Source:
        self.opened.append((path.name, rate))
        if sequence is not None:
            assert rate is not None
            facts = {"width": 320, "height": 180, "codec": "png", "pixel_format": "rgb24"}
            return Source(path=path, kind="movie", rate=rate, frames=sequence.frames, sequence=sequence, **facts)
        if path not in self._sources:
            raise MediaError(f"{path.name} cannot be read", fix="Copy it again.")
        source = self._sources[path]
        return source.model_copy(update={"rate": rate}) if source.variable and rate else source

    def movie(self, name: str = "A001.mov", *, start: int | None = None, frames: int = 1000, **facts: Any) -> Path:
        facts = {"rate": Fraction(24), "kind": "movie", "width": 320, "height": 180, "codec": "prores", **facts}
        return self._add(name, start_frame=start, frames=frames, **facts)

    def sound(
        self, name: str = "A001.wav", *, start: int | None = None, samples: int = 480_000, rate: int = 48000
    ) -> Path:
        stream = AudioStream(index=0, rate=rate, channels=1, layout="mono", codec="pcm_s24le", samples=samples)
        return self._add(name, start_frame=start, frames=samples, rate=Fraction(rate), kind="sound", audio=(stream,))

    def _add(self, name: str, **facts: Any) -> Path:
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(BINARY)
        self._sources[path] = Source(path=path, **facts)
        return path
