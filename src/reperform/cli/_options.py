"""Options that several commands share, and how they become settings."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from reperform.cli._paying import PAYING

if TYPE_CHECKING:
    from click.shell_completion import CompletionItem

    from reperform.settings import Loaded

__all__ = [
    "Sectioned",
    "certificate_options",
    "changed_in_plan",
    "command_options",
    "json_option",
    "loaded_settings",
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


class Sectioned(click.Command):
    """A command whose help shows its options in sections."""

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Each section under its name, what belongs to none of them last."""
        sections: dict[str, list[tuple[str, str]]] = {title: [] for title in (*_SECTIONS, "Options")}
        for parameter in self.get_params(ctx):
            if record := parameter.get_help_record(ctx):
                title = next((title for title, names in _SECTIONS.items() if parameter.name in names), "Options")
                sections[title].append(record)
        for title, records in sections.items():
            if records:
                with formatter.section(title):
                    formatter.write_dl(records)


def _engines(_context: click.Context, _parameter: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """What a shell completes an engine's name to."""
    from click.shell_completion import CompletionItem

    from reperform import engines

    return [CompletionItem(name) for name in engines.names() if name.startswith(incomplete)]


def _several(words: Sequence[str]) -> Callable[[click.Context, click.Parameter, str], list[CompletionItem]]:
    """Completes the last of several words with commas between them."""

    def complete(_context: click.Context, _parameter: click.Parameter, incomplete: str) -> list[CompletionItem]:
        from click.shell_completion import CompletionItem

        before, comma, last = incomplete.rpartition(",")
        return [CompletionItem(f"{before}{comma}{word}") for word in words if word.startswith(last)]

    return complete


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
        shell_complete=_engines,
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
        shell_complete=_several(STYLES),
        help="As references, tracks, timelines (default: by --for).",
    ),
    click.option(
        "--lists",
        metavar="LIST[,LIST]",
        shell_complete=_several(LISTS),
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
_SECTIONS = {
    "The timeline": [
        "timeline", "rate", "drop_frame", "project", "media_root", "marker_color", "marker_name", "voice_track", "own_sound",
        "direction", "only",
    ],
    "The performance": [
        "engine", "model", "like", "context", "handles", "seam", "input_lut", "send_rate", "require_consent", "drop", "option", "command",
        "command_seconds",
    ],
    "What is written": [
        "out", "fill", "another", "partial", "for_editor", "takes", "lists", "sound", "mezzanine", "composite", "matte",
        "match_sound", "c2pa", "c2pa_cert", "c2pa_key", "reel",
        "name", "takes_dir", "label", "jobs",
    ],
    "What is paid": PAYING,
}  # fmt: skip


_BESIDE_A_PLAN = (
    "project", "partial", "for_editor", "takes", "lists", "sound", "jobs", "command", "command_seconds", "require_consent",
    "c2pa_cert", "c2pa_key", *PAYING,
)  # fmt: skip
"""Settings that are not kept in a plan."""
_CHANGED_IN_A_PLAN = {
    "name": "name_template",
    **{name: name for name in ("mezzanine", "composite", "matte", "match_sound", "c2pa", "reel", "takes_dir", "label")},
}
"""Settings that a plan keeps and does not depend on, and their names there."""


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


def loaded_settings(given: dict[str, Any], *, beside: Path | None) -> Loaded:
    """Settings in force for a command called with these options; an option that was not given is None or empty."""
    import os

    from reperform.settings import load

    loaded = load({name: _absolute(value) for name, value in given.items()}, beside=beside)
    if loaded.settings.ffmpeg is not None:
        os.environ["REPERFORM_FFMPEG"] = str(loaded.settings.ffmpeg)
    for name in ("c2pa_cert", "c2pa_key"):
        if (path := getattr(loaded.settings, name)) is not None:
            os.environ[f"REPERFORM_{name.upper()}"] = str(path)
    return loaded


def changed_in_plan(given: dict[str, Any]) -> dict[str, Any]:
    """What `run PLAN.json` is told to do otherwise than the plan says, as fields of the plan's settings.

    Raises:
        SettingsError: an option is given on which the plan depends.

    """
    from reperform.errors import SettingsError

    said = {name: value for name, value in given.items() if value not in (None, ()) and name not in _BESIDE_A_PLAN}
    if _are_secret(said.get("option", ())):
        said.pop("option", None)
    decided = [f"`--{name.replace('_', '-')}`" for name in said if name not in _CHANGED_IN_A_PLAN]
    if decided:
        message = f"{', '.join(decided)}: a plan depends on it, and is run as it was made."
        raise SettingsError(message, fix="Give it to `reperform plan`, and run the plan that this makes.")
    return {_CHANGED_IN_A_PLAN[name]: _absolute(value) for name, value in said.items()}


def _are_secret(options: Sequence[str]) -> bool:
    """Whether a plan keeps none of these: then they are given again when it is run."""
    from reperform.planning.targets import is_secret

    return all(is_secret(option.partition("=")[0].strip()) for option in options)


def _absolute(value: Any) -> Any:
    """Paths as they are meant on the command line: from the working folder."""
    if isinstance(value, Path):
        return value.absolute()
    return tuple(map(_absolute, value)) if isinstance(value, tuple) else value
