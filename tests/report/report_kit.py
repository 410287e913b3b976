"""Reports made by hand, reports of a cut that was really performed, and a reader of pages."""

from __future__ import annotations

import base64
import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

import burned
from reperform.reporting.allowing import Allowance, allowed
from reperform.reporting.documents import Check, Cue, Job, Report, Shot, Version
from reperform.reporting.looking import Look
from reperform.reporting.page import page

__all__ = ["Page", "Performed", "check", "cue", "job", "read", "rendered", "report", "shot", "source_of", "take"]


@dataclass(frozen=True)
class Performed:
    """A cut that was performed at the emulator, and the timeline that came out."""

    folder: Path
    out: Path
    clips: tuple[str, ...]


@dataclass
class Page:
    """What a browser would find on a page."""

    source: str
    tags: list[tuple[str, dict[str, str]]] = field(default_factory=list)
    words: str = ""

    def all(self, tag: str) -> list[dict[str, str]]:
        """The attributes of every such element."""
        return [attributes for name, attributes in self.tags if name == tag]

    @property
    def policy(self) -> str:
        """What the page forbids browsers."""
        return next(meta["content"] for meta in self.all("meta") if meta.get("http-equiv") == "Content-Security-Policy")

    def image(self, alt: str) -> Image.Image:
        """The picture whose description begins so."""
        found = next(each for each in self.all("img") if each["alt"].startswith(alt))
        head, data = found["src"].split(",", 1)
        assert head == "data:image/jpeg;base64"
        return Image.open(io.BytesIO(base64.b64decode(data)))

    def number(self, alt: str) -> int | None:
        """The number that is burned into that picture."""
        grey = self.image(alt).convert("L").resize((burned.WIDTH, burned.HEIGHT))
        return burned.number_in(np.asarray(grey))


class _Reader(HTMLParser):
    def __init__(self, into: Page) -> None:
        super().__init__()
        self._into = into
        self._silent = 0
        self._said: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._into.tags.append((tag, {name: value or "" for name, value in attrs}))
        self._silent += tag in ("style", "script")

    def handle_endtag(self, tag: str) -> None:
        self._silent -= tag in ("style", "script")

    def handle_data(self, data: str) -> None:
        if not self._silent:
            self._said.append(data)

    def close(self) -> None:
        super().close()
        self._into.words = " ".join(" ".join(self._said).split())


def read(source: str) -> Page:
    found = Page(source)
    reader = _Reader(found)
    reader.feed(source)
    reader.close()
    return found


class Blind:
    """Shows no pictures, and says why."""

    def __init__(self, allowance: Allowance) -> None:
        self.allowance = allowance

    def at(self, position: int) -> Look:
        return Look(timecode="01:00:00:00", words={"original": "its media is not here"})


def source_of(made: Report) -> str:
    """The page of a report whose media are away."""
    looking: Any = Blind(allowed(made.shots))
    return "".join(page(made, looking))


def rendered(made: Report) -> Page:
    return read(source_of(made))


def check(name: str = "frame count", *, passed: bool = True, detail: str = "60 frames") -> Check:
    return Check(name=name, passed=passed, detail=detail)


def cue(**fields: Any) -> Cue:
    values: Mapping[str, Any] = {
        "id": "c1",
        "record_in": "01:00:00:10",
        "record_out": "01:00:01:10",
        "seconds": 1.0,
        "character": "MARA",
        "line": "",
        "direction": "angry",
        "further": "",
        "voice": "own sound",
        "note": "",
        "consent": "",
    }
    return Cue(**{**values, **fields})


def take(name: str = "T_RP001", **fields: Any) -> Version:
    values: Mapping[str, Any] = {
        "label": "Take 1",
        "kind": "performed",
        "in_cut": True,
        "file": f"{name}.mov",
        "engine": "sync",
        "model": "react-1",
        "made_at": "2026-03-02T10:00:00Z",
        "checks": (check(),),
    }
    return Version(id=name, **{**values, **fields})


def shot(number: int = 0, takes: Sequence[Version] = (), **fields: Any) -> Shot:
    in_cut = not any(each.in_cut for each in takes)
    values: Mapping[str, Any] = {
        "id": f"V1@{number}",
        "clip": f"shot {number}",
        "track": "V1",
        "record_in": "01:00:00:00",
        "record_out": "01:00:02:00",
        "seconds": 2.0,
        "source": "A001.mov",
        "source_in": "10:00:00:00",
        "identity": "f" * 64,
        "state": "performed" if takes else "waiting",
        "chosen_by": "rule",
        "cues": (cue(),),
        "jobs": 1,
        "estimate_usd": 0.4,
        "cost_usd": 0.5,
    }
    original = Version(id="original", label="Original", kind="original", in_cut=in_cut)
    return Shot(**{**values, "versions": (original, *takes), **fields})


def job(number: int = 0, *, begun: float = 0.0, waited: float | None = 9.0, **fields: Any) -> Job:
    """Begun so many seconds after ten o'clock, sent a second later."""
    values: Mapping[str, Any] = {
        "attempt": f"a{number}",
        "shot": "V1@0",
        "clip": f"shot {number}",
        "record_in": "01:00:00:10",
        "engine": "sync",
        "model": "react-1",
        "state": "fetched",
        "begun_at": _at(begun),
        "sent_at": _at(begun + 1),
        "ended_at": None if waited is None else _at(begun + 1 + waited),
        "waited_seconds": waited,
        "estimate_usd": 0.4,
        "cost_usd": 0.5,
        "counted_usd": 0.5,
        "paid_by": None,
        "error": None,
        "todo": "",
    }
    return Job(**{**values, **fields})


def report(*shots: Shot, jobs: Sequence[Job] = (), **fields: Any) -> Report:
    values: Mapping[str, Any] = {
        "name": "scene 7",
        "path": "scene_RP.otio",
        "rate": "24000/1001",
        "start": "01:00:00:00",
        "record_seconds": 20.0,
        "written_for": "resolve",
        "made_at": "2026-03-02T12:00:00Z",
        "project": "scene.reperform",
    }
    return Report(**{**values, "shots": shots, "jobs": tuple(jobs), **fields})


def _at(seconds: float) -> str:
    whole = 10 * 3600 + int(seconds)
    days, rest = divmod(whole, 86400)
    return f"2026-03-{2 + days:02}T{rest // 3600:02}:{rest // 60 % 60:02}:{rest % 60:02}.{int(seconds % 1 * 1000):03}Z"
