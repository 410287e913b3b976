"""Options that several commands share."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, TypeVar

import click

from reperform.cli._completing import engine_names, last_of_several

__all__ = [
    "certificate_options",
    "command_options",
    "json_option",
    "output_options",
    "performance_options",
    "progress_option",
    "project_option",
    "recut_options",
    "timeline_options",
]

Command = TypeVar("Command", bound=Callable[..., Any])
FOLDER = click.Path(path_type=Path, file_okay=False)
EDITORS = ("otio", "resolve", "premiere", "kdenlive", "avid", "fcp")
STYLES = ("references", "tracks", "timelines")
LISTS = ("edl", "ale")
"""As `timeline.takes` knows them; written here so that help imports no timeline."""


project_option = click.option(
    "--project", type=FOLDER, metavar="FOLDER", help="The project folder, instead of the nearest *.reperform/."
)
_TIMELINE = [
    click.option("--timeline", metavar="NAME", help="Which timeline of a collection."),
    click.option("--rate", metavar="RATE", help="Its frame rate, where it does not say it, as an EDL: 23.976, 25."),
    click.option("--drop-frame/--non-drop-frame", default=None, help="How its timecode counts, where that is unclear."),
    project_option,
    click.option(
        "--media-root",
        type=click.Path(path_type=Path, file_okay=False, exists=True),
        multiple=True,
        metavar="FOLDER",
        help="Look here for media that moved.",
    ),
    click.option("--marker-color", multiple=True, metavar="COLOR", help="Only markers of this colour are marks."),
    click.option("--marker-name", metavar="REGEX", help="Only markers whose name matches are marks."),
    click.option("--voice-track", multiple=True, metavar="TRACK", help="Guide tracks: names, or A1, A2 …"),
    click.option("--own-sound", metavar="TRACKS", help="The shot's own sound is on these tracks: A1,A2."),
    click.option("--direction", metavar="TEXT", help="Default direction, for what a mark leaves open."),
    click.option(
        "--only",
        multiple=True,
        metavar="WHAT",
        help="Only these: a cue, a clip, a character, or record timecode FROM-TO.",
    ),
]
COMMAND = [
    click.option(
        "--command",
        metavar="TEXT",
        help="What the engine `command` runs: PROGRAM {video} {audio} {segments} {direction} {output}.",
    ),
    click.option("--command-seconds", type=float, metavar="SECONDS", help="How long its job may take (default: 3600)."),
]
CERTIFICATE = [
    click.option(
        "--c2pa-cert",
        type=click.Path(path_type=Path, dir_okay=False),
        metavar="FILE",
        help="Who signs: a chain of certificates, PEM (default: self-signed).",
    ),
    click.option(
        "--c2pa-key", type=click.Path(path_type=Path, dir_okay=False), metavar="FILE", help="Its private key, PEM."
    ),
]
_PERFORMANCE = [
    click.option(
        "--engine",
        metavar="NAME",
        shell_complete=engine_names,
        help="Who performs; `reperform engines` lists them (default preview).",
    ),
    click.option("--model", metavar="NAME", help="Which of the engine's models (default: its first)."),
    click.option("--like", metavar="ENGINE/MODEL", help="Whose limits the preview keeps (default sync/react-1)."),
    click.option("--context", type=int, metavar="FRAMES", help="Frames sent around a cue (default 6)."),
    click.option("--handles", type=int, metavar="FRAMES", help="Frames kept around a shot (default 12)."),
    click.option("--seam", type=int, metavar="FRAMES", help="Dissolves at a cue's ends (default 4; 0 cuts)."),
    click.option(
        "--input-lut",
        type=click.Path(path_type=Path, dir_okay=False),
        metavar="FILE.cube",
        help="Log footage: show it to the engine through this LUT; takes are log again.",
    ),
    click.option("--send-rate", metavar="RATE", help="Relabel what is sent to this rate, frame for frame."),
    click.option(
        "--require-consent/--no-require-consent",
        default=None,
        help="A cue whose mark says nothing of consent is an error, and is not performed.",
    ),
    click.option("--drop", multiple=True, metavar="WORD", help="Go on without this part of directions, as emotion."),
    click.option(
        "--option",
        multiple=True,
        metavar="ENGINE.FIELD=VALUE",
        help="A field of an engine that marks have no word for.",
    ),
    *COMMAND,
]
_OUTPUT = [
    click.option(
        "--another",
        multiple=True,
        metavar="WHAT",
        help="One take more of these, named as for --only, beside those there are.",
    ),
    click.option("--partial", is_flag=True, default=None, help="Write takes of shots of which some cues failed."),
    click.option(
        "--for",
        "for_editor",
        type=click.Choice(EDITORS),
        help="Whom OUT is for (default: who wrote TIMELINE, or whose file OUT is).",
    ),
    click.option(
        "--takes",
        metavar="STYLE[,STYLE]",
        shell_complete=last_of_several(STYLES),
        help="As references, tracks, timelines (default: by --for).",
    ),
    click.option(
        "--lists",
        metavar="LIST[,LIST]",
        shell_complete=last_of_several(LISTS),
        help="Beside OUT, for a conform: edl (the chosen takes), ale (every take).",
    ),
    click.option(
        "--sound", type=click.Choice(["keep", "take"]), help="What the linked sound plays, whatever the voice is."
    ),
    click.option(
        "--mezzanine", type=click.Choice(["prores", "dnxhr"]), help="What the take of a long-GOP original is."
    ),
    click.option(
        "--composite",
        type=click.Choice(["changed", "whole"]),
        help="Of what came back: what the engine changed (default), or its whole picture. A preview is always whole.",
    ),
    click.option("--matte/--no-matte", default=None, help="Write the changed region beside each take, as a movie."),
    click.option(
        "--match-sound/--no-match-sound",
        default=None,
        help="Bring each voice to the loudness and broad spectrum of the production sound around it.",
    ),
    click.option("--c2pa/--no-c2pa", default=None, help="Sign takes with C2PA content credentials (the extra `c2pa`)."),
    *CERTIFICATE,
    click.option(
        "--reel", type=click.Choice(["own", "same"]), help="The take's reel: its own (REEL_RP001), or the original's."
    ),
    click.option("--name", metavar="TEMPLATE", help="File names of takes: {stem}, {timecode}, {number:03} …"),
    click.option(
        "--takes-dir", type=FOLDER, metavar="FOLDER", help="Where takes are written (default: in the project)."
    ),
    click.option("--label/--no-label", default=None, help="The preview's label in the picture."),
    click.option("--jobs", type=int, metavar="N", help="Jobs at once (default 4)."),
]


def timeline_options(function: Command) -> Command:
    """What a timeline is read with."""
    return _apply(_TIMELINE, function)


def performance_options(function: Command) -> Command:
    """What it is planned with."""
    return _apply(_PERFORMANCE, function)


def recut_options(function: Command) -> Command:
    """What a cut that was changed is read with, and how it is written: nothing is asked for, so nothing is chosen."""
    kept = [
        click.option("--handles", type=int, metavar="FRAMES", help="Frames kept around a shot (default 12)."),
        click.option("--seam", type=int, metavar="FRAMES", help="Dissolves at a cue's ends (default 4; 0 cuts)."),
        *COMMAND,
    ]
    return _apply([*_TIMELINE[:-1], *kept, *_OUTPUT[2:]], function)


def command_options(function: Command) -> Command:
    """What the engine `command` runs."""
    return _apply(COMMAND, function)


def certificate_options(function: Command) -> Command:
    """Who signs takes."""
    return _apply(CERTIFICATE, function)


def output_options(function: Command) -> Command:
    """What is made of it."""
    return _apply(_OUTPUT, function)


def _apply(options: Sequence[Callable[[Command], Command]], function: Command) -> Command:
    for option in reversed(options):
        function = option(function)
    return function


def _note_json(context: click.Context, _: click.Parameter, value: bool) -> bool:
    context.ensure_object(dict)["json"] = value
    return value


json_option = click.option(
    "--json",
    "as_json",
    is_flag=True,
    is_eager=True,
    callback=_note_json,
    help="Print one JSON document, and nothing else, on standard output.",
)


progress_option = click.option(
    "--progress",
    "progress_path",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="FILE",
    help="Write here what each shot is doing, a line of JSON for each step; for programs.",
)
