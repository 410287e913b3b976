"""Memory, arranged so that work on a large timeline is not slowed by it."""

from __future__ import annotations

import gc
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from contextlib import contextmanager
from contextvars import copy_context
from threading import Thread
from typing import TypeVar

__all__ = ["in_tidy_memory", "nothing_to_collect"]

_T = TypeVar("_T")


@contextmanager
def nothing_to_collect() -> Iterator[None]:
    """For work whose objects all stay: the collector would only look at them, again and again. Also a decorator.

    Afterwards they count as old, so that it does not begin with them.
    """
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            _grow_old()
            gc.enable()


def _grow_old() -> None:
    """Moves everything to the oldest generation, without a look at it. Not where somebody has frozen something."""
    if not gc.get_freeze_count():
        gc.freeze()
        gc.unfreeze()


def in_tidy_memory(work: Callable[[], _T]) -> _T:
    """The result of the work, done in a thread of its own; what it raises is raised.

    While OpenTimelineIO reads a long timeline it frees small pieces without number, and for long after glibc's allocator
    sorts through them in the memory of that thread. A new thread has memory of its own. With other allocators it makes no
    difference. Ctrl-C does not wait for the work.
    """
    done: Future[_T] = Future()
    context = copy_context()

    def run() -> None:
        try:
            done.set_result(context.run(work))
        except BaseException as error:  # noqa: BLE001 - raised again in the thread that asked
            done.set_exception(error)

    Thread(target=run, name="tidy", daemon=True).start()
    return done.result()
