"""How the emulated services behave where their makers' documents leave a choice, or where a test wants another one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

__all__ = ["ENGINES", "PRICES", "Conduct"]

ENGINES = ("sync", "runware", "segmind", "fal")

PRICES: dict[str, float] = {
    "sync/react-1": 0.167,
    "sync/sync-3": 0.133,
    "sync/lipsync-2": 0.05,
    "sync/lipsync-2-pro": 0.083,
    "sync/lipsync-1.9.0-beta": 0.025,
    "runware/sync:react-1@1": 0.1467,
    "runware/sync:3@0": 0.133,
    "segmind/sync.so-react-1": 0.15,
    "fal/fal-ai/sync-lipsync/react-1": 10 / 60,
}
"""US dollars a second. Segmind publishes none: its figure here is made up."""


@dataclass(frozen=True, kw_only=True)
class Conduct:
    """What a test, or the command line, may set."""

    queue_seconds: float = 0.05
    """How long a job waits before it runs."""
    run_seconds: float = 0.1
    """How long a job runs, at least: rendering may take longer."""
    prices: Mapping[str, float] = field(default_factory=dict)
    """ENGINE/MODEL to US dollars a second, over `PRICES`."""
    audio_bounces: bool = False
    """Bounce, loop and remap act on the sound, as Runware words it, and the result is as long as the picture. Else on
    the picture, as Sync words it, who run the model."""
    refuse_long: Literal["submit", "run"] = "run"
    """Whether Sync refuses media over the model's limit when they are submitted, or when the job runs."""
    fal_validates: Literal["submit", "run"] = "run"
    """fal's queue takes any JSON; it is the model that refuses a body."""
    segmind_validates: Literal["submit", "run"] = "submit"
    """Segmind is said to do both."""
    heeds_cancel: bool = True
    """Whether a job that runs stops when fal is asked to cancel it: the model decides that, not the queue."""
    enforce_raster: bool = False
    """Whether Sync refuses pictures under 480 or over 2160 lines."""
    limits: Mapping[str, float | None] = field(default_factory=dict)
    """ENGINE/MODEL to the longest input in seconds; None for no limit. Every react-1 takes 15 seconds unless said here."""
    concurrency: Mapping[str, int] = field(default_factory=dict)
    """How many jobs an engine takes at once before it answers 429. Engines that are not named take any number."""
    record_seconds: Mapping[str, float] = field(default_factory=lambda: {"segmind": 3600.0, "fal": 3600.0})
    """How long an engine knows a finished job. Engines that are not named know it for good."""
    address_seconds: float = 7 * 86400.0
    """How long a result stays at its address."""
    characters_a_second: float = 15.0
    """How fast an emulated voice speaks."""
    label: bool = True
    """Whether the direction stands in the picture."""

    def price(self, engine: str, model: str) -> float:
        """US dollars a second."""
        name = f"{engine}/{model}"
        return self.prices.get(name, PRICES[name])

    def longest(self, engine: str, model: str) -> float | None:
        """Seconds that a model takes; None for any number."""
        return self.limits.get(f"{engine}/{model}", 15.0 if "react-1" in model else None)
