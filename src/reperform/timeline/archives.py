"""`.otioz`: a timeline and its media in one ZIP file, and its names, which are not to be trusted."""

from __future__ import annotations

import lzma
import re
import shutil
import stat
import zipfile
import zlib
from pathlib import Path

from reperform.errors import MediaRefused, TimelineError
from reperform.files import atomic_output
from reperform.timeline.locations import is_file

__all__ = ["CONTENT", "is_archive", "is_archive_at", "read_content", "unpack", "unpack_all"]

CONTENT = "content.otio"
_NO_MEDIA = (CONTENT, "version.txt")
MOST_FILES = 200_000
MOST_BYTES = 1 << 42
"""What an archive may hold unpacked: 4 TiB."""
LONG, MOST_PACKED = 1 << 26, 250
"""Bytes of a timeline from which on it may not be packed closer than so many to one: real ones of that length are at 85."""

_DAMAGE = (
    OSError,
    EOFError,
    ValueError,
    NotImplementedError,
    RuntimeError,
    zipfile.BadZipFile,
    zlib.error,
    lzma.LZMAError,
)
"""What unpacking raises for an archive that lies or is broken: fields that contradict one another or are out of range (ValueError),
a way of packing that Python does not know (NotImplementedError), a password (RuntimeError), a length or a checksum that is
another (EOFError, BadZipFile), and each way of packing its own. A name that no disk can have is an OSError or ValueError, too."""

_SPARE = 1 << 28
_DRIVE = re.compile(r"^[A-Za-z]:")


def is_archive(head: bytes) -> bool:
    """Whether a file that begins so is a ZIP file."""
    return head.startswith((b"PK\x03\x04", b"PK\x05\x06"))


def is_archive_at(path: Path) -> bool:
    """Whether there is a file at `path` that is a ZIP file."""
    if not is_file(path):
        return False
    with path.open("rb") as file:
        return is_archive(file.read(8))


def read_content(path: Path, *, most: int) -> bytes:
    """The timeline in an archive; its media stay packed.

    Raises:
        TimelineError: it is no ZIP file, holds no timeline or one of more than `most` bytes, or a name in it is unsafe.

    """
    with _open(path) as archive:
        members = _checked(archive, path)
        if CONTENT not in members:
            raise TimelineError(
                f"“{path.name}” is a ZIP file without a {CONTENT} in it",
                fix="Export the timeline as .otioz again.",
            )
        _refuse_size(members[CONTENT], path, most=most)
        try:
            with archive.open(members[CONTENT]) as file:
                # What the archive says is the most that is unpacked: zipfile stops there.
                content = file.read(most + 1)
        except _DAMAGE as error:
            raise _damaged(path, error) from error
    if len(content) > most:
        raise TimelineError(f"the timeline in “{path.name}” is longer than the archive says")
    return content


def _refuse_size(info: zipfile.ZipInfo, path: Path, *, most: int) -> None:
    """By what the archive says, before anything is unpacked."""
    if info.file_size > most:
        raise TimelineError(
            f"the timeline in “{path.name}” has {info.file_size:,} bytes; {most:,} are the most read",
            fix="Export a part of the cut, a reel for example.",
        )
    if info.file_size > LONG and info.file_size > MOST_PACKED * info.compress_size:
        raise TimelineError(
            f"the timeline in “{path.name}” is {info.compress_size:,} bytes that unpack to {info.file_size:,}, which no cut does",
            fix="Export the .otioz again, or unpack it yourself and give the .otio in it.",
        )


def unpack(path: Path, member: str, folder: Path) -> Path | None:
    """One file of an archive, unpacked below `folder` unless it is there already. None where the archive has no such file.

    Raises:
        TimelineError: the archive is unsafe or damaged.
        MediaRefused: the file does not fit on the disk, or its name leads out of the archive.

    """
    problem = _unsafe(member)
    if problem:
        raise MediaRefused(f"“{member}” in “{path.name}” {problem}", fix="Export the .otioz again.")
    with _open(path) as archive:
        info = _checked(archive, path).get(member)
        return None if info is None or info.is_dir() else _unpack_one(archive, info, path, folder)


def unpack_all(path: Path, folder: Path) -> None:
    """All media of an archive, unpacked below `folder`, but for what is there already.

    Raises:
        TimelineError: the archive is unsafe or damaged.
        MediaRefused: they do not fit on the disk.

    """
    with _open(path) as archive:
        for name, info in _checked(archive, path).items():
            if name not in _NO_MEDIA and not info.is_dir():
                _unpack_one(archive, info, path, folder)


def _unpack_one(archive: zipfile.ZipFile, info: zipfile.ZipInfo, path: Path, folder: Path) -> Path:
    target = folder.joinpath(*info.filename.split("/"))
    if target.is_file() and target.stat().st_size == info.file_size:
        return target
    target.parent.mkdir(parents=True, exist_ok=True)
    _need_room(target.parent, info)
    try:
        with archive.open(info) as packed, atomic_output(target) as temporary, temporary.open("wb") as file:
            shutil.copyfileobj(packed, file, 1 << 20)
    except _DAMAGE as error:
        raise _damaged(path, error) from error
    return target


def _open(path: Path) -> zipfile.ZipFile:
    try:
        return zipfile.ZipFile(path)
    except _DAMAGE as error:
        raise _damaged(path, error) from error


def _damaged(path: Path, error: Exception) -> TimelineError:
    return TimelineError(
        f"the archive “{path.name}” cannot be unpacked",
        cause=str(error),
        fix="Export the .otioz again, or copy it again from where it came from.",
    )


def _checked(archive: zipfile.ZipFile, path: Path) -> dict[str, zipfile.ZipInfo]:
    """The members by name, once every name is safe and the sum of all is within the limits."""
    members: dict[str, zipfile.ZipInfo] = {}
    seen: set[str] = set()
    infos = archive.infolist()
    problem = f"holds more than {MOST_FILES:,} files" if len(infos) > MOST_FILES else None
    if sum(info.file_size for info in infos) > MOST_BYTES:
        problem = f"unpacks to more than {MOST_BYTES:,} bytes"
    for info in infos:
        name = info.filename.rstrip("/")
        about = _unsafe(info.orig_filename) or _unsafe(name) or _unfit(info)
        if name.casefold() in seen:
            about = "is in it twice"
        problem = problem or (f"is unsafe: “{info.orig_filename[:200]}” {about}" if about else None)
        seen.add(name.casefold())
        members[info.filename] = info
    if problem:
        raise TimelineError(
            f"the archive “{path.name}” {problem}", fix="Ask who made it for a new one, made by OpenTimelineIO."
        )
    return members


def _unsafe(name: str) -> str | None:
    """What is wrong with a name in an archive; None for a plain relative path."""
    if "\0" in name:
        return "has a name that no file can have"
    parts = name.replace("\\", "/").rstrip("/").split("/")
    if name.startswith(("/", "\\")) or _DRIVE.match(name):
        return "has an absolute path"
    if ".." in parts:
        return "leads out of the archive"
    if "\\" in name or "" in parts or "." in parts or any(":" in part for part in parts):
        return "has a name that means different files on different systems"
    return None


def _unfit(info: zipfile.ZipInfo) -> str | None:
    mode = info.external_attr >> 16
    if mode and not info.is_dir() and stat.S_IFMT(mode) not in (0, stat.S_IFREG):
        return "is a link or a device, not a file"
    if info.flag_bits & 1:
        return "is encrypted"
    return None


def _need_room(folder: Path, info: zipfile.ZipInfo) -> None:
    free = shutil.disk_usage(folder).free
    if info.file_size + _SPARE > free:
        raise MediaRefused(
            f"“{info.filename}” needs {info.file_size:,} bytes unpacked, and {folder} has {free:,} free",
            fix="Make room, or unpack the .otioz yourself and give the .otio in it.",
        )
