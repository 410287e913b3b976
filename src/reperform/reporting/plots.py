"""Three plots: what engines cost, how long they let people wait, and when the jobs ran. Each has a table beside it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from markupsafe import Markup

from reperform.planning.costs import dollars
from reperform.reporting.documents import Job
from reperform.reporting.drawing import circle, line, nice_steps, rect, span_text, svg, text
from reperform.reporting.sums import Engine

__all__ = ["Stretch", "cost_plot", "stretches", "wait_plot"]

_WIDTH, _LEFT, _RIGHT = 640, 150, 92
_WIDE, _NAMES = 1000, 232
_ROW, _TOP, _BOTTOM = 46, 8, 44
_MOST_DOTS = 400
_MOST_ROWS, _LANE = 36, 9
_PAUSE = 900.0
"""Seconds without a job after which the time line begins anew."""
_MOST_STRETCHES = 6


def cost_plot(engines: Sequence[Engine]) -> Markup:
    """Bars: what was estimated, and what it cost. Empty where nothing costs anything."""
    most = max([amount for each in engines for amount in (each.estimate_usd or 0, each.cost_usd or 0)], default=0)
    if most <= 0:
        return Markup("")
    steps = list(nice_steps(most))
    scale = (_WIDTH - _LEFT - _RIGHT) / steps[-1]
    height = _TOP + _ROW * len(engines) + _BOTTOM
    parts = [*_grid(steps, scale, height - _BOTTOM, [dollars(step) if step else "$0" for step in steps])]
    for number, each in enumerate(engines):
        top = _TOP + number * _ROW
        parts += _label(each.name, f"{each.jobs} job{'s' if each.jobs != 1 else ''}", top)
        for offset, amount, kind, name in (
            (7, each.cost_usd, "cost", "cost"),
            (23, each.estimate_usd, "estimate", "estimate"),
        ):
            length = (amount or 0) * scale
            parts.append(rect(_LEFT, top + offset, length, 13, kind, title=f"{each.name}: {name} {_dollars(amount)}"))
            parts.append(text(_LEFT + length + 7, top + offset + 10.5, f"{_dollars(amount)} {name}", "quiet"))
    parts.append(text(_LEFT, height - 8, "US dollars", "quiet"))
    return svg(parts, width=_WIDTH, height=height, title="Cost of each engine, beside its estimate", name="costs")


def wait_plot(engines: Sequence[Engine]) -> Markup:
    """A dot for each job, a bar at the median. Empty where nothing was waited for."""
    waited = [each for each in engines if each.waits]
    if not waited:
        return Markup("")
    steps = list(nice_steps(max(each.waits[-1] for each in waited), of_time=True))
    scale = (_WIDTH - _LEFT - _RIGHT) / steps[-1]
    height = _TOP + _ROW * len(waited) + _BOTTOM
    parts = [*_grid(steps, scale, height - _BOTTOM, [span_text(step) for step in steps])]
    for number, each in enumerate(waited):
        top, median = _TOP + number * _ROW, each.median_wait or 0
        middle = top + _ROW / 2
        parts += _label(each.name, f"{len(each.waits)} with a result", top)
        parts.append(line(_LEFT + each.waits[0] * scale, middle, _LEFT + each.waits[-1] * scale, middle, "range"))
        parts += [circle(_LEFT + wait * scale, middle, 4, "dot", title=span_text(wait)) for wait in _some(each.waits)]
        parts.append(
            rect(_LEFT + median * scale - 1.5, middle - 11, 3, 22, "median", title=f"median {span_text(median)}")
        )
        parts.append(text(_LEFT + each.waits[-1] * scale + 10, middle + 4, f"median {span_text(median)}", "quiet"))
    parts.append(text(_LEFT, height - 8, "from the request to its end; the bar is the median", "quiet"))
    return svg(parts, width=_WIDTH, height=height, title="Waiting time of each engine's jobs", name="waits")


@dataclass(frozen=True, kw_only=True)
class Stretch:
    """Jobs that ran without a long pause between them."""

    begun_at: str
    """ISO 8601, UTC."""
    jobs: tuple[Job, ...]
    plot: Markup
    earlier: int = 0
    """How many stretches before it are in the table only; of the first one that is shown."""


def stretches(jobs: Sequence[Job]) -> tuple[Stretch, ...]:
    """When the jobs ran, in pieces: between two runs may lie a night. The last few, in their order."""
    timed = sorted((each for each in jobs if each.sent_at), key=lambda each: each.begun_at)
    groups: list[list[Job]] = []
    end = 0.0
    for job in timed:
        if not groups or _moment(job.begun_at) - end > _PAUSE:
            groups.append([])
            end = 0.0
        groups[-1].append(job)
        end = max(end, _end(job))
    shown = groups[-_MOST_STRETCHES:]
    hidden = len(groups) - len(shown)
    return tuple(
        Stretch(
            begun_at=group[0].begun_at,
            jobs=tuple(group),
            plot=_run_plot(group, f"run-{number}"),
            earlier=hidden if number == 0 else 0,
        )
        for number, group in enumerate(shown)
    )


def _run_plot(jobs: Sequence[Job], name: str) -> Markup:
    zero = min(_moment(job.begun_at) for job in jobs)
    last = max(_end(job) for job in jobs) - zero
    steps = list(nice_steps(last, around=8, of_time=True))
    named = len(jobs) <= _MOST_ROWS
    left, row = (_NAMES, 20.0) if named else (12, float(_LANE + 3))
    scale = (_WIDE - left - _RIGHT) / steps[-1]
    rows = list(range(len(jobs))) if named else _lanes(jobs)
    height = 10 + row * (max(rows) + 1) + 40
    parts = [*_grid(steps, scale, height - 40, [span_text(step) for step in steps], left=left)]
    for job, place in zip(jobs, rows, strict=True):
        parts += _run(job, zero, scale, left, 10 + place * row, row, named=named)
    parts.append(
        text(
            left, height - 6, "since the first job; thin: preparing and sending, thick: waiting for the engine", "quiet"
        )
    )
    title = f"When {len(jobs)} jobs ran, from {jobs[0].begun_at[:16].replace('T', ' ')} UTC"
    return svg(parts, width=_WIDE, height=height, title=title, name=name)


def _run(job: Job, zero: float, scale: float, left: float, top: float, row: float, *, named: bool) -> Iterator[Markup]:
    begun, sent, end = (value - zero for value in (_moment(job.begun_at), _moment(job.sent_at or ""), _end(job)))
    bar, words = row - 7 if named else _LANE, f"{job.clip} {job.record_in}: {job.state}"
    words += f", {span_text(job.waited_seconds)}" if job.waited_seconds is not None else ""
    middle = top + bar / 2
    if named:
        yield text(left - 10, middle + 4, f"{_short(job.clip)}  {job.record_in}", anchor="end")
    yield line(left + begun * scale, middle, left + sent * scale, middle, "before")
    kind = "good" if job.state == "fetched" else "open" if job.ended_at is None else "bad"
    yield rect(left + sent * scale, top, (end - sent) * scale, bar, f"job {kind}", title=words)
    if named:
        said = span_text(job.waited_seconds) if job.waited_seconds is not None else job.state
        said = said if job.state == "fetched" else f"{said}, {job.state}" if job.waited_seconds is not None else said
        yield text(left + end * scale + 6, middle + 4, said, "quiet" if job.state == "fetched" else "bad")


def _lanes(jobs: Sequence[Job]) -> list[int]:
    """The first lane that is free again, for each."""
    ends: list[float] = []
    found = []
    for job in jobs:
        begun = _moment(job.begun_at)
        lane = next((number for number, end in enumerate(ends) if end <= begun), len(ends))
        ends[lane : lane + 1] = [_end(job)]
        found.append(lane)
    return found


def _grid(
    steps: Sequence[float], scale: float, bottom: float, labels: Sequence[str], *, left: float = _LEFT
) -> Iterator[Markup]:
    for step, label in zip(steps, labels, strict=True):
        x = left + step * scale
        yield line(x, _TOP, x, bottom, "axis" if step == 0 else "grid")
        yield text(x, bottom + 16, label, "quiet", anchor="middle")


def _label(name: str, below: str, top: float) -> Iterator[Markup]:
    yield text(_LEFT - 12, top + 19, _short(name), "strong", anchor="end")
    yield text(_LEFT - 12, top + 34, below, "quiet", anchor="end")


def _some(waits: Sequence[float]) -> Sequence[float]:
    """Not more dots than a page bears, the extremes among them."""
    if len(waits) <= _MOST_DOTS:
        return waits
    step = (len(waits) - 1) / (_MOST_DOTS - 1)
    return [waits[round(number * step)] for number in range(_MOST_DOTS)]


def _short(words: str) -> str:
    return words if len(words) <= 22 else f"{words[:21]}…"


def _dollars(amount: float | None) -> str:
    return "unknown" if amount is None else dollars(amount)


def _moment(at: str) -> float:
    return datetime.fromisoformat(at).timestamp()


def _end(job: Job) -> float:
    return _moment(job.ended_at or job.sent_at or job.begun_at)
