"""The sounds of a shot that was performed on other media: those of its file are the new file's, at the same timecode."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from pathlib import Path

from reperform.errors import ConformError
from reperform.linking.same_frames import frames_later
from reperform.media.probing import probe
from reperform.media.sequence_takes import sound_path
from reperform.model import AudioStream, Cue, Shot, SoundSource, Take, TakeCue, Voice
from reperform.performing.origins import Origin
from reperform.timing import Rate, sample_at

__all__ = ["SoundsAnew", "said", "sounding_from"]


class SoundsAnew:
    """The sounds of then for the shot of now, and what is to be said of them."""

    def __init__(self, shot: Shot, take: Take, *, source: str) -> None:
        """`shot` is on the new media, whose identity is `source`; `take` is the earlier one."""
        self._shot, self._take = shot, take
        self._as_made = take.own_sound if source == take.source_identity else None
        self.notes: list[str] = []

    def voiced(self, cue: TakeCue, performed: Cue, origin: Origin, *, later: int) -> Cue:
        """The cue as it was performed, on the new clock, with its voices as they are now, under the id of the take's cue.

        Frame n of the clock of then is frame n + `later` of the new shot's. A voice whose file is gone is heard as the earlier take has it.

        Raises:
            ConformError: that is gone as well.

        """
        lost = [voice.path for voice in performed.voices if voice.path and self._is_lost(voice.path, origin)]
        if lost:
            voice = self._from_take(cue, lost[0].name)
            return said(performed, cue).model_copy(update={"voices": (voice,)})
        voices = tuple(self._voice(voice, performed, origin, later=later) for voice in performed.voices)
        return performed.model_copy(update={"id": cue.id, "voices": voices})

    def own(self, origin: Origin, *, later: int) -> tuple[SoundSource, ...]:
        """The shot's own sound, without what is gone. Frame n of the clock of then is frame n + `later` of the new shot's."""
        first, rate, found = self._shot.media.in_frame, self._shot.media.rate, []
        if self._as_made is not None:
            sounds = sounding_from(self._as_made.sounds, self._take.in_frame, first, rate)
            return tuple(sound for sound in sounds if sound.path.exists())
        if self._take.own_sound is not None and not self._take.own_sound.sounds:
            return ()
        for sound in origin.shot.own_sound:
            if self._is_lost(sound.path, origin):
                self.notes.append(f"its own sound {sound.path} is not there any more")
                continue
            then = sample_at(origin.shot.media.in_frame, rate, sound.sample_rate)
            at = sound.at_sample + sample_at(first - later, rate, sound.sample_rate) - then
            found.append(self._own(sound.model_copy(update={"at_sample": at}), origin, later=later))
        if found and not self._shot.source.audio and self._shot.clock == "media":
            names = ", ".join(dict.fromkeys(each.path.name for each in found))
            self.notes.append(f"{self._shot.source.path.name} has no sound: it is that of {names}")
        return tuple(found)

    @property
    def own_is_around(self) -> bool:
        """Whether it is heard outside the cues."""
        return not self._shot.source.audio if self._as_made is None else self._as_made.around

    def _own(self, sound: SoundSource, origin: Origin, *, later: int) -> SoundSource:
        if not self._moves(sound.path, origin):
            return sound
        move = _Moving(self._shot, origin, sound.stream, sound.speed, later=later)
        stream, at = move.stream, move.sample(sound.at_sample, at=self._shot.media.in_frame)
        facts = {"path": self._shot.source.path, "stream": stream.index, "sample_rate": stream.rate, "at_sample": at}
        return sound.model_copy(update=facts | _channels(sound.channels, stream))

    def _voice(self, voice: Voice, cue: Cue, origin: Origin, *, later: int) -> Voice:
        if voice.path is None or voice.stream is None or not self._moves(voice.path, origin):
            return voice
        move = _Moving(self._shot, origin, voice.stream, voice.speed, later=later)
        offset = round(voice.offset_samples * Fraction(move.stream.rate, voice.sample_rate))
        facts = {
            "path": self._shot.source.path,
            "stream": move.stream.index,
            "sample_rate": move.stream.rate,
            "start_sample": move.sample(voice.start_sample - voice.offset_samples, at=cue.in_frame) + offset,
            "end_sample": move.sample(voice.end_sample, at=cue.range.end),
            "offset_samples": offset,
        }
        return voice.model_copy(update=facts | _channels(voice.channels, move.stream))

    def _moves(self, path: Path, origin: Origin) -> bool:
        """Whether this sound was that of the picture's file, and the new one has some."""
        return path == origin.shot.source.path and bool(self._shot.source.audio)

    def _is_lost(self, path: Path, origin: Origin) -> bool:
        return not self._moves(path, origin) and not path.exists()

    def _from_take(self, cue: TakeCue, name: str) -> Voice:
        """What the earlier take sounds like in the cue, which stands on the new clock."""
        heard = self._take.path if self._take.sequence is None else sound_path(self._take.path)
        if not heard.exists():
            raise ConformError(
                f"the voice “{name}” is not there any more, nor is {heard.name}, in which it is heard",
                fix=f"Put “{name}” back where it was.",
            )
        stream = probe(heard).audio[0]
        before = next(each for each in self._take.cues if each.id == cue.id)
        start = sample_at(before.in_frame - self._take.in_frame, self._take.rate, stream.rate)
        self.notes.append(f"the voice “{name}” is not there any more: it is heard as {heard.name} has it")
        return Voice(
            kind="file",
            path=heard,
            stream=stream.index,
            sample_rate=stream.rate,
            start_sample=start,
            end_sample=start + sample_at(cue.frames, self._take.rate, stream.rate),
            label=name,
        )


class _Moving:
    """Samples of a sound of the file of then, as samples of the new file at the same timecode."""

    def __init__(self, shot: Shot, origin: Origin, index: int, speed: Fraction, *, later: int) -> None:
        then, now = origin.shot.source, shot.source
        number = next((n for n, stream in enumerate(then.audio) if stream.index == index), 0)
        self._before, self.stream = then.audio[number], now.audio[min(number, len(now.audio) - 1)]
        self._rate, self._speed, self._later = shot.media.rate, speed, later
        files_later = frames_later(then, now)
        self._seconds = files_later / then.rate
        self._on_frames = speed == 1 and shot.clock == origin.shot.clock == "media" and later == files_later

    def sample(self, sample: int, *, at: int) -> int:
        """The sample that sounds when `sample` of then did, near frame `at` of the new shot's clock.

        Rounded as a plan does, where both count whole frames of their media: a run of the new cut must find the same samples.
        """
        before, now = self._before, self.stream
        if not self._on_frames:
            seconds = (sample * self._speed + before.start_sample) / Fraction(before.rate) + self._seconds
            return round((seconds * now.rate - now.start_sample) / self._speed)
        early = sample + before.start_sample - sample_at(at - self._later, self._rate, before.rate)
        placed = sample_at(at, self._rate, now.rate) + round(Fraction(early * now.rate, before.rate))
        return placed - now.start_sample


def sounding_from(sounds: Sequence[SoundSource], before: int, now: int, rate: Rate) -> tuple[SoundSource, ...]:
    """Sounds that are told by their sample at frame `before`, told by that at frame `now`; `rate` is that of the frames."""
    return tuple(
        each.model_copy(
            update={
                "at_sample": each.at_sample
                + sample_at(now, rate, each.sample_rate)
                - sample_at(before, rate, each.sample_rate)
            }
        )
        for each in sounds
    )


def said(cue: Cue, take_cue: TakeCue) -> Cue:
    """The cue where a take has it, with what the take says of it: the take may perform a part of what was performed then."""
    facts = take_cue.model_dump(include={"id", "in_frame", "frames", "character", "marker"})
    return cue.model_copy(update={**facts, "direction": take_cue.direction})


def _channels(channels: tuple[int, ...] | None, stream: AudioStream) -> dict[str, object]:
    """Those of the chosen ones that the stream has; all where it has none of them."""
    there = tuple(channel for channel in channels or () if channel < stream.channels)
    return {"channels": there or None}
