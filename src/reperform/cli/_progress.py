"""What each shot is doing: a live list on a terminal, plain lines elsewhere, nothing for programs. All on standard error."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING

import click

from reperform.cli._terminal import elapsed, is_live, is_verbose
from reperform.performing.listening import Listener, Stage, silence

if TYPE_CHECKING:
    from rich.console import Console, ConsoleOptions, RenderResult
    from rich.table import Table

    from reperform.model import Shot
    from reperform.workflow import Planned

__all__ = ["meant", "progress", "reached", "said_plainly", "words"]

_WORDS = {
    Stage.LOOKING: "waiting for its turn",
    Stage.PREPARING: "preparing",
    Stage.UPLOADING: "uploading",
    Stage.SUBMITTING: "submitting",
    Stage.WAITING: "performing",
    Stage.ELSEWHERE: "waiting for another reperform",
    Stage.FETCHING: "fetching",
    Stage.CONFORMING: "conforming",
    Stage.DONE: "done",
    Stage.FAILED: "failed",
}
_REACHED = {
    Stage.PREPARING: (0.02, 0.25),
    Stage.UPLOADING: (0.25, 0.35),
    Stage.SUBMITTING: (0.35, 0.36),
    Stage.WAITING: (0.36, 0.75),
    Stage.ELSEWHERE: (0.36, 0.75),
    Stage.FETCHING: (0.75, 0.8),
    Stage.CONFORMING: (0.8, 0.98),
    Stage.DONE: (1.0, 1.0),
}
"""How far a shot is in each stage: from, to."""
_LONGEST_NAME, _BAR, _SHORTEST_BAR = 28, 20, 6
_SAID = 36
"""Columns for what is said of a shot, where there is room."""
_ENDED = (Stage.DONE, Stage.FAILED)


def words(stage: Stage) -> str:
    """The stage, for people."""
    return _WORDS[stage]


def reached(stage: Stage, fraction: float | None) -> float:
    """How far a shot is, 0 to 1, that is so far in the stage."""
    start, end = _REACHED.get(stage, (0.0, 0.0))
    return start + (end - start) * (fraction or 0.0)


@contextmanager
def progress(planned: Planned, *, quiet: bool = False) -> Iterator[Listener]:
    """A listener that shows what it hears for as long as the block runs. With `-v`, lines among those of the log."""
    shots = meant(planned)
    if quiet or not shots:
        yield silence
    elif is_verbose() or not is_live():
        yield Lines(shots)
    else:
        from rich.console import Console
        from rich.live import Live

        bars = Bars(shots)
        # Gone when it is over: what came out is said once, on standard output.
        with Live(bars, console=Console(stderr=True, highlight=False), transient=True, refresh_per_second=8):
            yield bars


def said_plainly(shot_id: str, stage: Stage, detail: str = "", fraction: float | None = None) -> None:
    """A line for each step: for shots of which no plan is at hand."""
    if fraction is None and stage in (Stage.WAITING, Stage.ELSEWHERE, Stage.FETCHING, *_ENDED):
        click.echo(f"{elapsed():7.1f} s  {shot_id}  {_WORDS[stage]}{f': {detail}' if detail else ''}", err=True)


class Lines:
    """A line when a shot begins something that takes time, or ends."""

    _SAID = (Stage.PREPARING, Stage.UPLOADING, Stage.WAITING, Stage.ELSEWHERE, Stage.CONFORMING, *_ENDED)

    def __init__(self, shots: Sequence[Shot]) -> None:
        self.names = _names(shots)
        self.said: dict[str, Stage] = {}
        self.free = {shot.id for shot in shots if not any(job.cost.amount != 0 for job in shot.jobs)}

    def __call__(self, shot_id: str, stage: Stage, detail: str = "", fraction: float | None = None) -> None:  # noqa: ARG002 - Listener's
        if (
            shot_id not in self.names
            or stage not in self._SAID
            or self.said.get(shot_id) is stage
            or self._is_nothing(shot_id, stage)
        ):
            return
        self.said[shot_id] = stage
        more = f": {detail}" if detail and stage in (Stage.ELSEWHERE, *_ENDED) else ""
        click.echo(f"{elapsed():7.1f} s  {self.names[shot_id]}  {_WORDS[stage]}{more}", err=True)

    def _is_nothing(self, shot_id: str, stage: Stage) -> bool:
        """What is free stays on this machine; what is paid already needs a look, and no conforming that is worth a line."""
        if stage is Stage.UPLOADING:
            return shot_id in self.free
        return stage is Stage.CONFORMING and shot_id not in self.said


class Bars:
    """The shots that something is being done for, each with a bar, and how many there are in all."""

    def __init__(self, shots: Sequence[Shot]) -> None:
        self.names = _names(shots)
        self.stages = {shot.id: Stage.LOOKING for shot in shots}
        self.details = dict.fromkeys(self.stages, "")
        self.reached = dict.fromkeys(self.stages, 0.0)
        self.began = time.monotonic()

    def __call__(self, shot_id: str, stage: Stage, detail: str = "", fraction: float | None = None) -> None:
        if shot_id not in self.stages:
            return
        self.stages[shot_id] = stage
        self.details[shot_id] = detail if stage in (Stage.FAILED, Stage.ELSEWHERE) else ""
        # A shot of several jobs is in several stages at once: its bar never goes back.
        self.reached[shot_id] = max(self.reached[shot_id], reached(stage, fraction))

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        """As many shots as fit, those that move first."""
        room = max(1, (options.max_height or console.height) - 3)
        moving = [one for one, stage in self.stages.items() if stage not in (*_ENDED, Stage.LOOKING)]
        failed = [one for one, stage in self.stages.items() if stage is Stage.FAILED]
        shown = set([*moving, *failed][:room])
        yield self._table([one for one in self.stages if one in shown], console.width)
        yield self._footer()

    def _table(self, shown: list[str], width: int) -> Table:
        from rich.progress_bar import ProgressBar
        from rich.table import Table
        from rich.text import Text

        table = Table.grid(padding=(0, 2, 0, 0), expand=True)
        names = max((len(self.names[one]) for one in shown), default=0)
        table.add_column(no_wrap=True, min_width=min(names, width // 2))
        table.add_column(width=max(_SHORTEST_BAR, min(_BAR, width - names - _SAID)))
        table.add_column(no_wrap=True, overflow="ellipsis", ratio=1)
        for one in shown:
            stage, failed = self.stages[one], self.stages[one] is Stage.FAILED
            bar = ProgressBar(completed=self.reached[one], total=1.0, complete_style="red" if failed else "cyan")
            said = ": ".join(filter(None, (_WORDS[stage], self.details[one])))
            table.add_row(Text(self.names[one]), bar, Text(said, style="red" if failed else "default"))
        return table

    def _footer(self) -> str:
        from rich.markup import escape

        stages = list(self.stages.values())
        done, failed = stages.count(Stage.DONE), stages.count(Stage.FAILED)
        seconds = int(time.monotonic() - self.began)
        parts = [f"{done} of {len(stages)} shots done", f"{failed} failed" if failed else ""]
        parts.append(f"{seconds // 60}:{seconds % 60:02}")
        return f"[dim]{escape(' · '.join(filter(None, parts)))}[/dim]"


def meant(planned: Planned) -> list[Shot]:
    """The shots for which something may be done."""
    only = planned.only
    return [shot for shot in planned.plan.shots if only is None or any(cue.id in only for cue in shot.cues)]


def _names(shots: Sequence[Shot]) -> dict[str, str]:
    """Track and record timecode, and the clip's name, in columns."""
    from reperform.tables.printing import clean, short

    clips = {shot.id: clean(short(shot.clip, _LONGEST_NAME)) for shot in shots}
    wide = [max(map(len, column), default=0) for column in (clips.keys(), clips.values())]
    return {one: f"{one:<{wide[0]}}  {clip:<{wide[1]}}" for one, clip in clips.items()}
