"""Real people on camera, performed by a model that opens their mouths, and what the checks say of it."""

from __future__ import annotations

import shlex
import subprocess
import sys
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any

import imageio_ffmpeg
import opentimelineio as otio

from shared import SHARED
from whole import cut_kit as cut
from whole.command_kit import Ran, call

__all__ = ["ACTOR", "CUE", "LINE", "PRESENTER", "RATE", "SHOWN", "Person", "performed"]

RATE = Fraction(25)
SHOWN, CUE = (30, 60), (44, 30)
"""First frame and length of what the cut shows, and of its cue."""
_MODEL = Path(__file__).with_name("a_face_model.py")
LINE = "footage/line_20s.wav"


@dataclass(frozen=True)
class Person:
    """A file of somebody, and where the mouth is: across, down, and how far the model reaches, in widths and heights."""

    file: str
    mouth: tuple[float, float, float]
    frames: int

    def prores(self, folder: Path) -> Path:
        """The first seconds at half the size, in a codec whose packets are copied."""
        path = folder / f"{Path(self.file).stem}.mov"
        command = [imageio_ffmpeg.get_ffmpeg_exe(), "-v", "error", "-y", "-i", str(SHARED / self.file)]
        command += ["-frames:v", str(SHOWN[0] + SHOWN[1] + 20), "-vf", "scale=iw/2:-2", "-r", str(RATE)]
        command += ["-c:v", "prores_ks", "-profile:v", "3", "-vendor", "apl0", "-pix_fmt", "yuv422p10le"]
        length = str(float((SHOWN[0] + SHOWN[1] + 20) / RATE))
        subprocess.run([*command, "-c:a", "pcm_s16le", "-t", length, str(path)], check=True)
        return path


ACTOR = Person("footage/actor_20s_25fps_hevc.mp4", (0.55, 0.27, 0.13), 502)
PRESENTER = Person("footage/presenter_6s_vfr_h264.mp4", (0.556, 0.425, 0.13), 150)


def performed(
    person: Person,
    folder: Path,
    *options: str | Path,
    media: Path | None = None,
    voice: Path | None = None,
    spoil: str = "nothing",
    late: float = 0,
    status: int = 0,
    guide: bool = True,
) -> tuple[Path, Ran]:
    """A cut of one shot with one cue, run with the model; the timeline that was written, and how the run ended."""  # fmt: skip
    made = _timeline(person, media or SHARED / person.file, (voice or SHARED / LINE) if guide else None)
    cut.save(made, folder / "cut.otio")
    words = [sys.executable, str(_MODEL), "--video", "{video}", "--audio", "{audio}", "--segments", "{segments}"]
    words += ["--out", "{output}", "--spoil", spoil, "--late", str(late), "--mouth", *map(str, person.mouth)]
    engine = ("--engine", "command", "--command", shlex.join(words), "--handles", "6")
    ran = call("run", folder / "cut.otio", "-o", folder / "cut_RP.otio", "--json", *engine, *options)
    assert ran.status == status, ran.said
    return folder / "cut_RP.otio", ran


def _timeline(person: Person, media: Path, voice: Path | None) -> otio.schema.Timeline:
    reference = otio.schema.ExternalReference(media.as_uri(), cut.span(0, person.frames, RATE))
    clip = otio.schema.Clip(media.stem, reference, cut.span(*SHOWN, RATE))
    clip.markers.append(cut.mark("RP: angry", *CUE, RATE))
    tracks: list[Any] = [cut.track(clip)]
    if voice is not None:
        sound = otio.schema.Clip("line", otio.schema.ExternalReference(voice.as_uri()), cut.span(*SHOWN, RATE))
        tracks.append(cut.track(sound, name="ADR", audio=True))
    return cut.timeline(*tracks, start=90000, rate=RATE)
