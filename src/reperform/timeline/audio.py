"""Audio clips and tracks of a cut: which there are, what of their files they play."""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from fractions import Fraction
from typing import Protocol

from reperform.errors import SettingsError
from reperform.model import AudioStream, Source
from reperform.timeline.cut import PlacedClip, TrackPlace

__all__ = ["HeardClip", "SoundClips", "SoundLinker", "named_tracks", "sample_of", "streams_of"]


class HeardClip(Protocol):
    """An audio clip's file, as the linker gives it."""

    @property
    def source(self) -> Source:
        """The file."""
        ...

    @property
    def start_seconds(self) -> Fraction:
        """When in the file the visible part begins, from its first frame or sample."""
        ...


class SoundLinker(Protocol):
    """What is needed of the linker."""

    def link_sound(self, placed: PlacedClip) -> HeardClip:
        """The file of an audio clip, and when in it the clip starts. Raises MediaRefused."""
        ...


class SoundClips:
    """The audio clips of one track, by record time."""

    def __init__(self, track: TrackPlace, clips: Iterable[PlacedClip]) -> None:
        self.track = track
        self._clips = sorted(clips, key=lambda clip: clip.record_start)
        self._ends = [clip.record_end for clip in self._clips]

    def between(self, start: Fraction, end: Fraction) -> Iterator[PlacedClip]:
        """The clips that are heard at some moment of a span, left to right."""
        for position in range(bisect_left(self._ends, start), len(self._clips)):
            clip = self._clips[position]
            if clip.record_start >= end:
                return
            if clip.record_end > start:
                yield clip


def named_tracks(tracks: Sequence[TrackPlace], names: Sequence[str], *, option: str) -> tuple[TrackPlace, ...]:
    """The audio tracks with these labels (A2) or names. Raises SettingsError where there is none of that name."""
    audio = [track for track in tracks if track.kind == "audio"]
    found: list[TrackPlace] = []
    for name in names:
        wanted = name.strip().lower()
        fitting = [track for track in audio if wanted in (track.label.lower(), track.name.strip().lower())]
        if not fitting:
            known = ", ".join(f"{track.label} “{track.name}”" if track.name else track.label for track in audio)
            raise SettingsError(
                f"{option}: there is no audio track “{name}”", fix=f"the tracks are {known}" if known else None
            )
        found += [track for track in fitting if track not in found]
    return tuple(found)


def streams_of(
    played: Iterable[tuple[int, int]] | None, source: Source
) -> tuple[tuple[AudioStream, tuple[int, ...] | None], ...]:
    """The streams that an audio clip plays, each with its channels; None for all of them.

    `played` is what the dialect says of the clip. Where it says nothing, or nothing of this file, all streams are played.
    """
    wanted: dict[int, list[int]] = defaultdict(list)
    for track, number in played or ():
        if not (0 <= track < len(source.audio) and 0 <= number < source.audio[track].channels):
            return _all_of(source)
        if number not in wanted[track]:
            wanted[track].append(number)
    if not wanted:
        return _all_of(source)
    return tuple((source.audio[track], _channels(source.audio[track], wanted[track])) for track in sorted(wanted))


def _all_of(source: Source) -> tuple[tuple[AudioStream, None], ...]:
    return tuple((stream, None) for stream in source.audio)


def _channels(stream: AudioStream, numbers: list[int]) -> tuple[int, ...] | None:
    return None if len(numbers) == stream.channels else tuple(sorted(numbers))


def sample_of(seconds: Fraction, rate: int) -> int:
    """The whole sample nearest to a time; halves round up, as `sample_at` does."""
    return (2 * seconds.numerator * rate + seconds.denominator) // (2 * seconds.denominator)
