"""What the items of one track have in common: its place, and the time inside it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal, NamedTuple

import opentimelineio as otio

from reperform.timeline.placed import TrackPlace
from reperform.timeline.spaces import Space

__all__ = ["TOP", "Kind", "Lane", "bottom_up", "kind_of", "place_of"]

TOP = TrackPlace(label="", name="", kind="video", address=(), enabled=True, height=(), track=None)
_NOT_SEEN = frozenset({"subtitle", "subtitles", "caption", "captions", "text", "data", "metadata"})

Kind = Literal["video", "audio"]


class Lane(NamedTuple):
    """What items that stand in one track, or in a stack without one, have in common."""

    place: TrackPlace
    space: Space


def bottom_up(children: Sequence[Any], *, reverse: bool) -> Sequence[int]:
    """The positions of a stack's children, bottom first; with `reverse`, picture is written from the top down."""
    positions = range(len(children))
    if not reverse:
        return positions
    picture = [position for position in positions if kind_of(children[position], "video") == "video"]
    others = [position for position in positions if kind_of(children[position], "video") != "video"]
    return [*reversed(picture), *others]


def place_of(
    child: Any, stack: Any, around: Lane, address: tuple[int, ...], height: tuple[int, ...], kind: Kind, number: int
) -> TrackPlace:
    """A track's place; an item that lies in a stack without a track has the stack for one."""
    is_track = isinstance(child, otio.schema.Track)
    outer = around.place
    seen = outer.kind == "video" or kind == "audio"
    return TrackPlace(
        label=f"{outer.label}/{kind[0].upper()}{number}".lstrip("/"),
        name=child.name or "",
        kind=kind,
        address=address if is_track else address[:-1],
        enabled=seen and outer.enabled and around.space.enabled and (not is_track or child.enabled),
        height=height,
        track=child if is_track else stack,
    )


def kind_of(child: Any, around: Kind) -> Kind | None:
    """What a child of a stack is to see or hear; None for subtitles and data."""
    if not isinstance(child, otio.schema.Track):
        return around
    kind = str(child.kind).lower()
    if kind in _NOT_SEEN:
        return None
    return "audio" if kind.startswith("audio") else "video"
