"""The built-in preview: performs a plan on this machine, at no cost, by laying the voice under the picture that was sent."""
# ruff: noqa: ARG002 - it has an engine's steps, and needs less than they are given

from __future__ import annotations

import json
import math
import threading
from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

from reperform import engines
from reperform.direction import Direction
from reperform.engines.base import (
    Capabilities,
    Finished,
    JobOrder,
    Output,
    Prepared,
    Price,
    Progress,
    Submitted,
    Unconnected,
)
from reperform.errors import JobFailed, SettingsError
from reperform.files import atomic_output, link_or_copy, write_atomically
from reperform.timing import FrameRange, Rate

if TYPE_CHECKING:
    from reperform.media.labelling import Label

__all__ = ["MODEL", "PreviewEngine"]

MODEL = "preview"
_LIKE = "sync/react-1"
_PRICE = Price(amount=Fraction(0), unit="nothing", as_of="2026-11", source="it runs on this machine")
_STEPS = 20
"""How often, in all, a job says how far it is."""


class PreviewEngine(Unconnected):
    """Performs nothing but shows everything: each cue in its place, with its voice and, in a label, its direction.

    `like` is what the preview keeps to. None is the model's name: ENGINE/MODEL, or sync/react-1 for plain `preview`.
    """

    name = "preview"
    any_model: ClassVar[bool] = True
    """ENGINE/MODEL names the part it plays."""

    def __init__(self, *, like: Capabilities | None = None, label: bool = True) -> None:
        self.like = like
        self.label = label

    def models(self) -> Sequence[str]:
        """One, `preview`."""
        return (MODEL,)

    def capabilities(self, model: str) -> Capabilities:
        """What the model takes whose part is played; nothing is paid and nothing leaves the machine.

        Raises:
            SettingsError: `model` names an engine or model that does not exist, or the preview itself.

        """
        like = self.like
        if model != MODEL or like is None:
            engine, found = engines.target(_LIKE if model == MODEL else model)
            if engine.name == self.name:
                raise SettingsError(f"The preview has no model “{model}”.", fix="Name an engine: --like sync/react-1")
            like = engine.capabilities(found)
        return replace(like, engine=self.name, model=model, price=_PRICE, environment=(), hosts=(), upload_note=None)

    def parameters(self, direction: Direction, model: str) -> dict[str, Any]:
        """What a preview shows of a direction."""
        shown = direction.model_dump(mode="json", include=set(_SHOWN), exclude_none=True)
        return shown | {"sync": direction.sync or "cut_off", "label": self.label}

    def request(self, order: JobOrder, *, video: str, audio: str | None, identity: str) -> dict[str, Any]:
        """The order in words; it goes nowhere."""
        return {"video": video, "audio": audio, "identity": identity, **_written(order)}

    async def upload(self, prepared: Prepared, order: JobOrder, progress: Progress) -> dict[str, str]:
        """Nothing to upload: the media stand on this machine."""
        addresses = {"video": str(prepared.video)}
        return addresses if prepared.audio is None else addresses | {"audio": str(prepared.audio)}

    async def submit(self, prepared: Prepared, order: JobOrder, addresses: dict[str, str]) -> Submitted:
        """Keeps the order beside the media, so that a restart finds it."""
        kept = prepared.folder / f"{prepared.attempt_id}.order.json"
        body = self.request(order, video=addresses["video"], audio=addresses.get("audio"), identity=prepared.attempt_id)
        write_atomically(kept, json.dumps(body | {"label": self.label}, indent=1).encode())
        return Submitted(remote_id=str(kept))

    async def wait(self, submitted: Submitted, progress: Progress) -> Finished:
        """Performs the order, in a thread. What an earlier call had finished is not made again."""
        import anyio.from_thread
        import anyio.lowlevel
        import anyio.to_thread

        kept = Path(submitted.remote_id)
        stop, loop = threading.Event(), anyio.lowlevel.current_token()

        def say(part: float) -> None:
            if stop.is_set():
                raise JobFailed("the preview was stopped")
            anyio.from_thread.run_sync(progress, "performing", part, token=loop)

        try:
            paths = await anyio.to_thread.run_sync(_perform, kept, say, abandon_on_cancel=True)
        finally:
            stop.set()
        return Finished(
            outputs=tuple(Output(number=n, address=str(path)) for n, path in enumerate(paths)), cost_usd=0.0
        )

    async def fetch(self, output: Output, into: Path) -> None:
        """Copies the result to `into`."""
        import anyio

        await anyio.to_thread.run_sync(_copy, Path(output.address), into)


def first_frame(seconds: Fraction, rate: Rate) -> int:
    """The frame that wire seconds stand for: the first whose start, rounded up to a hundredth, is no earlier."""
    return math.floor((seconds - Fraction(1, 100)) * rate) + 1


def _perform(kept: Path, say: Any) -> list[Path]:
    from reperform.media.labelling import write_labelled

    try:
        order = json.loads(kept.read_bytes())
    except (OSError, ValueError) as error:
        raise JobFailed(_GONE, fix="Run it again.") from error
    paths = [kept.with_name(f"{order['identity']}.result{number}.mp4") for number in range(order["results"])]
    for number, path in enumerate(paths):
        if not path.exists():
            if not Path(order["video"]).exists():
                raise JobFailed(_GONE, fix="Run it again.")
            audio = Path(order["audio"]) if order["audio"] else None
            labels = _labels(order, number) if order["label"] else []
            write_labelled(
                Path(order["video"]),
                audio,
                path,
                labels=labels,
                progress=_thinned(say, number, len(paths), order["frames"]),
            )
    return paths


def _thinned(say: Any, number: int, results: int, frames: int) -> Any:
    every = max(1, frames // _STEPS)

    def progress(part: float) -> None:
        if round(part * frames) % every == 0:
            say((number + part) / results)

    return progress


def _labels(order: dict[str, Any], number: int) -> list[Label]:
    from reperform.media.labelling import Label

    rate, total = Fraction(order["rate"]), order["frames"]
    labels = []
    for segment in order["segments"]:
        start, end = (first_frame(Fraction(segment[key]), rate) for key in ("start", "end"))
        if Fraction(segment["end"]) + Fraction(1, 100) > total / rate:
            end = total
        words = ["PREVIEW", *(segment[key] for key in ("emotion", "region") if segment[key])]
        if order["results"] > 1:
            words.append(f"take {number + 1}")
        labels.append(Label(FrameRange.between(start, end), " · ".join(words)))
    return labels


def _written(order: JobOrder) -> dict[str, Any]:
    segments = [
        {
            "start": str(segment.start_seconds),
            "end": str(segment.end_seconds),
            "emotion": segment.direction.emotion,
            "region": segment.direction.region,
            "line": segment.line,
        }
        for segment in order.segments
    ]
    return {
        "model": order.model,
        "rate": str(order.rate),
        "frames": order.frames,
        "results": order.results,
        "segments": segments,
    }


def _copy(result: Path, into: Path) -> None:
    with atomic_output(into) as temporary:
        link_or_copy(result, temporary)


_GONE = "what was sent to the preview is gone: its work files were removed"
_SHOWN = ("emotion", "region", "temperature", "line", "voice", "speaker", "boxes", "occlusion")
