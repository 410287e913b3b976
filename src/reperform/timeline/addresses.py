"""Where a timeline says that media lies, in the form its reader takes: URLs, bare native paths, and what lies between."""

from __future__ import annotations

import os
import posixpath
import re
from pathlib import Path, PureWindowsPath
from urllib.parse import quote, unquote, urlsplit

import opentimelineio as otio

from reperform.timeline.editors import EDITORS, Form
from reperform.timeline.recognising import is_take

__all__ = ["address_of", "path_of", "readdress"]

_NEAR = 2
"""Folders up from the timeline within which media is addressed relative to it."""
_DRIVE = re.compile(r"^/?[A-Za-z]:[\\/]")
_DRIVE_URL = re.compile(r"^file:/*(localhost/)?[A-Za-z](:|%3[Aa])")
_SAFE = "/!$&'()*+,;=@~-._"
_TAKEN_FOR_URL = {"%": "%25", "#": "%23", "?": "%3F"}


def address_of(path: Path, *, folder: Path, for_: str) -> str:
    """The `target_url` of a file, in a timeline that stands in `folder` and is written for `for_`."""
    path = Path(os.path.abspath(path))  # noqa: PTH100 - links stay: a takes folder may be one
    form = _form(for_)
    if form == "native":
        return str(path)
    if form == "plain":
        return _plain(path.as_posix())
    relative = _relative(path, folder) if form == "near" else None
    return path.as_uri() if relative is None else quote(relative, safe=_SAFE)


def _form(for_: str) -> Form:
    return EDITORS[for_].address if for_ in EDITORS else "near"


def _plain(path: str) -> str:
    """Kdenlive hands a path to a URL parser: `#` would begin a fragment, `%41` would be a letter."""
    for character, code in _TAKEN_FOR_URL.items():
        path = path.replace(character, code)
    return path


def path_of(address: str, *, folder: Path) -> Path | None:
    """The file that a `target_url` means, relative ones from `folder`; None where it is no file of this machine."""
    if not address or _is_foreign(address):
        return None
    if address.startswith("file:"):
        parts = urlsplit(address)
        local = unquote(parts.path)
        return Path(local[1:] if _DRIVE.match(local) else local) if parts.netloc in ("", "localhost") else None
    bare = folder / address
    return bare if "%" not in address or bare.exists() else folder / unquote(address)


def readdress(timeline: otio.schema.Timeline, *, from_folder: Path, to_folder: Path, for_: str) -> None:
    """Has every original mean the same file from its new place, in place, and in the form that the editor reads.

    An address that has that form already stays as it was written.
    """
    moved = os.path.realpath(from_folder) != os.path.realpath(to_folder)
    form = _form(for_)
    if not moved and form == "near":
        return
    for clip in timeline.tracks.find_clips():
        for reference in clip.media_references().values():
            field = _address_field(reference)
            if field is None or is_take(reference):
                continue
            address = getattr(reference, field)
            if _has_form(address, form, moved=moved):
                continue
            path = path_of(address, folder=from_folder)
            if path is not None:
                setattr(reference, field, _ending(address, address_of(path, folder=to_folder, for_=for_)))
            elif (respelled := _elsewhere(address, form)) is not None:
                setattr(reference, field, respelled)


def _has_form(address: str, form: Form, *, moved: bool) -> bool:
    if _is_relative(address):
        return form == "plain" and not moved
    is_url = address.startswith("file:")
    return {"near": True, "native": not is_url, "url": is_url, "plain": not is_url}[form]


def _elsewhere(address: str, form: Form) -> str | None:
    """The address of a file on a drive of another system, in this form; None for what is no such file."""
    if _DRIVE_URL.match(address) and form in ("native", "plain"):
        path = PureWindowsPath(unquote(urlsplit(address).path).lstrip("/"))
        return str(path) if form == "native" else _plain(path.as_posix())
    if _DRIVE.match(address) and form == "url":
        return PureWindowsPath(address).as_uri()
    return None


def _address_field(reference: object) -> str | None:
    return next((name for name in ("target_url", "target_url_base") if getattr(reference, name, "")), None)


def _ending(old: str, new: str) -> str:
    """Folders of image sequences end in a slash, and keep it."""
    return new + "/" if old.endswith("/") and not new.endswith("/") else new


def _relative(path: Path, folder: Path) -> str | None:
    try:
        relative = os.path.relpath(path, os.path.abspath(folder))  # noqa: PTH100 - as above
    except ValueError:
        return None  # another drive
    relative = posixpath.normpath(relative.replace(os.sep, "/"))
    return relative if relative.split("/").count("..") <= _NEAR else None


def _is_relative(address: str) -> bool:
    return bool(address) and not _is_foreign(address) and not address.startswith(("/", "file:"))


def _is_foreign(address: str) -> bool:
    """Another scheme, another machine's share, or another system's drive."""
    if os.name != "nt" and (_DRIVE.match(address) or _DRIVE_URL.match(address)):
        return True
    if address.startswith(("\\\\", "//")):
        return True
    scheme = urlsplit(address).scheme if re.match(r"^[A-Za-z][A-Za-z0-9+.-]+:", address) else ""
    return bool(scheme) and scheme.lower() != "file"
