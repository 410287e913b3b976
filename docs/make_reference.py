"""Writes docs/reference/command.md from the command itself: `python docs/make_reference.py`."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import click

from reperform import errors
from reperform.cli import COMMANDS
from reperform.cli import command as reperform
from reperform.errors import ReperformError, exit_code

PAGE = Path(__file__).resolve().parent / "reference" / "command.md"

_HEAD = """# The command

<!-- Written by docs/make_reference.py from the command's own help: change that, and run the script. -->

Results go to standard output, progress and messages to standard error: a live list on a terminal, plain lines elsewhere.
With `--json`, standard output holds one JSON document and nothing else, also where the command fails; standard error stays silent.
`-v` says what is done and `-vv` every call of FFmpeg, before the command's name or after it. `NO_COLOR` is obeyed.
"""

_TAIL = """## Exit status

| status | means | errors |
|---|---|---|
"""

_MEANING = {
    0: "All is done. A timeline without marks is also 0: it is written, and the markers left alone are explained.",
    1: "Some shots failed; the rest were written.",
    2: "Nothing could be done: the input or the call is wrong. Nothing was sent.",
    3: "Stopped by the cost ceiling.",
    4: "An engine refused us: key, plan or credit.",
    130: "Interrupted. The same command goes on from there.",
}

_AFTER = """
Where several apply, it is 130, then 4, then 3, then 1.

## What `--json` prints

`plan` prints [the plan](plan.md). `run` prints one object:

| key | |
|---|---|
| `version` | 1 |
| `status` | the exit status |
| `out` | the timelines written, `--takes timelines` has several |
| `kept` | where an earlier OUT went that was not as reperform last wrote it |
| `changed` | false where OUT had this content already |
| `made` | ids of the takes that this run made |
| `chosen` | by shot: the id of the take that stands in the cut, `original`, or null |
| `takes` | every take there is of the plan's shots |
| `ignored_markers`, `problems` | as in the plan |
| `cost` | `amount`, `currency`, and `known`: false where an engine stated none |
| `shots` | where each shot of the plan is, as below |

`check` prints `version`, `status`, `timeline`, `thresholds`, `problems`, and `takes`: each with `take`, `file`, `shot`, `clip`,
`record_in`, `engine`, `model`, `preview`, `in_cut`, `passed`, and `checks` (`name`, `passed`, `noticed`, `detail`, `frame`,
`timecode`, `fix`).

`conform` prints `version`, `status`, `out`, `kept`, `changed`, `made`, `chosen`, `takes` and `problems` as `run` does, and `media`:
for each online file `offline`, `online`, `reel`, `rate`, `start`, `agrees` (what it has in common, in words) and `clips` (how many).

`reattach` prints `version`, `status`, `out`, `kept`, `changed`, `problems` and `cost` as `run` does, `compared_with` (the old
cut), `fill` (`jobs`, `seconds`, `cost`: what would perform all that lacks; null where nothing does), and `shots`, the change
list: each with `state` (attached, lacking, new, gone), `clip`, `before` and `after` (`shot`, `track`, `record`, `clock`,
`source`, `in_frame`, `frames`), `changes` (`kind`, `detail`), `takes` (`id`, `path`, `made`), `chosen`, `missing` (`record_in`,
`record_out`, `in_frame`, `frames`, `source_in_frame`, `source_out_frame`, `source_timecode`), `jobs` and `why`.

Each of `shots` has `id`, `clip`, `track`, `index`, `address`, `clock`, `record`, `media` and `linked_audio` as in the plan, `sound`
(`take` where the linked sound goes with the chosen take, else `keep`), and `takes`: for each its `id` and, as `in` and `out`, which of
its frames are seen there, half-open, from its first; null where it does not cover the shot.

`--progress FILE` of `run` and `resume` writes one object a line while it goes on, each flushed. First `kind` `begin` with `shots`
(`id`, `clip`, `track`, `record_in`, `cues`, `jobs`, and `estimate` in US dollars, null where nobody knows). Then, for each step,
`kind` `shot` with `shot`, `state` (looking, preparing, uploading, submitting, waiting, elsewhere, fetching, conforming, done, failed),
`words` (that, for people), `detail`, `reached` (how far the shot is, 0 to 1), `fraction` (how far all are), and `done`, `failed`
and `shots` (how many). Last `kind` `end` with `state` (done, failed, stopped), `status`, `message`, `cost` as above (null where it is
not known), and the same counts.

`engines --json` prints `engines`: each with `name`, `key` (whether one is present; null where none is needed), `variable` (where
it is looked for first), `note`, `models` (`name`, `price`, `free`, `abilities`) and `why` (why it cannot be loaded).

`doctor` and `resolve doctor` print `{"version": 1, "findings": [...]}`, each with `group`, `name`, `value`, `state` (good, note,
missing, wrong) and `fix`. `resolve install` prints `entries`, `library`, `command`, `changed` (files written) and `kept`,
`resolve uninstall` `removed` and `kept`: lists of paths.
What failed prints `{"version": 1, "error": CLASS, "message", "cause", "fix"}`; what does not apply is null.
"""


def page() -> str:
    """The whole page."""
    sections = [section for name in COMMANDS for section in _command(name)]
    rows = [f"| {status} | {meaning} | {', '.join(_errors(status))} |" for status, meaning in _MEANING.items()]
    return "\n".join([_HEAD, *sections, _TAIL + "\n".join(rows), _AFTER])


def _command(name: str) -> Iterator[str]:
    context = click.Context(reperform, info_name="reperform")
    found = reperform.get_command(context, name)
    if found is not None:
        yield from _described(found, click.Context(found, info_name=name, parent=context))


def _described(command: click.Command, context: click.Context) -> Iterator[str]:
    usage = " ".join(command.collect_usage_pieces(context))
    yield f"## `{context.command_path}`\n"
    yield f"    {context.command_path} {usage}\n"
    yield f"{_paragraphs(command.help or '')}\n"
    records = [record for one in command.get_params(context) if (record := one.get_help_record(context))]
    rows = [f"| `{_cell(option)}` | {_cell(about)} |" for option, about in records if about and not _said_above(option)]
    if rows:
        yield "| option | |\n|---|---|\n" + "\n".join(rows) + "\n"
    if isinstance(command, click.Group):
        for name in command.list_commands(context):
            if inner := command.get_command(context, name):
                yield from _described(inner, click.Context(inner, info_name=name, parent=context))


def _said_above(option: str) -> bool:
    return option.endswith(("--help", "--verbose"))


def _paragraphs(text: str) -> str:
    """Help as Markdown: what click must not wrap is code."""
    blocks = text.replace("\r", "").split("\n\n")
    return "\n\n".join(
        "\n".join(f"    {line.strip()}" for line in block.strip("\b\n ").splitlines())
        if "\b" in block
        else " ".join(block.split())
        for block in blocks
    )


def _cell(text: str) -> str:
    return " ".join(text.split()).replace("|", "\\|")


def _errors(status: int) -> Iterator[str]:
    kinds = (getattr(errors, name) for name in errors.__all__)
    for kind in kinds:
        if isinstance(kind, type) and issubclass(kind, ReperformError) and exit_code(kind()) == status:
            yield f"`{kind.__name__}`"


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
    sys.stderr.write(f"{PAGE}\n")
