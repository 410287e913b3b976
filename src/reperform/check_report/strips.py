"""The frames of a take that a person would look at: at the ends of its cues, and where a check found most."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING

from reperform.errors import InputError, MediaError

if TYPE_CHECKING:
    from reperform.media.viewing.base import Viewing
    from reperform.model import Check, Source
    from reperform.workflow.rechecking import CheckedTake

__all__ = ["Still", "stills_of"]

_MOST = 24


@dataclass(frozen=True, kw_only=True)
class Still:
    """One frame, the original's and the take's."""

    frame: int
    """On the shot's clock."""
    timecode: str
    """Of the record."""
    why: str
    inside: bool
    """Whether it lies in a cue."""
    original: str | None
    """`data:` URLs of JPEGs; None where the picture cannot be read."""
    take: str | None


def stills_of(each: CheckedTake) -> tuple[Still, ...]:
    """In order; opens the original and the take once each."""
    from reperform.media.checks.verdicts import record_timecode
    from reperform.media.originals import source_frames
    from reperform.media.sequence_takes import take_source

    wanted = _wanted(each)
    numbers = {frame: source_frames(each.shot)(frame) for frame in wanted}
    through = each.take.viewing is not None and each.take.viewing.sha256 is not None
    viewing = each.conformed.viewing if through else None
    before = _pictures(each.shot.source, set(numbers.values()), viewing)
    after: dict[int, str] = {}
    with suppress(MediaError, InputError):
        after = _pictures(
            take_source(each.take.path, rate=each.take.rate, sequence=each.take.sequence),
            {frame - each.take.in_frame for frame in wanted},
            viewing,
        )
    cues = each.take.cues
    return tuple(
        Still(
            frame=frame,
            timecode=record_timecode(each.shot, frame),
            why=why,
            inside=any(cue.in_frame <= frame < cue.in_frame + cue.frames for cue in cues),
            original=before.get(numbers[frame]),
            take=after.get(frame - each.take.in_frame),
        )
        for frame, why in wanted.items()
    )


def _wanted(each: CheckedTake) -> dict[int, str]:
    """Frames in order, and why they are looked at."""
    found: dict[int, list[str]] = {}
    for frame, why in (*_worst(each), *_ends(each)):
        if frame in each.take.range:
            found.setdefault(frame, []).append(why)
    some = list(found)[:_MOST]
    return {frame: ", ".join(dict.fromkeys(found[frame])) for frame in sorted(some)}


def _worst(each: CheckedTake) -> Iterator[tuple[int, str]]:
    for check in each.take.checks:
        if check.frame is not None:
            yield check.frame, _name(check)


def _name(check: Check) -> str:
    return check.name if check.passed else f"{check.name}: failed"


def _ends(each: CheckedTake) -> Iterator[tuple[int, str]]:
    for cue in each.take.cues:
        end = cue.in_frame + cue.frames
        yield cue.in_frame - 1, "before the cue"
        yield cue.in_frame, "first of the cue"
        yield end - 1, "last of the cue"
        yield end, "after the cue"


def _pictures(source: Source, numbers: set[int], viewing: Viewing | None) -> dict[int, str]:
    """As people see them, through the LUT that the take was made through, if it was made through one."""
    from reperform.media import frames
    from reperform.sheets.pictures import data_url, picture_width

    ordered = sorted(numbers)
    try:
        found = frames.arrays(source, ordered, width=picture_width(source), viewing=viewing)
        return {number: data_url(array) for number, array in zip(ordered, found, strict=True)}
    except (MediaError, InputError):
        return {}
