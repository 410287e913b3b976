"""The shots of a report as two witnesses know them: the timeline that was written, and the plan that the ledger keeps."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from reperform.model import Shot, Take
from reperform.timeline import recording, records
from reperform.timeline.records import ClipRecord, TakeRecord, TrackClipRecord
from reperform.timing import FrameRange

if TYPE_CHECKING:
    from reperform.ledger.ledger import Ledger
    from reperform.ledger.records import TakeRow
    from reperform.timeline.cut import Cut, Index, PlacedClip

__all__ = ["Made", "Seen", "seen_in"]

_Row = tuple["TakeRow", Take]


@dataclass(frozen=True, kw_only=True)
class Made:
    """A take, from wherever it is known."""

    record: TakeRecord
    key: str
    """`take_001`, `preview_002`; empty where the timeline does not hold it."""
    paths: tuple[Path, ...]
    """Where its file may lie, in the order in which they are tried."""
    file: str


@dataclass(frozen=True, kw_only=True)
class Seen:
    """One shot."""

    id: str
    placed: PlacedClip | None
    """The clip in the cut; None where the timeline says nothing of ours."""
    record: ClipRecord | None
    shot: Shot | None
    """As it was planned; None where the project is not here, or does not know it."""
    made: tuple[Made, ...]

    @property
    def start(self) -> int:
        """First record frame, from the cut's start."""
        if self.placed is not None:
            return self.placed.record.start
        assert self.shot is not None, "one of the two knows it"
        return self.shot.record.in_frame


def seen_in(index: Index, ledger: Ledger | None, planned: Mapping[str, Shot]) -> tuple[Seen, ...]:
    """The shots, in the order of the cut. `planned` are those of the run that wrote it, by id."""
    files = _Files(index.cut, ledger)
    kept = _Kept(ledger, files)
    found = list(_written(index, planned, kept, files))
    there = {each.record.shot for each in found if each.record}
    found += [
        Seen(id=shot.id, placed=None, record=None, shot=shot, made=_in_order(kept.of(shot, None, ())))
        for shot in planned.values()
        if shot.id not in there
    ]
    return tuple(sorted(found, key=lambda each: each.start))


def _written(index: Index, planned: Mapping[str, Shot], kept: _Kept, files: _Files) -> Iterator[Seen]:
    """What the timeline says. A clip that an editor has doubled is two shots."""
    on_tracks: dict[str, list[Made]] = defaultdict(list)
    for placed in index.clips:
        if of_track := records.read(placed.clip, TrackClipRecord):
            on_tracks[of_track.shot] += _takes_on(placed, files, key=of_track.key)
    used: dict[str, int] = defaultdict(int)
    for placed in index.clips:
        record = records.read(placed.clip, ClipRecord)
        if record is None:
            continue
        used[record.shot] += 1
        number = used[record.shot]
        shot = planned.get(record.shot)
        takes = (*_takes_on(placed, files), *on_tracks[record.shot])
        yield Seen(
            id=record.shot if number == 1 else f"{record.shot}~{number}",
            placed=placed,
            record=record,
            shot=shot,
            made=_in_order((*takes, *kept.of(shot, record, takes))),
        )


def _in_order(takes: Sequence[Made]) -> tuple[Made, ...]:
    by_id: dict[str, Made] = {}
    for take in takes:
        by_id.setdefault(take.record.take, take)
    return tuple(
        sorted(by_id.values(), key=lambda take: (take.record.preview, take.record.made_at, take.record.number))
    )


def _takes_on(placed: PlacedClip, files: _Files, *, key: str | None = None) -> list[Made]:
    from reperform.timeline.recognising import address_in, take_name, takes_of

    return [
        Made(
            record=record,
            key=key or own,
            paths=files.of(record.take, address_in(reference)),
            file=take_name(reference),
        )
        for own, reference in takes_of(placed.clip).items()
        if (record := records.read(reference, TakeRecord))
    ]


class _Kept:
    """The takes that the ledger knows, also those that failed a check or are in no timeline yet."""

    def __init__(self, ledger: Ledger | None, files: _Files) -> None:
        self._files = files
        self._by_source: dict[str, list[_Row]] = defaultdict(list)
        self._by_name: dict[str, list[_Row]] = defaultdict(list)
        for row in ledger.takes.all() if ledger is not None else ():
            take = Take.model_validate_json(row.document or "{}")
            self._by_source[row.source_identity.partition("#")[0]].append((row, take))
            self._by_name[take.source_name].append((row, take))

    def of(self, shot: Shot | None, record: ClipRecord | None, there: Sequence[Made]) -> list[Made]:
        """Those that cover what is visible of a shot, and perform something of it. `there` are those in the timeline."""
        name = shot.id if shot else record.shot if record else ""
        visible, clock, cues = _ranges(shot, record, there)
        identities = dict.fromkeys(str(make.record.source.get("identity") or "") for make in there)
        rows = [row for identity in identities for row in self._by_source.get(identity.partition("#")[0], ())]
        if not identities and shot is not None:
            # Nothing says which content it has, and no media is opened here; the name of its file must do.
            rows = [row for row in self._by_name.get(shot.source.path.name, ()) if row[1].shot_id == name]
        return [
            self._made(take)
            for row, take in rows
            if row.clock == clock and (clock == "media" or take.shot_id == name) and _stands(row, visible, cues)
        ]

    def _made(self, take: Take) -> Made:
        paths = (*self._files.of(take.id, ""), take.path)
        return Made(record=recording.take_record_of(take), key="", paths=paths, file=take.path.name)


def _ranges(
    shot: Shot | None, record: ClipRecord | None, there: Sequence[Made]
) -> tuple[FrameRange, str, tuple[FrameRange, ...]]:
    """What is visible, on which clock, and its cues."""
    if shot is not None:
        return shot.media.visible, shot.clock, tuple(cue.range for cue in shot.cues)
    assert record is not None, "one of the two knows it"
    cues = (cue for make in there for cue in make.record.cues)
    ranges = tuple(FrameRange(int(cue.get("in_frame", 0)), int(cue.get("frames", 0))) for cue in cues)
    return FrameRange(record.in_frame, record.frames), record.clock, ranges


def _stands(row: TakeRow, visible: FrameRange, cues: Sequence[FrameRange]) -> bool:
    if not row.range.contains(visible):
        return False
    parts = [FrameRange(each.in_frame, each.frames) for each in row.performed]
    return not cues or any(part.overlaps(cue) for part in parts for cue in cues)


class _Files:
    """Where the files of takes lie: as the ledger knows it, else as the timeline says."""

    def __init__(self, cut: Cut, ledger: Ledger | None) -> None:
        self._folder = cut.media_folder
        self._known = {row.id: ledger.takes.path(row) for row in ledger.takes.all()} if ledger is not None else {}

    def of(self, take: str, spelled: str) -> tuple[Path, ...]:
        from reperform.errors import MediaRefused
        from reperform.timeline.locations import locate

        first = (self._known[take],) if take in self._known else ()
        try:
            return (*first, *locate(spelled, self._folder).paths) if spelled else first
        except MediaRefused:
            return first
