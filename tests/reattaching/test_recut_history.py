"""A generated history of edits: after every step each take is on exactly the frames that it was made for, and nothing is sent."""

from __future__ import annotations

import itertools
import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import opentimelineio as otio
import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule, run_state_machine_as_test

from reattaching import editing
from reattaching.recut_kit import Room, copy_of, exported

STEPS = itertools.count(1)
_SPELLED = (23.976, 24000 / 1001, 23.976024627685547, 23.976023976, 23.98)
_NUMBER = st.integers(0, 30)
_FEW = st.integers(-12, 12)


class Editor(RuleBasedStateMachine):
    """Cuts on. What goes to `reattach` is what Resolve would export."""

    first: Room

    def __init__(self) -> None:
        super().__init__()
        self.folder = Path(tempfile.mkdtemp())
        self.room = copy_of(self.first, self.folder / "cut")
        self.spelled = itertools.cycle(_SPELLED)
        self.made = self._exported(self.room.first_cut())

    def teardown(self) -> None:
        shutil.rmtree(self.folder, ignore_errors=True)

    def _exported(self, made: Any) -> Any:
        return exported(made, self.room.folder, spelled=lambda: next(self.spelled))

    def _check(self, done: bool) -> None:
        if done:
            self.room.reattached(self._exported(self.made))
            next(STEPS)

    def _edit(self, edit: Callable[..., bool], *values: Any, **more: Any) -> None:
        made = self.made.clone()
        if edit(made, *values, **more):
            self.made = made
            self._check(True)

    @initialize()
    def as_it_was(self) -> None:
        self._check(True)

    @rule(number=_NUMBER, head=_FEW, tail=_FEW, ripple=st.booleans())
    def trim(self, number: int, head: int, tail: int, ripple: bool) -> None:
        self._edit(editing.trim, number, head, tail, ripple=ripple)

    @rule(number=_NUMBER, by=st.integers(-30, 30))
    def slip(self, number: int, by: int) -> None:
        self._edit(editing.slip, number, by)

    @rule(number=_NUMBER, by=_FEW)
    def slide(self, number: int, by: int) -> None:
        self._edit(editing.slide, number, by)

    @rule(number=_NUMBER, at=st.integers(1, 40))
    def split(self, number: int, at: int) -> None:
        self._edit(editing.split, number, at)

    @rule(source=_NUMBER, place=_NUMBER)
    def move(self, source: int, place: int) -> None:
        self._edit(editing.move, source, place)

    @rule(source=_NUMBER, place=_NUMBER)
    def duplicate(self, source: int, place: int) -> None:
        self._edit(editing.duplicate, source, place)

    @rule(number=_NUMBER)
    def delete(self, number: int) -> None:
        self._edit(editing.delete, number)

    @rule(number=_NUMBER, speed=st.sampled_from([0.5, 2.0, 1.5, -1.0, 1.0]))
    def retime(self, number: int, speed: float) -> None:
        self._edit(editing.retime, number, speed)

    @rule(number=_NUMBER, head=st.integers(0, 6), tail=st.integers(0, 6))
    def nest(self, number: int, head: int, tail: int) -> None:
        self._edit(editing.nest, number, head, tail)

    @rule(number=_NUMBER)
    def unnest(self, number: int) -> None:
        self._edit(editing.unnest, number)

    @rule(number=_NUMBER)
    def relink(self, number: int) -> None:
        self._edit(editing.relink, number)

    @rule(start=st.sampled_from([0, 86_400, 86_417, 864_000]))
    def start_elsewhere(self, start: int) -> None:
        self._edit(editing.start_at, start)

    @rule()
    def go_on_from_what_was_written(self) -> None:
        """OUT is imported, and exported with its tracks of takes; what is cut after that leaves them where they were."""
        self.made = self._exported(otio.adapters.read_from_file(str(self.room.out)))
        self._check(True)


def _run(first: Room, *, examples: int, steps: int) -> None:
    machine = type("OfThisRoom", (Editor,), {"first": first})
    wanted = settings(
        max_examples=examples,
        stateful_step_count=steps,
        deadline=None,
        derandomize=True,
        suppress_health_check=list(HealthCheck),
        database=None,
        print_blob=False,
    )
    run_state_machine_as_test(machine, settings=wanted)


def test_takes_follow_a_short_history(first_room: Room) -> None:
    _run(first_room, examples=2, steps=6)


@pytest.mark.slow
def test_takes_follow_long_histories(first_room: Room) -> None:
    before = next(STEPS)
    _run(first_room, examples=40, steps=25)
    print(f"{next(STEPS) - before - 1} steps")
