"""Marks that an editor writes twice: on a clip's picture, and again on its sound."""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction

from reperform.timeline.marks import Mark

__all__ = ["without_repeats"]

_Key = tuple[str, Fraction | None, Fraction | None]


def without_repeats(marks: Iterable[Mark]) -> list[Mark]:
    """The marks without those on sound that a mark on picture repeats word for word, at the same record time.

    On its own such a mark would belong to the picture under it, which need not be its own: another clip may lie above.
    """
    found = list(marks)
    if not any(_is_on(mark, "audio") for mark in found):
        return found
    pictured = {_key(mark) for mark in found if _is_on(mark, "video")}
    return [mark for mark in found if not (_is_on(mark, "audio") and _key(mark) in pictured)]


def _is_on(mark: Mark, kind: str) -> bool:
    clip = mark.placed.clip
    return clip is not None and clip.track.kind == kind


def _key(mark: Mark) -> _Key:
    return mark.text, mark.placed.record_start, mark.placed.record_end
