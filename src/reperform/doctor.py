"""What is found on this machine: programs, libraries, disk, keys (by name only), and the settings in force."""

from __future__ import annotations

import importlib.metadata
import os
import platform
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from reperform import __version__
from reperform.errors import ReperformError
from reperform.settings import Loaded, user_file

__all__ = ["Finding", "examine"]

State = Literal["good", "missing", "note"]

_ENCODERS = ("prores_ks", "dnxhd", "libx264", "pcm_s24le", "aac")
_FILTERS = ("rubberband", "scale", "setparams")
_KEYS = ("SYNC_API_KEY", "RUNWARE_API_KEY", "SEGMIND_API_KEY", "FAL_KEY")
_ADAPTERS = {"cmx_3600": "EDL", "fcp_xml": "FCP7 XML", "fcpx_xml": "FCPXML", "AAF": "AAF"}
_LOW_DISK_BYTES = 5 * 10**9


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


def examine(loaded: Loaded, *, folder: Path, environment: Mapping[str, str] | None = None) -> list[Finding]:
    """Everything, in groups. `folder` is where a project would be: its disk is measured."""
    environment = os.environ if environment is None else environment
    return [
        *_this(),
        *_ffmpeg(loaded.settings.ffmpeg),
        *_timelines(),
        _disk(folder),
        *_keys(environment),
        *_settings(loaded),
    ]


def _this() -> Iterator[Finding]:
    yield Finding("reperform", "version", __version__)
    yield Finding("reperform", "Python", f"{platform.python_version()} ({sys.executable})")
    yield Finding(
        "reperform", "system", f"{platform.system()} {platform.release()} {platform.machine()}, {os.cpu_count()} cores"
    )


def _ffmpeg(setting: Path | None) -> Iterator[Finding]:
    from reperform.media import ffmpeg

    try:
        program = ffmpeg.find(setting)
        yield Finding("media", "FFmpeg", f"{ffmpeg.version(program)} ({program})")
    except ReperformError as error:
        yield Finding("media", "FFmpeg", error.message, "missing", error.fix)
        return
    yield _features("encoders", _list_of(program, "-encoders"), _ENCODERS)
    yield _features("filters", _list_of(program, "-filters"), _FILTERS)
    yield Finding("media", "PyAV", importlib.metadata.version("av"))


def _features(kind: str, found: set[str], wanted: tuple[str, ...]) -> Finding:
    lacking = [name for name in wanted if name not in found]
    if lacking:
        fix = "Use the FFmpeg that comes with imageio-ffmpeg: unset REPERFORM_FFMPEG and the setting `ffmpeg`."
        return Finding("media", kind, f"without {', '.join(lacking)}", "missing", fix)
    return Finding("media", kind, ", ".join(wanted))


def _list_of(program: Path, what: str) -> set[str]:
    """Second column of `ffmpeg -encoders` or `-filters`."""
    listing = subprocess.run([program, "-hide_banner", what], capture_output=True, text=True, check=False).stdout
    return {words[1] for words in (line.split() for line in listing.splitlines()) if len(words) > 1}


def _timelines() -> Iterator[Finding]:
    import opentimelineio as otio

    yield Finding("timelines", "OpenTimelineIO", importlib.metadata.version("opentimelineio"))
    yield Finding("timelines", "native", ".otio, .otioz, .otiod")
    present = set(otio.adapters.available_adapter_names())
    for adapter, editor in _ADAPTERS.items():
        if adapter in present:
            yield Finding("timelines", editor, f"adapter {adapter}")
        else:
            yield Finding("timelines", editor, "no adapter installed", "note")


def _disk(folder: Path) -> Finding:
    free = shutil.disk_usage(folder).free
    state: State = "good" if free > _LOW_DISK_BYTES else "note"
    fix = None if state == "good" else "Takes are as large as the shots they stand for; make room, or use --takes-dir."
    return Finding("disk", "free", f"{free / 1e9:.1f} GB at {folder}", state, fix)


def _keys(environment: Mapping[str, str]) -> Iterator[Finding]:
    """By name only: what a key is never leaves the environment."""
    for name in _KEYS:
        yield Finding(
            "keys", name, "present" if environment.get(name) else "not set", "good" if environment.get(name) else "note"
        )


def _settings(loaded: Loaded) -> Iterator[Finding]:
    for name in sorted(type(loaded.settings).model_fields):
        value = getattr(loaded.settings, name)
        shown = ", ".join(map(str, value)) if isinstance(value, tuple) else str(value)
        yield Finding("settings", name, f"{shown or '–'}   ({loaded.origins.get(name, 'default')})")
    yield Finding("settings", "user's file", str(user_file()))
    for problem in loaded.problems:
        yield Finding("settings", "warning", problem.message, "note", problem.fix)
