"""The clips of a cut of ours that have takes, and which: on themselves, and on the tracks above."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from reperform.timeline.cut import Cut, Index, PlacedClip
    from reperform.timeline.records import ClipRecord, TakeRecord

__all__ = ["TakenClip", "stray_takes", "taken_clips"]


@dataclass(frozen=True, kw_only=True)
class TakenClip:
    """A clip of picture with takes."""

    placed: PlacedClip
    shot: str
    """Its shot's id; no other of these clips has it."""
    record: ClipRecord | None
    """What the timeline says of it. None where an editor dropped that."""
    takes: tuple[str, ...]
    """Ids of those that passed their checks, in the order of their keys."""

    @property
    def chosen_first(self) -> tuple[str, ...]:
        """The takes, the one that stands in the cut before the others."""
        return (*self.chosen_only, *(take for take in self.takes if take not in self.chosen_only))

    @property
    def chosen_only(self) -> tuple[str, ...]:
        """The one that stands in the cut; none where that is the original."""
        chosen = self.record.chosen if self.record else None
        return (chosen,) if chosen in self.takes else ()


def taken_clips(index: Index) -> tuple[TakenClip, ...]:
    """The clips with takes, in the order of the cut."""
    from reperform.timeline import records
    from reperform.timeline.recognising import is_take_clip

    on_tracks = _on_tracks(index)
    found, ids = [], set[str]()
    pictures = [placed for placed in index.clips if placed.track.kind == "video" and not is_take_clip(placed.clip)]
    for placed in sorted(pictures, key=lambda placed: (placed.record_start, placed.track.height)):
        record = records.read(placed.clip, records.ClipRecord)
        here = _takes_on(placed)
        above = on_tracks.get(record.shot, {}) if record else {}
        passed = [
            (key, take.take) for key, take in (above | here).items() if all(check["passed"] for check in take.checks)
        ]
        if not passed:
            continue
        shot = _unused(record.shot if record else _id_of(placed, index.cut), ids)
        takes = tuple(dict.fromkeys(take for _, take in sorted(passed)))
        found.append(TakenClip(placed=placed, shot=shot, record=record, takes=takes))
    return tuple(found)


def stray_takes(index: Index, clips: Sequence[TakenClip]) -> tuple[PlacedClip, ...]:
    """Takes on tracks that belong to none of the clips."""
    from reperform.timeline import records

    known = {clip.record.shot for clip in clips if clip.record}
    return tuple(
        placed
        for placed in index.clips
        if (record := records.read(placed.clip, records.TrackClipRecord)) is not None and record.shot not in known
    )


def _on_tracks(index: Index) -> dict[str, dict[str, TakeRecord]]:
    """By shot and key."""
    from reperform.timeline import records

    found: dict[str, dict[str, TakeRecord]] = defaultdict(dict)
    for placed in index.clips:
        of_track = records.read(placed.clip, records.TrackClipRecord)
        if of_track is not None:
            found[of_track.shot].update((of_track.key, take) for take in _takes_on(placed).values())
    return found


def _takes_on(placed: PlacedClip) -> dict[str, TakeRecord]:
    from reperform.timeline import records
    from reperform.timeline.recognising import takes_of

    found = takes_of(placed.clip).items()
    return {key: record for key, item in found if (record := records.read(item, records.TakeRecord)) is not None}


def _id_of(placed: PlacedClip, cut: Cut) -> str:
    return f"{placed.track.label}@{cut.timecode(placed.record.start)}"


def _unused(shot: str, used: set[str]) -> str:
    number, found = 1, shot
    while found in used:
        number += 1
        found = f"{shot}~{number}"
    used.add(found)
    return found
