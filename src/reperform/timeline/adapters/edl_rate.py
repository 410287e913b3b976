"""The frame rate of an EDL, which does not say it: asked for, found in what stands beside it, or by what its timecodes allow."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from reperform.errors import TimelineError
from reperform.timeline.adapters.edl_events import Edl, Event
from reperform.timing import Rate, drop_frame_allowed, exact_rate, nominal_rate, parse_timecode

__all__ = ["RateFound", "Times", "find_rate", "spoken"]

_CANDIDATES = tuple(
    Rate(*one) for one in ((24000, 1001), (24,), (25,), (30000, 1001), (30,), (50,), (60000, 1001), (60,))
)
_GIVE = "Say it with --rate, as --rate 23.976; or put the ALE of its media beside it."


@dataclass(frozen=True, kw_only=True)
class RateFound:
    """The rate, and why."""

    rate: Rate
    why: str | None
    """None where the user said it."""


@dataclass(frozen=True)
class Times:
    """An EDL's timecodes as frames of one rate."""

    rate: Rate

    def frame(self, text: str, event: Event) -> int:
        """Frames from 00:00:00:00; a plain number is one already. Raises ValueError where there is no such timecode."""
        if re.fullmatch(r"\d{1,9}", text):
            return int(text)
        drop = event.drop or bool(re.search(r"[;,]\d+$", text))
        return parse_timecode(text, self.rate, drop_frame=drop and drop_frame_allowed(self.rate))

    def lengths(self, event: Event) -> tuple[int, int]:
        """Frames of source and of record."""
        source = self.frame(event.source_out, event) - self.frame(event.source_in, event)
        return source, self.frame(event.record_out, event) - self.frame(event.record_in, event)


def find_rate(edl: Edl, name: str, *, asked: Rate | None, beside: tuple[str, Rate] | None) -> RateFound:
    """The rate of a list; `beside` is the rate that a file beside it gives, and that file.

    Raises:
        TimelineError: it is not known, or its timecodes do not exist at the one that is.

    """
    if asked is not None:
        _refuse_unless_fits(edl, asked, name, "asked for")
        return RateFound(rate=asked, why=None)
    if edl.rate is not None and (said := spoken(edl.rate)) is not None:
        _refuse_unless_fits(edl, said, name, "as a comment in it says")
        return RateFound(rate=said, why="as a comment in it says")
    if beside is not None:
        _refuse_unless_fits(edl, beside[1], name, f"as {beside[0]} beside it says")
        return RateFound(rate=beside[1], why=f"as {beside[0]} beside it says")
    return _only_one(edl, name)


def _only_one(edl: Edl, name: str) -> RateFound:
    dropping = any(event.drop or ";" in event.record_in for event in edl.events)
    left = [rate for rate in _CANDIDATES if drop_frame_allowed(rate) or not dropping]
    fitting = [rate for rate in left if next(_misfits(edl.events, rate), None) is None]
    if len(fitting) == 1:
        return RateFound(rate=fitting[0], why="the only rate at which its timecodes add up")
    if dropping and Rate(30000, 1001) in fitting:
        return RateFound(rate=Rate(30000, 1001), why="its timecode drops frames")
    if not fitting:
        _refuse_unless_fits(edl, _likeliest(edl), name, "the rate that fits most of its lines")
    names = " or ".join(map(_said, fitting))
    raise TimelineError(f"“{name}” does not say its frame rate, which may be {names}", fix=_GIVE)


def _likeliest(edl: Edl) -> Rate:
    return min(_CANDIDATES, key=lambda rate: sum(1 for _ in _misfits(edl.events, rate)))


def _refuse_unless_fits(edl: Edl, rate: Rate, name: str, why: str) -> None:
    found = next(_misfits(edl.events, rate), None)
    if found is None:
        return
    event, what = found
    others = [_said(other) for other in _CANDIDATES if next(_misfits(edl.events, other), None) is None]
    fix = (
        f"Its timecodes add up at {' or '.join(others)}: say which with --rate."
        if others
        else ("Correct that line, or export the list again.")
    )
    raise TimelineError(f"“{name}”, line {event.line}: {what} at {_said(rate)} frames a second ({why})", fix=fix)


def _misfits(events: Iterable[Event], rate: Rate) -> Iterator[tuple[Event, str]]:
    """The lines whose timecodes do not exist, or do not agree, at a rate."""
    times = Times(rate)
    for event in events:
        try:
            source, record = times.lengths(event)
        except ValueError as error:
            yield event, str(error).removesuffix(f" at {nominal_rate(rate)} frames a second")
            continue
        if source < 0 or record < 0:
            yield event, "it ends before it begins"
        elif source != record and not _may_differ(event):
            yield event, f"its source has {source} frames and its place in the cut {record}"


def _may_differ(event: Event) -> bool:
    """Where a speed is said of the event, or its source has no time of its own."""
    if event.reel.upper() in ("BL", "BLACK", "BARS"):
        return True
    return any(comment.text.upper().startswith(("M2", "FREEZE FRAME")) for comment in event.comments)


def spoken(text: str) -> Rate | None:
    """A rate as people write it: 23.976, 23.98, 24000/1001, 25."""
    try:
        return exact_rate(Rate(text) if "/" in text else float(text))
    except (ValueError, ZeroDivisionError, OverflowError):
        return None


def _said(rate: Rate) -> str:
    return f"{float(rate):.5g}"
