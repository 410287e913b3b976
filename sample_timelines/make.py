"""Makes the sample cut: a scene of two people, its camera originals, its recorded lines, and the marked timeline.

    python sample_timelines/make.py [FOLDER]

writes `the_letter.otio` and `media/` into FOLDER (default: this folder). All of it is drawn and synthesised here. What these
scripts have made there already is left alone.
"""

from __future__ import annotations

import hashlib
import json
import struct
import sys
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import numpy as np

import cut
import faces
import speech
from reperform.files import atomic_output, write_atomically
from reperform.media import ffmpeg
from reperform.timing import format_timecode, parse_timecode

HERE = Path(__file__).resolve().parent

RATE = Fraction(24000, 1001)


@dataclass(frozen=True)
class Original:
    """One camera original."""

    file: str
    person: faces.Person
    voice: speech.Voice
    timecode: str
    frames: int
    seed: int
    pauses: tuple[tuple[float, float], ...]
    codec: tuple[str, ...]
    sound: tuple[str, ...] = ("-c:a", "pcm_s24le")

    @property
    def reel(self) -> str:
        """As the camera named it: the file's stem."""
        return Path(self.file).stem


PRORES = ("-c:v", "prores_ks", "-profile:v", "1", "-vendor", "apl0", "-pix_fmt", "yuv422p10le")
H264 = ("-c:v", "libx264", "-preset", "fast", "-crf", "17", "-g", "48", "-pix_fmt", "yuv420p")
DNXHR = ("-c:v", "dnxhd", "-profile:v", "dnxhr_lb", "-pix_fmt", "yuv422p")

ORIGINALS = (
    Original(
        "A001C003.mov", faces.MARA, speech.MARA, "14:22:10:00", 240, 3, ((0.0, 0.7), (3.1, 3.8), (9.2, 10.1)), PRORES
    ),
    Original("B002C007.mov", faces.TOM, speech.TOM, "14:25:40:12", 192, 7, ((0.0, 0.5), (4.0, 4.7), (7.4, 8.1)), H264),
    Original("A001C009.mov", faces.MARA, speech.MARA, "14:31:05:00", 168, 9, ((0.0, 0.6), (6.6, 7.1)), DNXHR),
)
LINES = (
    ("mara_guide.wav", speech.MARA, 2.0, 21),
    ("tom_004.wav", speech.TOM, 3.5, 22),
    ("mara_012.wav", speech.MARA, 2.5, 23),
)
"""Recorded lines: file, whose, seconds, seed."""
_MADE_BY = ".made-by"
_MAKERS = ("make.py", "faces.py", "speech.py")


def make(folder: Path = HERE) -> Path:
    """Everything that is not there yet; gives the timeline's path."""
    media = folder / "media"
    (media / "adr").mkdir(parents=True, exist_ok=True)
    is_ours = is_made(media)
    for file, voice, seconds, seed in LINES:
        if not (is_ours and (media / "adr" / file).exists()):
            _write_wave(media / "adr" / file, speech.speak(voice, seconds=seconds, seed=seed)[0], timecode=True)
    for original in ORIGINALS:
        if not (is_ours and (media / original.file).exists()):
            _shoot(original, media / original.file)
    (folder / cut.BOXES).write_text(json.dumps([[208, 70, 356, 256]] * cut.BOXED_FRAMES) + "\n")
    (media / _MADE_BY).write_text(_scripts())
    return write_timeline(folder)


def is_made(media: Path) -> bool:
    """Whether these scripts have made the media: others make others."""
    made_by = media / _MADE_BY
    return made_by.exists() and made_by.read_text() == _scripts()


def _scripts() -> str:
    return hashlib.sha256(b"".join((HERE / name).read_bytes() for name in _MAKERS)).hexdigest()


def write_timeline(folder: Path) -> Path:
    """The cut alone, as `the_letter.otio`; an equal one is left alone."""
    path = folder / "the_letter.otio"
    text = cut.timeline(ORIGINALS).to_json_string(indent=2) + "\n"
    if not path.exists() or path.read_text(encoding="utf-8") != text:
        path.write_text(text, encoding="utf-8")
    return path


def _shoot(original: Original, path: Path) -> None:
    """One camera original: the person speaks, in picture and sound, with the frame's number and timecode burned in."""
    print(f"  drawing {original.file} ({original.person.name}, {original.frames} frames)", file=sys.stderr)
    seconds = float(original.frames / RATE)
    sound, opening = speech.speak(original.voice, seconds=seconds, seed=original.seed, pauses=original.pauses)
    wave_path = path.with_suffix(".wav")
    _write_wave(wave_path, sound)
    tags = "scale=out_color_matrix=bt709:out_range=tv,setparams=color_primaries=bt709:color_trc=bt709:colorspace=bt709:range=tv"
    with atomic_output(path) as temporary:
        arguments = [
            "-f",
            "rawvideo",
            "-pix_fmt",
            "rgb24",
            "-s",
            f"{faces.WIDTH}x{faces.HEIGHT}",
            "-r",
            str(RATE),
            "-i",
            "pipe:0",
        ]
        arguments += ["-f", "wav", "-i", str(wave_path), "-vf", tags, *original.codec, *original.sound, "-shortest"]
        arguments += [
            "-metadata:s:v:0",
            f"timecode={original.timecode}",
            "-metadata:s:v:0",
            f"reel_name={original.reel}",
        ]
        ffmpeg.run([*arguments, "-y", "-f", "mov", str(temporary)], input=_pictures(original, opening))
    wave_path.unlink()


def _pictures(original: Original, opening: speech.Sound) -> Iterator[bytes]:
    with ProcessPoolExecutor() as pool:
        orders = [(original, frame, _mouth(opening, frame)) for frame in range(original.frames)]
        yield from pool.map(_picture, orders, chunksize=8)


def _picture(order: tuple[Original, int, float]) -> bytes:
    original, frame, mouth = order
    timecode = format_timecode(parse_timecode(original.timecode, RATE) + frame, RATE)
    caption = (f"{original.reel}   {original.person.name}", f"{timecode}   {frame:04}")
    return faces.draw(original.person, seconds=float(frame / RATE), mouth=mouth, caption=caption).tobytes()


def _mouth(opening: speech.Sound, frame: int) -> float:
    middle = int(float((frame + Fraction(1, 2)) / RATE) * speech.SAMPLE_RATE)
    return float(np.mean(opening[max(0, middle - 400) : middle + 400]))


def _write_wave(path: Path, sound: speech.Sound, *, timecode: bool = False) -> None:
    """16-bit mono; a recorded line says, as recorders do, at what time of day it begins."""
    samples = (sound * 32767).astype("<i2").tobytes()
    rate = speech.SAMPLE_RATE
    chunks = [(b"bext", _broadcast_extension())] if timecode else []
    chunks += [(b"fmt ", struct.pack("<HHIIHH", 1, 1, rate, rate * 2, 2, 16)), (b"data", samples)]
    body = b"WAVE" + b"".join(name + struct.pack("<I", len(content)) + content for name, content in chunks)
    write_atomically(path, b"RIFF" + struct.pack("<I", len(body)) + body)


def _broadcast_extension() -> bytes:
    """EBU Tech 3285: texts, date, time, and the first sample's number since midnight."""
    first = int(parse_timecode(cut.LINES_TIMECODE, RATE) / RATE * speech.SAMPLE_RATE)
    texts = (
        ("The Letter, lines recorded for it", 256),
        ("reperform", 32),
        ("", 32),
        ("2026-03-02", 10),
        ("14:40:00", 8),
    )
    head = b"".join(text.encode("ascii").ljust(length, b"\0") for text, length in texts)
    return head + struct.pack("<QH", first, 1) + bytes(64 + 190)


if __name__ == "__main__":
    print(make(Path(sys.argv[1]).resolve() if len(sys.argv) > 1 else HERE))
