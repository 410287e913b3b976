"""The versions of a shot that a person chooses from: its original, and every take that can stand for it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from reperform.model import Check, ImageSequence, Take
from reperform.timeline.alternates import ORIGINAL
from reperform.timing import FrameRange, Rate

if TYPE_CHECKING:
    from reperform.ledger.ledger import Ledger
    from reperform.ledger.records import TakeRow
    from reperform.review.scene import SceneShot
    from reperform.timeline.alternates import Entry

__all__ = ["Shelf", "Version"]

_BUCKET = 512
"""Frames of a source in one pigeon-hole."""


@dataclass(frozen=True, kw_only=True)
class Version:
    """The original of a shot, or a take of it."""

    id: str
    """A take's id, or `original`."""
    kind: Literal["original", "performed", "preview"]
    label: str
    """What a person calls it: `Original`, `Take 1`, `Preview 1`."""
    number: int | None = None
    """As in the take's file name."""
    engine: str = ""
    model: str = ""
    cues: tuple[Mapping[str, Any], ...] = ()
    """`id` and `direction` of each cue that it performs."""
    cost: float | None = None
    currency: str = "USD"
    checks: tuple[Check, ...] = ()
    path: Path | None = None
    """The take's file, or the folder of its pictures. None for the original, and where it lies on no path of this machine."""
    sequence: ImageSequence | None = None
    """Its pictures; None for a movie."""
    rate: Rate | None = None
    in_frame: int = 0
    """The frame of the shot's clock that its first frame stands for."""
    frames: int = 0
    made_at: str = ""
    in_timeline: bool = True
    """Whether the timeline holds it, so that Save can put it into the cut."""

    @property
    def passed(self) -> bool:
        """Whether every check passed."""
        return all(check.passed for check in self.checks)


_ORIGINAL = Version(id=ORIGINAL, kind="original", label="Original")


class Shelf:
    """Every take of the project, as found for the shots of one cut."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger
        self._takes: dict[str, Take] = {}
        self._rows: tuple[TakeRow, ...] = ()
        self._by_place: Mapping[tuple[str, str, int], Sequence[TakeRow]] = {}
        self.refresh()

    def refresh(self) -> None:
        """Reads what was made since."""
        self._rows = self._ledger.takes.all()
        by_place: dict[tuple[str, str, int], list[TakeRow]] = defaultdict(list)
        for row in self._rows:
            for bucket in range(row.in_frame // _BUCKET, row.range.end // _BUCKET + 1):
                by_place[row.source_identity, row.clock, bucket].append(row)
        self._by_place = by_place

    def versions(self, shot: SceneShot) -> tuple[Version, ...]:
        """The original, then the performed takes, then the previews, each kind as it grew."""
        found = {entry.id: _of_entry(entry) for entry in shot.entries}
        for row in self._standing_for(shot):
            found[row.id] = _of_take(self._take(row), in_timeline=row.id in found)
        ordered = sorted(found.values(), key=lambda each: (each.kind == "preview", each.made_at, each.number or 0))
        return (_ORIGINAL, *_labelled(ordered))

    def _take(self, row: TakeRow) -> Take:
        known = self._takes.get(row.id)
        if known is None:
            assert row.document is not None, "only finished takes are listed"
            path = self._ledger.takes.path(row)
            known = Take.model_validate_json(row.document).model_copy(update={"path": path})
            self._takes[row.id] = known
        return known

    def _standing_for(self, shot: SceneShot) -> Iterator[TakeRow]:
        """Takes that cover what is visible of the shot, and perform something of it."""
        visible = _visible(shot)
        cues = _cue_ranges(shot)
        identities = tuple(_identities(shot))
        for identity in dict.fromkeys(identities):
            for row in self._by_place.get((identity, shot.clock, visible.start // _BUCKET), ()):
                touches = not cues or any(
                    FrameRange(each.in_frame, each.frames).overlaps(cue) for each in row.performed for cue in cues
                )
                if touches and row.range.contains(visible):
                    yield row


def _visible(shot: SceneShot) -> FrameRange:
    if shot.document is not None:
        return shot.document.media.visible
    assert shot.record is not None, "a shot is known from a run or from the timeline"
    return FrameRange(shot.record.in_frame, shot.record.frames)


def _cue_ranges(shot: SceneShot) -> tuple[FrameRange, ...]:
    if shot.document is not None:
        return tuple(cue.range for cue in shot.document.cues)
    return tuple(
        FrameRange(int(cue["in_frame"]), int(cue["frames"])) for entry in shot.entries for cue in entry.record.cues
    )


def _identities(shot: SceneShot) -> Iterator[str]:
    """What the ledger calls the shot's original: the timeline may say it, else its file is looked at."""
    from reperform.errors import ReperformError
    from reperform.media.identities import source_identity
    from reperform.performing.making import picture_identity

    said = [str(entry.record.source["identity"]) for entry in shot.entries if entry.record.source.get("identity")]
    if shot.document is None:
        yield from said if shot.clock == "media" else ()
        return
    try:
        said = said or [source_identity(shot.document.source)]
    except ReperformError:
        return
    yield from (picture_identity(shot.document, each) for each in said)


def _of_entry(entry: Entry) -> Version:
    record = entry.record
    return Version(
        id=entry.id,
        kind="preview" if record.preview else "performed",
        label="",
        number=record.number,
        engine=record.engine,
        model=record.model,
        cues=tuple({"id": cue.get("id"), "direction": cue.get("direction") or {}} for cue in record.cues),
        cost=record.cost.get("amount"),
        currency=str(record.cost.get("currency") or "USD"),
        checks=tuple(Check.model_validate(check) for check in record.checks),
        path=entry.path,
        rate=record.rate,
        in_frame=record.in_frame,
        frames=record.frames,
        sequence=record.sequence,
        made_at=record.made_at,
    )


def _of_take(take: Take, *, in_timeline: bool) -> Version:
    return Version(
        id=take.id,
        kind="preview" if take.preview else "performed",
        label="",
        number=take.number,
        engine=take.engine,
        model=take.model,
        cues=tuple(
            {"id": cue.id, "direction": cue.direction.model_dump(mode="json", exclude_none=True)} for cue in take.cues
        ),
        cost=take.cost.amount,
        currency=take.cost.currency,
        checks=take.checks,
        path=take.path,
        rate=take.rate,
        in_frame=take.in_frame,
        frames=take.frames,
        sequence=take.sequence,
        made_at=take.made_at,
        in_timeline=in_timeline,
    )


def _labelled(versions: Sequence[Version]) -> Iterator[Version]:
    from dataclasses import replace

    counts: dict[str, int] = defaultdict(int)
    for version in versions:
        counts[version.kind] += 1
        name = "Preview" if version.kind == "preview" else "Take"
        yield replace(version, label=f"{name} {counts[version.kind]}")
