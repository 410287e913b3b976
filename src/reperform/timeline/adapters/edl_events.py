"""The lines of a CMX3600 EDL: its events, what is said of each, and where in the file that stands."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from reperform.errors import TimelineError

__all__ = ["Comment", "Edl", "Event", "parse_events"]

_TIMECODE = re.compile(r"\d{1,2}[:;.]\d{2}[:;.]\d{2}[:;.,]\d{2,3}|\d{1,9}")
_KIND = re.compile(r"C|D|W\d{3}|K|KB|KO")
_FCM = re.compile(r"FCM\s*:?\s*(NON[- ]?DROP|DROP)", re.IGNORECASE)
_RATE = re.compile(
    r"(?:\*\s*)?(?:TIMELINE\s+)?(?:FRAME\s*RATE|FPS)\s*[:=]?\s*(\d{2,3}(?:\.\d{1,3})?)(?:\s*(?:FPS|P))?", re.IGNORECASE
)
_MOST_EVENTS = 100_000


@dataclass(frozen=True, kw_only=True)
class Comment:
    """A line that belongs to an event."""

    line: int
    text: str
    """Without the asterisk."""


@dataclass(frozen=True, kw_only=True)
class Event:
    """One line of the list: a use of a source."""

    line: int
    """In the file, from 1."""
    number: str
    reel: str
    channels: str
    kind: str
    """`C`, `D`, `W001`, `K`, `KB`, `KO`."""
    fade: int
    """Frames of the transition into it; of a key, of its fade."""
    source_in: str
    source_out: str
    record_in: str
    record_out: str
    drop: bool
    """Whether the lines before it say that timecode drops frames."""
    comments: list[Comment] = field(default_factory=list, compare=False)
    """Of its event, which may have two lines: they share the list."""


@dataclass
class Edl:
    """What stands in a list."""

    title: str = ""
    events: list[Event] = field(default_factory=list)
    drop: bool | None = None
    """What the first FCM line says. None without one."""
    rate: str | None = None
    """What a comment says of the frame rate."""


def parse_events(text: str, name: str) -> Edl:
    """The events in order. Raises TimelineError, naming the line, for one that is none."""
    edl = Edl()
    drop = False
    for number, raw in enumerate(re.split(r"\r\n|\r|\n", text), 1):
        line = raw.strip().strip("\x00\x1a")
        if not line:
            continue
        if match := _FCM.match(line):
            drop = match[1].upper() == "DROP"
            edl.drop = drop if edl.drop is None else edl.drop
        elif line.upper().startswith("TITLE:"):
            edl.title = edl.title or line[len("TITLE:") :].strip()
        elif line[0].isdigit():
            _add(edl, _event(line, number, name, drop=drop), name)
        else:
            _comment(edl, line, number)
    if not edl.events:
        raise TimelineError(f"“{name}” is an EDL without a single event", fix="Export the list again, with its events.")
    return edl


def _add(edl: Edl, event: Event, name: str) -> None:
    """The second line of an event shares the comments of the first."""
    before = edl.events[-1] if edl.events else None
    if before is not None and before.number == event.number:
        event = _with_comments(event, before.comments)
    edl.events.append(event)
    if len(edl.events) > _MOST_EVENTS:
        raise TimelineError(f"“{name}” has more than {_MOST_EVENTS:,} events", fix="Export a reel of the cut.")


def _with_comments(event: Event, comments: list[Comment]) -> Event:
    values = {name: getattr(event, name) for name in event.__dataclass_fields__}
    return Event(**{**values, "comments": comments})


def _comment(edl: Edl, line: str, number: int) -> None:
    text = line.lstrip("*").strip()
    if match := _RATE.fullmatch(text):
        edl.rate = edl.rate or match[1]
    if edl.events and text:
        edl.events[-1].comments.append(Comment(line=number, text=text))


def _event(line: str, number: int, name: str, *, drop: bool) -> Event:
    words = line.split()
    times = words[-4:]
    if len(words) < 8 or not all(map(_TIMECODE.fullmatch, times)):
        raise _unreadable(line, number, name, "an event has a number, a reel, channels, a kind and four timecodes")
    rest = words[1:-4]
    at = next((place for place in range(len(rest) - 1, 1, -1) if _KIND.fullmatch(rest[place])), None)
    if at is None:
        raise _unreadable(line, number, name, f"“{rest[-1]}” is no kind of edit (C, D, W001, K, KB, KO)")
    data = rest[at + 1 :]
    if data in (["B"], ["O"]):
        rest[at], data = rest[at] + data[0], []
    if rest[at + 1 : at + 2] and rest[at + 1] in ("B", "O"):
        data = data[1:]
    if rest[at] != "C" and not rest[at].startswith("K") and not data:
        raise _unreadable(line, number, name, "a transition says how many frames it has")
    if data and not re.fullmatch(r"\(?\d{1,4}\)?F?", data[-1]):
        raise _unreadable(line, number, name, f"“{data[-1]}” is no number of frames")
    return Event(
        line=number,
        number=words[0],
        reel=" ".join(rest[: at - 1]),
        channels=rest[at - 1].upper(),
        kind=rest[at],
        fade=int(re.sub(r"\D", "", data[-1])) if data else 0,
        source_in=times[0],
        source_out=times[1],
        record_in=times[2],
        record_out=times[3],
        drop=drop,
    )


def _unreadable(line: str, number: int, name: str, why: str) -> TimelineError:
    return TimelineError(
        f"“{name}”, line {number} is no event of an EDL: {why}",
        cause=line[:200],
        fix="Correct that line, or export the list again as CMX3600.",
    )
