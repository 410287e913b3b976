"""Which sound drives a cue, in this order: `audio:`, the guide track, `line:`, the shot's own sound."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from fractions import Fraction
from itertools import pairwise
from typing import Protocol

from reperform.direction import Direction
from reperform.errors import InputError, MediaRefused
from reperform.model import PlanSettings, Source, Voice
from reperform.timeline.audio import SoundClips, SoundLinker, named_tracks, sample_of, streams_of
from reperform.timeline.cut import Index, PlacedClip, TrackPlace
from reperform.timeline.fitting import CuePlace, FileVoices, Fitted
from reperform.timeline.own_sound import OwnSound, own_range
from reperform.timeline.retimes.sound import heard_sample, pitch_note, sound_speed

__all__ = ["VoiceLinker", "Voices", "guide_tracks", "refuse_two_at_once"]

_GUIDE = re.compile(r"(?<![^\W\d_])(?:ADR|guide|performance)(?![^\W\d_])", re.IGNORECASE)


class VoiceLinker(SoundLinker, Protocol):
    """What is needed of the linker."""

    def open_voice(self, path: str) -> Source:
        """The file that `audio:` names, relative to the timeline. Raises MediaRefused."""
        ...


def guide_tracks(index: Index, settings: PlanSettings) -> tuple[TrackPlace, ...]:
    """The tracks that hold guide dialogue: those of `--voice-track`, else those that are named so.

    A track counts although it is disabled. Raises SettingsError where `--voice-track` names no track.
    """
    if settings.voice_tracks:
        return named_tracks(index.tracks, settings.voice_tracks, option="--voice-track")
    return tuple(track for track in index.tracks if track.kind == "audio" and _GUIDE.search(track.name))


class Voices:
    """Finds the voices of the cues of one cut."""

    def __init__(self, index: Index, linker: VoiceLinker, guides: Sequence[TrackPlace]) -> None:
        self._index = index
        self._linker = linker
        self._guides = guides
        self._files = FileVoices(index.cut, linker)
        clips = defaultdict(list)
        for clip in index.clips:
            # The track counts although it is disabled; a disabled clip on it does not.
            if clip.track.kind == "audio" and clip.clip.enabled:
                clips[clip.track.address].append(clip)
        self._clips = {
            track.address: SoundClips(track, clips[track.address]) for track in index.tracks if clips[track.address]
        }

    def guide_under(self, start: Fraction, end: Fraction, direction: Direction | None) -> list[PlacedClip]:
        """The guide clips that sound in a span of record time, in order. `audio: A3` makes that track the guide.

        Raises InputError where `audio:` names a track that is none.
        """
        return self._sounding(self._guides_for(direction), start, end)

    def _guides_for(self, direction: Direction | None) -> Sequence[TrackPlace]:
        if direction and direction.audio and direction.audio.track:
            return named_tracks(self._index.tracks, [direction.audio.track], option="audio")
        return self._guides

    def _sounding(self, tracks: Sequence[TrackPlace], start: Fraction, end: Fraction) -> list[PlacedClip]:
        found = [
            clip
            for track in tracks
            if track.address in self._clips
            for clip in self._clips[track.address].between(start, end)
        ]
        return sorted(found, key=lambda clip: (clip.record_start, clip.address))

    def of(self, cue: CuePlace, direction: Direction, own: OwnSound) -> Fitted:
        """The voices of a cue, and what is to be said of them. Raises InputError where it can have none."""
        audio = direction.audio
        if audio and audio.path is not None:
            return self._files.of(cue, direction)
        tracks = self._guides_for(direction)
        guides = self._sounding(tracks, cue.start, cue.end) if tracks else []
        if guides:
            voices = tuple(self._guide_voices(guides, cue))
            return Fitted(voices=voices, notes=(*_unspoken(direction, guides), *_sped(voices)))
        if audio:
            raise InputError(
                f"audio: {audio.track}: no clip on that track is under the mark",
                fix="name the track that holds the voice",
            )
        if direction.line:
            return Fitted(voices=(_speech(direction, direction.line),))
        return Fitted(voices=tuple(_own_voices(cue, own)))

    def sound_in_cut(self, cue: CuePlace, direction: Direction, voices: Sequence[Voice]) -> bool:
        """Whether the cue's voice is heard in the cut: a guide that is not muted, or the shot's own sound."""
        if not voices or any(voice.kind in ("file", "speech") for voice in voices):
            return False
        if voices[0].kind == "own":
            return True
        return all(clip.enabled for clip in self.guide_under(cue.start, cue.end, direction))

    def _guide_voices(self, guides: Sequence[PlacedClip], cue: CuePlace) -> Iterator[Voice]:
        refuse_two_at_once(guides)
        for clip in guides:
            yield self._guide_voice(clip, cue)

    def _guide_voice(self, clip: PlacedClip, cue: CuePlace) -> Voice:
        what = f"the guide clip {_named(clip)}"
        speed = sound_speed(clip, what=what, fix="render it in place, at its new speed")
        linked = self._linker.link_sound(clip)
        if not linked.source.audio:
            raise MediaRefused(f"the guide clip {_named(clip)} has no sound in it", fix="relink it to a sound file")
        stream, channels = streams_of(self._index.cut.dialect.channels(clip.clip), linked.source)[0]
        start, end = max(cue.start, clip.record_start), min(cue.end, clip.record_end)
        # On the clock of the shot's media, so that a trim moves no sample against its frame.
        begins = linked.start_seconds + cue.base - clip.record_start
        early = sample_of(begins, stream.rate) - stream.start_sample
        if speed != 1:
            begun = heard_sample(linked.start_seconds * stream.rate - stream.start_sample, speed)
            early = begun + sample_of(cue.base - clip.record_start, stream.rate)
        first = sample_of(start - cue.base, stream.rate) + early
        last = sample_of(end - cue.base, stream.rate) + early
        offset = first - early - sample_of(cue.start - cue.base, stream.rate)
        return Voice(
            kind="track",
            path=linked.source.path,
            start_seconds=_seconds(first, stream.rate, speed),
            end_seconds=_seconds(last, stream.rate, speed),
            stream=stream.index,
            channels=channels,
            sample_rate=stream.rate,
            start_sample=first,
            end_sample=last,
            offset_samples=offset,
            speed=speed,
            label=_named(clip),
        )


def refuse_two_at_once(guides: Sequence[PlacedClip]) -> None:
    """Raises InputError where two of the clips, which stand in order, sound at one moment."""
    for one, other in pairwise(guides):
        if one.record_end > other.record_start:
            raise InputError(
                f"two guide clips sound at one moment: {_named(one)} and {_named(other)}",
                fix="disable one of them, or name the track with audio: or --voice-track",
            )


def _named(clip: PlacedClip) -> str:
    return f"{clip.name} ({clip.track.label})"


def _seconds(sample: int, rate: int, speed: Fraction) -> float:
    """When in its file a sample stands that is heard at a speed."""
    return sample * speed.numerator / (rate * speed.denominator)


def _unspoken(direction: Direction, guides: Sequence[PlacedClip]) -> Iterator[str]:
    if direction.line:
        yield f"the line is not spoken: the guide clip {_named(guides[0])} is the voice"


def _sped(voices: Sequence[Voice]) -> Iterator[str]:
    for voice in voices:
        if voice.speed != 1:
            yield pitch_note(f"the guide clip {voice.label}", voice.speed)


def _speech(direction: Direction, line: str) -> Voice:
    if not direction.voice:
        raise InputError(
            "a line needs a voice that speaks it", fix="add voice: NAME, or audio: FILE to use a recording"
        )
    return Voice(kind="speech", line=line, speech_voice=direction.voice, label=direction.voice)


def _own_voices(cue: CuePlace, own: OwnSound) -> Iterator[Voice]:
    """Raises InputError where the shot has no sound to drive the cue."""
    if own.is_unreadable:
        raise own.refused[0]
    if not own.heard:
        raise InputError(
            "nothing to perform to: no audio:, no guide clip under the mark, and the shot has no sound of its own",
            fix="put the voice on a guide track under the shot, or name a file with audio:",
        )
    for heard in own.heard:
        sound = heard.sound
        first, last = own_range(sound, cue.frames, visible=cue.visible, rate=cue.rate)
        offset = 0
        if heard.span:
            at = [sample_of(time - cue.base, sound.sample_rate) for time in (cue.start, *heard.span)]
            offset = max(0, at[1] - at[0])
            last = min(last, first + at[2] - at[0])
        if first + offset >= last:
            continue
        yield Voice(
            kind="own",
            path=sound.path,
            start_seconds=_seconds(first + offset, sound.sample_rate, sound.speed),
            end_seconds=_seconds(last, sound.sample_rate, sound.speed),
            speed=sound.speed,
            stream=sound.stream,
            channels=sound.channels,
            sample_rate=sound.sample_rate,
            start_sample=first + offset,
            end_sample=last,
            offset_samples=offset,
            label=sound.path.name,
        )
