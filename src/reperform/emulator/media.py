"""Real media for the emulated engines: as long as the sync mode says, with the sound laid in and the direction shown."""

from __future__ import annotations

import hashlib
import json
import threading
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from fractions import Fraction
from pathlib import Path
from typing import Literal

from reperform.emulator.known import digest_of, source_of
from reperform.emulator.sounding import SAMPLE_RATE, Part, Voice, laid, seconds_of
from reperform.errors import MediaError, MediaRefused
from reperform.timing import FrameRange

__all__ = ["Facts", "Order", "Rendered", "Twist", "facts", "length", "picture_order", "render", "sound_seconds"]

_STILL_RATE = Fraction(25)


@dataclass(frozen=True, kw_only=True)
class Facts:
    """What a file that was sent is."""

    kind: Literal["movie", "still", "sound"]
    rate: Fraction
    frames: int
    width: int
    height: int
    sound_seconds: Fraction | None
    """None where it has no sound."""

    @property
    def seconds(self) -> Fraction:
        """Of picture, or of sound where there is no picture."""
        return self.frames / self.rate if self.kind == "movie" else self.sound_seconds or Fraction(0)


@dataclass(frozen=True, kw_only=True)
class Twist:
    """What is wrong with a result, on request."""

    frames: int = 0
    """Too many at the end; negative: missing."""
    rate: Fraction | None = None
    height: int | None = None
    look: Literal["", "black", "frozen"] = ""


@dataclass(frozen=True, kw_only=True)
class Order:
    """What a job asks for, whatever the engine."""

    video: Path
    voice: Voice | None = None
    """None where `parts` say what sounds."""
    parts: tuple[Part, ...] = ()
    mode: str = "bounce"
    label: str = ""
    """Empty for none."""
    ending: Literal["mp4", "mov", "webm"] = "mp4"
    characters_a_second: float = 15.0
    audio_bounces: bool = False


@dataclass(frozen=True, kw_only=True)
class Rendered:
    """A result."""

    path: Path
    frames: int
    rate: Fraction
    width: int
    height: int

    @property
    def seconds(self) -> Fraction:
        """How long it plays."""
        return self.frames / self.rate


def facts(path: Path) -> Facts:
    """What a file is.

    Raises:
        MediaError: it is damaged.
        MediaRefused: it is no media.

    """
    source = source_of(path)
    sound = Fraction(0)
    if source.kind == "sound":
        sound = source.frames / source.rate
    elif source.audio:
        sound = seconds_of(path, source.audio[0].index)
    return Facts(
        kind=source.kind,
        rate=source.rate,
        frames=source.frames,
        width=source.width,
        height=source.height,
        sound_seconds=sound or None,
    )


def length(mode: str, *, picture: int, sound: int, audio_bounces: bool = False) -> int:
    """Frames of the result of a picture of so many frames and a sound that lasts so many (table 0.2)."""
    if mode in ("bounce", "loop", "remap"):
        return picture if audio_bounces else sound
    return min(picture, sound) if mode == "cut_off" else max(picture, sound)


def picture_order(mode: str, *, picture: int, wanted: int) -> list[int]:
    """Which frame of the picture is shown in each of the `wanted` frames of the result."""
    if mode == "bounce":
        there_and_back = [*range(picture), *reversed(range(picture))]
        return [there_and_back[n % len(there_and_back)] for n in range(wanted)]
    if mode == "loop":
        return [n % picture for n in range(wanted)]
    if mode == "remap":
        return [min(picture - 1, n * picture // wanted) for n in range(wanted)]
    return [min(n, picture - 1) for n in range(wanted)]


def sound_seconds(order: Order) -> Fraction:
    """How long the order's voice lasts."""
    if order.voice is None:
        return facts(order.video).seconds
    return order.voice.lasts(order.characters_a_second)


_busy: dict[str, threading.Lock] = defaultdict(threading.Lock)


def render(order: Order, *, folder: Path, number: int = 0, twist: Twist | None = None) -> Rendered:
    """Makes result `number` (from 0) of an order; the same order is made only once.

    Raises:
        MediaError: it cannot be made.

    """
    twist = twist or Twist()
    source = facts(order.video)
    rate = _STILL_RATE if source.kind == "still" else source.rate
    shown = _shown(order, source, rate)
    if twist.rate is not None and twist.rate != rate:
        wanted = max(1, round(len(shown) / rate * twist.rate))
        shown, rate = [shown[min(len(shown) - 1, int(n / twist.rate * rate))] for n in range(wanted)], twist.rate
    shown = _twisted(shown, twist)
    label = f"{order.label} · {number + 1}" if order.label and number else order.label
    key = _key(order, number, twist)
    out = folder / f"{key}.{order.ending}"
    with _busy[key]:
        if not out.exists():
            _make(replace(order, label=label), out, shown=shown, rate=rate, twist=twist, source=source)
    made = facts(out)
    return Rendered(path=out, frames=len(shown), rate=rate, width=made.width, height=made.height)


def _shown(order: Order, source: Facts, rate: Fraction) -> list[int]:
    sound = max(1, round(sound_seconds(order) * rate))
    if source.kind == "still":
        return [0] * sound
    if order.parts:
        return list(range(source.frames))
    wanted = length(order.mode, picture=source.frames, sound=sound, audio_bounces=order.audio_bounces)
    if order.audio_bounces:
        return [min(n, source.frames - 1) for n in range(wanted)]
    return picture_order(order.mode, picture=source.frames, wanted=wanted)


def _twisted(shown: Sequence[int], twist: Twist) -> list[int]:
    if twist.frames < 0:
        shown = shown[: max(1, len(shown) + twist.frames)]
    shown = [*shown, *[shown[-1]] * max(0, twist.frames)]
    return [shown[0]] * len(shown) if twist.look == "frozen" else shown


def _key(order: Order, number: int, twist: Twist) -> str:
    """Equal content gives equal results, whatever the files are called."""
    written = asdict(order) | {"number": number, "twist": asdict(twist)}

    def plain(value: object) -> str:
        return digest_of(value) if isinstance(value, Path) else str(value)

    return hashlib.sha256(json.dumps(written, default=plain, sort_keys=True).encode()).hexdigest()[:40]


def _make(order: Order, out: Path, *, shown: list[int], rate: Fraction, twist: Twist, source: Facts) -> None:
    from reperform.media.extracting import write_wave
    from reperform.media.labelling import Label, write_labelled

    picture, wave, mp4 = (out.with_name(f"{out.stem}.{ending}") for ending in ("picture.mp4", "wav", "made.mp4"))
    samples = round(len(shown) / rate * SAMPLE_RATE)
    write_wave(wave, laid(order.voice, order.parts, samples, video=order.video if source.sound_seconds else None,
                          mode=order.mode if order.audio_bounces else "cut_off", speed=order.characters_a_second))  # fmt: skip
    as_sent = shown == list(range(source.frames)) and rate == source.rate and twist.height is None and not twist.look
    if not as_sent:
        _rearrange(order.video, picture, shown=shown, rate=rate, height=twist.height, black=twist.look == "black")
    labels = [Label(FrameRange(0, len(shown)), order.label)] if order.label else []
    try:
        write_labelled(order.video if as_sent else picture, wave, mp4, labels=labels)
        _wrap(mp4, out)
    finally:
        for path in (picture, wave, mp4):
            path.unlink(missing_ok=True)


def _rearrange(video: Path, out: Path, *, shown: list[int], rate: Fraction, height: int | None, black: bool) -> None:
    """The picture's frames in another order, at another rate or raster."""
    from reperform.media import coding, ffmpeg, frames
    from reperform.media.probing import probe

    source = probe(video)
    raw = coding.raw_video(frames.in_any_order(source, shown, pixel_format="yuv420p"))
    tall = (height or source.height) // 2 * 2
    wide = max(2, round(source.width * tall / source.height) // 2 * 2)
    filters = coding.tag_filters(source, f"scale={wide}:{tall}")
    filters += ["lutyuv=y=16:u=128:v=128"] if black else []
    coded = coding.h264_arguments(rate, crf=4, preset="ultrafast")
    arguments = [*raw.input_arguments(rate), "-vf", ",".join(filters), *coded, "-f", "mp4", coding.local(out)]
    ffmpeg.run(arguments, input=raw.blocks)


def _wrap(mp4: Path, out: Path) -> None:
    from reperform.media import coding, ffmpeg

    if out.suffix == ".mp4":
        mp4.replace(out)
        return
    coded = {
        ".mov": ["-c", "copy", "-f", "mov"],
        ".webm": [
            *("-c:v", "libvpx", "-deadline", "realtime", "-cpu-used", "8", "-b:v", "2M"),
            *("-c:a", "libopus", "-f", "webm"),
        ],
    }[out.suffix]
    written = out.with_name(f"{out.stem}.written{out.suffix}")
    ffmpeg.run(["-f", "mp4", "-i", coding.local(mp4), *coded, coding.local(written)])
    written.replace(out)


def usable(path: Path, wanted: Literal["picture", "sound"]) -> Facts | None:
    """The facts of a file that is what is wanted, else None."""
    try:
        found = facts(path)
    except (MediaError, MediaRefused, OSError):
        return None
    if wanted == "picture":
        return found if found.kind != "sound" else None
    return found if found.sound_seconds else None
