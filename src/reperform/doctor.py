"""What is found on this machine: programs, libraries, disk, keys (by name only), and the settings in force."""

from __future__ import annotations

import importlib
import importlib.metadata
import importlib.util
import os
import platform
import shutil
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from reperform import __version__
from reperform.errors import ReperformError, SettingsError
from reperform.model import Thresholds
from reperform.settings import Loaded, Settings, load, user_file

__all__ = ["Finding", "examine"]

State = Literal["good", "missing", "wrong", "note"]
"""A note may be as it should; what is missing or wrong is not."""

_ENCODERS = ("prores_ks", "dnxhd", "libx264", "pcm_s24le")
_FILTERS = ("rubberband", "scale", "setparams")
_KEYS = {"sync": "SYNC_API_KEY", "runware": "RUNWARE_API_KEY", "segmind": "SEGMIND_API_KEY", "fal": "FAL_KEY"}
_WRITERS = (
    ("Final Cut Pro 7 XML", "otio_fcp_adapter", "fcp"),
    ("AAF", "otio_aaf_adapter", "aaf"),
)
"""What is written through an adapter: its package, and the extra that brings it. All else is written as it is."""
_LOW_DISK_BYTES = 5 * 10**9
_AGAIN = "Install reperform again with its dependencies."


@dataclass(frozen=True)
class Finding:
    """One line of the report."""

    group: str
    name: str
    value: str
    state: State = "good"
    fix: str | None = None

    def to_dict(self) -> dict[str, str | None]:
        """As `--json` prints it."""
        return {"group": self.group, "name": self.name, "value": self.value, "state": self.state, "fix": self.fix}


def examine(timeline: Path | None = None, *, environment: Mapping[str, str] | None = None) -> list[Finding]:
    """Everything, in groups. `timeline`, or its folder: its settings and its project count, else the working folder's."""
    environment = os.environ if environment is None else environment
    beside = (timeline or Path.cwd()).absolute()
    settings = [*_settings(beside, environment)]
    tools = [*_this(), *_media(beside, environment), *_credentials(beside, environment), *_timelines()]
    return [*tools, *_project(beside), *_keys(environment), *settings]


def _this() -> Iterator[Finding]:
    yield Finding("reperform", "version", __version__)
    yield Finding("reperform", "Python", f"{platform.python_version()} ({sys.executable})")
    yield Finding(
        "reperform", "system", f"{platform.system()} {platform.release()} {platform.machine()}, {os.cpu_count()} cores"
    )


def _media(beside: Path, environment: Mapping[str, str]) -> Iterator[Finding]:
    from reperform.media import ffmpeg, ffmpeg_finding

    try:
        program = ffmpeg_finding.find(_loaded(beside, environment).settings.ffmpeg)
        yield Finding("media", "FFmpeg", ffmpeg.version(program))
        yield Finding("media", "its program", str(program))
        yield _features("encoders", ffmpeg.features(program, "encoders"), _ENCODERS)
        yield _features("filters", ffmpeg.features(program, "filters"), _FILTERS)
    except ReperformError as error:
        yield Finding("media", "FFmpeg", error.message, "missing", error.fix)
    yield _library("media", "PyAV", "av")
    yield _library("media", "OpenEXR", "OpenEXR")


def _features(kind: str, found: frozenset[str], wanted: tuple[str, ...]) -> Finding:
    lacking = [name for name in wanted if name not in found]
    if lacking:
        fix = "Use the FFmpeg that comes with imageio-ffmpeg: unset REPERFORM_FFMPEG and the setting `ffmpeg`."
        return Finding("media", kind, f"without {', '.join(lacking)}", "missing", fix)
    return Finding("media", kind, ", ".join(wanted))


def _library(group: str, name: str, package: str) -> Finding:
    try:
        importlib.import_module(package)
        return Finding(group, name, importlib.metadata.version(package))
    except ImportError as error:
        return Finding(group, name, str(error), "missing", _AGAIN)


def _credentials(beside: Path, environment: Mapping[str, str]) -> Iterator[Finding]:
    """Whether takes can be signed, and who would."""
    from reperform.provenance import certificates

    name = "content credentials"
    if not certificates.is_installed():
        yield Finding("media", name, "not installed", "note", 'To sign takes (--c2pa): pip install "reperform[c2pa]".')
        return
    settings = _loaded(beside, environment).settings
    version = f"c2pa-python {importlib.metadata.version('c2pa-python')}"
    if settings.c2pa_cert is None and settings.c2pa_key is None:
        yield Finding("media", name, f"{version}, self-signed")
        return
    given = {"REPERFORM_C2PA_CERT": str(settings.c2pa_cert or ""), "REPERFORM_C2PA_KEY": str(settings.c2pa_key or "")}
    try:
        yield Finding("media", name, f"{version}, signed by {certificates.chosen(given).name}")
    except SettingsError as error:
        yield Finding("media", name, error.message, "wrong", error.fix)


def _timelines() -> Iterator[Finding]:
    library = _library("timelines", "OpenTimelineIO", "opentimelineio")
    yield library
    if library.state == "missing":
        return
    yield Finding("timelines", "read and written", ".otio, .otioz, .otiod")
    yield from _formats()


def _formats() -> Iterator[Finding]:
    """The other formats that are read; a part that is not installed is said, and is no fault."""
    from reperform.timeline.adapters import FORMATS

    plain = [kind.name for kind in FORMATS.values() if kind.package is None]
    yield Finding("timelines", "read as they are", ", ".join(plain))
    for kind in FORMATS.values():
        if kind.package is not None:
            yield _adapter("read", kind.name, kind.package, kind.extra or "adapters")
    yield Finding("timelines", "written as they are", "FCPXML, EDL, ALE")
    for name, package, extra in _WRITERS:
        yield _adapter("write", name, package, extra)


def _adapter(doing: str, name: str, package: str, extra: str) -> Finding:
    if importlib.util.find_spec(package) is not None:
        return Finding("timelines", f"{doing} {name}", importlib.metadata.version(package))
    fix = f'To {doing} {name}: pip install "reperform[{extra}]".'
    return Finding("timelines", f"{doing} {name}", "not installed", "note", fix)


def _project(beside: Path) -> Iterator[Finding]:
    """Where takes of this timeline would lie, and how much fits there."""
    from reperform.ledger.projects import find

    folder = beside if beside.is_dir() and beside.suffix.lower() != ".otiod" else beside.parent
    try:
        project = find(folder / "timeline.otio")
    except SettingsError as error:
        yield Finding("project", "folder", error.message, "note", error.fix)
    else:
        yield Finding("project", "folder", f"{project}{'' if project.exists() else '   (made by the first run)'}")
    free = shutil.disk_usage(folder).free
    low = free < _LOW_DISK_BYTES
    fix = "Takes are as large as the shots they stand for; make room, or use --takes-dir." if low else None
    yield Finding("project", "free disk", f"{free / 1e9:.1f} GB", "note" if low else "good", fix)


def _keys(environment: Mapping[str, str]) -> Iterator[Finding]:
    """By name only: what a key is never leaves the place where it stands."""
    from reperform import credentials

    for engine, variable in _KEYS.items():
        origin = credentials.where(engine, environment=environment)
        elsewhere = "" if origin in (None, variable) else f" ({origin})"
        yield Finding("keys", variable, "not set" if origin is None else f"present{elsewhere}")


def _loaded(beside: Path, environment: Mapping[str, str]) -> Loaded:
    """The settings; the defaults where they cannot be read, which `_settings` says."""
    try:
        return load({}, beside=beside, environment=environment)
    except SettingsError:
        return Loaded(Settings(), {}, ())


def _settings(beside: Path, environment: Mapping[str, str]) -> Iterator[Finding]:
    try:
        loaded = load({}, beside=beside, environment=environment)
    except SettingsError as error:
        yield Finding("settings", "error", error.message, "missing", error.fix)
        return
    yield Finding("settings", "your file", f"{user_file()}{'' if user_file().exists() else '   (none yet)'}")
    for problem in loaded.problems:
        yield Finding("settings", "warning", problem.message, "note", problem.fix)
    for name in sorted(type(loaded.settings).model_fields):
        origin = loaded.origins.get(name)
        yield Finding("settings", name, f"{_shown(getattr(loaded.settings, name))}{f'   ({origin})' if origin else ''}")


def _shown(value: object) -> str:
    if isinstance(value, bool):
        return "on" if value else "off"
    if isinstance(value, Thresholds):
        return ", ".join(f"{name} {'+'.join(each) if isinstance(each, tuple) else each}" for name, each in value)
    return (", ".join(map(str, value)) if isinstance(value, tuple) else str("" if value is None else value)) or "–"
