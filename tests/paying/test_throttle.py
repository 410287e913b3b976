"""How many are on their way to an engine at once: halved when it says that it is asked too much, slowly more again."""

from __future__ import annotations

from functools import partial

import anyio

from reperform.performing.throttle import Throttle, Turn


class Clock:
    """Time that passes when it is told to."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


def test_a_refusal_halves_and_holds() -> None:
    """What was refused at the same time is one refusal; after the hold the next one halves again, down to one."""
    clock = Clock()
    throttle = Throttle(8, now=clock)
    seen = []
    for pause in (3.0, 5.0, 2.0):
        throttle.limited(pause)
        seen.append((throttle.limit, throttle.held_seconds))
    assert seen == [(4.0, 3.0), (4.0, 5.0), (4.0, 5.0)]
    for _ in range(4):
        clock.now += 100
        throttle.limited(1.0)
    assert throttle.limit == 1.0


def test_it_grows_again_slowly() -> None:
    """As many must be taken as there are places before there is one more, and never more than at first."""
    throttle = Throttle(4, now=Clock())
    throttle.limit = 2.0
    limits = []
    for _ in range(12):
        throttle.accepted()
        limits.append(int(throttle.limit))
    assert limits == [2, 2, 3, 3, 3, 3, 4, 4, 4, 4, 4, 4] or (limits[-1] == 4 and limits == sorted(limits))
    assert limits[0] == 2


def test_no_more_than_the_limit_are_admitted() -> None:
    """Who comes later waits for a place; what an earlier run had sent counts, and does not wait."""
    most = []

    async def one(throttle: Throttle) -> None:
        turn = Turn(throttle)
        await turn.get_ready()
        await turn.begin()
        most.append(throttle.active)
        await anyio.sleep(0.005)
        turn.end()

    async def all_of_them() -> None:
        throttle = Throttle(3)
        Turn(throttle).join()
        async with anyio.create_task_group() as tasks:
            for _ in range(12):
                tasks.start_soon(partial(one, throttle))
        assert (throttle.active, throttle.ahead.borrowed_tokens) == (1, 0)

    anyio.run(all_of_them)
    assert (len(most), max(most)) == (12, 3)


def test_a_hold_ends_by_itself() -> None:
    """Nobody has to give a place back for it."""

    async def held() -> float:
        throttle = Throttle(2)
        throttle.limited(0.05)
        began = anyio.current_time()
        await Turn(throttle).begin()
        return anyio.current_time() - began

    assert 0.04 <= anyio.run(held) < 1.0
