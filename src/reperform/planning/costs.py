"""What jobs cost: an engine's published price times what it bills."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable
from fractions import Fraction

from reperform.engines.base import Price
from reperform.model import Cost
from reperform.timing import Rate

__all__ = ["Tariff", "dollars", "nothing", "price_text", "sum_of", "total"]

_TEN_THOUSANDTH = 10_000


class Tariff:
    """A price, and what is said of it with every cost."""

    def __init__(self, price: Price) -> None:
        self._price = price
        self._ten_thousandths = None if price.amount is None else price.amount * _TEN_THOUSANDTH
        self._unit = _unit(price)
        self._origin = f"{price.source}, {price.as_of}"
        self._text = f"{price_text(price)} ({self._origin})"

    def amount(self, *, frames: int, rate: Rate, results: int) -> float | None:
        """What one request costs that sends `frames` at `rate`, and asks for `results`; None where the price is unknown.

        Up to the next hundredth of a cent: a ceiling must not be passed by rounding.
        """
        if self._price.unit == "nothing":
            return 0.0
        if self._ten_thousandths is None:
            return None
        quantity = results * _quantity(self._price, frames=frames, rate=rate)
        return math.ceil(self._ten_thousandths * quantity) / _TEN_THOUSANDTH

    def estimate(self, *, frames: int, rate: Rate, results: int) -> Cost:
        """The same, with how it is made up."""
        if self._price.unit == "nothing":
            return nothing("it runs on this machine")
        amount = self.amount(frames=frames, rate=rate, results=results)
        if amount is None:
            return Cost(amount=None, unit=self._price.unit, basis=f"price unknown: {self._origin}")
        counted = _counted(self._price, frames=frames, rate=rate)
        times = f" × {results} results" if results > 1 else ""
        return Cost(amount=amount, unit=self._unit, basis=f"{counted}{times} × {self._text}")


def nothing(basis: str) -> Cost:
    """What is not paid for, and why."""
    return Cost(amount=0.0, unit="nothing", basis=basis)


def total(costs: Iterable[Cost], *, of: str = "job") -> Cost:
    """The sum. Where a price is unknown so is the sum, and `basis` says how much of it is known."""
    return sum_of((cost.amount for cost in costs), of=of)


def sum_of(amounts: Iterable[float | None], *, of: str = "job") -> Cost:
    """As `total`, of amounts; None is one that is unknown."""
    counted = Counter(amounts)
    unknown = counted.pop(None, 0)
    known = sum((Fraction(str(amount)) * times for amount, times in counted.items()), Fraction(0))
    if not unknown:
        return Cost(amount=float(known), basis=_plural(counted.total(), of))
    basis = " and ".join([*([dollars(float(known))] if known else []), f"{_plural(unknown, of)} of unknown price"])
    return Cost(amount=None, basis=basis)


def dollars(amount: float | None) -> str:
    """An amount as people read it; what is not nothing is at least a cent."""
    if amount is None:
        return "unknown"
    return f"${max(amount, 0.01) if amount > 0 else 0:,.2f}"


def _quantity(price: Price, *, frames: int, rate: Rate) -> int | Fraction:
    """How many units are billed."""
    if price.unit == "output frame":
        return frames
    return 1 if price.unit == "request" else frames / rate


def _counted(price: Price, *, frames: int, rate: Rate) -> str:
    if price.unit == "output frame":
        return f"{frames} frames"
    return "1 request" if price.unit == "request" else f"{float(frames / rate):.3f} seconds"


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


def _plural(number: int, of: str) -> str:
    return f"{number} {of}" if number == 1 else f"{number} {of}s"
