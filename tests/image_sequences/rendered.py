"""Image sequences whose every picture says its number, of each kind that takes of sequences are written in."""

from __future__ import annotations

import subprocess
from fractions import Fraction
from pathlib import Path

import imageio_ffmpeg
import numpy as np
from numpy.typing import NDArray

import burned
from reperform.media import frames, sequences
from reperform.media.picture_files import stills
from reperform.media.sequence_takes import take_source
from reperform.model import ImageSequence, Source

FIRST, RATE = 1001, Fraction(24)
_FFMPEG = imageio_ffmpeg.get_ffmpeg_exe()
_TINTED = "format=rgba64le,geq=r='r(X,Y)':g='g(X,Y)*0.9':b='b(X,Y)*0.8':a='65535*X/W'"


def render(folder: Path, ending: str, pixel_format: str, *, count: int = 24, more: str = "", step: int = 1) -> Source:
    """Tinted pictures, those that hold any with some transparency."""
    command = [_FFMPEG, "-v", "error", "-f", "rawvideo", "-pix_fmt", "gray", "-s", "320x180", "-i", "pipe:0"]
    command += ["-vf", _TINTED, "-pix_fmt", pixel_format, *more.split(), "-start_number", str(FIRST)]
    pictures = b"".join(burned.picture(number).tobytes() for number in range(count))
    folder.mkdir(parents=True, exist_ok=True)
    subprocess.run([*command, str(folder / f"x.%04d.{ending}")], input=pictures, check=True)
    sequence = ImageSequence(prefix="x.", suffix=f".{ending}", padding=4, first=FIRST, frames=count)
    if step > 1:
        for number in reversed(range(count)):
            (folder / sequence.name(number)).rename(folder / f"x.{FIRST + step * number:04d}.{ending}")
        sequence = sequence.model_copy(update={"step": step})
    return sequences.probe(folder / sequence.pattern, sequence, rate=RATE)


def numbers(source: Source) -> list[int | None]:
    """What its pictures say, in order."""
    return [burned.number_in(picture[:, :, 1]) for picture in frames.arrays(source, source.range)]


def take_numbers(folder: Path, sequence: ImageSequence) -> list[int | None]:
    """The same of a take."""
    return numbers(take_source(folder, rate=RATE, sequence=sequence))


def rgba(path: Path) -> NDArray[np.int64]:
    """A picture file as red, green, blue and alpha in 8 or 16 bits, [height, width, 4]."""
    picture = stills.decoded(path)
    deep = any(part.bits > 8 for part in picture.format.components)
    return picture.reformat(format="rgba64le" if deep else "rgba").to_ndarray().astype(np.int64)


def converted(film: Path, folder: Path, ending: str, pixel_format: str) -> None:
    """The frames of a movie as pictures."""
    folder.mkdir()
    command = [_FFMPEG, "-v", "error", "-i", str(film), "-pix_fmt", pixel_format, "-start_number", str(FIRST)]
    subprocess.run([*command, str(folder / f"x.%04d.{ending}")], check=True)


def source_in(folder: Path, ending: str, *, count: int) -> Source:
    """The pictures that are there, probed."""
    sequence = ImageSequence(prefix="x.", suffix=f".{ending}", padding=4, first=FIRST, frames=count)
    return sequences.probe(folder / sequence.pattern, sequence, rate=RATE)
