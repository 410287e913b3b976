"""Where the clips of a Final Cut Pro 7 track stand, in whole frames; beside a transition the file says only -1."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

from reperform.timeline.adapters.fcp7_elements import number
from reperform.timeline.adapters.xml_tree import Element, text_of

__all__ = ["Placement", "places"]

_CLIPS = frozenset({"clipitem", "generatoritem"})


@dataclass(frozen=True, kw_only=True)
class Placement:
    """A clip of a track. Frames of the sequence's rate."""

    element: Element
    start: int
    end: int
    head: int
    """Frames of it that lie under the transition before it, and are counted in its `in`."""
    tail: int
    """Frames that lie under the transition after it, and are counted in its `out`."""


class _Fade(NamedTuple):
    start: int
    end: int
    cut: int
    name: str


def places(track: Element) -> tuple[list[Placement], list[tuple[int, int, str]]]:
    """The clips of a track, and its transitions as start, end and name."""
    children = [child for child in track if child.tag in _CLIPS or child.tag == "transitionitem"]
    found: list[Placement] = []
    fades: list[tuple[int, int, str]] = []
    for at, child in enumerate(children):
        if child.tag == "transitionitem":
            fade = _fade(children, at)
            fades.append((fade.start, fade.end, fade.name))
        else:
            found.append(_placement(children, at))
    return found, fades


def _placement(children: list[Element], at: int) -> Placement:
    child = children[at]
    start, end = number(child, "start", -1), number(child, "end", -1)
    head = tail = 0
    if start is None or start < 0:
        before = _fade(children, at - 1) if at and children[at - 1].tag == "transitionitem" else None
        start = before.cut if before else 0
        head = start - before.start if before else 0
    if end is None or end < 0:
        after = at + 1 < len(children) and children[at + 1].tag == "transitionitem"
        fade = _fade(children, at + 1) if after else None
        end = fade.cut if fade else start
        tail = fade.end - end if fade else 0
    return Placement(element=child, start=start, end=end, head=head, tail=tail)


def _fade(children: list[Element], at: int) -> _Fade:
    """A transition; the cut is where a clip beside it says, else where its alignment puts it."""
    item = children[at]
    start, end = number(item, "start", 0) or 0, number(item, "end", 0) or 0
    alignment = text_of(item, "alignment") or "center"
    cut = end if alignment.startswith("end") else start if alignment.startswith("start") else (start + end) // 2
    if at + 1 < len(children) and children[at + 1].tag in _CLIPS:
        said = number(children[at + 1], "start", -1)
        cut = said if said is not None and start <= said <= end else cut
    elif at and children[at - 1].tag in _CLIPS:
        said = number(children[at - 1], "end", -1)
        cut = said if said is not None and start <= said <= end else cut
    return _Fade(start, end, cut, text_of(item, "./effect/name") or "")
