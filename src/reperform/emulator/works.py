"""Jobs: accepted, queued, run, ended, billed once. The same for every engine; only the words differ."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from fractions import Fraction
from typing import TYPE_CHECKING, Any, Literal

from reperform.emulator import faults, media
from reperform.emulator.billing import Bill
from reperform.emulator.faults import Fault
from reperform.errors import ReperformError

if TYPE_CHECKING:
    from reperform.emulator.store import Stored
    from reperform.emulator.world import World

__all__ = ["State", "Trouble", "Work", "carry_out", "meet_doom", "trouble_with"]

State = Literal["queued", "running", "succeeded", "failed", "rejected", "cancelled"]
_OVER = ("succeeded", "failed", "rejected", "cancelled")
_SLACK = Fraction(1, 20)
"""Seconds that a container's rounding may carry media over a limit."""
_STUCK_LOOKS = 0.02
"""Seconds between two looks of a stuck job whether it may go on."""


@dataclass(frozen=True)
class Trouble:
    """Why a job failed, in nobody's words yet; each engine has its own."""

    kind: str
    detail: str = ""
    facts: dict[str, Any] = field(default_factory=dict)


@dataclass
class Work:
    """One job."""

    engine: str
    model: str
    identity: str
    created_at: float
    make: Callable[[], media.Order | Trouble]
    """Fetches what the job names, as the service would; called when it runs."""
    request: str = ""
    results: int = 1
    body: dict[str, Any] = field(default_factory=dict)
    end: Callable[[Work], Awaitable[None]] | None = None
    """Called when it is over: webhooks, uploads."""
    state: State = "queued"
    doom: Fault | None = None
    """How it will end."""
    doomed_after: int = 0
    """How often faults had been cleared by then."""
    trouble: Trouble | None = None
    started_at: float | None = None
    ended_at: float | None = None
    made: list[media.Rendered] = field(default_factory=list)
    stored: list[Stored] = field(default_factory=list)
    voice_seconds: Fraction = Fraction(0)
    usd: float = 0.0
    gone: bool = False
    deleted: bool = False
    changed: asyncio.Event = field(default_factory=asyncio.Event)
    task: asyncio.Task[None] | None = None

    @property
    def over(self) -> bool:
        """Whether it will not change any more."""
        return self.state in _OVER

    def become(self, state: State, now: float) -> None:
        """Its next state."""
        self.state = state
        if state == "running":
            self.started_at = now
        if self.over:
            self.ended_at = now
            self.changed.set()


async def carry_out(world: World, work: Work) -> None:
    """From the queue to its end."""
    await asyncio.sleep(world.conduct.queue_seconds)
    trouble: Trouble | None = None
    meet_doom(world, work, "poll", "result")
    if not _doomed(work, "rejected", "content_block") or work.engine != "sync":
        work.become("running", world.now())
        trouble = await _run(world, work)
    meet_doom(world, work, "poll", "result")
    if _doomed(work, "stuck"):
        await _until_cleared(world, work)
    elif work.doom is not None:
        trouble = Trouble(work.doom.kind)
    work.trouble = trouble
    if trouble is not None:
        refused = work.engine == "sync" and trouble.kind in ("rejected", "content_block")
        work.become("rejected" if refused else "failed", world.now())
    else:
        _bill(world, work)
        work.become("succeeded", world.now())
    if work.end is not None:
        await work.end(work)


async def _until_cleared(world: World, work: Work) -> None:
    while world.faults.cleared == work.doomed_after:
        await asyncio.sleep(_STUCK_LOOKS)


def meet_doom(world: World, work: Work, *phases: str) -> None:
    """A fault of jobs that waits in one of these phases becomes its end."""
    if work.doom is None:
        # Before it is taken: a job that is stuck, and cleared while it renders, is not stuck for good.
        work.doomed_after = world.faults.cleared
        work.doom = world.faults.take(work.engine, phases, faults.OF_JOBS)


def _doomed(work: Work, *kinds: str) -> bool:
    return work.doom is not None and work.doom.kind in kinds


async def _run(world: World, work: Work) -> Trouble | None:
    started = asyncio.get_running_loop().time()
    twist = _twist(world.faults.take(work.engine, ("result",), faults.OF_RESULTS))
    trouble = await asyncio.to_thread(_render, world, work, twist)
    left = world.conduct.run_seconds - (asyncio.get_running_loop().time() - started)
    await asyncio.sleep(max(0.0, left))
    return trouble


def _render(world: World, work: Work, twist: media.Twist) -> Trouble | None:
    try:
        order = work.make()
        if isinstance(order, Trouble):
            return order
        work.voice_seconds = media.sound_seconds(order)
        for number in range(work.results):
            work.made.append(media.render(order, folder=world.folder, number=number, twist=twist))
    except (ReperformError, OSError, ValueError, LookupError, ArithmeticError) as error:
        return Trouble("failed", f"{error}")
    for made in work.made:
        work.stored.append(world.keep(work, made))
    return None


def _twist(fault: Fault | None) -> media.Twist:
    if fault is None:
        return media.Twist()
    whole = int(fault.number(1))
    return {
        "short": lambda: media.Twist(frames=-whole),
        "long": lambda: media.Twist(frames=whole),
        "rate": lambda: media.Twist(rate=Fraction(fault.value or 30)),
        "raster": lambda: media.Twist(height=int(fault.number(120))),
        "black": lambda: media.Twist(look="black"),
        "frozen": lambda: media.Twist(look="frozen"),
    }[fault.kind]()


def _bill(world: World, work: Work) -> None:
    price = Fraction(str(world.conduct.price(work.engine, work.model)))
    seconds = sum((made.seconds for made in work.made), Fraction(0))
    if work.engine == "sync":  # its table turns frames into seconds at 25 a second, whatever they play at
        usd = sum(made.frames for made in work.made) * price / 25
    else:
        if work.model == "sync:react-1@1":
            seconds = work.voice_seconds * work.results
        usd = seconds * price
    work.usd = round(float(usd), 6)
    world.billed.append(
        Bill(
            engine=work.engine,
            model=work.model,
            identity=work.identity,
            request=work.request,
            seconds=round(float(seconds), 4),
            results=work.results,
            usd=work.usd,
        )
    )


def trouble_with(order: media.Order, longest: float | None, *, raster: tuple[int, int] | None = None) -> Trouble | None:
    """What a model has against the media themselves: no media, too long, too large. None where all is well."""
    picture = media.usable(order.video, "picture")
    if picture is None:
        return Trouble("video_invalid")
    voices = [order.voice] if order.voice else [part.voice for part in order.parts]
    for voice in voices:
        if voice.path is not None and media.usable(voice.path, "sound") is None:
            return Trouble("audio_invalid")
    if raster and not raster[0] <= min(picture.width, picture.height) <= raster[1]:
        return Trouble("raster", f"{picture.width}x{picture.height}")
    if any(part.end - picture.seconds > _SLACK for part in order.parts):
        return Trouble("segments_invalid", "a segment ends after the video")
    if longest is not None:
        return _too_long("video", picture.seconds, longest) or _too_long("audio", media.sound_seconds(order), longest)
    return None


def _too_long(which: str, seconds: Fraction, longest: float) -> Trouble | None:
    if seconds <= Fraction(longest) + _SLACK:
        return None
    return Trouble(f"{which}_too_long", f"{float(seconds):.2f}", {"max": longest, "provided": float(seconds)})
