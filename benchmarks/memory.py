"""The peak of memory while a cue of three seconds is performed: out of one minute of media, and out of twenty.

    python -m benchmarks.memory

Each is a process of its own that plans, extracts, performs (preview), conforms and writes. The bound: twenty minutes take no
more than one minute does, but for a margin.
"""

from __future__ import annotations

import json
import resource
import shutil
import subprocess
import sys
from pathlib import Path

import opentimelineio as otio
from benchmarks.measuring import RATE, folder, make_movie

from reperform.media import ffmpeg

SHORT, LONG = 1, 20
"""Minutes."""
PIECE = 20
"""Seconds that are encoded; the rest is the same again, copied."""
TIMES = 3
"""Runs, of which the smallest peak counts: how threads meet adds a tenth by chance."""
MARGIN = 1.1
"""The container's own index is held while a file is open: a quarter of a megabyte for each minute of long-GOP with sound."""

CODECS = {
    "ProRes": ["-c:v", "prores_ks", "-profile:v", "2", "-pix_fmt", "yuv422p10le", "-c:a", "pcm_s24le"],
    "long-GOP": [
        "-c:v",
        "libx264",
        "-preset",
        "veryfast",
        "-g",
        "250",
        "-bf",
        "3",
        "-pix_fmt",
        "yuv420p",
        "-c:a",
        "aac",
    ],
}

Range = otio.opentime.TimeRange
Time = otio.opentime.RationalTime


def main() -> int:
    if sys.argv[1:2] == ["--perform"]:
        return perform(Path(sys.argv[2]))
    kept = True
    print(f"{'media':<12}{'minutes':>8}{'size':>10}{'peak':>10}{'of FFmpeg':>12}{'ratio':>8}")
    with folder() as here:
        for name, coding in CODECS.items():
            short, long = (measure(here, name, coding, minutes) for minutes in (SHORT, LONG))
            ratio = max(after / before for before, after in zip(short, long, strict=True))
            print(f"{'':<52}{ratio:>8.2f}   {'flat' if ratio <= MARGIN else 'NOT FLAT'}", flush=True)
            kept = kept and ratio <= MARGIN
    return 0 if kept else 1


def measure(here: Path, name: str, coding: list[str], minutes: int) -> tuple[int, int]:
    """Peaks in KiB: of the process, and of the largest FFmpeg that it started."""
    work = here / f"{name}_{minutes}"
    work.mkdir()
    piece = make_movie(work / "piece.mov", seconds=PIECE, size="1280x720", coding=coding)
    media = work / "A001C001.mov"
    times = minutes * 60 // PIECE
    ffmpeg.run(["-stream_loop", str(times - 1), "-f", "mov", "-i", str(piece), "-c", "copy", str(media)])
    cut = timeline(work / "cut.otio", media, minutes)
    runs = [_peaks(cut) for _ in range(TIMES)]
    own, largest = (min(peaks) for peaks in zip(*runs, strict=True))
    size = media.stat().st_size >> 20
    print(f"{name:<12}{minutes:>8}{size:>7} MB{own >> 10:>7} MB{largest >> 10:>9} MB", flush=True)
    return own, largest


def _peaks(cut: Path) -> tuple[int, int]:
    command = [sys.executable, "-m", "benchmarks.memory", "--perform", str(cut)]
    child = subprocess.run(command, capture_output=True, text=True, check=False)
    if child.returncode:
        sys.exit(child.stderr or child.stdout)
    for made in cut.parent.glob("*.reperform"):
        shutil.rmtree(made)
    own, largest = json.loads(child.stdout.splitlines()[-1])
    return own, largest


def timeline(path: Path, media: Path, minutes: int) -> Path:
    """One clip of five seconds near the end of the media, three of them marked."""
    frames = minutes * 60 * RATE
    start = frames - 15 * RATE
    reference = otio.schema.ExternalReference(media.as_uri(), Range(Time(0, RATE), Time(frames, RATE)))
    clip = otio.schema.Clip("MARA", reference, Range(Time(start, RATE), Time(5 * RATE, RATE)))
    clip.markers.append(otio.schema.Marker("RP: angry", Range(Time(start + RATE, RATE), Time(3 * RATE, RATE))))
    made = otio.schema.Timeline("benchmark", global_start_time=Time(RATE * 3600, RATE))
    made.tracks.append(otio.schema.Track("V1", children=[clip]))
    otio.adapters.write_to_file(made, str(path))
    return path


def perform(cut: Path) -> int:
    """In the process that is measured: the command itself, and its peaks at the end."""
    from reperform.cli import main as command

    status = 0
    try:
        command(["run", str(cut), "-o", str(cut.with_name("cut_RP.otio"))])
    except SystemExit as end:
        status = int(end.code or 0)
    unit = 1024 if sys.platform == "darwin" else 1
    peaks = [resource.getrusage(who).ru_maxrss // unit for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    print(json.dumps(peaks))
    return status


if __name__ == "__main__":
    sys.exit(main())
