"""The time effects that OpenTimelineIO itself knows, and an item's effects together."""

from __future__ import annotations

import math
from fractions import Fraction
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import opentimelineio as otio

from reperform.timeline.retimes.retime import NO_RETIME, Chain, Constant, Retime, Unmapped, chain
from reperform.timing import Rate, exact_rate

if TYPE_CHECKING:
    from reperform.timeline.dialects.base import Dialect

__all__ = ["exact_scalar", "named", "of_item", "plain_retime"]

_FLOAT32 = Fraction(1, 5_000_000)


def of_item(item: Any, dialect: Dialect) -> Chain:
    """The retimes of a clip, a stack or a track, as this dialect writes them. Disabled effects are none."""
    held = item.effects
    # By number: OTIO takes ten times as long to say that there are no more.
    each = (held[number] for number in range(len(held)))
    effects = [effect for effect in each if isinstance(effect, otio.schema.TimeEffect) and effect.enabled]
    if not effects:
        return NO_RETIME
    rate = _own_rate(item)
    return chain(retime for effect in effects if (retime := dialect.retime_of(effect, rate)))


def _own_rate(item: Any) -> Rate:
    """The rate that the item's length is written at."""
    try:
        return exact_rate(item.trimmed_range().duration.rate)
    except (ValueError, otio.exceptions.OTIOError):
        return Fraction(24)


def plain_retime(effect: Any) -> Retime | None:
    """LinearTimeWarp and FreezeFrame; another time effect is one whose map is not known. None for what retimes nothing."""
    if not isinstance(effect, otio.schema.TimeEffect):
        return None
    scalar = getattr(effect, "time_scalar", None)
    if scalar is None:
        return Unmapped(f"{named(effect)} does not say in a way that is known which frames are seen")
    if not math.isfinite(scalar):
        return Unmapped(f"{named(effect)} has the speed {scalar}, which is none")
    return Constant(exact_scalar(scalar))


def named(effect: Any) -> str:
    """An effect, in words."""
    name = effect.name or effect.effect_name
    return f"its time effect “{name}”" if name else "its time effect, which has no name,"


@lru_cache(maxsize=256)
def exact_scalar(scalar: float) -> Fraction:
    """The speed that a float means: -0.699999988 is -7/10, 0.3333333333 is 1/3."""
    exact = Fraction(scalar)
    near = exact.limit_denominator(1000)
    return near if abs(near - exact) <= _FLOAT32 * abs(exact) else exact
