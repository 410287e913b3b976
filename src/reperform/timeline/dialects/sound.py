"""Which sound belongs to which picture, and which channels of a file a clip plays, as editors write it into metadata."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from reperform.timeline.dialects.entries import entry

__all__ = ["ALL", "PREMIERE", "RESOLVE", "Channels", "channels_of", "link_group_of"]

RESOLVE = "Resolve_OTIO"
PREMIERE = "PremierePro_OTIO"

ALL = (RESOLVE, PREMIERE)
"""The editors that write links and channels."""

_LINKS = {RESOLVE: "Link Group ID", PREMIERE: "LinkID"}

Channels = tuple[tuple[int, int], ...]
"""Pairs of a stream's number among the file's sound streams and a channel's number in it, both from 0."""


def link_group_of(clip: Any, editors: tuple[str, ...]) -> str | None:
    """What the picture and the sound of one clip have in common; None where a clip is not linked, or none of `editors`
    wrote it."""
    metadata = clip.metadata
    for editor in editors if len(metadata) else ():
        group = entry(entry(metadata, editor), _LINKS[editor])
        if isinstance(group, int | str):
            return f"{editor} {group}"
    return None


def channels_of(clip: Any, editors: tuple[str, ...]) -> Channels | None:
    """The channels that a sound clip plays; None where none of `editors` wrote it, so that it plays them all."""
    metadata = clip.metadata
    for editor in editors if len(metadata) else ():
        found = tuple(_of_resolve(metadata) if editor == RESOLVE else _of_premiere(metadata))
        if found:
            return found
    return None


def _of_resolve(metadata: Any) -> Iterator[tuple[int, int]]:
    for channel in entry(entry(metadata, RESOLVE), "Channels") or ():
        stream, number = entry(channel, "Source Track ID"), entry(channel, "Source Channel ID")
        if isinstance(stream, int) and isinstance(number, int):
            yield stream, number


def _of_premiere(metadata: Any) -> Iterator[tuple[int, int]]:
    """Second-hand, not proven by a file of Premiere's: taken only where the file's first group of channels is played."""
    own = entry(metadata, PREMIERE)
    if entry(own, "OriginalChannelGroupIndex") not in (0, None):
        return
    for channel in entry(entry(own, "AudioChannels"), "SecondaryAssignments") or ():
        number = entry(channel, "SecondaryChannelIndex")
        if isinstance(number, int):
            yield 0, number
