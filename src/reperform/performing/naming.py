"""Names of takes and of their reels."""

from __future__ import annotations

import re
from collections.abc import Mapping

from reperform.errors import SettingsError

__all__ = ["FIELDS", "TEMPLATE", "check_template", "file_name", "reel_name", "stem_of"]

TEMPLATE = "{stem}_{timecode}_RP{number:03}"
"""The name of a take's file, without the ending."""

FIELDS = ("stem", "timecode", "number", "reel", "clip", "track", "shot", "engine", "model", "character")
"""What a template may hold."""

_FIELD = re.compile(r"\{(?P<name>[a-z_]*)(?::0?(?P<width>\d))?\}")
_UNSAFE = re.compile(r'[<>:"/\\|?*\x00-\x1f]+')
_LONGEST_FACT = 60
_LONGEST_BYTES = 230


def check_template(template: str) -> None:
    """Whether takes can be named by it.

    Raises:
        SettingsError: it holds something that is not a field, or no number.

    """
    names = [match["name"] for match in _FIELD.finditer(template)]
    unknown = [name for name in names if name not in FIELDS]
    if unknown or "{" in _FIELD.sub("", template) or "}" in _FIELD.sub("", template):
        raise SettingsError(
            f"“{template}” is not a template for names of takes.", fix=f"Its fields are {', '.join(FIELDS)}, in braces."
        )
    if "number" not in names:
        raise SettingsError(
            f"“{template}” would give every take the same name.", fix="Put {number:03} into the template."
        )


def file_name(template: str, facts: Mapping[str, str | int], *, preview: bool, folder: bool = False) -> str:
    """The name of a take's file, with its ending: safe in every file system, whatever the facts hold.

    With `folder` that of a folder of pictures: without a dot, for what follows one would be an ending.

    Raises:
        SettingsError: the template makes names longer than file systems take.

    """

    def value(match: re.Match[str]) -> str:
        fact = facts.get(match["name"], "")
        return f"{fact:0{match['width']}}" if isinstance(fact, int) and match["width"] else str(fact)[:_LONGEST_FACT]

    name = _safe(_FIELD.sub(value, template))
    if len(name.encode()) > _LONGEST_BYTES:
        # Never cut short: without its number a name would not be free for ever.
        raise SettingsError(f"“{template}” makes names that are too long: {name[:40]}…", fix="Use fewer fields.")
    name += "_PREVIEW" if preview else ""
    return name.replace(".", "_") if folder else f"{name}.mov"


def stem_of(name: str) -> str:
    """The name as it may stand in a file's name, beside others."""
    return _safe(name)[:_LONGEST_FACT] or "take"


def reel_name(original: str | None, number: int, *, own: bool) -> str | None:
    """The reel of a take: its own, made of the original's and its number, or the same. None where the original has none."""
    return original if original is None or not own else f"{original}_RP{number:03}"


def _safe(name: str) -> str:
    return _UNSAFE.sub("_", name).strip(" .")
