"""A cut of one small film, and a service that performs by laying the voice under the picture, and counts what it bills."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Sequence
from dataclasses import replace
from fractions import Fraction
from functools import partial
from pathlib import Path
from typing import Any

import anyio
import anyio.to_thread

import burned
from reperform.direction import Direction
from reperform.engines.base import (
    Capabilities,
    Engine,
    Finished,
    JobOrder,
    Output,
    Prepared,
    Price,
    Progress,
    Submitted,
    Unconnected,
)
from reperform.engines.preview import PreviewEngine
from reperform.errors import SettingsError
from reperform.files import write_atomically
from reperform.ledger.ledger import Ledger
from reperform.media import probing
from reperform.media.labelling import write_labelled
from reperform.model import (
    Cue,
    Plan,
    PlanSettings,
    Problem,
    RecordRange,
    Shot,
    ShotMedia,
    Source,
    TimelineInfo,
    Voice,
)
from reperform.performing.pauses import Pauses
from reperform.performing.performed import Performed
from reperform.performing.run import perform
from reperform.timing import format_timecode, sample_at

RATE = Fraction(25)
FRAMES = 40
IMPATIENT = Pauses(first=0.01, longest=0.02, tries=1, unknown=0.3, limited=2)
SETTINGS = PlanSettings(context_frames=3, seam_frames=2, label=False, composite="whole")


def make_film(folder: Path, *, codec: str = "mjpeg", name: str = "A001C003.mov") -> Path:
    """40 frames of 160x90 from 14:22:10:05, whose pictures say their numbers."""
    return burned.make_movie(
        folder / name,
        rate=RATE,
        frames=FRAMES,
        codec=codec,
        timecode="14:22:10:05",
        reel="A001R1",
        channels=1,
        size=(160, 90),
    )


def make_voice(folder: Path, name: str = "guide.wav", start: int = 0) -> Path:
    """Two seconds of sound, another for another `start`."""
    return burned.make_wave(folder / name, samples=96000, start=start)


def cue(in_frame: int, frames: int, *, voice: Path, record_in: int = 0, **direction: Any) -> Cue:
    """A cue of the film, driven by a range of the voice that stands where the cue stands."""
    first = sample_at(in_frame, RATE, 48000)
    spoken = Voice(
        kind="track",
        path=voice,
        stream=0,
        sample_rate=48000,
        start_sample=first,
        end_sample=sample_at(in_frame + frames, RATE, 48000),
    )
    return Cue(
        id=f"cue@{in_frame}",
        marker="angry",
        record_in=format_timecode(90000 + record_in + in_frame - 8, RATE),
        in_frame=in_frame,
        frames=frames,
        direction=Direction(**direction),
        voices=(spoken,),
    )


def shot(source: Source, *cues: Cue, visible: tuple[int, int] = (8, 32), handles: int = 4, record_in: int = 0) -> Shot:
    """A use of the film in the cut."""
    start, end = visible
    at = format_timecode(90000 + record_in, RATE)
    return Shot(
        id=f"V1@{at}",
        clip="MARA_CU",
        track="V1",
        index=0,
        address=(0, 0),
        record=RecordRange(
            in_=at, out=format_timecode(90000 + record_in + end - start, RATE), in_frame=record_in, frames=end - start
        ),
        media=ShotMedia(
            path=source.path,
            rate=RATE,
            start="14:22:10:13",
            in_frame=start,
            frames=end - start,
            head=min(handles, start),
            tail=min(handles, FRAMES - end),
        ),
        source=source,
        cues=cues,
    )


def plan_of(
    folder: Path,
    *shots: Shot,
    engine: str = "service",
    model: str = "one",
    settings: PlanSettings = SETTINGS,
    problems: Sequence[Problem] = (),
) -> Plan:
    """The plan of these shots, for the service unless another engine is named."""
    info = TimelineInfo(path=folder / "cut.otio", sha256="0" * 64, name="cut", rate=RATE, start="01:00:00:00")
    return Plan(
        timeline=info, engine=engine, model=model, shots=tuple(shots), settings=settings, problems=tuple(problems)
    )


class Service(Unconnected):
    """An engine far away: its jobs live in a folder of its own and survive us. It bills every submit that arrives.

    `failing` maps the name of a step to what it raises; a step named twice raises twice.
    """

    name = "service"

    def __init__(
        self,
        folder: Path,
        *,
        failing: Sequence[tuple[str, Exception]] = (),
        can: Callable[..., Capabilities] | None = None,
    ) -> None:
        self.folder = folder
        self.failing = list(failing)
        self._can = can or partial(replace, CAPABILITIES)
        self.seconds = 0.0
        """How long a job takes, besides its work."""
        self.most_at_once = 0
        self._at_once = 0

    @property
    def billed(self) -> list[dict[str, Any]]:
        """Every request that arrived, in order."""
        return [json.loads(path.read_text()) for path in sorted(self.folder.glob("*/request.json"), key=_age)]

    def models(self) -> Sequence[str]:
        return ("one",)

    def capabilities(self, model: str) -> Capabilities:
        return self._can(model=model)

    def parameters(self, direction: Direction, model: str) -> dict[str, Any]:
        return {"emotion": direction.emotion, "temperature": direction.temperature}

    def request(self, order: JobOrder, *, video: str, audio: str | None, identity: str) -> dict[str, Any]:
        return {"video": video, "audio": audio, "identity": identity, "frames": order.frames, "results": order.results}

    async def upload(self, prepared: Prepared, order: JobOrder, progress: Progress) -> dict[str, str]:
        self._maybe_fail("upload")
        progress("uploading", 1.0)
        return {
            "video": f"https://store.example/{prepared.attempt_id}?signature=hush-hush",
            "audio": "https://a.example",
        }

    async def submit(self, prepared: Prepared, order: JobOrder, addresses: dict[str, str]) -> Submitted:
        self._maybe_fail("submit")
        job = self.folder / prepared.attempt_id
        job.mkdir(parents=True, exist_ok=self.deduplicates)  # half of a request that never came is no request
        shutil.copyfile(prepared.video, job / "video.mp4")
        assert prepared.audio is not None
        shutil.copyfile(prepared.audio, job / "audio.wav")
        body = self.request(order, video=addresses["video"], audio=addresses["audio"], identity=prepared.attempt_id)
        write_atomically(job / "request.json", json.dumps(body).encode())
        self._maybe_fail("answer")
        return Submitted(
            remote_id=str(job), addresses={"status": f"https://api.example/{prepared.attempt_id}?hush-hush"}
        )

    async def wait(self, submitted: Submitted, progress: Progress) -> Finished:
        self._maybe_fail("wait")
        self._at_once += 1
        self.most_at_once = max(self.most_at_once, self._at_once)
        job = Path(submitted.remote_id)
        order = json.loads((job / "request.json").read_text())
        try:
            await anyio.sleep(self.seconds)
            for number in range(order["results"]):
                progress("performing", number / order["results"])
                await anyio.to_thread.run_sync(
                    partial(write_labelled, job / "video.mp4", job / "audio.wav", job / f"{number}.mp4", labels=[])
                )
        finally:
            self._at_once -= 1
        outputs = [Output(number=n, address=str(job / f"{n}.mp4"), facts={"seed": n}) for n in range(order["results"])]
        return Finished(outputs=tuple(outputs), cost_usd=0.25 * order["results"])

    async def fetch(self, output: Output, into: Path) -> None:
        self._maybe_fail("fetch")
        shutil.copyfile(output.address, into)

    def _maybe_fail(self, step: str) -> None:
        for number, (name, error) in enumerate(self.failing):
            if name == step:
                del self.failing[number]
                raise error


CAPABILITIES = Capabilities(
    engine="service",
    model="one",
    longest_input_seconds=None,
    emotions=("angry", "sad"),
    temperature=True,
    price=Price(amount=Fraction(1, 10), unit="second of output", as_of="2026-11", source="this file"),
)


def _age(path: Path) -> int:
    return path.stat().st_mtime_ns


def engines(*, service: Service | None = None, label: bool = False) -> Callable[[str], Engine]:
    """Engines by name: this service, and the preview."""

    def engine_of(name: str) -> Engine:
        if name == "service" and service is not None:
            return service
        if name == "preview":
            return PreviewEngine(label=label)
        raise SettingsError(f"There is no engine “{name}”.")

    return engine_of


def run(plan: Plan, project: Path, *, service: Service | None = None, **options: Any) -> Performed:
    """Perform a plan, in a session of its own on the project's ledger."""
    with Ledger.open(project) as ledger:
        options = {"pauses": IMPATIENT} | options
        return anyio.run(partial(perform, plan, ledger=ledger, engine_of=engines(service=service), **options))


def probed(path: Path) -> Source:
    """The film as the timeline side would have it."""
    return probing.probe(path)
