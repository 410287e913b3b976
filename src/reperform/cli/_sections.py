"""The sections in which a command's help shows its options."""

from __future__ import annotations

import click

from reperform.cli._paying import PAYING

__all__ = ["Sectioned"]


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
