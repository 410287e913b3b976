"""A shot in the words of the report."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any, Literal, cast

from reperform.direction import Direction
from reperform.model import Cue as PlannedCue
from reperform.reporting.decisions import Decisions
from reperform.reporting.documents import Asked, Check, Cue, Job, Shot, Version
from reperform.reporting.seen import Seen
from reperform.sheets.rows import plain, words_of
from reperform.timing import Rate, floor_frame, format_timecode

if TYPE_CHECKING:
    from reperform.timeline.cut import Cut
    from reperform.timeline.records import TakeRecord

__all__ = ["Clock", "Describing", "clock_of"]

_PERFORMANCE = ("emotion", "region", "temperature")
_State = Literal["performed", "preview", "original", "failed", "waiting"]


class Clock:
    """Record frames of a shot's own frames, and their timecodes."""

    def __init__(self, seen: Seen, cut: Cut) -> None:
        self._cut = cut
        if seen.record is not None:
            self._first, self._rate = seen.record.in_frame, seen.record.rate
        else:
            assert seen.shot is not None, "one of the two knows it"
            self._first, self._rate = seen.shot.media.in_frame, seen.shot.media.rate
        self._record = seen.start
        self.rate: Rate = self._rate

    def record(self, frame: int) -> str:
        """Record timecode of a frame of the shot's clock."""
        offset = floor_frame((frame - self._first) / self._rate, self._cut.rate)
        return self._cut.timecode(self._record + offset)


def clock_of(seen: Seen, cut: Cut) -> Clock:
    """The clock of a shot in this cut."""
    return Clock(seen, cut)


class Describing:
    """Describes the shots of a cut, one by one."""

    def __init__(self, cut: Cut, jobs: Sequence[Job], decisions: Decisions) -> None:
        self._cut = cut
        self._decisions = decisions
        self._jobs: dict[str, list[Job]] = defaultdict(list)
        for job in jobs:
            self._jobs[job.shot].append(job)

    def shot(self, seen: Seen) -> Shot:
        """All that is said of it."""
        jobs = self._jobs[seen.id]
        chosen = _chosen(seen)
        versions = (self._original(seen, chosen), *self._takes(seen, chosen))
        costs = [job.counted_usd for job in jobs] or [make.record.cost.get("amount") for make in seen.made]
        record = seen.placed.record if seen.placed else None
        first = record.start if record else seen.start
        frames = record.frames if record else (seen.shot.record.frames if seen.shot else 0)
        return Shot(
            id=seen.id,
            clip=plain(seen.placed.name if seen.placed else seen.shot.clip if seen.shot else ""),
            track=seen.placed.track.label if seen.placed else seen.shot.track if seen.shot else "",
            record_in=self._cut.timecode(first),
            record_out=self._cut.timecode(first + frames),
            seconds=float(round(frames / self._cut.rate, 3)),
            source=plain(_source_name(seen)),
            source_in=_source_in(seen),
            identity=next((str(make.record.source.get("identity") or "") for make in seen.made), ""),
            state=_state(seen, versions),
            chosen_by=seen.record.chosen_by if seen.record else "rule",
            cues=tuple(self._cues(seen)),
            versions=versions,
            jobs=len(jobs),
            estimate_usd=_sum([job.estimate_usd for job in jobs]),
            cost_usd=_sum(costs),
        )

    def _original(self, seen: Seen, chosen: str) -> Version:
        return Version(
            id="original",
            label="Original",
            kind="original",
            in_cut=chosen == "original",
            file=plain(_source_name(seen)),
            decision=self._decisions.of(seen, "original"),
        )

    def _takes(self, seen: Seen, chosen: str) -> Iterator[Version]:
        counted = {"performed": 0, "preview": 0}
        clock = clock_of(seen, self._cut)
        now = frozenset(_performance(cue.direction) for cue in seen.shot.cues) if seen.shot else frozenset[str]()
        for make in seen.made:
            record = make.record
            kind = "preview" if record.preview else "performed"
            counted[kind] += 1
            yield Version(
                id=record.take,
                label=f"{'Preview' if record.preview else 'Take'} {counted[kind]}",
                kind=cast("Literal['performed', 'preview']", kind),
                in_cut=chosen == record.take,
                file=plain(make.file),
                reel=plain(record.reel or ""),
                engine=plain(record.engine),
                model=plain(record.model),
                made_at=record.made_at,
                cost_usd=_amount(record.cost.get("amount")),
                directions=tuple(_asked(record, clock, now)),
                checks=tuple(_checks(record)),
                changed=tuple(_changed(record)),
                consent=tuple(dict.fromkeys(plain(said) for said in record.consent)),
                decision=self._decisions.of(seen, record.take),
            )

    def _cues(self, seen: Seen) -> Iterator[Cue]:
        """As they were planned; else as the takes say."""
        clock = clock_of(seen, self._cut)
        if seen.shot is not None:
            for cue in seen.shot.cues:
                yield _planned(cue, clock, moved=seen.placed is not None)
            return
        found: dict[str, dict[str, Any]] = {}
        for make in seen.made:
            for each in make.record.cues:
                found[str(each.get("id") or each.get("in_frame"))] = each
        for name, each in found.items():
            first, frames = _whole(each.get("in_frame")), _whole(each.get("frames"))
            direction = _direction(each.get("direction"))
            yield _cue(
                name, first, frames, direction, clock, character=plain(str(each.get("character") or "")), voice=""
            )


def _planned(cue: PlannedCue, clock: Clock, *, moved: bool) -> Cue:
    from reperform.tables.words import voice_text

    character, voice = plain(cue.character or ""), plain(voice_text(cue.voices))
    made = _cue(cue.id, cue.in_frame, cue.frames, cue.direction, clock, character=character, voice=voice)
    if moved or cue.record_out is None:
        return made
    return Cue(**{**made.__dict__, "record_in": cue.record_in, "record_out": cue.record_out})


def _cue(name: str, first: int, frames: int, direction: Direction, clock: Clock, *, character: str, voice: str) -> Cue:
    words = words_of(direction)
    return Cue(
        id=name,
        record_in=clock.record(first),
        record_out=clock.record(first + frames),
        seconds=float(round(frames / clock.rate, 3)),
        character=character or words["character"],
        line=words["line"],
        direction=_performance(direction),
        further=words_of(direction.model_copy(update=dict.fromkeys((*_PERFORMANCE, "consent"))))["direction"],
        voice=voice,
        note=words["note"],
        consent=plain(direction.consent or ""),
    )


def _performance(direction: Direction) -> str:
    return words_of(Direction(**{name: getattr(direction, name) for name in _PERFORMANCE}))["direction"]


def _asked(record: TakeRecord, clock: Clock, now: frozenset[str]) -> Iterator[Asked]:
    for cue in record.cues:
        said = _performance(_direction(cue.get("direction")))
        yield Asked(record_in=clock.record(_whole(cue.get("in_frame"))), direction=said, as_now=not now or said in now)


def _checks(record: TakeRecord) -> list[Check]:
    checks = [
        Check(
            name=plain(str(check.get("name") or "check")),
            passed=check.get("passed") is True,
            detail=plain(str(check.get("detail") or "")),
        )
        for check in record.checks
    ]
    return sorted(checks, key=lambda check: check.passed)


def _changed(record: TakeRecord) -> Iterator[str]:
    shares = [_amount(each.get("share")) or 0.0 for each in record.composite if each.get("mode") == "changed"]
    if shares:
        low, high = f"{min(shares):.1%}", f"{max(shares):.1%}"
        yield f"{low if low == high else f'{low} to {high}'} of the picture changed, the rest is the original's"
    for each in record.composite:
        mode, why = each.get("mode"), plain(str(each.get("why") or ""))
        if mode == "whole":
            yield f"the whole picture is the engine's{f': {why}' if why else ''}"
        elif mode == "unchanged":
            yield f"nothing of the picture changed{f': {why}' if why else ''}"


def _chosen(seen: Seen) -> str:
    """Id of what stands in the cut."""
    ids = {make.record.take for make in seen.made}
    if seen.record is not None:
        return seen.record.chosen if seen.record.chosen in ids and seen.record.chosen else "original"
    passed = [make.record for make in seen.made if all(check.get("passed") for check in make.record.checks)]
    performed = [record for record in passed if not record.preview]
    newest = (performed or passed)[-1:]
    return newest[0].take if newest else "original"


def _state(seen: Seen, versions: Sequence[Version]) -> _State:
    if seen.record is not None:
        return seen.record.status
    standing = next((version for version in versions if version.in_cut), versions[0])
    if standing.kind != "original":
        return standing.kind
    return "failed" if len(versions) > 1 else "waiting"


def _source_name(seen: Seen) -> str:
    named = next((str(make.record.source.get("name") or "") for make in seen.made), "")
    if named or seen.shot is None:
        return named
    source = seen.shot.source
    return source.sequence.pattern if source.sequence else source.path.name


def _source_in(seen: Seen) -> str:
    if seen.shot is not None:
        return seen.shot.media.start or ""
    record = seen.record
    if record is None or record.clock != "media" or record.source_start is None:
        return ""
    drop = any(make.record.drop_frame for make in seen.made)
    return format_timecode(record.source_start + record.in_frame, record.rate, drop_frame=drop)


def _direction(written: Any) -> Direction:
    """What a timeline says was asked; nothing where it is no direction that this version knows."""
    try:
        return Direction.model_validate(written or {})
    except ValueError:
        return Direction()


def _whole(value: Any) -> int:
    return int(value) if isinstance(value, int | float) else 0


def _amount(value: Any) -> float | None:
    return float(value) if isinstance(value, int | float) else None


def _sum(amounts: Sequence[Any]) -> float | None:
    known = [_amount(amount) for amount in amounts]
    return None if None in known else round(sum(amount or 0 for amount in known), 6)
