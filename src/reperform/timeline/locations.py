"""Where a timeline says that a file lies: URLs and native paths of every system, and what of them is on this machine."""

from __future__ import annotations

import os
import posixpath
import re
import unicodedata
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from urllib.parse import unquote

from reperform.errors import CameraRaw, MediaRefused

__all__ = ["Location", "host_of", "is_file", "locate", "refuse_by_name", "refuse_text", "tidy"]

_SCHEME = re.compile(r"^([A-Za-z][A-Za-z0-9+.\-]+):")
_DRIVE = re.compile(r"^/*([A-Za-z]):(?=$|[\\/])")
_SHARE = re.compile(r"^[\\/]{2,}([^\\/]+)(?:[\\/]|$)")
_MOUNTED = re.compile(r"^/(?:net|Network/Servers)/([^/]+)(?:/|$)")
"""Folders that reach for the host they name as soon as anyone looks into them (automounters)."""
_VOLUME = re.compile(r"^/([^/]+ [^/]+|[A-Z][^/]*)(/.+)$")
_LISTS = frozenset(
    {".m3u8", ".m3u", ".mpd", ".pls", ".asx", ".xspf", ".ffconcat", ".sdp", ".smil", ".vpy", ".avs", ".edl"}
)
_RAW = {
    ".r3d": "RED camera raw",
    ".braw": "Blackmagic RAW",
    ".ari": "ARRIRAW",
    ".arx": "ARRIRAW",
    ".crm": "Canon Cinema RAW Light",
    ".rmf": "Canon camera raw",
    ".nev": "Nikon N-RAW",
    ".cine": "Phantom camera raw",
    ".dng": "CinemaDNG",
}
_HEAD = 4096


@dataclass(frozen=True, kw_only=True)
class Location:
    """What a spelled path or URL may mean."""

    paths: tuple[Path, ...]
    """Files on this machine, in the order in which they are tried. Empty where it lies elsewhere for certain."""
    name: str
    """The file's name, by which it is looked for under media roots."""
    elsewhere: str | None = None
    """Where it lies, if not on this machine."""
    inside: tuple[str, ...] = ()
    """The readings of a relative path, with slashes; empty for an absolute one."""


def locate(
    spelled: str, folder: Path, *, hosts: frozenset[str] = frozenset(), windows: bool = os.name == "nt"
) -> Location:
    """Every form in which editors write a file: `file:` URLs with and without host, native paths, relative ones.

    Relative paths start at `folder`. Shares are opened only on `hosts`, and only where the system has such paths:
    no name is looked up and no file opened to find that out. `windows` says which system's paths this machine has.

    Raises:
        MediaRefused: it names no file, but something that would be fetched.

    """
    if "\0" in spelled or not spelled.strip():
        raise MediaRefused("its media has no path that a file can have", fix="Relink the clip and export again.")
    scheme = _SCHEME.match(spelled)
    if scheme and scheme[1].lower() != "file":
        raise MediaRefused(
            f"its media is “{spelled[:200]}”: reperform opens files only, and fetches nothing",
            fix="Download it, and relink the clip to the file.",
        )
    raw = spelled[len("file:") :] if scheme else spelled
    if scheme and raw.startswith("//") and not raw.startswith("///"):
        raw = _with_host(raw)
    elif scheme and raw.startswith("///"):
        raw = raw[2:]
    elif not scheme and not windows and raw.startswith("///"):
        raw = "/" + raw.lstrip("/")
    readings = (unquote(raw), raw) if scheme else (raw, unquote(raw))
    forms = tuple(dict.fromkeys(form for reading in readings for form in _forms(reading)))
    return _location(forms, folder, hosts, windows=windows)


def _forms(reading: str) -> tuple[str, ...]:
    """As written, and as other systems write the same letters: `ü` in one character, or in two as a Mac may."""
    if reading.isascii():
        return (reading,)
    return (reading, unicodedata.normalize("NFC", reading), unicodedata.normalize("NFD", reading))


def _with_host(raw: str) -> str:
    """`//localhost/x` is the path /x, `//D:/x` a drive, `//host/x` a share."""
    host, _, path = raw[2:].partition("/")
    host = unquote(host)
    if host.lower() == "localhost" or not host:
        return f"/{path}"
    return f"{host}/{path}" if _DRIVE.match(f"{host}/") else f"//{host}/{path}"


def _location(readings: tuple[str, ...], folder: Path, hosts: frozenset[str], *, windows: bool) -> Location:
    first = readings[0]
    name = re.split(r"[\\/]", first.rstrip("\\/"))[-1]
    if host := _host(first):
        # Only Windows opens such paths by themselves; elsewhere the share is mounted under a name of its own.
        open_here = host.lower() in hosts and (windows or not _SHARE.match(first))
        elsewhere = None if open_here else f"on the network share of “{host}”"
        paths = [reading for reading in readings if (_host(reading) or "").lower() == host.lower()] if open_here else []
        return Location(paths=tuple(map(Path, paths)), name=name, elsewhere=elsewhere)
    # What the other readings of the same letters make of it may be on a network, too.
    readings = tuple(reading for reading in readings if _host(reading) is None)
    if drive := _DRIVE.match(first):
        if not windows:
            return Location(paths=(), name=name, elsewhere=f"on drive {drive[1].upper()}: of a Windows machine")
        return Location(paths=tuple(Path(reading.lstrip("/")) for reading in readings), name=name)
    if first.startswith("/"):
        found = dict.fromkeys((*readings, *(form for reading in readings for form in _on_volume(reading))))
        return Location(paths=tuple(map(Path, found)), name=name)
    # A relative path from another system may have its slashes the other way.
    turned = dict.fromkeys((*readings, *(reading.replace("\\", "/") for reading in readings)))
    own = (None, _host(folder.as_posix()))
    local = [each for each in turned if _host(each) is None and _host((folder / each).as_posix()) in own]
    inside = tuple(dict.fromkeys(str(PurePosixPath(reading)) for reading in local if "\\" not in reading))
    return Location(paths=tuple(folder / reading for reading in local), name=name, inside=inside)


def host_of(path: Path) -> str | None:
    """The machine whose share a path lies on; None for this one."""
    return _host(path.as_posix())


def _host(reading: str) -> str | None:
    found = _SHARE.match(reading) or _MOUNTED.match(posixpath.normpath(reading))
    return found[1] if found else None


def _on_volume(reading: str) -> tuple[str, ...]:
    """What Avid on a Mac may mean: the path begins with the name of its disk, which is mounted, or the system's own."""
    found = _VOLUME.match(reading)
    if found is None or found[1] in ("Users", "Volumes", "Applications", "Library", "System", "Network"):
        return ()
    return (f"/Volumes{reading}", found[2]) if found[1] == "Macintosh HD" else (f"/Volumes{reading}",)


def is_file(path: Path) -> bool:
    """Whether it is a plain file: no folder, no device, nothing unreachable."""
    try:
        return path.is_file()
    except (OSError, ValueError):
        return False


def tidy(path: Path) -> Path:
    """The same file without `..` on the way; links stay, and where one makes a difference, so does the path."""
    plain = Path(os.path.abspath(path))  # noqa: PTH100 - resolve() would follow links
    try:
        return plain if plain.samefile(path) else path
    except OSError:
        return path


def refuse_by_name(name: str) -> None:
    """Raises CameraRaw for names of camera raw, MediaRefused for those of lists of other files."""
    ending = PurePosixPath(name).suffix.lower()
    if ending in _RAW:
        raise CameraRaw(f"“{name}” is {_RAW[ending]}, which reperform does not decode")
    if ending in _LISTS:
        raise MediaRefused(
            f"“{name}” is a list of other files, not media", fix="Relink the clip to the media file itself."
        )


def refuse_text(path: Path) -> None:
    """Raises MediaRefused for a file that begins as text: scripts and playlists that name other files, whatever their name."""
    try:
        with path.open("rb") as file:
            head = file.read(_HEAD)
    except OSError as error:
        raise MediaRefused(f"“{path}” cannot be opened", cause=str(error), fix="Check who may read it.") from error
    if head and not any(byte < 9 or 13 < byte < 32 for byte in head) and _is_utf8(head):
        raise MediaRefused(
            f"“{path.name}” is text, not media; a script or playlist is never opened",
            fix="Relink the clip to the media file itself.",
        )


def _is_utf8(head: bytes) -> bool:
    try:
        head.decode("utf-8")
    except UnicodeDecodeError as error:
        # A character that the end of the sample cuts in two.
        return error.start >= len(head) - 3
    return True
