"""The sounds of a shot that was performed on other media: those of its file are the new file's, at the same timecode."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

from reperform.errors import ConformError
from reperform.linking.same_frames import frames_later
from reperform.media.probing import probe
from reperform.model import AudioStream, Cue, Shot, SoundSource, Take, TakeCue, Voice
from reperform.performing.origins import Origin
from reperform.timing import sample_at

__all__ = ["SoundsAnew", "said"]


class SoundsAnew:
    """The sounds of then for the shot of now, and what is to be said of them."""

    def __init__(self, shot: Shot, take: Take) -> None:
        """`shot` is on the new media; `take` is the earlier one."""
        self._shot, self._take = shot, take
        self.notes: list[str] = []

    def voiced(self, cue: TakeCue, performed: Cue, origin: Origin) -> Cue:
        """The cue as it was performed, on the new clock, with its voices as they are now, under the id of the take's cue.

        A voice whose file is gone is heard as the earlier take has it.

        Raises:
            ConformError: that is gone as well.

        """
        lost = [voice.path for voice in performed.voices if voice.path and self._is_lost(voice.path, origin)]
        if lost:
            voice = self._from_take(cue, lost[0].name)
            return said(performed, cue).model_copy(update={"voices": (voice,)})
        voices = tuple(self._voice(voice, origin) for voice in performed.voices)
        return performed.model_copy(update={"id": cue.id, "voices": voices})

    def own(self, origin: Origin, *, later: int) -> tuple[SoundSource, ...]:
        """The shot's own sound, without what is gone. Frame n of the clock of then is frame n + `later` of the new shot's."""
        frames = self._shot.media.in_frame - later - origin.shot.media.in_frame
        found = []
        for sound in origin.shot.own_sound:
            if self._is_lost(sound.path, origin):
                self.notes.append(f"its own sound {sound.path} is not there any more")
                continue
            at = sound.at_sample + sample_at(frames, self._shot.media.rate, sound.sample_rate)
            found.append(self._own(sound.model_copy(update={"at_sample": at}), origin))
        if found and not self._shot.source.audio and self._shot.clock == "media":
            names = ", ".join(dict.fromkeys(each.path.name for each in found))
            self.notes.append(f"{self._shot.source.path.name} has no sound: it is that of {names}")
        return tuple(found)

    def _own(self, sound: SoundSource, origin: Origin) -> SoundSource:
        if not self._moves(sound.path, origin):
            return sound
        stream, at = self._moved(sound.stream, sound.at_sample, sound.speed, origin)
        facts = {"path": self._shot.source.path, "stream": stream.index, "sample_rate": stream.rate, "at_sample": at}
        return sound.model_copy(update=facts | _channels(sound.channels, stream))

    def _voice(self, voice: Voice, origin: Origin) -> Voice:
        if voice.path is None or voice.stream is None or not self._moves(voice.path, origin):
            return voice
        stream, start = self._moved(voice.stream, voice.start_sample, voice.speed, origin)
        ratio = Fraction(stream.rate, voice.sample_rate)
        facts = {
            "path": self._shot.source.path,
            "stream": stream.index,
            "sample_rate": stream.rate,
            "start_sample": start,
            "end_sample": start + round((voice.end_sample - voice.start_sample) * ratio),
            "offset_samples": round(voice.offset_samples * ratio),
        }
        return voice.model_copy(update=facts | _channels(voice.channels, stream))

    def _moves(self, path: Path, origin: Origin) -> bool:
        """Whether this sound was that of the picture's file, and the new one has some."""
        return path == origin.shot.source.path and bool(self._shot.source.audio)

    def _is_lost(self, path: Path, origin: Origin) -> bool:
        return not self._moves(path, origin) and not path.exists()

    def _moved(self, index: int, sample: int, speed: Fraction, origin: Origin) -> tuple[AudioStream, int]:
        """The stream that stands for one of then, and its sample that sounds at the same timecode."""
        then = origin.shot.source
        number = next((n for n, stream in enumerate(then.audio) if stream.index == index), 0)
        before, now = then.audio[number], self._shot.source.audio[min(number, len(self._shot.source.audio) - 1)]
        seconds = (sample * speed + before.start_sample) / Fraction(before.rate)
        seconds += frames_later(then, self._shot.source) / then.rate
        return now, round((seconds * now.rate - now.start_sample) / speed)

    def _from_take(self, cue: TakeCue, name: str) -> Voice:
        """What the earlier take sounds like in the cue, which stands on the new clock."""
        if not self._take.path.exists():
            raise ConformError(
                f"the voice “{name}” is not there any more, nor is {self._take.path.name}, in which it is heard",
                fix=f"Put “{name}” back where it was.",
            )
        stream = probe(self._take.path).audio[0]
        before = next(each for each in self._take.cues if each.id == cue.id)
        start = sample_at(before.in_frame - self._take.in_frame, self._take.rate, stream.rate)
        self.notes.append(f"the voice “{name}” is not there any more: it is heard as {self._take.path.name} has it")
        return Voice(
            kind="file",
            path=self._take.path,
            stream=stream.index,
            sample_rate=stream.rate,
            start_sample=start,
            end_sample=start + sample_at(cue.frames, self._take.rate, stream.rate),
            label=name,
        )


def said(cue: Cue, take_cue: TakeCue) -> Cue:
    """The cue where a take has it, with what the take says of it: the take may perform a part of what was performed then."""
    facts = take_cue.model_dump(include={"id", "in_frame", "frames", "character", "marker"})
    return cue.model_copy(update={**facts, "direction": take_cue.direction})


def _channels(channels: tuple[int, ...] | None, stream: AudioStream) -> dict[str, object]:
    """Those of the chosen ones that the stream has; all where it has none of them."""
    there = tuple(channel for channel in channels or () if channel < stream.channels)
    return {"channels": there or None}
