"""Timelines that carry their media: `.otioz` and `.otiod`, with every take in them, not only the active ones. Image sequences stay outside.

OpenTimelineIO's own adapters take along the active media alone.
"""

from __future__ import annotations

import shutil
import zipfile
from pathlib import Path, PurePosixPath
from typing import Any
from urllib.parse import quote

import opentimelineio as otio

from reperform.timeline.addresses import path_of

__all__ = ["BUNDLES", "write_archive", "write_folder"]

BUNDLES = (".otioz", ".otiod")
_CONTENT, _VERSION_FILE, _MEDIA = "content.otio", "version.txt", "media"
_VERSION = "1.0.0"
_LONG_AGO = (1980, 1, 1, 0, 0, 0)
"""Archives of the same content are the same bytes."""


def write_archive(timeline: otio.schema.Timeline, path: Path, *, folder: Path) -> None:
    """Writes an `.otioz`. `folder` is where relative addresses start; media that are not there stay where they are."""
    content, media = _relinked(timeline, folder)
    with zipfile.ZipFile(path, "w") as archive:
        for name, data in ((_VERSION_FILE, _VERSION), (_CONTENT, content)):
            archive.writestr(zipfile.ZipInfo(name, _LONG_AGO), data, compress_type=zipfile.ZIP_DEFLATED)
        for file, name in media.items():
            entry = zipfile.ZipInfo(name, _LONG_AGO)
            entry.file_size = file.stat().st_size
            with file.open("rb") as source, archive.open(entry, "w") as target:
                shutil.copyfileobj(source, target, 1 << 20)


def write_folder(timeline: otio.schema.Timeline, path: Path, *, folder: Path) -> None:
    """Writes an `.otiod`: a folder that must not be there yet."""
    content, media = _relinked(timeline, folder)
    (path / _MEDIA).mkdir(parents=True)
    (path / _VERSION_FILE).write_text(_VERSION, encoding="utf-8")
    (path / _CONTENT).write_text(content, encoding="utf-8", newline="\n")
    for file, name in media.items():
        shutil.copyfile(file, path / name)


def _relinked(timeline: otio.schema.Timeline, folder: Path) -> tuple[str, dict[Path, str]]:
    """The timeline's JSON with its media in the bundle, and which file becomes which name there."""
    inside = timeline.clone()
    media: dict[Path, str] = {}
    taken: set[str] = set()
    for clip in inside.tracks.find_clips():
        for reference in clip.media_references().values():
            file = _file(reference, folder)
            if file is None:
                _stays(reference, folder)
                continue
            if file not in media:
                media[file] = _free_name(file.name, taken)
            reference.target_url = quote(media[file])
    return inside.to_json_string(indent=4), media


def _stays(reference: Any, folder: Path) -> None:
    """The pictures of an image sequence stay where they are, and are found from wherever the bundle stands."""
    base = getattr(reference, "target_url_base", "")
    path = path_of(base, folder=folder) if base else None
    if path is not None:
        reference.target_url_base = f"{path.resolve().as_uri()}/"


def _file(reference: Any, folder: Path) -> Path | None:
    path = path_of(getattr(reference, "target_url", "") or "", folder=folder)
    return path.resolve() if path is not None and path.is_file() else None


def _free_name(name: str, taken: set[str]) -> str:
    """Cameras repeat their names from card to card; on some disks case makes no difference."""
    stem, suffix = PurePosixPath(name).stem, PurePosixPath(name).suffix
    free, number = name, 1
    while free.lower() in taken:
        number += 1
        free = f"{stem}_{number}{suffix}"
    taken.add(free.lower())
    return f"{_MEDIA}/{free}"
