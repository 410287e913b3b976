"""What each shot is doing: a live list on a terminal, plain lines elsewhere, nothing for programs. All on standard error."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

import click

from reperform.performing.listening import Listener, Stage, silence

if TYPE_CHECKING:
    from rich.progress import Progress, TaskID

    from reperform.model import Plan

_PARTS = {
    Stage.LOOKING: (0.0, 0.05),
    Stage.PREPARING: (0.05, 0.2),
    Stage.UPLOADING: (0.2, 0.3),
    Stage.SUBMITTING: (0.3, 0.32),
    Stage.WAITING: (0.32, 0.75),
    Stage.FETCHING: (0.75, 0.8),
    Stage.CONFORMING: (0.8, 1.0),
    Stage.DONE: (1.0, 1.0),
}
"""Where on its bar a shot is in each stage: from, to."""


@contextmanager
def progress(plan: Plan, *, quiet: bool = False) -> Iterator[Listener]:
    """A listener that shows what it hears for as long as the block runs."""
    if quiet or not plan.shots:
        yield silence
    elif sys.stderr.isatty():
        with _live(plan) as listener:
            yield listener
    else:
        yield _plain(plan)


def _plain(plan: Plan) -> Listener:
    """A line when a shot begins a stage."""
    said: dict[str, Stage] = {}
    names = {shot.id: shot.clip for shot in plan.shots}
    began = time.monotonic()

    def listen(shot_id: str, stage: Stage, detail: str = "", fraction: float | None = None) -> None:  # noqa: ARG001 - Listener's
        if said.get(shot_id) is not stage:
            said[shot_id] = stage
            more = f": {detail}" if detail else ""
            click.echo(
                f"{time.monotonic() - began:7.1f} s  {shot_id}  {names.get(shot_id, '')}  {stage}{more}", err=True
            )

    return listen


@contextmanager
def _live(plan: Plan) -> Iterator[Listener]:
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

    columns = [
        TextColumn("[bold]{task.fields[shot]}"),
        TextColumn("{task.fields[clip]}"),
        BarColumn(bar_width=24, complete_style="cyan", finished_style="green"),
        TextColumn("[{task.fields[style]}]{task.description}", markup=True),
        TimeElapsedColumn(),
    ]
    with Progress(*columns, console=Console(stderr=True)) as shown:
        yield _Bars(plan, shown)


class _Bars:
    """A bar a shot."""

    def __init__(self, plan: Plan, shown: Progress) -> None:
        from rich.markup import escape

        self.shown = shown
        self.tasks: dict[str, TaskID] = {
            shot.id: shown.add_task(
                "waiting for its turn",
                total=1.0,
                start=False,
                shot=escape(shot.id),
                clip=escape(shot.clip[:28]),
                style="dim",
            )
            for shot in plan.shots
        }

    def __call__(self, shot_id: str, stage: Stage, detail: str = "", fraction: float | None = None) -> None:
        """Moves the shot's bar."""
        from rich.markup import escape

        if (task := self.tasks.get(shot_id)) is None:
            return
        self.shown.start_task(task)
        style = {Stage.DONE: "green", Stage.FAILED: "red"}.get(stage, "default")
        said = escape(f"{stage}{f': {detail}' if detail else ''}"[:60])
        if stage in _PARTS:
            start, end = _PARTS[stage]
            self.shown.update(task, completed=start + (end - start) * (fraction or 0.0), description=said, style=style)
        else:
            self.shown.update(task, description=said, style=style)
        if stage in (Stage.DONE, Stage.FAILED):
            self.shown.stop_task(task)
