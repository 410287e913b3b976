"""Camera originals, their proxies, and a cut of the proxies that was run: what `conform` has to bring together again."""

from __future__ import annotations

import hashlib
import sqlite3
from contextlib import closing
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any

import av

import burned
from reperform.timing import format_timecode, parse_timecode, sample_at
from whole.command_kit import Ran, call
from whole.cut_kit import Rushes

__all__ = ["HANDLE", "QUICK", "Camera", "Offline", "conform", "packets", "run_again"]

QUICK = ("--like", "runware/react-1", "--no-label")
PROXY, FULL = (132, 72), (528, 288)
HANDLE = 12
"""Frames by which an original is longer than its proxy, at each end."""


@dataclass(frozen=True)
class Camera:
    """A shot as it was recorded: frame n of its proxy carries the number `first` + n, at the timecode `start` + n."""

    name: str
    reel: str
    start: str
    rate: Fraction = Fraction(24)
    frames: int = 60
    first: int = 100

    @property
    def start_frame(self) -> int:
        return parse_timecode(self.start, self.rate)

    @property
    def hour(self) -> int:
        """Where a cut at its rate begins: at one hour."""
        return parse_timecode("01:00:00;00" if ";" in self.start else "01:00:00:00", self.rate)

    def proxy(self, folder: Path, **other: Any) -> Rushes:
        """H.264, a quarter as wide, with one channel of sound, at the camera's timecode."""
        return self._made(folder / f"{self.name}.mov", codec="h264", size=PROXY, channels=1, head=0, tail=0, **other)

    def original(self, folder: Path, *, codec: str = "prores_lt", name: str | None = None, **other: Any) -> Rushes:
        """Intra-frame, with handles, and two channels of sound."""
        facts = {"size": FULL, "channels": 2, "head": HANDLE, "tail": HANDLE, **other}
        return self._made(folder / f"{name or self.name}.mov", codec=codec, **facts)

    def _made(self, path: Path, *, head: int, tail: int, **facts: Any) -> Rushes:
        path.parent.mkdir(parents=True, exist_ok=True)
        start, frames = self.start_frame - head, self.frames + head + tail
        size = facts.pop("size", FULL)
        known: dict[str, Any] = {
            "rate": self.rate,
            "frames": frames,
            "timecode": format_timecode(start, self.rate, drop_frame=";" in self.start),
            "reel": self.reel,
            "first": self.first - head,
            # Sound is told by its place as pictures are: a sample's number is that of its moment.
            "sound_first": sample_at(self.first - head, self.rate, 48000),
            "size": FULL,
            "extra": () if size == FULL else ("-vf", _scaled(*size, full=facts["codec"] == "mjpeg")),
            **facts,
        }
        burned.make_movie(path, **known)
        return Rushes(path, facts.get("rate", self.rate), frames, start)


def _scaled(width: int, height: int, *, full: bool) -> str:
    """A smaller picture of the same, whatever its shape: burned patterns are not alike in two sizes."""
    scale = f"scale={width}:{height}:flags=area:in_range=pc:out_range={'pc' if full else 'tv'}"
    return scale if full else f"{scale},setparams=color_primaries=bt709:color_trc=bt709:colorspace=bt709:range=tv"


@dataclass(frozen=True)
class Offline:
    """A folder with a cut of proxies that was run, and what was made of it."""

    folder: Path

    @property
    def out(self) -> Path:
        return self.folder / "cut_RP.otio"

    @property
    def new(self) -> Path:
        return self.folder / "online.otio"

    @property
    def project(self) -> Path:
        return self.folder / "cut.reperform"

    def takes(self) -> list[str]:
        return sorted(path.name for path in (self.project / "takes").iterdir())


def conform(offline: Offline, online: Path, *options: str | Path, status: int = 0, out: Path | None = None) -> Any:
    """`reperform conform OUT --media-root ONLINE -o NEW --json`, which ends with this status; its document."""
    ran: Ran = call("conform", out or offline.out, "--media-root", online, "-o", offline.new, "--json", *options)
    assert ran.status == status, ran.said
    return ran.json


def run_again(offline: Offline) -> None:
    """A run of the online cut finds all that it marks performed: no attempt is made, and no take."""
    with closing(sqlite3.connect(offline.project / "ledger.sqlite")) as database:
        before = database.execute("SELECT id, state FROM attempts").fetchall()
        done = call("run", offline.new, "-o", offline.folder / "online_RP.otio", "--json", *QUICK)
        assert (done.status, done.json["made"]) == (0, []), done.said
        assert database.execute("SELECT id, state FROM attempts").fetchall() == before


def packets(path: Path) -> list[str]:
    """The coded pictures of a movie, in order, by their digests."""
    with av.open(str(path)) as container:
        stream = container.streams.video[0]
        return [hashlib.sha256(bytes(packet)).hexdigest() for packet in container.demux(stream) if packet.size]
