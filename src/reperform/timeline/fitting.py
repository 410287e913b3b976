"""Voices from files: their range, in seconds or timecode, and how they fit the cue."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from typing import Protocol

from reperform.direction import AudioReference, Direction
from reperform.errors import InputError, MediaRefused
from reperform.model import AudioStream, Source, Voice
from reperform.timeline.audio import sample_of
from reperform.timeline.cut import Cut, PlacedClip
from reperform.timing import FrameRange, parse_timecode, sample_at

__all__ = ["CuePlace", "FileVoices", "Fitted"]

_SLOWEST, _FASTEST = Fraction(1, 2), Fraction(2)
"""How far `remap` may stretch a voice."""
_GO_ON = ("cut_off", "silence")
"""Modes in which a voice can go on across a cut."""


class FileLinker(Protocol):
    """What is needed of the linker."""

    def open_voice(self, path: str) -> Source:
        """The file that `audio:` names. Raises MediaRefused."""
        ...


@dataclass(frozen=True, kw_only=True)
class Fitted:
    """The voices of a cue, and what is to be said of them."""

    voices: tuple[Voice, ...]
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class CuePlace:
    """A cue's place, before it has a voice."""

    clip: PlacedClip
    frames: FrameRange
    """On the media's clock."""
    visible: FrameRange
    """The shot's, on the same clock."""
    rate: Fraction
    base: Fraction
    """Record time of the media's first frame, were it in the cut."""
    begun_before: Fraction = Fraction(0)
    """Seconds of its mark on clips before this one: a voice from a file goes on across the cut."""
    goes_on: bool = False
    """The mark lies on clips after this one, too."""

    @property
    def start(self) -> Fraction:
        """Record time of its first frame."""
        return self.base + self.frames.start / self.rate

    @property
    def end(self) -> Fraction:
        """Record time of the first frame after it."""
        return self.base + self.frames.end / self.rate


class FileVoices:
    """Opens the files that marks name."""

    def __init__(self, cut: Cut, linker: FileLinker) -> None:
        self._cut = cut
        self._linker = linker

    def of(self, cue: CuePlace, direction: Direction) -> Fitted:
        """The voice that `audio: path` names, from the cue's first frame. Raises InputError where it does not fit."""
        audio = direction.audio or AudioReference()
        source = self._linker.open_voice(audio.path or "")
        if not source.audio:
            raise MediaRefused(f"{source.path.name} has no sound", fix="name a sound file, or a movie with sound")
        stream = source.audio[0]
        first, last = self._range(audio, source, stream)
        wanted = sample_at(cue.frames.end, cue.rate, stream.rate) - sample_at(cue.frames.start, cue.rate, stream.rate)
        sync = direction.sync or "cut_off"
        if sync in _GO_ON and (cue.begun_before or cue.goes_on):
            first, last = _across_the_cut(cue, source, (first, last), wanted, stream.rate)
        voice = Voice(
            kind="file",
            path=source.path,
            start_seconds=first / stream.rate,
            end_seconds=last / stream.rate,
            stream=stream.index,
            sample_rate=stream.rate,
            start_sample=first,
            end_sample=last,
            sync=sync,
            label=source.path.name,
        )
        return Fitted(voices=(voice,), notes=tuple(_check_fit(voice, wanted)))

    def _range(self, audio: AudioReference, source: Source, stream: AudioStream) -> tuple[int, int]:
        """The samples of the stream that are asked for: first, and first after."""
        samples = _samples(source, stream)
        start = self._samples_at(audio.start, source, stream) if audio.start else 0
        end = self._samples_at(audio.end, source, stream) if audio.end else stream.start_sample + samples
        asked = f"{audio.start or 'its start'} to {audio.end or 'its end'}"
        if end <= start:
            raise InputError(f"the range {asked} of {source.path.name} is empty", fix="write the earlier time first")
        if start < 0 or end > stream.start_sample + samples:
            raise InputError(
                f"{source.path.name} is shorter than its range: {asked} is asked for, "
                f"which is {_seconds(start, stream.rate)} to {_seconds(end, stream.rate)}, "
                f"and it is {_seconds(samples, stream.rate)} long",
                fix="correct the range after @, or leave it out",
            )
        return max(0, start - stream.start_sample), end - stream.start_sample

    def _samples_at(self, text: str, source: Source, stream: AudioStream) -> int:
        if ":" not in text:
            return round(Fraction(text) * stream.rate)
        return round((self._timecode(text, source) - self._origin(source)) * stream.rate)

    def _timecode(self, text: str, source: Source) -> Fraction:
        """Seconds from midnight. A sound file counts at the cut's rate, a movie at its own."""
        rate, drop = (
            (source.rate, source.drop_frame) if source.kind == "movie" else (self._cut.rate, self._cut.drop_frame)
        )
        try:
            return parse_timecode(text, rate, drop_frame=True if drop else None) / rate
        except ValueError as error:
            raise InputError(
                f"in the range of {source.path.name}: {error}", fix="write it in seconds, @ 2.5-6.0"
            ) from error

    def _origin(self, source: Source) -> Fraction:
        """When the file starts, in seconds from midnight; midnight where it does not say."""
        return Fraction(source.start_frame or 0) / source.rate


def _across_the_cut(cue: CuePlace, source: Source, asked: tuple[int, int], wanted: int, rate: int) -> tuple[int, int]:
    """The part of the voice that this cue hears, where its mark lies on several clips."""
    first = asked[0] + sample_of(cue.begun_before, rate)
    if first >= asked[1]:
        message = f"{source.path.name} is over before the part of the mark on this clip begins"
        raise InputError(message, fix="mark the clips by themselves, each with its own range of the file")
    return first, min(asked[1], first + wanted) if cue.goes_on else asked[1]


def _samples(source: Source, stream: AudioStream) -> int:
    if stream.samples is not None:
        return stream.samples
    return source.frames if source.kind == "sound" else sample_at(source.frames, source.rate, stream.rate)


def _seconds(samples: int, rate: int) -> str:
    return f"{samples / rate:.3f} s"


def _check_fit(voice: Voice, wanted: int) -> Iterator[str]:
    """What is to be said of a voice that is longer than its cue. Raises InputError where its sync mode forbids it."""
    has = voice.end_sample - voice.start_sample
    lengths = f"{voice.label} is {_seconds(has, voice.sample_rate)} long, the cue {_seconds(wanted, voice.sample_rate)}"
    if voice.sync == "remap":
        ratio = Fraction(has, wanted)
        if not _SLOWEST <= ratio <= _FASTEST:
            fix = "give it a range nearer to the cue's length, or another sync mode"
            raise InputError(f"{lengths}: remap goes from 0.5 to 2, and this is {float(ratio):.2f}", fix=fix)
    elif has > wanted + 1 and voice.sync == "silence":
        fix = "make the mark longer, give a shorter range after @, or write sync: cut_off"
        raise InputError(f"{lengths}: with sync: silence a voice may not be longer than its cue", fix=fix)
    elif has > wanted + 1:
        yield f"{lengths}: its last {_seconds(has - wanted, voice.sample_rate)} are cut off"
