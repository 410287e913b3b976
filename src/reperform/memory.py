"""Python's collector, out of the way where everything that is made stays."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager

__all__ = ["nothing_to_collect"]


@contextmanager
def nothing_to_collect() -> Iterator[None]:
    """For work whose objects all stay: the collector would only look at them, again and again. Also a decorator."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()
