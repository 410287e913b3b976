"""What a compositor would say of a take: how much was changed, and what an engine did to the rest."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from reperform.model import Check, TakeComposite

if TYPE_CHECKING:
    from reperform.media.conformed import Conformed

__all__ = ["check_of", "reports", "warning_of"]

_NOTICED = 0.06


def reports(conformed: Conformed) -> tuple[TakeComposite, ...]:
    """Of each result of a take, in order."""
    shown = {
        number: [frame for frame, shares in conformed.weights.items() if number in shares]
        for number in conformed.compositions
    }
    return tuple(conformed.compositions[number].report(frames) for number, frames in shown.items())


def check_of(found: Sequence[TakeComposite]) -> Check | None:
    """What was found, as one line among a take's checks. It never fails: each of the three is a take."""
    if not found:
        return None
    return Check(name="changed region", passed=True, detail="; ".join(_said(each) for each in found))


def warning_of(each: TakeComposite) -> str | None:
    """What a person should know of a result; None where the engine did what was expected of it."""
    if each.mode == "whole":
        return f"{each.cue}: the engine made the whole picture anew ({each.why}), so all of it is used"
    if each.mode == "unchanged":
        return f"{each.cue}: the engine changed nothing, so the original's pictures are kept"
    return None


def _said(each: TakeComposite) -> str:
    if each.mode != "changed":
        used = "all of it is used" if each.mode == "whole" else "the original's pictures are kept"
        return f"{each.cue}: {each.why}; {used}"
    words = f"{each.cue}: {each.share:.1%} of the picture, at most {each.worst_share:.1%}"
    words += ", laid in with the original's grain" if each.laid_in == "delta" else ", replaced"
    if each.moved >= _NOTICED:
        words += f", moved back by {each.moved:.2f} pixels"
    if each.recoloured:
        words += f", colours put right by {each.recoloured:.1f} of 255"
    return words
