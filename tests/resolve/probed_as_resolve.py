"""Prints, as JSON, what the media pool of Resolve would say of a file. It knows nothing of reperform's own probing."""

from __future__ import annotations

import json
import sys
import wave
from fractions import Fraction
from pathlib import Path
from typing import Any

import av


def facts(path: Path) -> dict[str, Any]:
    """Path, name, rate, frames, start (its timecode as a frame number) and the properties of a clip."""
    return _sound(path) if path.suffix.lower() == ".wav" else _movie(path)


def _movie(path: Path) -> dict[str, Any]:
    with av.open(str(path)) as container:
        stream = container.streams.video[0]
        rate = Fraction(stream.average_rate or stream.base_rate or 24)
        frames = stream.frames or round((stream.duration or 0) * (stream.time_base or 0) * rate)
        start = next(filter(None, (each.metadata.get("timecode") for each in container.streams)), None)
        kind = "Video + Audio" if container.streams.audio else "Video"
        size = f"{stream.width}x{stream.height}"
        channels = sum(each.channels for each in container.streams.audio)
    begins = _frame(start or "00:00:00:00", rate)
    more = {"Resolution": size, "Video Codec": stream.codec_context.name, "Audio Ch": str(channels), "PAR": "Square"}
    return _clip(path, rate, frames, begins, kind) | {
        "properties": _properties(path, rate, frames, begins, kind) | more
    }


def _sound(path: Path) -> dict[str, Any]:
    """A WAV is said to have 24 frames a second, whatever the project has."""
    with wave.open(str(path)) as file:
        frames = file.getnframes() * 24 // file.getframerate()
    rate = Fraction(24)
    return _clip(path, rate, frames, 0, "Audio") | {"properties": _properties(path, rate, frames, 0, "Audio")}


def _clip(path: Path, rate: Fraction, frames: int, start: int, kind: str) -> dict[str, Any]:
    return {"path": str(path), "name": path.name, "rate": str(rate), "frames": frames, "start": start}


def _properties(path: Path, rate: Fraction, frames: int, start: int, kind: str) -> dict[str, Any]:
    return {
        "File Path": str(path), "File Name": path.name, "Clip Name": path.name, "Type": kind, "FPS": round(float(rate), 3),
        "Frames": str(frames), "Start": "0", "End": str(frames - 1), "Start TC": _text(start, rate),
        "End TC": _text(start + frames, rate), "Duration": _text(frames, rate), "Input Color Space": "Rec.709 (Scene)",
        "Input Gamma": "Gamma 2.4", "Data Level": "Auto", "IDT": "", "Reel Name": "", "Online Status": "Online",
        "Proxy": "None", "Drop frame": "0", "Field Dominance": "Auto", "In": "", "Out": "",
    }  # fmt: skip


def _frame(text: str, rate: Fraction) -> int:
    hours, minutes, seconds, frames = (int(part) for part in text.replace(";", ":").split(":"))
    return ((hours * 60 + minutes) * 60 + seconds) * round(rate) + frames


def _text(frame: int, rate: Fraction) -> str:
    seconds, frames = divmod(frame, round(rate))
    return f"{seconds // 3600:02d}:{seconds // 60 % 60:02d}:{seconds % 60:02d}:{frames:02d}"


if __name__ == "__main__":
    print(json.dumps(facts(Path(sys.argv[1]))))
