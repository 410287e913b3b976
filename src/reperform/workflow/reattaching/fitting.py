"""Which paid takes a use of a clip gets, made of what, and which of its frames none of them can show as performed."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from reperform.direction import Direction
from reperform.model import Cue
from reperform.timing import FrameRange
from reperform.workflow.reattaching.footage import Made
from reperform.workflow.reattaching.lines import Line
from reperform.workflow.reattaching.pacing import Laid, Target, runs

__all__ = ["Asked", "Fit", "Mark", "core", "fits", "lacking_frames", "shows"]

Asked = tuple[frozenset[int], object]
"""The frames of the media that a cue takes in, and what it asks for, as `core` says it."""

Shown = Mapping[int, tuple[str, int]]
"""By visible frame of the media: the result, and which frame of it."""

_NO_PART = {"takes", "note", "character", "consent", "engine", "model"}
"""Of a direction what says nothing about the performance itself."""
_MOST = 64


def core(direction: Direction) -> tuple[tuple[str, Any], ...]:
    """What two directions have in common that ask for the same performance."""
    return tuple(sorted(direction.model_dump(exclude_none=True, mode="json", exclude=_NO_PART).items(), key=str))


@dataclass(frozen=True, kw_only=True)
class Mark:
    """A mark on the use, as the new cut has it."""

    cue: Cue
    sources: frozenset[int]
    """The frames of the media that it takes in."""


@dataclass(kw_only=True)
class Fit:
    """A take for a use."""

    made: list[Made]
    """The takes that it is, or is a longer or shorter one of; the first can stand for it as it is, if any can."""
    pieces: list[tuple[Line, frozenset[int] | None]]
    """The lines that it is made of, and which frames of the media of each; None: all."""
    lacking: frozenset[int] = frozenset()
    """Visible frames of the media that should be performed, and are not."""
    lacking_like: Line | None = None
    """The line that goes on there."""
    cues: list[Laid] = field(default_factory=list)
    answers: bool = True
    """It performs what was asked for on this use; else it was made for another use of the same media."""

    @property
    def is_preview(self) -> bool:
        """Whether it is one."""
        return self.pieces[0][0].is_preview

    @property
    def age(self) -> tuple[tuple[str, int], ...]:
        """Sorts: what was performed last is shown first."""
        return tuple(sorted((line.age for line, _ in self.pieces), reverse=True))

    def shown(self, target: Target) -> Shown:
        """What of it is visible."""
        found: dict[int, tuple[str, int]] = {}
        for line, only in self.pieces:
            for source, shown in _shown(line, target).items():
                if only is None or source in only:
                    found.setdefault(source, shown)
        return found


def shows(target: Target, made: Sequence[Made]) -> bool:
    """Whether a performed frame is visible."""
    return any(_shown(line, target) for each in made for line in each.lines)


def fits(
    target: Target,
    made: Sequence[Made],
    lines: Sequence[Line],
    marks: Sequence[Mark],
    *,
    asked: Sequence[Asked],
    seam: int,
) -> list[Fit]:
    """The takes for a use: those that answer what is asked for on it last, and of them what was performed last.

    `made` are the takes of its original, `lines` all that is paid of it. `asked` are the cues of the shot that the use comes
    from; all takes answer where none is known to.
    """
    found = _distinct([fit for each in made if (fit := _as_made(each, target))], target)
    answering = [fit for fit in found if any(_answers(fit, each) for each in asked)]
    pool = [line for line in lines if _shown(line, target)]
    for fit in found:
        fit.answers = fit in answering or not answering
        if fit.answers:
            _complete(fit, target, [line for line in pool if line.is_preview == fit.is_preview], marks, seam=seam)
    found = _distinct(sorted(found, key=lambda fit: not fit.answers), target)
    for fit in found:
        fit.cues = _named(laid for line, only in fit.pieces for laid in target.laid(line, only))
    return sorted(found, key=lambda fit: (fit.answers, fit.age))


def _answers(fit: Fit, asked: Asked) -> bool:
    frames, wanted = asked
    return any(core(line.cue.direction) == wanted and not frames.isdisjoint(line.performed) for line, _ in fit.pieces)


def _as_made(made: Made, target: Target) -> Fit | None:
    lines = [line for line in made.lines if _shown(line, target)]
    # In the handles they are performed, too, and a seam of theirs may be seen.
    near = [line for line in made.lines if line not in lines and not line.performed.keys().isdisjoint(target.covered)]
    return Fit(made=[made], pieces=[(line, None) for line in (*lines, *near)]) if lines else None


def _shown(line: Line, target: Target) -> Shown:
    performed = line.performed
    return {
        source: (performed[source][0].result.id, performed[source][1][0])
        for source in target.sources
        if source in performed
    }


def _distinct(found: Sequence[Fit], target: Target) -> list[Fit]:
    """Those that show what another shows, or a part of it, are that other."""
    shown = [(fit, fit.shown(target)) for fit in found]
    kept: list[tuple[Fit, Shown]] = []
    for fit, mine in sorted(shown, key=lambda each: (not each[0].answers, -len(each[1]))):
        other = next(
            (each for each, theirs in kept if _is_part(mine, theirs) and each.is_preview == fit.is_preview), None
        )
        if other is None:
            kept.append((fit, mine))
        else:
            other.made += fit.made
    order = [id(fit) for fit in found]
    return sorted((fit for fit, _ in kept), key=lambda fit: order.index(id(fit)))


def _is_part(mine: Shown, theirs: Shown) -> bool:
    return all(theirs.get(source) == shown for source, shown in mine.items())


def _complete(fit: Fit, target: Target, pool: Sequence[Line], marks: Sequence[Mark], *, seam: int) -> None:
    """Adds what else is paid and belongs to it here; what then still lacks is kept with it."""
    wanted = _wanted(fit, target, pool, marks)
    number = fit.pieces[0][0].take_number
    for _ in range(_MOST):
        lacking = wanted.keys() - fit.shown(target).keys()
        best = _best(lacking, wanted, pool, number)
        if best is None:
            break
        fit.pieces.append((best, _allowed(best, lacking, fit, seam=seam)))
    fit.lacking = frozenset(wanted.keys() - fit.shown(target).keys())
    if fit.lacking:
        first = wanted[min(fit.lacking)]
        fit.lacking_like = next((line for line, _ in fit.pieces if core(line.cue.direction) == first), None)
        fit.lacking_like = fit.lacking_like or next(line for line in pool if core(line.cue.direction) == first)


def _wanted(fit: Fit, target: Target, pool: Sequence[Line], marks: Sequence[Mark]) -> dict[int, Any]:
    """The visible frames of the media that should be performed, each with what of."""
    own = [line for line, _ in fit.pieces if _shown(line, target)]
    wanted: dict[int, Any] = {}
    for line in own:
        for source in _asked(line, target, pool, marks):
            wanted.setdefault(source, core(line.cue.direction))
    for line in sorted(pool, key=lambda each: each.age, reverse=True):
        if not any(line.extent.overlaps(each.extent) for each in own) and not _was_left_out(line, own):
            for source in target.sources & set(range(line.extent.start, line.extent.end)):
                wanted.setdefault(source, core(line.cue.direction))
    return wanted


def _was_left_out(line: Line, own: Sequence[Line]) -> bool:
    """Whether the take was made without it where some of it was visible: it was marked later, or on another use of the media."""
    return any(each.shown.overlaps(line.extent) for each in own)


def _asked(line: Line, target: Target, pool: Sequence[Line], marks: Sequence[Mark]) -> Iterable[int]:
    """The visible frames of a cue: its own; where it was the cut that ended it, those beyond; where its mark is there, the mark's."""
    inside = set(range(line.extent.start, line.extent.end))
    touching = [mark for mark in marks if not mark.sources.isdisjoint(inside)]
    same = [mark for mark in touching if core(mark.cue.direction) == core(line.cue.direction)]
    for mark in same:
        inside |= mark.sources
    if not touching:
        inside.update(_beyond(line, target, pool))
    return target.sources & inside


def _beyond(line: Line, target: Target, pool: Sequence[Line]) -> Collection[int]:
    others = [each.extent for each in pool if core(each.cue.direction) != core(line.cue.direction)]
    head, tail = line.is_open
    low, high = line.extent.start, line.extent.end
    if head:
        low = max((each.end for each in others if each.end <= line.extent.start), default=min(target.sources))
    if tail:
        high = min((each.start for each in others if each.start >= line.extent.end), default=max(target.sources) + 1)
    return range(min(low, line.extent.start), max(high, line.extent.end))


def _best(lacking: Collection[int], wanted: Mapping[int, Any], pool: Sequence[Line], number: int) -> Line | None:
    """The line that performs most of what lacks: of the same number of take, if there is one."""
    counted = [
        (sum(source in line.performed and core(line.cue.direction) == wanted[source] for source in lacking), line)
        for line in pool
    ]
    useful = [(count, line) for count, line in counted if count]
    if not useful:
        return None
    return max(useful, key=lambda each: (each[1].take_number == number, each[0], each[1].age))[1]


def _allowed(line: Line, lacking: Collection[int], fit: Fit, *, seam: int) -> frozenset[int] | None:
    """All of a line that stands apart; of one that meets others what lacks, and a seam for the dissolve."""
    if not any(line.extent.overlaps(each.extent) for each, _ in fit.pieces):
        return None
    near = (run.grown(seam, seam) for run in runs(lacking))
    return frozenset(source for run in near for source in range(run.start, run.end) if source in line.performed)


def _named(laid: Iterable[Laid]) -> list[Laid]:
    """The cues in order, each under an id of its own."""
    seen: dict[str, int] = {}
    named = []
    for cue, key, covered in sorted(laid, key=lambda each: each[0].range):
        seen[cue.id] = seen.get(cue.id, 0) + 1
        unique = cue.id if seen[cue.id] == 1 else f"{cue.id}~{seen[cue.id]}"
        named.append((cue.model_copy(update={"id": unique}), key, covered))
    return named


def lacking_frames(fit: Fit, target: Target) -> list[FrameRange]:
    """The visible frames that lack, on the target's clock."""
    return runs([frame for frame, source in target.visible.items() if source in fit.lacking])
