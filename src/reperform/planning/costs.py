"""What jobs cost: an engine's published price times what it bills."""

from __future__ import annotations

import math
from collections.abc import Iterable
from fractions import Fraction

from reperform.engines.base import Price
from reperform.model import Cost

__all__ = ["dollars", "estimate", "nothing", "price_text", "total"]

_TEN_THOUSANDTH = 10_000


def estimate(price: Price, *, frames: int, seconds: Fraction, results: int) -> Cost:
    """The cost of one request that sends `frames`, `seconds` long, and asks for `results`."""
    if price.unit == "nothing":
        return nothing("it runs on this machine")
    origin = f"{price.source}, {price.as_of}"
    if price.amount is None:
        return Cost(amount=None, unit=price.unit, basis=f"price unknown: {origin}")
    quantity, counted = _billed(price, frames=frames, seconds=seconds)
    times = f" × {results} results" if results > 1 else ""
    return Cost(
        amount=_rounded(price.amount * quantity * results),
        unit=_unit(price),
        basis=f"{counted}{times} × {price_text(price)} ({origin})",
    )


def nothing(basis: str) -> Cost:
    """What is not paid for, and why."""
    return Cost(amount=0.0, unit="nothing", basis=basis)


def total(costs: Iterable[Cost], *, of: str = "job") -> Cost:
    """The sum. Where a price is unknown so is the sum, and `basis` says how much of it is known."""
    costs = tuple(costs)
    known = sum((Fraction(str(cost.amount)) for cost in costs if cost.amount is not None), Fraction(0))
    unknown = sum(cost.amount is None for cost in costs)
    if not unknown:
        return Cost(amount=float(known), basis=_plural(len(costs), of))
    basis = " and ".join([*([dollars(float(known))] if known else []), f"{_plural(unknown, of)} of unknown price"])
    return Cost(amount=None, basis=basis)


def dollars(amount: float | None) -> str:
    """An amount as people read it; what is not nothing is at least a cent."""
    if amount is None:
        return "unknown"
    return f"${max(amount, 0.01) if amount > 0 else 0:,.2f}"


def _billed(price: Price, *, frames: int, seconds: Fraction) -> tuple[Fraction, str]:
    if price.unit == "output frame":
        return Fraction(frames), f"{frames} frames"
    if price.unit == "request":
        return Fraction(1), "1 request"
    return seconds, f"{float(seconds):.3f} seconds"


def _unit(price: Price) -> str:
    return f"{price.unit} at {float(price.table_rate):g} fps" if price.table_rate else price.unit


def price_text(price: Price) -> str:
    """The price of one unit, in words."""
    if price.unit == "nothing":
        return "free"
    if price.amount is None:
        return "no published price"
    if price.table_rate:
        a_second = float(price.amount * price.table_rate)
        return f"{a_second:.4g} USD a second of {float(price.table_rate):g} frames"
    return f"{float(price.amount):.4g} USD a {price.unit}"


def _rounded(amount: Fraction) -> float:
    """Up to the next hundredth of a cent: a ceiling must not be passed by rounding."""
    return math.ceil(amount * _TEN_THOUSANDTH) / _TEN_THOUSANDTH


def _plural(number: int, of: str) -> str:
    return f"{number} {of}" if number == 1 else f"{number} {of}s"
