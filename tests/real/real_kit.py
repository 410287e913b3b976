"""Eyes and ears for takes of real pictures, where no number is burned in; and a player that goes by the clocks of files."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import numpy as np
import opentimelineio as otio
from numpy.typing import NDArray

import burned
from reperform.timing import parse_timecode
from whole import cut_kit as cut
from whole.cut_kit import Rushes, Shown

__all__ = [
    "QUICK",
    "SMALL",
    "decibels",
    "failed",
    "film",
    "greys",
    "lag",
    "on_screen",
    "play_by_files",
    "said",
    "take_of",
    "timecode_of",
    "without_our_words",
]

SMALL = (160, 90)
QUICK = ("--like", "runware/react-1", "--no-label")
"""It takes a picture of any size, and without a label every frame of a take still shows its number."""

Grey = NDArray[np.uint8]


def film(folder: Path, name: str = "A.mov", *, rate: Fraction = Fraction(25), frames: int = 75, **more: Any) -> Rushes:
    """A small movie of burned numbers; `start` is its timecode in frames."""
    start = more.pop("start", None)
    path = burned.make_movie(folder / name, rate=rate, frames=frames, **{"size": SMALL, "channels": 1, **more})
    return Rushes(path, rate, frames, start)


def take_of(document: dict[str, Any], number: int = 0) -> tuple[Path, int, int]:
    """File, first source frame and length of one of a run's takes."""
    take = document["takes"][number]
    return Path(take["path"]), int(take["in_frame"]), int(take["frames"])


def failed(document: dict[str, Any]) -> list[dict[str, Any]]:
    """The checks that any take of a run did not pass."""
    return [check for take in document["takes"] for check in take["checks"] if not check["passed"]]


def said(document: dict[str, Any], severity: str = "error") -> list[str]:
    return [problem["message"] for problem in document["problems"] if problem["severity"] == severity]


def greys(path: Path, *, every: int = 1) -> Iterator[Grey]:
    """Each frame of a file as grey [height, width], thinned to every nth line and column."""
    for image in burned.pictures(path):
        yield image[::every, ::every].copy()


def decibels(one: Grey, other: Grey) -> float:
    """Peak signal to noise of two grey pictures; equal ones have 99."""
    error = float(np.mean((one.astype(np.float64) - other) ** 2))
    return 99.0 if error == 0 else 10 * math.log10(255**2 / error)


def on_screen(path: Path, rate: Fraction, *, every: int = 1) -> list[Grey]:
    """What an uneven file shows in the middle of each frame of a clock, read by nothing of ours."""
    shown: list[tuple[Fraction, Grey]] = []
    with av.open(str(path)) as container:
        for frame in container.decode(container.streams.video[0]):
            assert frame.pts is not None and frame.time_base is not None
            grey = frame.to_ndarray(format="gray").astype(np.uint8, copy=False)[::every, ::every].copy()
            shown.append((frame.pts * Fraction(frame.time_base), grey))
    last = math.floor(shown[-1][0] * rate)
    middles = [(number + Fraction(1, 2)) / rate for number in range(last + 1)]
    return [next((grey for time, grey in reversed(shown) if time <= middle), shown[0][1]) for middle in middles]


def lag(one: NDArray[np.float64], other: NDArray[np.float64], *, most: int = 4000) -> tuple[int, float]:
    """By how many samples `one` is later than `other`, and how alike they are then (1 is the same)."""
    size = 1 << math.ceil(math.log2(2 * len(one)))
    spectrum = np.fft.rfft(one, size) * np.conj(np.fft.rfft(other, size))
    alike = np.fft.irfft(spectrum, size)
    near = np.concatenate([alike[-most:], alike[: most + 1]])
    best = int(np.argmax(near))
    return best - most, float(near[best] / math.sqrt(float((one @ one) * (other @ other))))


def timecode_of(path: Path, rate: Fraction) -> Fraction:
    """When a file says that its first frame is, in seconds: zero where it says nothing, as editors take it."""
    with av.open(str(path)) as container:
        text = container.streams.video[0].metadata.get("timecode")
    return Fraction(0) if text is None else parse_timecode(text, rate) / rate


def play_by_files(path: Path, *, rate: Fraction, frames: int, only: str | None = None) -> list[Shown | None]:
    """What each record frame shows in an editor that finds the frame by the file's own timecode, and not by what the cut
    says is available of it: so Resolve conforms."""
    made = otio.adapters.read_from_file(str(path))
    for clip in made.tracks.find_clips():
        reference = clip.media_reference
        if isinstance(reference, otio.schema.ExternalReference) and clip.parent().kind == otio.schema.TrackKind.Video:
            known = reference.available_range
            own = cut.exact(known.duration.rate)
            file = path.parent / reference.target_url
            start = timecode_of(file, own) if file.exists() else Fraction(0)
            if clip.source_range is None:
                clip.source_range = known
            zero = otio.opentime.RationalTime(float(start * own), known.duration.rate)
            reference.available_range = otio.opentime.TimeRange(zero, known.duration)
    replayed = path.with_name(f"{path.stem}_by_files.otio")
    otio.adapters.write_to_file(made, str(replayed))
    return cut.play(replayed, rate=rate, frames=frames, only=only)


def without_our_words(path: Path, out: Path, *, keep: Sequence[str] = ()) -> Path:
    """A timeline as an editor gives it back: one reference a clip, the active one, clips named for their files, no metadata
    of ours, and no name. `keep` are clips that keep theirs."""
    made = otio.adapters.read_from_file(str(path))
    made.name = ""
    for item in (made, made.tracks, *made.tracks.find_children()):
        item.metadata.pop("reperform", None)
    for clip in made.tracks.find_clips():
        reference = clip.media_reference.clone()
        reference.metadata.pop("reperform", None)
        clip.set_media_references({"DEFAULT_MEDIA": reference}, "DEFAULT_MEDIA")
        clip.name = clip.name if clip.name in keep else Path(reference.target_url).name
    return cut.save(made, out)
