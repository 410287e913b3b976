"""Where a timeline says that media lies, in the form its reader takes: URLs for OTIO, bare native paths for Resolve."""

from __future__ import annotations

import os
import posixpath
import re
from pathlib import Path
from urllib.parse import quote, unquote, urlsplit

import opentimelineio as otio

from reperform.timeline.recognising import is_take

__all__ = ["address_of", "path_of", "readdress"]

_NEAR = 2
"""Folders up from the timeline within which media is addressed relative to it."""
_DRIVE = re.compile(r"^/?[A-Za-z]:[\\/]")
_SAFE = "/!$&'()*+,;=@~-._"


def address_of(path: Path, *, folder: Path, for_: str) -> str:
    """The `target_url` of a file, in a timeline that stands in `folder` and is written for `for_`."""
    path = Path(os.path.abspath(path))  # noqa: PTH100 - links stay: a takes folder may be one
    if for_ == "resolve":
        return str(path)
    relative = _relative(path, folder)
    if relative is None:
        return path.as_uri()
    return quote(relative, safe=_SAFE)


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
    """Has every original mean the same file from its new place, in place: relative addresses, and URLs for Resolve."""
    moved = os.path.realpath(from_folder) != os.path.realpath(to_folder)
    if not moved and for_ != "resolve":
        return
    for clip in timeline.tracks.find_clips():
        for reference in clip.media_references().values():
            field = _address_field(reference)
            if field is None or is_take(reference):
                continue
            address = getattr(reference, field)
            if _is_relative(address) or (for_ == "resolve" and address.startswith("file:")):
                path = path_of(address, folder=from_folder)
                if path is not None:
                    setattr(reference, field, _ending(address, address_of(path, folder=to_folder, for_=for_)))


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
    if os.name != "nt" and (_DRIVE.match(address) or re.match(r"^file:/*(localhost/)?[A-Za-z](:|%3[Aa])", address)):
        return True
    if address.startswith(("\\\\", "//")):
        return True
    scheme = urlsplit(address).scheme if re.match(r"^[A-Za-z][A-Za-z0-9+.-]+:", address) else ""
    return bool(scheme) and scheme.lower() != "file"
