"""Writing through OpenTimelineIO's adapters, which are installed on demand and may fail in any way."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import opentimelineio as otio

from reperform.errors import TimelineError

__all__ = ["file_by", "written_by"]


def written_by(adapter: str, timeline: otio.schema.Timeline, *, extra: str, title: str, **arguments: Any) -> str:
    """The text that an adapter makes of a timeline.

    Raises:
        TimelineError: it is not installed, or cannot write this timeline.

    """
    return str(_called(lambda: otio.adapters.write_to_string(timeline, adapter, **arguments), adapter, extra, title))


def file_by(
    adapter: str,
    timeline: otio.schema.Timeline,
    *,
    extra: str,
    title: str,
    then: Callable[[Path], None],
    **arguments: Any,
) -> bytes:
    """The file that an adapter makes of a timeline, and that `then` corrects. Raises TimelineError as `written_by`."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / f"timeline.{extra}"

        def write() -> None:
            otio.adapters.write_to_file(timeline, str(path), adapter_name=adapter, **arguments)
            then(path)

        _called(write, adapter, extra, title)
        return path.read_bytes()


def _called(writing: Any, adapter: str, extra: str, title: str) -> Any:
    if adapter not in otio.adapters.available_adapter_names():
        raise TimelineError(
            f"{title} is written by an adapter that is not installed",
            fix=f'Install it with pip install "reperform[{extra}]", or write to an .otio.',
        )
    try:
        return writing()
    except Exception as error:
        raise TimelineError(
            f"OpenTimelineIO's adapter cannot write this timeline as {title}",
            cause=f"{type(error).__name__}: {error}"[:2000],
            fix="Write to an .otio; or mark and export the part of the cut without what the message names.",
        ) from error
