"""What is heard of a shot itself: streams of sound, each from a sample of its file on."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction

from reperform.errors import InputError, MediaError
from reperform.model import AudioStream, SoundSource, Source
from reperform.timeline.audio import sample_of
from reperform.timeline.cut import PlacedClip
from reperform.timeline.retimes.sound import heard_sample, pitch_note
from reperform.timing import FrameRange, sample_at

__all__ = ["Heard", "OwnSound", "own_range", "pitch_notes", "plain_sound", "sped_sound"]


@dataclass(frozen=True, kw_only=True)
class Heard:
    """One stream of the shot's own sound, and the record time it is heard in; None for all of the shot."""

    sound: SoundSource
    span: tuple[Fraction, Fraction] | None = None


@dataclass(frozen=True, kw_only=True)
class OwnSound:
    """A shot's own sound."""

    heard: tuple[Heard, ...]
    linked: tuple[PlacedClip, ...] = ()
    """The audio clips in the cut that it is."""
    refused: tuple[InputError | MediaError, ...] = ()
    """Audio that is linked, but cannot be read."""
    notes: tuple[str, ...] = ()
    """What is to be said of how it is heard."""

    @property
    def is_unreadable(self) -> bool:
        """There is sound that belongs to it, and none of that can be read."""
        return bool(self.refused) and len(self.refused) >= len(self.linked)

    @property
    def sounds(self) -> tuple[SoundSource, ...]:
        """One for each stream, the longest heard first."""
        whole = [heard.sound for heard in self.heard if heard.span is None]
        spans = sorted((heard for heard in self.heard if heard.span), key=_length, reverse=True)
        return (*whole, *(heard.sound for heard in spans))


def _length(heard: Heard) -> Fraction:
    return heard.span[1] - heard.span[0] if heard.span else Fraction(0)


def pitch_notes(heard: Iterable[Heard]) -> tuple[str, ...]:
    """What is to be said of sound at another speed, once a file."""
    sped = {(one.sound.path.name, one.sound.speed): one.sound.speed for one in heard if one.sound.speed != 1}
    return tuple(pitch_note(f"its own sound, {name},", speed) for (name, _), speed in sped.items())


def sped_sound(
    source: Source,
    stream: AudioStream,
    channels: tuple[int, ...] | None,
    *,
    start: Fraction,
    since: Fraction,
    speed: Fraction,
    shown: Fraction,
) -> SoundSource:
    """The sound of a retimed clip that begins at `start` of its file, `since` seconds before the picture, which is then at
    `shown` of its clock. Two roundings, as `plain_sound` has them.
    """
    early = start * stream.rate - stream.start_sample + (since - shown) * speed * stream.rate
    return SoundSource(
        path=source.path,
        stream=stream.index,
        channels=channels,
        sample_rate=stream.rate,
        at_sample=heard_sample(early, speed) + sample_of(shown, stream.rate),
        speed=speed,
    )


def plain_sound(
    source: Source, stream: AudioStream, channels: tuple[int, ...] | None, *, early: Fraction, shown: Fraction
) -> SoundSource:
    """The sound that is heard from picture time `shown` on. Its own time is ahead of the picture's by `early`.

    Two roundings, so that a trimmed shot hears the same sample on the same frame.
    """
    at = sample_of(early, stream.rate) + sample_of(shown, stream.rate)
    return SoundSource(
        path=source.path,
        stream=stream.index,
        channels=channels,
        sample_rate=stream.rate,
        at_sample=at - stream.start_sample,
    )


def own_range(sound: SoundSource, frames: FrameRange, *, visible: FrameRange, rate: Fraction) -> tuple[int, int]:
    """The samples of a shot's own sound under some of its frames: first, and first after."""
    first = sample_at(visible.start, rate, sound.sample_rate)
    start = sample_at(frames.start, rate, sound.sample_rate) - first
    end = sample_at(frames.end, rate, sound.sample_rate) - first
    return sound.at_sample + start, sound.at_sample + end
