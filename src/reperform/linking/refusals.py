"""What is refused, why, and what to do about it."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import NoReturn

from reperform.errors import CameraRaw, InputError, MediaError, MediaRefused
from reperform.model import Source
from reperform.timeline.cut import PlacedClip

__all__ = [
    "GIVE_ROOT",
    "RELINK",
    "ambiguous",
    "named",
    "not_here",
    "outside",
    "raise_naming",
    "refuse_interlaced",
    "refuse_raw",
    "refuse_without_movement",
]

RELINK = "Relink the clip to its full media in the editor, or give --media-root DIR where that lies."
GIVE_ROOT = "Bring the media online, or give --media-root DIR, a folder above it."
_RAW_CODECS = ("prores_raw", "prores raw", "arriraw", "redcode", "r3d", "braw", "cinemadng")
_NAMED = 10


def outside(source: Source, asked: str, why: str) -> MediaRefused:
    """What is visible does not lie in the file."""
    length = f"{source.frames} frames" if source.kind == "movie" else f"{float(source.frames / source.rate):.2f} s"
    return MediaRefused(
        f"the range asked for, {asked}, lies outside the media “{source.path.name}” of {length}: {why}", fix=RELINK
    )


def refuse_raw(source: Source) -> None:
    """Raises CameraRaw for what only its maker's software develops."""
    codec = f"{source.codec} {source.profile or ''}".lower()
    if any(raw in codec for raw in _RAW_CODECS):
        raise CameraRaw(f"“{source.path.name}” is camera raw ({source.codec}), which reperform does not use")


def refuse_without_movement(source: Source) -> None:
    """Raises MediaRefused for sound and stills."""
    if source.kind == "sound":
        raise MediaRefused(f"“{source.path.name}” has no picture", fix="Mark a clip of moving picture.")
    if source.kind == "still" or source.frames < 2:
        raise MediaRefused(f"“{source.path.name}” is a still: it has no moving picture", fix="Mark a clip that moves.")


def refuse_interlaced(source: Source) -> None:
    """Raises MediaRefused for fields: before anything is paid for, as the conform would refuse it after."""
    if source.field_order != "progressive":
        raise MediaRefused(
            f"“{source.path.name}” is interlaced, and takes of interlaced media are not made yet",
            fix="Deinterlace it to a progressive file of the same timecode, and relink the clip to that.",
        )


def named(things: Sequence[object]) -> str:
    """Some of them, and how many more there are."""
    more = len(things) - _NAMED
    return ", ".join(map(str, things[:_NAMED])) + (f" and {more} more" if more > 0 else "")


def not_here(what: str, why: str, *, fix: str = GIVE_ROOT) -> MediaRefused:
    """Media that is offline."""
    return MediaRefused(f"{what} is not here: {why}", fix=fix)


def ambiguous(name: str, candidates: Sequence[tuple[Path, str]]) -> MediaRefused:
    """Several files that may be meant, each with what tells it from the others."""
    told = named([f"{path} ({facts})" if facts else path for path, facts in candidates])
    return MediaRefused(
        f"{len(candidates)} files fit “{name}” equally: {told}",
        fix="Give --media-root a folder that holds only the right one.",
    )


def raise_naming(placed: PlacedClip, error: InputError | MediaError) -> NoReturn:
    """Raises the same kind of error, with the clip's name before it."""
    raise type(error)(f"{placed.name}: {error.message}", cause=error.cause, fix=error.fix) from error
