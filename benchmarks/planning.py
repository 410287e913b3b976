"""Planning a cut of 20,000 clips, against OpenTimelineIO's own reading of the same file in the same run.

python -m benchmarks.planning            the bound: at most twice `otio.adapters.read_from_file` of the cut that Resolve exports
python -m benchmarks.planning --all      and other cuts, without a bound

A lean cut has a bound of its own, so that it gets no slower: README.md says why it is not the same.

Each measurement is a process of its own, as a command is, after a small cut has been read and planned in it.
"""

from __future__ import annotations

import argparse
import gc
import json
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from statistics import median
from time import perf_counter, process_time
from typing import Any, NamedTuple

import opentimelineio as otio
from benchmarks.measuring import RATE, folder, make_movie

from reperform.settings import Settings
from reperform.workflow import make_plan

CLIPS = 20_000
SHOT = 50
"""Frames of every clip."""
MEDIA_SECONDS = 60
ROUNDS = 5
SMALL = 200
"""Clips of the cut that is read and planned first, so that nobody's imports are measured."""

RESOLVE = "Resolve_OTIO"
EFFECTS = {"Transform": 4, "Cropping": 2, "Composite": 2}
PARAMETER = {
    "Default Parameter Value": 1.0,
    "Key Frames": {},
    "Parameter ID": "transformationZoomX",
    "Parameter Value": 1.0,
    "Variant Type": "Double",
    "maxValue": 100.0,
    "minValue": 0.0,
}

Range = otio.opentime.TimeRange
Time = otio.opentime.RationalTime


@dataclass(frozen=True)
class Cut:
    """A timeline to measure with."""

    name: str
    marks: int = 200
    """Clips whose marker asks for a performance, on media that is there; all others carry an editor's remark."""
    sound: bool = False
    """A sound clip under every picture clip."""
    nested: int = 0
    """Clips to a compound clip; 0 is one flat track."""
    resolve: bool = False
    """As DaVinci Resolve exports it: its metadata, and three of its effects on every clip."""

    clips: int = CLIPS
    bound: float | None = None
    """The most that the ratio may be."""

    def is_marked(self, number: int) -> bool:
        """Whether the clip of this number is one of them."""
        every = self.clips // self.marks
        return number % every == every // 2


class Took(NamedTuple):
    """Seconds by the clock, and seconds of the processor."""

    clock: float
    processor: float


BOUNDED = (
    Cut("as Resolve exports it: 12 KB a clip", resolve=True, bound=2.0),
    Cut("lean: 4 KB a clip", bound=2.3),
)
OTHERS = (
    Cut("and 20,000 sound clips", sound=True),
    Cut("2,000 marks", marks=2000),
    Cut("nested, 20 clips a stack", nested=20),
)


def main() -> int:
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--all", action="store_true", help="measure the other cuts as well")
    arguments.add_argument("--rounds", type=int, default=ROUNDS)
    arguments.add_argument("--one", nargs=3, metavar=("WHAT", "SMALL", "CUT"), help=argparse.SUPPRESS)
    asked = arguments.parse_args()
    if asked.one:
        print(json.dumps(one(asked.one[0], Path(asked.one[1]), Path(asked.one[2]))))
        return 0
    print(f"{'cut':<37}{'read_from_file':>16}{'make_plan':>12}{'ratio':>8}{'by processor':>15}")
    with folder() as here:
        media = make_media(here)
        kept = [measure(cut, here, media, asked.rounds) for cut in (*BOUNDED, *(OTHERS if asked.all else ()))]
    return 0 if all(kept) else 1


def measure(cut: Cut, here: Path, media: list[Path], rounds: int) -> bool:
    """Prints the medians of alternating runs, and the median of the ratios of neighbours; whether that by the clock keeps the bound."""
    small, path = here / "small.otio", here / "cut.otio"
    otio.adapters.write_to_file(timeline(replace(cut, clips=SMALL, marks=2), media), str(small))
    otio.adapters.write_to_file(timeline(cut, media), str(path))
    expected = [cut.marks, cut.clips - cut.marks]
    pairs = [(_apart("read", small, path)[0], _apart("plan", small, path, expected)[0]) for _ in range(rounds)]
    clock = median(plan.clock / read.clock for read, plan in pairs)
    processor = median(plan.processor / read.processor for read, plan in pairs)
    read, planned = (median(pair[side].clock for pair in pairs) for side in (0, 1))
    print(f"{cut.name:<37}{read:>14.2f} s{planned:>10.2f} s{clock:>8.2f}{processor:>15.2f}", flush=True)
    if cut.bound is None:
        return True
    print(f"{'':<37}the bound is {cut.bound}: {'kept' if clock <= cut.bound else 'BROKEN'}", flush=True)
    return clock <= cut.bound


def one(what: str, small: Path, path: Path) -> tuple[Took, list[int]]:
    """One measurement, in this process: `read` or `plan`; and how many cues and ignored markers were planned."""
    otio.adapters.read_from_file(str(small))
    make_plan(small, Settings())
    if what == "read":
        return _timed(lambda: otio.adapters.read_from_file(str(path)))[0], []
    took, planned = _timed(lambda: make_plan(path, Settings()))
    return took, [planned.plan.totals.cues, len(planned.plan.ignored_markers)]


def _apart(what: str, small: Path, path: Path, expected: list[int] | None = None) -> tuple[Took, list[int]]:
    """As `one`, in a process of its own."""
    command = [sys.executable, "-m", "benchmarks.planning", "--one", what, str(small), str(path)]
    took, counts = json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)
    if expected and counts != expected:
        sys.exit(f"planned {counts} cues and ignored markers, not {expected}")
    return Took(*took), counts


def timeline(cut: Cut, media: list[Path]) -> otio.schema.Timeline:
    """One clip after the other, a marker and some metadata on each: 4 KB of JSON a clip."""
    clips = [_clip(number, media, marked=cut.is_marked(number)) for number in range(cut.clips)]
    for clip in clips if cut.resolve else ():
        _as_resolve_does(clip)
    made = otio.schema.Timeline("benchmark", global_start_time=Time(RATE * 3600, RATE))
    made.tracks.append(otio.schema.Track("V1", children=_in_stacks(clips, cut.nested) if cut.nested else clips))
    if cut.resolve:
        made.metadata[RESOLVE] = {"Resolve OTIO Meta Version": "1.0"}
    if cut.sound:
        sounds = [_clip(number, media, marked=cut.is_marked(number), marker=False) for number in range(cut.clips)]
        made.tracks.append(otio.schema.Track("A1", children=sounds, kind=otio.schema.TrackKind.Audio))
    return made


def make_media(here: Path) -> list[Path]:
    """Six minutes of small pictures with sound, half of them H.264 with AAC, half ProRes with PCM."""
    kinds = (
        ["-c:v", "prores_ks", "-profile:v", "0", "-pix_fmt", "yuv422p10le", "-c:a", "pcm_s24le"],
        ["-c:v", "libx264", "-preset", "ultrafast", "-g", "50", "-pix_fmt", "yuv420p", "-c:a", "aac"],
    )
    return [
        make_movie(
            here / f"A001_C{number:03}.mov",
            seconds=MEDIA_SECONDS,
            size="160x90",
            coding=kinds[number % 2],
            tone=200 + 40 * number,
        )
        for number in range(6)
    ]


def _clip(number: int, media: list[Path], *, marked: bool, marker: bool = True) -> otio.schema.Clip:
    path = media[number // 100 % len(media)] if marked else Path(f"/media/day_{number % 40:02}/B{number:05}.mov")
    first = RATE * 3600
    start = first + number * 7 % (MEDIA_SECONDS * RATE - SHOT)
    available = Range(Time(first, RATE), Time(MEDIA_SECONDS * RATE, RATE))
    reference = otio.schema.ExternalReference(path.as_uri(), available, {"reel": f"B{number:05}"})
    clip = otio.schema.Clip(f"shot {number:05}", reference, Range(Time(start, RATE), Time(SHOT, RATE)))
    clip.metadata["log"] = {
        "scene": f"{number // 20}A",
        "take": number % 9,
        "circled": number % 4 == 0,
        "camera": {"reel": f"A{number % 40:03}", "lens": "50 mm", "stop": "T2.8", "iso": 800},
        "comment": "as the script supervisor wrote it",
    }
    if marker:
        name, note = ("RP: MARA", "angry, head, 0.8") if marked else (f"VFX {number}", "remove the boom, top left")
        made = otio.schema.Marker(name, Range(Time(start, RATE), Time(SHOT, RATE)), otio.schema.MarkerColor.RED)
        made.comment = note
        made.metadata["log"] = {"author": "assistant"}
        clip.markers.append(made)
    return clip


def _as_resolve_does(clip: otio.schema.Clip) -> None:
    """Notes in its own metadata, and the effects that it writes on every clip."""
    clip.metadata[RESOLVE] = {"Link Group ID": 1}
    for marker in clip.markers:
        marker.metadata[RESOLVE] = {"Keywords": [], "Note": marker.comment}
        marker.comment = ""
    for name, count in EFFECTS.items():
        settings = {"Effect Name": name, "Enabled": True, "Name": name, "Parameters": [PARAMETER] * count, "Type": 2}
        clip.effects.append(otio.schema.Effect(effect_name="Resolve Effect", metadata={RESOLVE: settings}))


def _in_stacks(clips: list[otio.schema.Clip], each: int) -> list[otio.schema.Stack]:
    groups = (clips[first : first + each] for first in range(0, len(clips), each))
    return [otio.schema.Stack("compound", [otio.schema.Track("V1", children=group)]) for group in groups]


def _timed(action: Callable[[], Any]) -> tuple[Took, Any]:
    """What the action took, and its result, which is still there when the clock stops."""
    gc.collect()
    clock, processor = perf_counter(), process_time()
    result = action()
    return Took(perf_counter() - clock, process_time() - processor), result


if __name__ == "__main__":
    sys.exit(main())
