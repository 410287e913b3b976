"""A cue of four seconds conformed into a minute of 4K, against a copy of the file and against encoding it all again.

    python -m benchmarks.conform [--seconds 60] [--composite whole] [--only conform extraction together]

What is shown of what came back, whole frames or only what changed, is another matter (`--composite`): finding that is counted
with the cue's pictures. Needs 12 GB in the temporary folder for a few minutes. Each bound is said beside its figure.
"""

from __future__ import annotations

import argparse
import os
import shutil
import sys
import time
from collections.abc import Callable
from pathlib import Path

from benchmarks import conforms
from benchmarks.measuring import folder

from reperform.media import ffmpeg, ffmpeg_finding

COPY, REENCODE, EXTRACTION = 1.5, 5.0, 1.15
"""Times a copy, besides the cue's own pictures; times quicker than the obvious; times the best command by hand."""
MEMORY = 1500
"""MB, of our own process and of FFmpeg together."""
BUSY = 1.5
"""Cores of two, while two shots are conformed."""


def main() -> int:
    if sys.argv[1:2] == ["--child"]:
        return conforms.child(*sys.argv[2:])
    parser = argparse.ArgumentParser()
    parser.add_argument("--seconds", type=int, default=60)
    parser.add_argument("--only", nargs="+", default=["conform", "extraction", "together"])
    parser.add_argument("--codecs", nargs="+", choices=conforms.CODECS, default=list(conforms.CODECS))
    parser.add_argument("--composite", choices=["whole", "changed"], default="whole")
    wanted = parser.parse_args()
    kept = True
    with folder() as here:
        if "conform" in wanted.only:
            for name in wanted.codecs:
                kept = conform(here, name, seconds=wanted.seconds, composite=wanted.composite) and kept
        if "extraction" in wanted.only:
            kept = extraction(here) and kept
        if "together" in wanted.only:
            kept = together(here) and kept
    return 0 if kept else 1


def conform(here: Path, name: str, *, seconds: int, composite: str) -> bool:
    """One codec: every figure of it."""
    work = here / name.replace(" ", "_")
    work.mkdir()
    print(f"{name}, 3840 × 2160, {seconds} s, a cue of {conforms.CUE_SECONDS} s", flush=True)
    second = conforms.one_second(work / "second.mov", name)
    media = conforms.looped(second, work / "A001C001.mov", seconds=seconds)
    returned = conforms.returned(second, work / "returned.mp4")
    copies = [_timed(lambda: _copied(media))]
    made = conforms.in_child(work, media, returned, composite=composite)
    copies.append(_timed(lambda: _copied(media)))
    copy, allowed = sum(copies) / 2, made["alone"]
    obvious = _timed(lambda: conforms.reencoded(second, work / "again.mov", name)) * seconds
    print(f"  the file                       {media.stat().st_size / 1e9:6.2f} GB")
    print(f"  a copy, flushed                {copy:6.1f} s   ({copies[0]:.1f} before, {copies[1]:.1f} after)")
    print(f"  the cue's pictures alone       {allowed:6.1f} s")
    print(f"  conform                        {made['wall']:6.1f} s   processor {made['processor']:.1f} s")
    print(f"  its checks                     {made['checks']:6.1f} s   {made['failed'] or 'all passed'}")
    print(f"  written                        {made['written'] / 1e9:6.2f} GB, {made['encoded']} frames encoded")
    kept = [
        _said("conform less the cue's pictures / copy", (made["wall"] - allowed) / copy, COPY),
        _said("encoding all again / conform", obvious / made["wall"], REENCODE, least=True),
        _said(
            "encoding all again / conform and checks", obvious / (made["wall"] + made["checks"]), REENCODE, least=True
        ),
        _said("peak of memory, ours and FFmpeg's, MB", made["peak"] / 1024, MEMORY),
    ]
    shutil.rmtree(work)
    return all(kept) and not made["failed"]


def extraction(here: Path) -> bool:
    """Three seconds out of an hour of long-GOP 1080p."""
    print("3 s at minute 47 of 60 minutes of long-GOP 1080p", flush=True)
    media = conforms.hour(here)
    ours, by_hand, ratios, processor = [], [], [], []
    for _ in range(5):
        before = conforms.processor()
        by_hand.append(_timed(lambda: conforms.extracted_by_hand(media, here / "by_hand.mp4")))
        between = conforms.processor()
        ours.append(_timed(lambda: conforms.extracted(media, here)))
        ratios.append(ours[-1] / by_hand[-1])
        processor.append((conforms.processor() - between) / (between - before))
    print(f"  by hand {_listed(by_hand)}\n  ours    {_listed(ours)}")
    print(f"  by processor                              {sorted(processor)[2]:8.2f}")
    media.unlink()
    return _said("extraction / by hand", sorted(ratios)[2], EXTRACTION)


def together(here: Path) -> bool:
    """Two shots at once, as a run makes them."""
    print("two takes of 1080p H.264 (all encoded), made as a run makes them", flush=True)
    media = conforms.short_h264(here / "h264.mov")
    returned = conforms.returned(media, here / "returned.mp4", size="1920x1080")
    one = conforms.cores(here, media, returned, shots=1)
    two = conforms.cores(here, media, returned, shots=2)
    print(f"  one: {one[0]:.1f} s, {one[1]:.2f} cores; two: {two[0]:.1f} s, {two[1]:.2f} cores of {os.cpu_count()}")
    return _said("cores busy with two", two[1], BUSY, least=True)


def _copied(media: Path) -> None:
    copy = media.with_name("copy.mov")
    shutil.copyfile(media, copy)
    with copy.open("rb+") as file:
        os.fsync(file.fileno())
    copy.unlink()


def _timed(work: Callable[[], object]) -> float:
    began = time.monotonic()
    work()
    return time.monotonic() - began


def _said(what: str, figure: float, bound: float, *, least: bool = False) -> bool:
    kept = figure >= bound if least else figure <= bound
    sign = "≥" if least else "≤"
    print(f"  {what:<42}{figure:8.2f}   {sign} {bound:g}: {'kept' if kept else 'NOT KEPT'}", flush=True)
    return kept


def _listed(seconds: list[float]) -> str:
    return ", ".join(f"{each:.2f}" for each in seconds) + " s"


if __name__ == "__main__":
    print(f"FFmpeg {ffmpeg.version(ffmpeg_finding.find())}, {os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}")
    sys.exit(main())
