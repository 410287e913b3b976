"""`boxes: FILE`: a JSON list with the speaker's face in every frame of a cue, `[left, top, right, bottom]` or null."""

from __future__ import annotations

import json
from pathlib import Path

from reperform.errors import SettingsError

__all__ = ["Box", "read", "scaled", "spread"]

Box = tuple[int, int, int, int]

_LARGEST_FILE = 32 * 1024 * 1024


def read(path: Path, *, frames: int) -> tuple[Box | None, ...]:
    """One box for each of the cue's frames, in pixels of the original's picture; None where no face is.

    Raises:
        SettingsError: the file cannot be read, is no list of boxes, or holds another number of them.

    """
    try:
        if path.exists() and not path.is_file():
            raise SettingsError(f"{path} is no file.", fix="Name the JSON file of the boxes.")  # a device has no end
        if path.stat().st_size > _LARGEST_FILE:
            raise SettingsError(
                f"{path.name} is larger than any list of boxes.", fix="Name the JSON file of the boxes."
            )
        found = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError) as error:
        raise SettingsError(
            f"The boxes in {path.name} cannot be read.",
            cause=str(error),
            fix="A JSON list with [left, top, right, bottom] or null for each frame of the cue.",
        ) from error
    if not isinstance(found, list) or not any(found):
        raise SettingsError(f"{path.name} holds no boxes.", fix="A JSON list with [left, top, right, bottom] a frame.")
    if len(found) != frames:
        raise SettingsError(
            f"{path.name} holds {len(found)} boxes, the cue has {frames} frames.",
            fix="Give one box, or null, for each frame of the cue.",
        )
    return tuple(_box(box, path) for box in found)


def scaled(boxes: tuple[Box | None, ...], *, x: float, y: float) -> tuple[Box | None, ...]:
    """The boxes in another raster."""
    return tuple(box and (round(box[0] * x), round(box[1] * y), round(box[2] * x), round(box[3] * y)) for box in boxes)


def spread(boxes: tuple[Box | None, ...], *, head: int, tail: int) -> tuple[Box | None, ...]:
    """The boxes of all frames sent: the first and the last also stand in the `head` and `tail` frames around the cue."""
    known = [box for box in boxes if box]
    if not known:
        return (None,) * (head + len(boxes) + tail)
    return (known[0],) * head + boxes + (known[-1],) * tail


def _box(box: object, path: Path) -> Box | None:
    if box is None:
        return None
    if isinstance(box, list) and len(box) == 4 and all(isinstance(edge, int | float) for edge in box):
        left, top, right, bottom = (round(edge) for edge in box)
        if left < right and top < bottom:
            return left, top, right, bottom
    raise SettingsError(
        f"{path.name} holds {json.dumps(box)[:60]}, which is no box.",
        fix="A box is [left, top, right, bottom] in pixels of the original's picture.",
    )
