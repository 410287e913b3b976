"""What an editor did to a shot, by what it showed and where it stood before and after: moved, trimmed, slipped, split, retimed."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

from reperform.model import Shot
from reperform.timeline.retimes.sound import percent

__all__ = ["Change", "changes"]


@dataclass(frozen=True, kw_only=True)
class Change:
    """One thing that was done."""

    kind: str
    """`moved`, `trimmed`, `extended`, `slipped`, `split`, `duplicated`, `retimed`, `nested`, `unnested`, `track`, `relinked`."""
    detail: str = ""
    """By how much, in words."""


def changes(
    before: Shot,
    after: Shot,
    *,
    first: bool,
    beside: Sequence[Collection[int]],
    shows: Collection[int],
    folders: tuple[Path, Path],
) -> list[Change]:
    """What was done between two cuts; nothing where it is as it was.

    `first` says that the shot became this use; the others that came from it show `beside`, this one `shows`: frames of the media.
    `folders` are those of the old and the new timeline: media that went with their timeline to another place are where they were.
    """
    found = [*_multiplied(first=first, beside=beside, shows=shows)]
    found += _retimed(before, after)
    if not found or found[-1].kind != "retimed":
        found += _trimmed(before, after)
    found += _moved(before, after)
    if _beside(before.source.path, folders[0]) != _beside(after.source.path, folders[1]):
        found.append(Change(kind="relinked", detail=str(after.source.path)))
    return found


def _beside(path: Path, folder: Path) -> Path:
    """The path as seen from a folder, where it lies in that or beneath."""
    return path.relative_to(folder) if path.is_relative_to(folder) else path


def _multiplied(*, first: bool, beside: Sequence[Collection[int]], shows: Collection[int]) -> list[Change]:
    if not beside:
        return []
    if all(set(shows).isdisjoint(each) for each in beside):
        return [Change(kind="split")]
    return [] if first else [Change(kind="duplicated")]


def _retimed(before: Shot, after: Shot) -> list[Change]:
    speeds = _speed(before), _speed(after)
    if speeds[0] == speeds[1]:
        return []
    said = [percent(speed) if speed is not None else "a varying speed" for speed in speeds]
    return [Change(kind="retimed", detail=f"from {said[0]} to {said[1]}")]


def _speed(shot: Shot) -> Fraction | None:
    """The one speed it is shown at, as near as its frames say it; None where it varies."""
    table = shot.media.map
    if table is None:
        return Fraction(1)
    steps = len(table) - 1
    if not steps:
        return Fraction(1)
    scale = shot.media.rate / shot.source.rate
    slope = Fraction(table[-1] - table[0], steps)
    straight = all(abs(source - table[0] - slope * number) <= 1 for number, source in enumerate(table))
    return (slope * scale).limit_denominator(20) if straight else None


def _trimmed(before: Shot, after: Shot) -> list[Change]:
    """By the frames of the media at both ends; of the same clock only."""
    old, new = _ends(before), _ends(after)
    head, tail = new[0] - old[0], new[1] - old[1]
    if head == tail:
        return [Change(kind="slipped", detail=_by(head))] if head else []
    found = []
    for end, shorter in (("head", head), ("tail", -tail)):
        if shorter:
            kind = "trimmed" if shorter > 0 else "extended"
            found.append(Change(kind=kind, detail=f"{end} by {_frames(abs(shorter))}"))
    return found


def _ends(shot: Shot) -> tuple[int, int]:
    table = shot.media.map
    if table is None:
        return shot.media.in_frame, shot.media.visible.end
    visible = table[shot.media.head :][: shot.media.frames]
    return visible[0], visible[-1] + 1


def _moved(before: Shot, after: Shot) -> list[Change]:
    """In record frames from the timeline's start: one that begins later because its head was trimmed did not move."""
    found = []
    moved = after.record.in_frame - before.record.in_frame
    trimmed = (_ends(after)[0] - _ends(before)[0]) if before.clock == after.clock == "media" else 0
    if moved not in (0, trimmed):
        found.append(Change(kind="moved", detail=_by(moved)))
    depth = len(after.address) - len(before.address)
    if depth:
        found.append(Change(kind="nested" if depth > 0 else "unnested", detail=f"on {after.track}"))
    elif before.track != after.track:
        found.append(Change(kind="track", detail=f"from {before.track} to {after.track}"))
    return found


def _by(frames: int) -> str:
    return f"by {'+' if frames > 0 else '−'}{_frames(abs(frames))}"


def _frames(number: int) -> str:
    return f"{number} frame{'' if number == 1 else 's'}"
