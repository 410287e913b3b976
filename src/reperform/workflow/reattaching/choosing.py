"""What a person chose stays chosen: in the project, or in the editor, by what the tracks of takes show."""

from __future__ import annotations

from collections.abc import Sequence

from reperform.ledger.choices import chosen_among
from reperform.ledger.ledger import Ledger
from reperform.ledger.records import Choice
from reperform.model import Shot
from reperform.timeline.reattaching import OverShot
from reperform.timing import FrameRange
from reperform.workflow.reattaching.attaching import Attached
from reperform.workflow.reattaching.fitting import Fit
from reperform.workflow.reattaching.history import Came, Earlier, source_frames

__all__ = ["ORIGINAL", "by_hand", "by_rule", "chosen_before", "keep"]

ORIGINAL = "original"


def by_rule(fits: Sequence[Fit]) -> Fit:
    """The one that stands in the cut where nobody chose: the newest that was performed, else the newest preview."""
    performed = [fit for fit in fits if not fit.is_preview]
    return (performed or list(fits))[-1]


def chosen_before(ledger: Ledger, identity: str, shot: Shot, came: Came | None, earlier: Earlier) -> Choice | None:
    """What a person chose last for the shot that this use comes from; else for these frames, and for no other shot."""
    if came is not None and (before := came.shot) is not None:
        made = ledger.choices.of_source(chosen_among(identity, before.clock))
        mine = (choice for choice in made if choice.shot == before.id and _overlaps(choice, before.media.visible))
        if (found := next(mine, None)) is not None:
            return found
    frames = source_frames(shot)
    span = FrameRange.between(min(frames), max(frames) + 1)
    others = (choice for choice in ledger.choices.of_source(identity) if choice.shot not in earlier.ids)
    return next((choice for choice in others if _overlaps(choice, span)), None)


def _overlaps(choice: Choice, frames: FrameRange) -> bool:
    return frames.overlaps(FrameRange(choice.in_frame, choice.frames))


def by_hand(over: Sequence[OverShot], attached: Sequence[Attached], rule: Attached | None) -> str | None:
    """What somebody chose in the editor, by what the tracks of takes show; None where that is what the rule shows anyway.

    It says something only where the take that the rule shows is on a track as well: else it is newer than that cut.
    """
    if rule is None or not any(each.take in rule.stands_for for each in over):
        return None
    shown = max((each for each in over if each.shown), key=lambda each: each.height, default=None)
    if shown is None:
        return ORIGINAL
    if shown.take in rule.stands_for:
        return None
    return next((each.take.id for each in attached if shown.take in each.stands_for), None)


def keep(ledger: Ledger, identity: str, shot: Shot, chosen: str, ids: Sequence[str]) -> None:
    """The choice under the shot's new place, where the project does not have it so already."""
    among, take = chosen_among(identity, shot.clock), None if chosen == ORIGINAL else chosen
    known = ledger.choices.chosen(among, shot.media.visible, shot=shot.id, others=ids)
    if known is None or known.take_id != take or known.shot != shot.id:
        ledger.choices.choose(among, shot.media.visible, take, shot=shot.id)
