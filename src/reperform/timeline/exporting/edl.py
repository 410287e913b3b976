"""A CMX3600 edit decision list of the chosen takes: one event a shot, for a conform above the cut."""

from __future__ import annotations

from collections.abc import Sequence

from reperform.model import Problem
from reperform.timeline.cut import Cut
from reperform.timeline.exporting.facts import lost
from reperform.timeline.exporting.listing import Listed, reels
from reperform.timing import format_timecode

__all__ = ["MOST_EVENTS", "edl"]

MOST_EVENTS = 999
"""CMX3600 numbers its events with three digits."""


def edl(listed: Sequence[Listed], cut: Cut, *, title: str) -> tuple[list[str], list[Problem]]:
    """The lists, and what they do not hold. More than one where chosen takes lie above each other, or are very many."""
    notes: list[Problem] = []
    events: list[tuple[int, int, Listed]] = []
    for item in listed:
        if item.is_chosen and item.shown[1]:
            events.append((*item.record(cut.rate, drop_frame=cut.drop_frame), item))
            if item.take.rate != cut.rate:
                notes.append(_said(item, "its source timecode counts at the media's rate, the event at the timeline's"))
    named = reels(listed)
    files = [part for lane in _lanes(events) for part in _parts(lane)]
    texts = []
    for number, lane in enumerate(files, start=1):
        name = title if number == 1 else f"{title} {number}"
        head = f"TITLE: {_line(name)[:70]}\nFCM: {'DROP FRAME' if cut.drop_frame else 'NON-DROP FRAME'}\n\n"
        lines = [_event(index, event, named, cut) for index, event in enumerate(lane, start=1)]
        texts.append(head + "".join(lines))
    return texts, notes


def _said(item: Listed, message: str) -> Problem:
    track = item.shot.shot.rpartition("@")[0] or None
    return lost(f"{item.name} in the EDL: {message}", track=track, clip=item.clip, timecode=item.shot.record_in)


def _lanes(events: Sequence[tuple[int, int, Listed]]) -> list[list[tuple[int, int, Listed]]]:
    """Events that follow one another; a list has one picture track."""
    lanes: list[list[tuple[int, int, Listed]]] = []
    for event in sorted(events, key=lambda event: event[:2]):
        lane = next((lane for lane in lanes if lane[-1][1] <= event[0]), None)
        if lane is None:
            lanes.append([event])
        else:
            lane.append(event)
    return lanes or [[]]


def _parts(lane: list[tuple[int, int, Listed]]) -> list[list[tuple[int, int, Listed]]]:
    return [lane[start : start + MOST_EVENTS] for start in range(0, max(1, len(lane)), MOST_EVENTS)]


def _event(number: int, event: tuple[int, int, Listed], named: dict[str, str], cut: Cut) -> str:
    start, end, item = event
    first, frames = item.shown
    times = (
        item.timecode(first),
        item.timecode(first + frames),
        format_timecode(start, cut.rate, drop_frame=cut.drop_frame),
        format_timecode(end, cut.rate, drop_frame=cut.drop_frame),
    )
    comments = [f"FROM CLIP NAME: {item.name}"]
    comments += [f"SOURCE FILE: {item.path}"] if item.path else []
    comments += [f"COMMENT: {said}" for said in (_about(item), f"SHOT {item.shot.shot} {item.clip}") if said]
    reel = named[item.take.take]
    line = f"{number:03}  {reel:<8} V     C        {' '.join(times)}"
    return "\n".join([line, *(f"* {_line(comment)}" for comment in comments)]) + "\n"


def _about(item: Listed) -> str:
    said = item.direction
    return f"{item.character}: {said}" if item.character and item.character.lower() not in said.lower() else said


def _line(text: str) -> str:
    """On one line: a break in a comment would begin an event."""
    return " ".join(text.split())
