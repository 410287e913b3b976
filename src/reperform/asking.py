"""Asking before paying: what a run would cost, where uploads go, and whether that was agreed to."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

from reperform.engines.base import Capabilities
from reperform.errors import SettingsError
from reperform.planning.costs import dollars

__all__ = ["Ask", "Bill", "Item", "agree", "bill", "check_base_url", "is_loopback"]


@dataclass(frozen=True, kw_only=True)
class Item:
    """One request that would be paid for."""

    engine: str
    model: str
    cost_usd: float | None
    """None: nobody knows."""
    seconds: float
    """Of media that would be sent."""
    own: bool = False
    """The engine itself named this cost; else it was computed from its published price."""


@dataclass(frozen=True, kw_only=True)
class Bill:
    """Everything that a run would pay for, as planned. What another project has paid already is still in it."""

    items: tuple[Item, ...]
    hosts: tuple[str, ...]
    """Where uploads go."""
    notes: tuple[str, ...]
    """What the engines do with them."""
    looked_paid: int = 0
    """Cues that are left out because they look paid: that is known for certain only when every frame has been read."""

    @property
    def cost_usd(self) -> float:
        """The sum of what is known."""
        return sum(item.cost_usd or 0.0 for item in self.items)

    @property
    def unknown(self) -> tuple[Item, ...]:
        """Requests of which nobody knows the price."""
        return tuple(item for item in self.items if item.cost_usd is None)

    @property
    def text(self) -> str:
        """For people: the sum, by engine, and where uploads go."""
        names = dict.fromkeys((item.engine, item.model) for item in self.items)
        lines = [_line(name, [item for item in self.items if (item.engine, item.model) == name]) for name in names]
        total = f"{dollars(self.cost_usd)}{' and what is unknown' if self.unknown else ''}{self._caution}"
        return "\n".join([*lines, f"Together: {total}.", f"Uploads go to {', '.join(self.hosts)}.", *self.notes])

    @property
    def _caution(self) -> str:
        """What may make the sum another: a plan takes a quick look at what is paid, a run reads every frame."""
        looked = "the cue that looks" if self.looked_paid == 1 else f"one of the {self.looked_paid} cues that look"
        more = f", more where {looked} paid has changed" if self.looked_paid else ""
        return f" (less where a closer look finds it paid already{more})"


Ask = Callable[[Bill], bool]
"""Shows the bill to a person, and says whether they agree."""


def bill(items: Iterable[tuple[Item, Capabilities]], *, base_url: str | None, looked_paid: int = 0) -> Bill | None:
    """What is to be asked; None where there is nothing to pay, or all goes to this machine."""
    paid = [(item, can) for item, can in items if can.price.unit != "nothing"]
    if not paid or is_loopback(base_url):
        return None
    hosts = [base_url] if base_url else [host for _, can in paid for host in can.hosts]
    return Bill(
        items=tuple(item for item, _ in paid),
        hosts=tuple(dict.fromkeys(hosts)),
        notes=tuple(dict.fromkeys(can.upload_note for _, can in paid if can.upload_note)),
        looked_paid=looked_paid,
    )


def agree(asked: Bill | None, *, yes: bool, max_cost: float | None, allow_unknown_cost: bool, ask: Ask | None) -> None:
    """Whether this may be paid. `ask` is None where there is no one to be asked.

    Raises:
        SettingsError: it may not; nothing was sent.

    """
    if asked is None:
        return
    if asked.unknown and not allow_unknown_cost:
        first = asked.unknown[0]
        raise SettingsError(
            f"nobody knows what {first.engine} {first.model} costs; nothing was sent.",
            fix="Allow that with --allow-unknown-cost.",
        )
    if yes:
        return
    if ask is not None:
        if not ask(asked):
            raise SettingsError("not agreed to; nothing was sent.")
        return
    if max_cost is None:
        raise SettingsError(
            f"this would cost {dollars(asked.cost_usd)}, and there is no one to be asked; nothing was sent.",
            fix="Allow it with --yes, or up to a sum with --max-cost.",
        )


def is_loopback(base_url: str | None) -> bool:
    """Whether this address is this machine, and nothing leaves it."""
    from reperform.engines import _reach

    host = urlsplit(base_url).hostname if base_url else None
    return host is not None and _reach.is_loopback(host)


def check_base_url(base_url: str | None) -> None:
    """Whether this is an origin that may stand for the engines' hosts.

    Raises:
        SettingsError: it is none, holds a credential, or is not encrypted on its way.

    """
    if base_url is None:
        return
    parts = urlsplit(base_url)
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.path.strip("/") or parts.query:
        raise SettingsError(f"“{base_url}” is not an origin.", fix="Such as http://127.0.0.1:8080.")
    if parts.username or parts.password:
        raise SettingsError(
            "A base address holds no credentials.", fix="Keys come from the environment or the keyring."
        )
    if parts.scheme == "http" and not is_loopback(base_url):
        raise SettingsError(
            f"“{base_url}” is not encrypted on its way.", fix="Use https, or an address of this machine."
        )


def _line(name: tuple[str, str], items: Sequence[Item]) -> str:
    known = [item.cost_usd for item in items if item.cost_usd is not None]
    cost = dollars(sum(known)) if len(known) == len(items) else "of unknown price"
    seconds = sum(item.seconds for item in items)
    if own := sum(item.own for item in items):
        cost += " by its own estimate" if own == len(items) else f", {own} of them by its own estimate"
    return f"{' '.join(name)}: {len(items)} request{'s' if len(items) != 1 else ''}, {seconds:.2f} s, {cost}."
