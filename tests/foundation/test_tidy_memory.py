"""Work in a thread of its own: for whoever asks it is as if it were done in place."""

from __future__ import annotations

from contextvars import ContextVar
from threading import current_thread

import pytest

from reperform.errors import TimelineError
from reperform.memory import in_tidy_memory

_asked: ContextVar[str] = ContextVar("asked", default="nothing")


def test_the_result_is_the_works() -> None:
    """What the work returns is returned, and it was done in another thread."""
    done_in = in_tidy_memory(current_thread)
    assert current_thread() is not done_in


def test_an_error_is_the_works() -> None:
    """What the work raises is raised as it is."""
    error = TimelineError("no", fix="none")

    def fail() -> None:
        raise error

    with pytest.raises(TimelineError) as raised:
        in_tidy_memory(fail)
    assert error is raised.value


def test_the_context_is_the_askers() -> None:
    """Context variables hold there what they hold here."""
    token = _asked.set("this")
    try:
        assert in_tidy_memory(_asked.get) == "this"
    finally:
        _asked.reset(token)
