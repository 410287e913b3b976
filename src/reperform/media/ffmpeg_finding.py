"""Which FFmpeg is used."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

from reperform.errors import FFmpegMissing

__all__ = ["ENVIRONMENT", "NAME_ANOTHER", "find"]

ENVIRONMENT = ("REPERFORM_FFMPEG", "IMAGEIO_FFMPEG_EXE")
"""Environment variables that name the FFmpeg to use, the strongest first."""
NAME_ANOTHER = "Correct it, or remove it: reperform brings an FFmpeg of its own."


def find(setting: Path | None = None) -> Path:
    """The FFmpeg that is used: `setting`, the environment, the one that came with reperform, PATH, in this order.

    Raises:
        FFmpegMissing: there is none, or a setting or variable names one that is not there.

    """
    if setting is not None:
        return _executable(setting, named_by="the setting")
    for variable in ENVIRONMENT:
        if named := os.environ.get(variable):
            return _executable(Path(named), named_by=variable)
    found = _bundled() or shutil.which("ffmpeg")
    if not found:
        raise FFmpegMissing(fix="Install it with `pip install imageio-ffmpeg`, or name one in REPERFORM_FFMPEG.")
    return Path(found)


def _executable(path: Path, *, named_by: str) -> Path:
    found = shutil.which(path)
    if found is None:
        raise FFmpegMissing(f"{named_by} names {path} as FFmpeg, and there is no program there", fix=NAME_ANOTHER)
    return Path(found)


def _bundled() -> str | None:
    try:
        import imageio_ffmpeg
    except ImportError:
        return None
    folder = Path(imageio_ffmpeg.__file__).parent / "binaries"
    return next((str(path) for path in sorted(folder.glob("ffmpeg-*")) if os.access(path, os.X_OK)), None)
