from __future__ import annotations

import subprocess
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path

import imageio_ffmpeg
import pytest

import burned

MakeMovie = Callable[..., Path]


@pytest.fixture(scope="session")
def movie(tmp_path_factory: pytest.TempPathFactory) -> MakeMovie:
    """Makes a burned movie once for all tests that ask for the same."""
    folder = tmp_path_factory.mktemp("movies")
    made: dict[str, Path] = {}

    def make(
        name: str, *, rate: Fraction = Fraction(25), frames: int = 60, channels: int = 0, **options: object
    ) -> Path:
        key = f"{name} {rate} {frames} {channels} {options}"
        if key not in made:
            path = folder / f"{len(made)}_{name}"
            made[key] = burned.make_movie(path, rate=rate, frames=frames, channels=channels, **options)  # type: ignore[arg-type]  # passed on
        return made[key]

    return make


@pytest.fixture(scope="session")
def rewrite(tmp_path_factory: pytest.TempPathFactory) -> Callable[..., Path]:
    """FFmpeg over one file: arguments before the input, arguments after it, and the name of the result."""
    folder = tmp_path_factory.mktemp("rewritten")

    def run(source: Path, name: str, *, before: tuple[str, ...] = (), after: tuple[str, ...] = ("-c", "copy")) -> Path:
        path = folder / name
        command = [imageio_ffmpeg.get_ffmpeg_exe(), "-v", "error", "-y", *before, "-i", str(source), *after, str(path)]
        subprocess.run(command, check=True)
        return path

    return run
