"""Takes of image sequences: a folder of pictures of the same kind, those that are untouched copied, and a WAV beside it."""

from __future__ import annotations

import os
import shutil
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING

from reperform.errors import ConformError, MediaError
from reperform.files import atomic_folder
from reperform.media import originals, probing, sequences
from reperform.media.picture_files import writing
from reperform.media.wave_files import write_wave
from reperform.model import ImageSequence, Shot, Source
from reperform.timing import FrameRange, Rate, nominal_rate, sample_at

if TYPE_CHECKING:
    from reperform.media.conformed import Conformed
    from reperform.media.muxing import Track
    from reperform.media.pictures import Planes

__all__ = ["numbering", "sound_path", "take_source", "write_sequence"]

_DIGITS = 7
"""Of numbers that count timecode: a day has 2,073,600 frames at 24 a second."""


def sound_path(folder: Path) -> Path:
    """Where the sound of a take stands whose pictures lie in `folder`."""
    return folder.with_name(f"{folder.name}.wav")


def take_source(path: Path, *, rate: Rate, sequence: ImageSequence | None) -> Source:
    """A finished take as media: its file, or the pictures in its folder. The sound of those is in `sound_path`.

    Raises:
        MediaRefused, MediaError: it is not there, or damaged.

    """
    if sequence is None:
        return probing.probe(path, rate=rate)
    return sequences.probe(path / sequence.pattern, sequence, rate=rate)


def numbering(shot: Shot, covered: FrameRange, *, folder: Path, start_frame: int) -> ImageSequence:
    """The names of a take's pictures: the numbers are the original's; on the record's clock they count timecode from `start_frame`."""
    original = shot.source.sequence
    assert original is not None, "only takes of image sequences are image sequences"
    names = {"prefix": f"{folder.name}.", "suffix": Path(original.suffix).suffix or original.suffix}
    if shot.clock == "record":
        return ImageSequence(**names, padding=_DIGITS, first=start_frame, frames=covered.frames)
    first = original.number(covered.start)
    return ImageSequence(**names, padding=original.padding, first=first, step=original.step, frames=covered.frames)


def write_sequence(
    conformed: Conformed, shot: Shot, *, pictures: Iterator[Planes], sound: Sequence[Track] = ()
) -> None:
    """Writes the folder that `conformed` tells of, complete or not at all, and its sound beside it before.

    `pictures` are those of its changed frames, in order, in its recipe's format; all others are copies of the original's files.

    Raises:
        MediaError: the original cannot be read, or the take not be written.
        ConformError: there are fewer or more pictures than were changed, or a picture cannot be written.

    """
    folder, sequence = conformed.path, conformed.sequence
    assert sequence is not None, "only takes of image sequences are image sequences"
    try:
        if sound:
            _write_sound(conformed, sound)
        with atomic_folder(folder) as temporary, _Writers() as writers:
            for place, (original, picture) in enumerate(_files(conformed, shot, pictures)):
                target = temporary / sequence.name(place)
                if picture is None:
                    writers.start(shutil.copyfile, original, target)
                else:
                    writers.start(_write, original, target, picture, conformed.recipe.pixel_format)
    except OSError as error:
        said = error.strerror or error
        fix = "Make room or give write access, and run again: nothing is paid for twice."
        raise MediaError(f"{folder.name} cannot be written: {said}", fix=fix) from error


def _files(conformed: Conformed, shot: Shot, pictures: Iterator[Planes]) -> Iterator[tuple[Path, Planes | None]]:
    """The original's file of each frame, and its new picture; None where it is untouched."""
    changed, number_of = frozenset(conformed.changed), originals.source_frames(shot)
    for frame in range(conformed.range.start, conformed.range.end):
        original = sequences.frame_path(shot.source, number_of(frame))
        picture = next(pictures, None) if frame in changed else None
        if frame in changed and picture is None:
            raise ConformError(f"there is no picture for frame {frame} of {shot.source.path.name}")
        yield original, picture
    if next(pictures, None) is not None:
        raise ConformError(f"more pictures were made for {shot.source.path.name} than were changed")


def _write_sound(conformed: Conformed, sound: Sequence[Track]) -> None:
    [track] = sound  # no picture of a sequence carries any: what sounds was made
    day = nominal_rate(conformed.rate) * 24 * 60 * 60
    start = sample_at(conformed.start_frame % day, conformed.rate, track.rate)
    path = sound_path(conformed.path)
    write_wave(path, track, start_sample=start, name=conformed.path.name, reel=conformed.reel or "")


def _write(original: Path, target: Path, picture: Planes, pixel_format: str) -> None:
    target.write_bytes(writing.rewritten(original, picture, pixel_format=pixel_format))


class _Writers:
    """Files written on all cores, few at a time: of each that waits the picture is in memory."""

    def __init__(self) -> None:
        self._most = os.cpu_count() or 1
        self._pool = ThreadPoolExecutor(max_workers=self._most)
        self._running: deque[Future[object]] = deque()

    def __enter__(self) -> _Writers:
        return self

    def __exit__(self, kind: type[BaseException] | None, *error: object) -> None:
        try:
            while kind is None and self._running:
                self._running.popleft().result()
        finally:
            self._pool.shutdown(cancel_futures=True)

    def start(self, work: Callable[..., object], *arguments: object) -> None:
        """Begins with one, when one of those before is done. Raises what an earlier one raised."""
        while len(self._running) > self._most:
            self._running.popleft().result()
        self._running.append(self._pool.submit(work, *arguments))
