"""The uses that show something performed: what fits each, where it comes from, and what a person chose of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from reperform.ledger.ledger import Ledger
from reperform.ledger.records import Choice
from reperform.media import originals
from reperform.model import Shot
from reperform.workflow.reattaching.choosing import by_rule, chosen_before
from reperform.workflow.reattaching.fitting import Asked, Fit, core, fits
from reperform.workflow.reattaching.footage import Footage
from reperform.workflow.reattaching.history import Came, Earlier, came_from
from reperform.workflow.reattaching.scene import Seen

__all__ = ["Found", "found_among"]


@dataclass(frozen=True, kw_only=True, eq=False)
class Found:
    """A use, and what fits it."""

    seen: Seen
    fits: tuple[Fit, ...]
    came: Came | None
    choice: Choice | None

    @property
    def standing(self) -> Fit:
        """What a person chose, else what the rule says."""
        chosen = None if self.choice is None else self.choice.take_id
        named = (fit for fit in self.fits if chosen in {made.row.id for made in fit.made})
        return next(named, by_rule(self.fits))


def found_among(
    showing: Sequence[Seen], earlier: Earlier, ledger: Ledger, footage: Footage, *, seam: int
) -> list[Found]:
    """The uses with what fits them, against the earlier cut. What nobody had marked there, and nobody did since, has nothing."""
    came = came_from(earlier, [(seen.identity, seen.target) for seen in showing])
    return [
        Found(
            seen=seen,
            fits=tuple(_fits(seen, whence, footage, seam=seam)),
            came=whence,
            choice=chosen_before(ledger, seen.identity, seen.target.shot, whence, earlier),
        )
        for seen, whence in zip(showing, came, strict=True)
        if seen.marks or whence is None or whence.shot is not None
    ]


def _fits(seen: Seen, came: Came | None, footage: Footage, *, seam: int) -> list[Fit]:
    asked = _asked(came.shot) if came is not None and came.shot is not None else ()
    made, lines = footage.made[seen.identity], footage.lines(seen.identity)
    return fits(seen.target, made, lines, seen.marks, asked=asked, seam=seam)


def _asked(shot: Shot) -> Sequence[Asked]:
    """What the cues of a shot ask for."""
    number_of = originals.source_frames(shot)
    found = []
    for cue in shot.cues:
        inside = cue.range.intersection(shot.media.with_handles)
        frames = frozenset(number_of(frame) for frame in range(inside.start, inside.end))
        found.append((frames, core(cue.direction)))
    return found
