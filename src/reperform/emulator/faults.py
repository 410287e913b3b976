"""Faults on request: what goes wrong, in which phase, how often.

Some happen to a request (a dropped connection), some to a job (it fails), some to its result (a frame is missing).
"""

from __future__ import annotations

import threading
from collections.abc import Collection
from dataclasses import dataclass, field, replace

from reperform.emulator.conduct import ENGINES
from reperform.errors import SettingsError

__all__ = ["OF_JOBS", "OF_REQUESTS", "OF_RESULTS", "PHASES", "Fault", "Faults", "parse"]

PHASES = ("upload", "submit", "poll", "result", "download", "reconcile", "cancel")

OF_REQUESTS: dict[str, str] = {
    "drop_before": "the connection is closed before anything was done",
    "drop_after": "the connection is closed after it was done, in place of an answer",
    "400": "refused as a bad request",
    "401": "the key is refused",
    "402": "payment is required",
    "403": "refused for this key",
    "404": "not found, although it is there",
    "406": "no credit (Segmind), else as 402",
    "410": "the model is retired",
    "429": "too many requests, in the engine's usual shape; value: seconds to wait",
    "429_concurrency": "too many jobs at once",
    "429_array": "too many requests, as Runware's bare array of errors",
    "429_single": "too many requests, as Runware's single error",
    "500": "a server's error before anything was done",
    "502": "a bad gateway before anything was done",
    "503": "unavailable before anything was done",
    "504": "a gateway's timeout before anything was done",
    "500_after": "a server's error after it was done",
    "502_after": "a bad gateway after it was done",
    "503_after": "unavailable after it was done",
    "504_after": "a gateway's timeout after it was done",
    "garbage": "not JSON, before anything was done",
    "garbage_after": "not JSON, after it was done",
    "other_json": "JSON of another shape, after it was done",
    "html": "a page of HTML with status 200",
    "outcome_unknown": "Sync took the job and says that it does not know; value: nameless, without the job's id",
    "slow": "the answer takes long; value: seconds",
    "truncated": "the connection is closed in the middle of the body",
    "short_file": "the file is cut, and its length says nothing of it",
    "ignores_range": "a range is asked for, the whole file comes",
    "redirect": "sent to another host",
    "expired": "the record, or the file, is gone, for good",
    "clock_skew": "its clock is wrong; value: seconds",
    "stranger_address": "the addresses in the answer are another host's",
    "private_address": "the addresses in the answer are on a private network; value: the address",
}
OF_JOBS: dict[str, str] = {
    "failed": "the job fails for good",
    "failed_temporary": "the job fails for a reason that passes",
    "rejected": "the job is refused and never runs",
    "content_block": "what it holds is not allowed",
    "stuck": "the job does not end before the faults are cleared",
}
OF_RESULTS: dict[str, str] = {
    "short": "frames are missing at the end; value: how many",
    "long": "frames too many at the end; value: how many",
    "rate": "at another frame rate; value: which",
    "raster": "at another raster; value: its height",
    "black": "all black",
    "frozen": "all frames are the first one",
}
_WAITS = 2.0


@dataclass(frozen=True, kw_only=True)
class Fault:
    """One thing that goes wrong."""

    engine: str
    phase: str
    kind: str
    times: int | None = 1
    """How often. None for ever."""
    after: int = 0
    """How many of the same kind of request pass first."""
    value: str | None = None

    def __post_init__(self) -> None:
        _known("engine", self.engine, ENGINES)
        _known("phase", self.phase, PHASES)
        _known("kind", self.kind, {**OF_REQUESTS, **OF_JOBS, **OF_RESULTS})
        if self.kind in OF_JOBS and self.phase not in ("submit", "poll", "result"):
            raise SettingsError(f"“{self.kind}” happens to a job: its phase is submit, poll or result")
        if self.kind in OF_RESULTS and self.phase != "result":
            raise SettingsError(f"“{self.kind}” happens to a result: its phase is result")

    def number(self, default: float) -> float:
        """Its value as a number."""
        return default if self.value is None else float(self.value)

    @property
    def seconds(self) -> float:
        """Its value as a time to wait."""
        return self.number(_WAITS)


@dataclass
class Faults:
    """The faults still to come, oldest first. Used from several threads."""

    cleared: int = 0
    """How often all were taken back."""
    _waiting: list[Fault] = field(default_factory=list)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def add(self, fault: Fault) -> None:
        """One more."""
        with self._lock:
            self._waiting.append(fault)

    def clear(self) -> None:
        """None any more; jobs that are stuck go on."""
        with self._lock:
            self._waiting.clear()
            self.cleared += 1

    def waiting(self) -> tuple[Fault, ...]:
        """Those that have not happened yet."""
        with self._lock:
            return tuple(self._waiting)

    def take(self, engine: str, phases: Collection[str], kinds: Collection[str]) -> Fault | None:
        """The one that happens now, counted as having happened."""
        with self._lock:
            for place, fault in enumerate(self._waiting):
                if fault.engine == engine and fault.phase in phases and fault.kind in kinds:
                    return self._happen(place, fault)
        return None

    def _happen(self, place: int, fault: Fault) -> Fault | None:
        if fault.after:
            self._waiting[place] = replace(fault, after=fault.after - 1)
            return None
        if fault.times is not None:
            left = fault.times - 1
            self._waiting[place : place + 1] = [replace(fault, times=left)] if left > 0 else []
        return fault


def parse(text: str) -> Fault:
    """A fault as the command line writes it: ENGINE:PHASE:KIND[=VALUE][:TIMES], TIMES a number or `*`.

    Raises:
        SettingsError: it is none.

    """
    parts = text.split(":", 3)
    times = parts[3] if len(parts) > 3 else "1"
    if len(parts) < 3 or not (times == "*" or times.isdigit()):
        raise SettingsError(
            f"“{text}” is no fault", fix="Write ENGINE:PHASE:KIND[=VALUE][:TIMES], such as fal:poll:500:3"
        )
    kind, _, value = parts[2].partition("=")
    count = None if times == "*" else int(times)
    return Fault(engine=parts[0], phase=parts[1], kind=kind, times=count, value=value or None)


def _known(what: str, name: str, names: Collection[str]) -> None:
    if name not in names:
        raise SettingsError(f"the emulator has no {what} “{name}”", fix=f"There are: {', '.join(names)}")
