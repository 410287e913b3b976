"""What has come of a cue: its status, the take that stands for it, what it has cost; from the timeline and the ledger."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from reperform.direction import Direction
from reperform.model import Cue, Shot, Take
from reperform.timing import FrameRange

if TYPE_CHECKING:
    from reperform.ledger.ledger import Ledger
    from reperform.performing.statuses import Status
    from reperform.timeline.cut import Cut

__all__ = ["NOTHING", "Standing", "Stood"]

_BESIDE = frozenset({"character", "note", "consent", "takes", "engine", "model"})
"""Parts of a direction that do not change what is performed, or that a take answers whatever they say."""
_WORDS = {
    "planned": "performing", "prepared": "performing", "uploaded": "performing", "submitting": "performing",
    "submitted": "performing", "finished": "performing", "rejected": "refused", "cancelled": "planned",
}  # fmt: skip
"""States of attempts, as a sheet says them; the others are said as they are."""


@dataclass(frozen=True, kw_only=True)
class Stood:
    """What has come of one cue."""

    status: str
    take: str = ""
    cost_usd: float | None = None


NOTHING = Stood(status="planned")


@dataclass(frozen=True, kw_only=True)
class _Made:
    """A take, from wherever it is known."""

    id: str
    file: str
    preview: bool
    order: tuple[str, int]
    cues: tuple[tuple[FrameRange, Direction, str], ...]
    """On the shot's clock: range, direction, and the result that stands there."""
    cost: float | None


class Standing:
    """Looks up what has come of the cues of a cut. `ledger` None: what its timeline says."""

    def __init__(self, cut: Cut, shots: Sequence[Shot], ledger: Ledger | None) -> None:
        from reperform.timeline.choosing import choices

        self._cut = cut
        self._written = choices(cut.timeline) if cut.may_hold_takes else {}
        self._taken = _taken(shots, ledger)
        self._chosen = _chosen(shots, self._taken, ledger)
        self._attempts = _Attempts(ledger)

    def of(self, shot: Shot, cue: Cue, *, engine: str) -> Stood:
        """What has come of a cue; `engine` is the one that it is planned for."""
        made = [each for each in self._made(shot) if _answers(each, cue)]
        cost = self._cost(shot, cue, made)
        stands, by_person = self._stands(shot, made)
        if stands is None and by_person:
            return Stood(status="original", take="original", cost_usd=cost)
        if stands is not None:
            status = "chosen" if by_person else "preview" if stands.preview else "performed"
            return Stood(status=status, take=stands.file, cost_usd=cost)
        state = self._attempts.newest(shot, cue)
        if state == "fetched" or (state is None and cue.paid and engine != "preview"):
            return Stood(status="paid", cost_usd=cost)
        return Stood(status=_WORDS.get(state, state) if state else "planned", cost_usd=cost)

    def _made(self, shot: Shot) -> list[_Made]:
        record = self._record(shot)
        found = {each.id: each for each in map(_of_take, self._taken.get(shot.id, ()))}
        shift = shot.media.in_frame - record.in_frame if record and record.clock == "record" else 0
        for choice in self._written.get(record.shot, ()) if record else ():
            found.setdefault(choice.record.take, _of_record(choice.record, choice.file, shift))
        return sorted(found.values(), key=lambda each: each.order)

    def _record(self, shot: Shot) -> Any:
        from reperform.timeline import records
        from reperform.timeline.index import item_at

        if not self._cut.may_hold_takes:
            return None
        try:
            return records.read(item_at(self._cut.timeline, shot.address), records.ClipRecord)
        except IndexError:
            return None

    def _stands(self, shot: Shot, made: Sequence[_Made]) -> tuple[_Made | None, bool]:
        """The take that stands in the cut, and whether a person chose it; without one, whether a person chose the original."""
        record = self._record(shot)
        chosen = self._chosen.get(shot.id)
        if record is not None and record.chosen is not None and record.chosen_by == "person":
            chosen = record.chosen
        if chosen == "original":
            return None, bool(made)
        by_id = {each.id: each for each in made}
        if chosen in by_id:
            return by_id[chosen], True
        if record is not None and record.chosen in by_id:
            return by_id[record.chosen], False
        performed = [each for each in made if not each.preview]
        return ((performed or list(made)) or [None])[-1], False  # type: ignore[list-item]  # none where nothing is made

    def _cost(self, shot: Shot, cue: Cue, made: Sequence[_Made]) -> float | None:
        results = {result for each in made for _, _, result in each.cues if result}
        known = self._attempts.cost(shot, cue, results)
        if known is not None:
            return known
        told = [each.cost / len(each.cues) for each in made if each.cost is not None and each.cues]
        return round(sum(told), 6) if told else None


def _answers(made: _Made, cue: Cue) -> bool:
    wanted = _performed(cue.direction)
    return any(range_.contains(cue.range) and _performed(direction) == wanted for range_, direction, _ in made.cues)


def _performed(direction: Direction) -> dict[str, Any]:
    return direction.model_dump(exclude=set(_BESIDE), exclude_none=True)


def _of_take(take: Take) -> _Made:
    return _Made(
        id=take.id,
        file=Path(take.path).name,
        preview=take.preview,
        order=(take.made_at, take.number),
        cues=tuple((FrameRange(cue.in_frame, cue.frames), cue.direction, cue.result_id) for cue in take.cues),
        cost=take.cost.amount,
    )


def _of_record(record: Any, file: str, shift: int) -> _Made:
    cues = tuple(
        (
            FrameRange(int(cue.get("in_frame", 0)) + shift, int(cue.get("frames", 0))),
            Direction.model_validate(cue.get("direction") or {}),
            str(cue.get("result") or ""),
        )
        for cue in record.cues
    )
    order = (record.made_at, record.number)
    amount = record.cost.get("amount")
    return _Made(id=record.take, file=file, preview=record.preview, order=order, cues=cues, cost=amount)


def _taken(shots: Sequence[Shot], ledger: Ledger | None) -> Mapping[str, Sequence[Take]]:
    """Takes that the project has of the shots, and that passed their checks."""
    from reperform.workflow.earlier import earlier_takes

    if ledger is None:
        return {}
    found = earlier_takes(shots, ledger)
    return {shot: tuple(take for take in takes if take.passed) for shot, takes in found.items()}


def _chosen(shots: Sequence[Shot], taken: Mapping[str, Sequence[Take]], ledger: Ledger | None) -> dict[str, str]:
    """What a person chose, as the ledger has it: a take's id, or `original`."""
    if ledger is None:
        return {}
    from reperform.ledger.choices import chosen_among

    ids = {shot.id for shot in shots}
    found: dict[str, str] = {}
    for shot in shots:
        identity = next((take.source_identity for take in taken.get(shot.id, ())), None)
        if identity is None:
            continue
        visible = shot.media.visible
        choice = ledger.choices.chosen(chosen_among(identity, shot.clock), visible, shot=shot.id, others=ids)
        if choice is not None:
            found[shot.id] = choice.take_id or "original"
    return found


_Key = tuple[str, str, int, int, str]


class _Attempts:
    """Attempts by the cues that they were made for: source, clock, frames, and what was asked."""

    def __init__(self, ledger: Ledger | None) -> None:
        self._by_cue: dict[_Key, list[str]] = defaultdict(list)
        self._status: dict[str, Status] = {}
        self._by_result: dict[str, str] = {}
        if ledger is None:
            return
        from reperform.performing.statuses import statuses

        self._status = {row.attempt: row for row in statuses(ledger)}
        self._by_result = {result.id: result.attempt_id for result in ledger.results.all()}
        for attempt in ledger.claims.attempts():
            for key in _keys(json.loads(attempt.shot), json.loads(attempt.job)):
                self._by_cue[key].append(attempt.id)

    def newest(self, shot: Shot, cue: Cue) -> str | None:
        """The state of the last attempt at it; None where there was none."""
        found = self._by_cue.get(_key(shot, cue))
        return self._status[found[-1]].state if found else None

    def cost(self, shot: Shot, cue: Cue, results: set[str]) -> float | None:
        """What was spent on it, with its share of requests for several cues; None where nobody knows."""
        of_results = {self._by_result[result] for result in results if result in self._by_result}
        attempts = dict.fromkeys((*self._by_cue.get(_key(shot, cue), ()), *of_results))
        rows = [self._status[each] for each in attempts if each in self._status]
        shares = [row.counted_usd / max(1, len(row.cues)) for row in rows if row.counted_usd is not None]
        return round(sum(shares), 6) if rows and len(shares) == len(rows) else None


def _key(shot: Shot, cue: Cue) -> _Key:
    asked = json.dumps(cue.direction.model_dump(mode="json", exclude=set(_BESIDE), exclude_none=True), sort_keys=True)
    return str(shot.source.path), shot.clock, cue.in_frame, cue.frames, asked


def _keys(shot: dict[str, Any], job: dict[str, Any]) -> Iterator[_Key]:
    for cue in shot.get("cues", ()):
        if cue["id"] in job.get("cues", ()):
            asked = {
                name: value for name, value in cue["direction"].items() if value is not None and name not in _BESIDE
            }
            path = str(shot["source"]["path"])
            yield path, shot["clock"], cue["in_frame"], cue["frames"], json.dumps(asked, sort_keys=True)
