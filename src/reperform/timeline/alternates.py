"""The clips that have takes, each with its takes, old and new, and the one that is chosen."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import opentimelineio as otio

from reperform.model import Take
from reperform.timeline import recording, records
from reperform.timeline.addresses import path_of
from reperform.timeline.recognising import address_in, file_name, take_name, takes_of
from reperform.timeline.records import ClipRecord, Status, TakeRecord, TrackClipRecord

__all__ = ["ORIGINAL", "Alternates", "Entry", "choose", "earlier_entries", "earlier_key", "merge"]

ORIGINAL = "original"
_NUMBERED = re.compile(r"(take|preview)_(\d+)")


@dataclass(frozen=True, kw_only=True)
class Entry:
    """One take of one clip."""

    key: str
    """Among the clip's media references: `take_001`, `preview_001`."""
    record: TakeRecord
    path: Path | None
    address: str = ""
    """As it stood, where it is no file of this machine."""
    name: str

    @property
    def id(self) -> str:
        """The take's."""
        return self.record.take

    @property
    def order(self) -> tuple[str, int]:
        """Sorts by age."""
        return (self.record.made_at, self.record.number)


@dataclass(kw_only=True)
class Alternates:
    """A clip that has takes, or was marked for them."""

    clip: otio.schema.Clip
    record: ClipRecord
    original: Any
    """Its original's reference."""
    entries: tuple[Entry, ...] = ()
    """In the order of their keys, performed takes first. Those that this timeline shows."""
    known: tuple[Entry, ...] = ()
    """All of them."""
    unreadable: dict[str, Any] = field(default_factory=dict)
    """Takes of ours that say too little to be handled: they stay as they are."""
    sound: tuple[otio.schema.Clip, ...] = ()
    chosen: Entry | None = None
    """None: the original."""

    def entry(self, take_id: str | None) -> Entry | None:
        """The take of this id."""
        return next((entry for entry in self.entries if entry.id == take_id), None)


def earlier_entries(
    clip: otio.schema.Clip, *, folder: Path, names: Collection[str]
) -> tuple[list[Entry], dict[str, Any]]:
    """The takes that a clip holds from before, and those among them that cannot be read.

    A take that only its file's name gives away is among the unreadable: the caller knows more of it, or it stays.
    """
    entries: list[Entry] = []
    unreadable: dict[str, Any] = {}
    takes = takes_of(clip, names=names)
    of_track = records.read(clip, TrackClipRecord) if takes else None
    for key, reference in takes.items():
        record = records.read(reference, TakeRecord)
        if record is None:
            unreadable[key] = reference
            continue
        address = address_in(reference)
        entries.append(
            Entry(
                key=of_track.key if of_track else key,
                record=record,
                path=path_of(address, folder=folder),
                address=address,
                name=_name_in(reference, record),
            )
        )
    return entries, unreadable


def _name_in(reference: Any, record: TakeRecord) -> str:
    return take_name(reference) if record.sequence is not None else reference.name or file_name(reference)


def earlier_key(entries: Iterable[Entry], take_id: str) -> str | None:
    """The key that a take had before."""
    return next((entry.key for entry in entries if entry.id == take_id), None)


def merge(
    earlier: Sequence[Entry], takes: Sequence[Take], *, taken: Collection[str], failed: Collection[str] = ()
) -> tuple[Entry, ...]:
    """Takes from before and takes known now, each once, under keys that never change.

    A take that is known now replaces what the timeline said of it. Takes that failed a check are left out. A new key is
    the next one of its kind that is free; `taken` are the keys of others.
    """
    earlier = _under_own_keys(earlier, taken)
    unwanted = {take.id for take in takes if not take.passed} | set(failed)
    known = {take.id: take for take in takes if take.passed}
    entries = {entry.id: entry for entry in earlier if entry.id not in known and entry.id not in unwanted}
    used = set(taken) | {entry.key for entry in earlier}
    for take in sorted(known.values(), key=lambda item: (item.number, item.made_at, item.id)):
        key = earlier_key(earlier, take.id) or _next_key(preview=take.preview, used=used)
        used.add(key)
        entries[take.id] = Entry(
            key=key, record=recording.take_record_of(take), path=Path(take.path), name=Path(take.path).name
        )
    return tuple(sorted(entries.values(), key=_place))


def _under_own_keys(earlier: Sequence[Entry], taken: Collection[str]) -> list[Entry]:
    """The takes from before, those under a key of the original's or of each other's under a new one: where an editor dropped
    what a track of takes says, all that is left is that each clip shows one.
    """
    used = set(taken)
    kept: list[Entry] = []
    for entry in sorted(earlier, key=lambda entry: not _NUMBERED.fullmatch(entry.key)):
        known = earlier_key(kept, entry.id)
        key = known or (entry.key if entry.key not in used else _next_key(preview=entry.record.preview, used=used))
        used.add(key)
        kept.append(replace(entry, key=key))
    return kept


def _place(entry: Entry) -> tuple[bool, int, str]:
    match = _NUMBERED.fullmatch(entry.key)
    return (entry.record.preview, int(match[2]) if match else 0, entry.key)


def _next_key(*, preview: bool, used: Collection[str]) -> str:
    kind = "preview" if preview else "take"
    matches = (_NUMBERED.fullmatch(key) for key in used)
    last = max((int(match[2]) for match in matches if match and match[1] == kind), default=0)
    return f"{kind}_{last + 1:03}"


def choose(alternates: Alternates, wanted: Mapping[str, str | None], *, made: Sequence[Take] = ()) -> None:
    """Which take stands in the cut, into the alternates and its record.

    What a person chose (`wanted`, else what the timeline recorded); else the newest performed take; else the newest
    preview. `made` are the takes that are known now in the order of their preference, the best last: one that was made
    for another use of the same media, with other marks, is not newer than the one that answers this clip's. A choice of a
    take that is not here, or failed, falls back to the rule.
    """
    record = alternates.record
    choice = wanted.get(record.shot)
    if choice is None and record.chosen_by == "person":
        choice = record.chosen
    entry = alternates.entry(choice)
    by_person = entry is not None or choice == ORIGINAL
    if not by_person:
        performed = [item for item in alternates.entries if not item.record.preview]
        rank = {take.id: number for number, take in enumerate(made)}
        ranked = sorted(performed or alternates.entries, key=lambda item: (rank.get(item.id, -1), item.order))
        entry = ranked[-1] if ranked else None
    alternates.chosen = entry
    alternates.record = record.model_copy(
        update={
            "chosen": entry.id if entry else (ORIGINAL if by_person else None),
            "chosen_by": "person" if by_person else "rule",
            "status": _status(alternates, entry, made),
        }
    )


def _status(alternates: Alternates, entry: Entry | None, made: Sequence[Take]) -> Status:
    if entry is not None:
        return "preview" if entry.record.preview else "performed"
    if alternates.entries:
        return "original"
    failed = bool(made) or alternates.record.status == "failed"
    return "failed" if failed else "waiting"
