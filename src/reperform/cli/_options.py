"""Options that several commands share, and how they become settings."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

if TYPE_CHECKING:
    from reperform.settings import Loaded

Command = TypeVar("Command", bound=Callable[..., Any])

_TIMELINE = [
    click.option("--timeline", metavar="NAME", help="Which timeline of a collection."),
    click.option(
        "--drop-frame/--non-drop-frame",
        default=None,
        help="How the timeline's timecode counts, where that is not clear.",
    ),
    click.option(
        "--project", type=click.Path(path_type=Path), help="The project folder, instead of the nearest *.reperform/."
    ),
    click.option(
        "--media-root", type=click.Path(path_type=Path), multiple=True, help="Look here for media that moved."
    ),
    click.option("--marker-color", multiple=True, metavar="COLOR", help="Only markers of this colour are marks."),
    click.option("--marker-name", metavar="REGEX", help="Only markers whose name matches are marks."),
    click.option("--voice-track", multiple=True, metavar="TRACK", help="Guide tracks: names or A1, A2 …"),
    click.option("--own-sound", metavar="TRACKS", help="The shot's own sound is on these tracks: A1,A2."),
    click.option("--direction", metavar="TEXT", help="Default direction for what a mark leaves open."),
    click.option("--only", multiple=True, metavar="CUE|CLIP|CHARACTER|TC-TC", help="Only these."),
]
_PERFORMANCE = [
    click.option("--engine", metavar="NAME", help="Who performs: preview (default), or one of `reperform engines`."),
    click.option("--model", metavar="NAME", help="Which of the engine's models."),
    click.option("--like", metavar="ENGINE/MODEL", help="Whose limits the preview keeps (default sync/react-1)."),
    click.option("--context", type=int, metavar="FRAMES", help="Frames sent around a cue (default 6)."),
    click.option("--handles", type=int, metavar="FRAMES", help="Frames kept around a shot (default 12)."),
    click.option(
        "--seam", type=int, metavar="FRAMES", help="Length of the dissolves at a cue's ends (default 4; 0 cuts)."
    ),
    click.option("--send-rate", metavar="RATE", help="Relabel what is sent to this rate, frame for frame."),
    click.option(
        "--drop", multiple=True, metavar="WORD", help="Go on without this part of the directions, such as emotion."
    ),
    click.option(
        "--option",
        multiple=True,
        metavar="ENGINE.FIELD=VALUE",
        help="A field of an engine that marks have no word for.",
    ),
]


def timeline_options(function: Command) -> Command:
    """What a timeline is read with."""
    return _apply(_TIMELINE, function)


def performance_options(function: Command) -> Command:
    """What it is planned with."""
    return _apply(_PERFORMANCE, function)


def _apply(options: list[Callable[[Command], Command]], function: Command) -> Command:
    for option in reversed(options):
        function = option(function)
    return function


json_option = click.option(
    "--json", "as_json", is_flag=True, help="Print one JSON document, and nothing else, on standard output."
)


def loaded_settings(given: dict[str, Any], *, beside: Path | None) -> Loaded:
    """Settings in force for a command called with these options; an option that was not given is None or empty."""
    import os

    from reperform.settings import load

    loaded = load({name: _absolute(value) for name, value in given.items()}, beside=beside)
    if loaded.settings.ffmpeg is not None:
        os.environ["REPERFORM_FFMPEG"] = str(loaded.settings.ffmpeg)
    return loaded


def _absolute(value: Any) -> Any:
    """Paths as they are meant on the command line: from the working folder."""
    if isinstance(value, Path):
        return value.absolute()
    return tuple(map(_absolute, value)) if isinstance(value, tuple) else value
