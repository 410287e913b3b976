"""`reperform mark`."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import click

from reperform.cli._marking import read_marks, say_marks, say_rewritten
from reperform.cli._options import FOLDER, json_option, project_option
from reperform.cli._terminal import verbose_option

Command = TypeVar("Command", bound=Callable[..., Any])

_COMMON = [
    click.argument("timeline_path", metavar="TIMELINE", type=click.Path(path_type=Path)),
    json_option,
    click.option("--timeline", metavar="NAME", help="Which timeline of a collection."),
    click.option("--rate", metavar="RATE", help="Its frame rate, where it does not say it, as an EDL: 23.976, 25."),
    click.option("--drop-frame/--non-drop-frame", default=None, help="How its timecode counts, where that is unclear."),
    project_option,
    click.option("--media-root", type=FOLDER, multiple=True, metavar="FOLDER", help="Look here for media that moved."),
    click.option("--marker-color", multiple=True, metavar="COLOR", help="Only markers of this colour are marks."),
    click.option("--marker-name", metavar="REGEX", help="Only markers whose name matches are marks."),
]
_OUT = click.option(
    "-o",
    "out",
    type=click.Path(path_type=Path),
    metavar="OUT",
    help="Where the timeline goes. Without it the changes are only listed.",
)
_WHERE = [
    click.option("--color", metavar="COLOR", help="The marker's colour (default RED)."),
    click.option("--character", metavar="NAME", help="Who speaks."),
]
_ON = click.option(
    "--on",
    type=click.Choice(["clip", "timeline"]),
    help="Where the marker is set (default: on the clip, where that can be).",
)


def _with(*options: Callable[[Command], Command]) -> Callable[[Command], Command]:
    def decorate(function: Command) -> Command:
        for option in reversed(options):
            function = option(function)
        return function

    return decorate


class _Group(click.Group):
    """Without the name of a subcommand, a timeline is meant: `mark CUT.otio --from-sheet cues.csv`."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        first = next((word for word in args if not word.startswith("-")), None)
        if args and first is not None and first not in self.commands:
            args = ["import", *args]
        return super().parse_args(ctx, args)

    def add_command(self, cmd: click.Command, name: str | None = None) -> None:
        """Each of them takes `-v`."""
        cmd.params.append(verbose_option())
        super().add_command(cmd, name)


@click.group(cls=_Group)
def command() -> None:
    """List, set, change and take out marks of TIMELINE, or take them from a sheet or from subtitles.

    Marks are written where and how the editor of TIMELINE reads them. TIMELINE stays as it is; the new one goes to -o OUT, and
    without that the changes are only listed.
    """


@command.command("list")
@_with(*_COMMON)
@click.option("--all", "also_ignored", is_flag=True, help="Also the markers that are no marks, each with the reason.")
def list_(timeline_path: Path, as_json: bool, also_ignored: bool, **given: Any) -> int:
    """The marks of TIMELINE: where each is, what it asks for, and the id of its cue."""
    marked, _ = read_marks(timeline_path, given)
    say_marks(marked, as_json=as_json, also_ignored=also_ignored)
    return 0


@command.command()
@_with(*_COMMON, _OUT, *_WHERE, _ON)
@click.option(
    "--at",
    required=True,
    metavar="TC[-TC]",
    help="Record timecode; of one frame the guide's dialogue, or the whole clip.",
)
@click.option("--track", metavar="TRACK", help="The clip on this track, as V1, instead of the picture that is seen.")
@click.argument("text", metavar="[DIRECTION]", default="")
def add(timeline_path: Path, at: str, track: str | None, text: str, **given: Any) -> int:
    """Set a mark in TIMELINE: DIRECTION as marks say it, such as "angry, head"."""
    from reperform.sheets import wishes

    return _rewrite(
        timeline_path, given, lambda marked, asked: wishes.added(marked, at=at, track=track, text=text, **asked)
    )


@command.command()
@_with(*_COMMON, _OUT, *_WHERE)
@click.argument("what", metavar="WHAT")
@click.argument("text", metavar="[DIRECTION]", default="")
@click.option("--at", metavar="TC[-TC]", help="Where it is to stand from now on.")
@click.option("--clear", multiple=True, metavar="KEY", help="Take this out of the direction, as line or note.")
def change(timeline_path: Path, what: str, text: str, at: str | None, clear: tuple[str, ...], **given: Any) -> int:
    """Change a mark of TIMELINE: what DIRECTION names is changed, the rest of what it asks stays.

    WHAT is a cue's id (V1@01:00:04:00#1), a record timecode that it covers, its character, or words that it says.
    """
    from reperform.sheets import wishes

    return _rewrite(
        timeline_path, given, lambda marked, asked: wishes.changed(marked, what, text=text, at=at, clear=clear, **asked)
    )


@command.command()
@_with(*_COMMON, _OUT)
@click.argument("what", metavar="WHAT...", nargs=-1, required=True)
@click.option("--any", "any_marker", is_flag=True, help="Also markers that are no marks of ours.")
@click.option("--all", "every", is_flag=True, help="All that a word means, where it means several.")
def remove(timeline_path: Path, what: tuple[str, ...], any_marker: bool, every: bool, **given: Any) -> int:
    """Take marks out of TIMELINE, each WHAT named as for `change`; FROM-TO means all of them between."""
    from reperform.sheets import wishes

    return _rewrite(
        timeline_path, given, lambda marked, _: wishes.removed(marked, what, any_marker=any_marker, every=every)
    )


@command.command("import", short_help="Take marks from a cue sheet or from subtitles; the word may be left out.")
@_with(*_COMMON, _OUT, *_WHERE, _ON)
@click.option("--from-sheet", type=click.Path(path_type=Path), metavar="CSV", help="A cue sheet that came back.")
@click.option(
    "--from-subtitles",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="An .srt or .vtt: each subtitle a mark with its line.",
)
@click.option("--direction", metavar="TEXT", help="What each subtitle's mark asks for beside its line.")
@click.option(
    "--subtitles-start",
    metavar="TC",
    help="What the subtitles' times say at the cut's first frame (default: found out).",
)
@click.option("--offset", metavar="SECONDS", default="0", help="Subtitles come so much later; negative: earlier.")
@click.option("--encoding", metavar="NAME", help="How the sheet or the subtitles are coded (default: found out).")
def import_(timeline_path: Path, from_sheet: Path | None, from_subtitles: Path | None, **given: Any) -> int:
    """Marks of TIMELINE from a cue sheet that came back, or from subtitles; without either, the marks that there are.

    The word `import` may be left out. Of a sheet, what differs from TIMELINE is changed: character, line, direction, note, in
    and out; a row without an id is a new mark. What is wrong with a sheet is said with its rows, all at once, and then nothing
    is changed.
    """
    from reperform.sheets import wishes

    if from_sheet is not None and from_subtitles is not None:
        raise click.UsageError("--from-sheet and --from-subtitles go one after the other, not together.")
    if from_sheet is not None:
        encoding = given["encoding"]
        return _rewrite(
            timeline_path, given, lambda marked, _: wishes.from_sheet(marked, from_sheet, encoding=encoding)
        )
    if from_subtitles is not None:
        spoken = {name: given[name] for name in ("direction", "subtitles_start", "offset", "encoding")}
        return _rewrite(
            timeline_path, given, lambda marked, asked: wishes.from_subtitles(marked, from_subtitles, **spoken, **asked)
        )
    marked, _ = read_marks(timeline_path, given)
    say_marks(marked, as_json=given["as_json"], also_ignored=False)
    return 0


def _rewrite(timeline_path: Path, given: dict[str, Any], wish: Callable[..., Any]) -> int:
    """Reads, makes the edits that are wished, writes, and says all of it."""
    from reperform.workflow.marks import write_marks

    out, as_json = given["out"], given["as_json"]
    asked = {name: given[name] for name in ("color", "character", "on") if name in given}
    marked, settings = read_marks(timeline_path, given)
    wished = wish(marked, asked)
    rewritten = write_marks(marked, wished.edits, out, settings)
    return say_rewritten(marked, rewritten, wished.problems, out, as_json=as_json)
