"""200 jobs of a second that an engine takes ten seconds for, twenty at a time, against the ideal schedule.

    python -m benchmarks.concurrency                       the bounds: 1.1 times the ideal, and memory that does not grow
    python -m benchmarks.concurrency --sdk PYTHON          and a plain loop of the official SDK, in an environment with `syncsdk`

The engine is Sync's, against the emulator in a process of its own; the emulator renders once and returns that each time.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from fractions import Fraction
from math import ceil
from pathlib import Path
from typing import Any

import anyio
import imageio_ffmpeg

from reperform.credentials import Secret
from reperform.direction import Direction
from reperform.emulator import Conduct, Emulator
from reperform.engines.base import Connection, JobOrder, Prepared, SegmentOrder
from reperform.engines.sync import SyncEngine
from reperform.performing.throttle import Throttle, Turn

JOBS, AT_ONCE, SECONDS = 200, 20, 10.0
BOUND = 1.1
GROWTH = 8.0
"""Megabytes that the last three quarters of the jobs may add."""
IN_THE_LOOP = 3
"""Jobs of the plain loop: all of them would take minutes."""
_LOOP = """
import sys, time
from sync import Sync
from sync.common import Audio, Video
base_url, key, video, audio, jobs = sys.argv[1:]
client = Sync(api_key=key, base_url=base_url)
begun = time.monotonic()
for _ in range(int(jobs)):
    with open(video, "rb") as picture, open(audio, "rb") as sound:
        made = client.generations.create_with_files(model="react-1", video=picture, audio=sound)
    while client.generations.get(made.id).status not in ("COMPLETED", "FAILED", "REJECTED"):
        time.sleep(0.2)
print(time.monotonic() - begun)
"""


def main() -> int:
    asked = _arguments()
    if asked.serve:
        return serve(asked.seconds)
    with tempfile.TemporaryDirectory() as name, served(asked.seconds) as said:
        folder = Path(name)
        make_media(folder)
        took, memory = anyio.run(perform, said, folder, asked.jobs, asked.at_once)
        kept = report(asked, took, memory)
        if asked.sdk:
            plain_loop(asked.sdk, said, folder, asked.seconds)
    return 0 if kept else 1


def _arguments() -> argparse.Namespace:
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--jobs", type=int, default=JOBS)
    arguments.add_argument("--at-once", type=int, default=AT_ONCE)
    arguments.add_argument("--seconds", type=float, default=SECONDS)
    arguments.add_argument("--sdk", metavar="PYTHON")
    arguments.add_argument("--serve", action="store_true", help=argparse.SUPPRESS)
    return arguments.parse_args()


def report(asked: argparse.Namespace, took: float, memory: list[float]) -> bool:
    """Whether the bounds are kept; says so."""
    ideal = ceil(asked.jobs / asked.at_once) * asked.seconds
    growth = memory[-1] - memory[len(memory) // 4]
    print(f"{asked.jobs} jobs of {asked.seconds:g} s, {asked.at_once} at once: {took:.1f} s, ideal {ideal:.1f} s")
    print(f"{took / ideal:.3f} times the ideal: {'kept' if took <= BOUND * ideal else 'BROKEN'} (bound {BOUND})")
    said = "kept" if growth <= GROWTH else "BROKEN"
    print(f"memory from a quarter of the jobs to the last: {growth:+.1f} MB: {said} (bound {GROWTH:g})", flush=True)
    return took <= BOUND * ideal and growth <= GROWTH


async def perform(said: dict[str, Any], folder: Path, jobs: int, at_once: int) -> tuple[float, list[float]]:
    """Seconds for all of them, and the memory in use after each, in megabytes."""
    engine, throttle, memory = SyncEngine(), Throttle(at_once), list[float]()
    await engine.open(Connection(base_url=said["base_url"], credentials=Secret(said["keys"]["sync"])))
    try:
        begun = time.monotonic()
        async with anyio.create_task_group() as tasks:
            for _ in range(jobs):
                tasks.start_soon(_job, engine, Turn(throttle), folder, memory)
        return time.monotonic() - begun, memory
    finally:
        await engine.aclose()


async def _job(engine: SyncEngine, turn: Turn, folder: Path, memory: list[float]) -> None:
    """The steps of one attempt, in the turns that a run gives them."""
    prepared = Prepared(attempt_id=str(uuid.uuid4()), folder=folder, video=folder / "v.mp4", audio=folder / "a.wav")
    await turn.get_ready()
    addresses = await engine.upload(prepared, ORDER, _quiet)
    await turn.begin()
    submitted = await engine.submit(prepared, ORDER, addresses)
    finished = await engine.wait(submitted, _quiet)
    turn.end()
    result = folder / f"{prepared.attempt_id}.mp4"
    await engine.fetch(finished.outputs[0], result)
    result.unlink()
    memory.append(_megabytes())


def _quiet(text: str, fraction: float | None) -> None:
    """No progress is shown."""


ORDER = JobOrder(
    model="react-1",
    rate=Fraction(25),
    frames=25,
    seconds=Fraction(1),
    width=854,
    height=480,
    segments=(SegmentOrder(start_seconds=Fraction(0), end_seconds=Fraction(1), direction=Direction(emotion="angry")),),
)


def _megabytes() -> float:
    status = Path("/proc/self/status")
    if not status.exists():
        return 0.0
    line = next(line for line in status.read_text().splitlines() if line.startswith("VmRSS:"))
    return int(line.split()[1]) / 1024


def make_media(folder: Path) -> None:
    """A second of picture, and of sound."""
    program = [imageio_ffmpeg.get_ffmpeg_exe(), "-v", "error", "-f", "lavfi", "-i"]
    picture = ["testsrc2=size=854x480:rate=25:duration=1", "-pix_fmt", "yuv420p", str(folder / "v.mp4")]
    subprocess.run([*program, *picture], check=True)
    subprocess.run([*program, "sine=frequency=200:duration=1", "-ar", "48000", str(folder / "a.wav")], check=True)


def serve(seconds: float) -> int:
    """The emulator, which renders each kind of job once."""
    from reperform.emulator import media, works

    kept: list[media.Rendered] = []
    render = media.render

    def rendered(order: Any, *, folder: Path, **more: Any) -> Any:
        if not kept:
            kept.append(render(order, folder=folder, **more))
        return kept[0]

    works.media.render = rendered  # type: ignore[attr-defined]  # nothing is measured but the waiting
    with Emulator(conduct=Conduct(queue_seconds=0, run_seconds=seconds)) as emulator:
        print(json.dumps({"base_url": emulator.base_url, "keys": emulator.world.keys}), flush=True)
        sys.stdin.read()
    return 0


@contextmanager
def served(seconds: float) -> Iterator[dict[str, Any]]:
    """The emulator in a process of its own: where it is, and its keys."""
    command = [sys.executable, "-m", "benchmarks.concurrency", "--serve", "--seconds", str(seconds)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as child:
        assert child.stdout is not None
        yield json.loads(child.stdout.readline())
        child.communicate("")


def plain_loop(python: str, said: dict[str, Any], folder: Path, seconds: float) -> None:
    """The official SDK, one job after another."""
    command = [python, "-c", _LOOP, said["base_url"], said["keys"]["sync"], folder / "v.mp4", folder / "a.wav"]
    done = subprocess.run([*command, str(IN_THE_LOOP)], capture_output=True, text=True, check=True)
    each = float(done.stdout) / IN_THE_LOOP
    print(
        f"a plain loop of syncsdk: {each:.2f} s a job (of {seconds:g} s), one after another: {JOBS * each:.0f} s for {JOBS}"
    )


if __name__ == "__main__":
    sys.exit(main())
