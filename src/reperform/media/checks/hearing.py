"""What is heard in a take: whether the returned voice was in sync, how loud the cue is, and whether it is cut off."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import TypedDict

import numpy as np

from reperform.media import sound, sound_reader
from reperform.media.checks import syncing
from reperform.media.checks.verdicts import Verdicts
from reperform.media.layers import Layers, fitted
from reperform.media.levels import Hearing, Levels, measured
from reperform.media.matching import AROUND_SECONDS
from reperform.media.placing import cue_voice, own_layers, voice_layers
from reperform.media.probing import probe
from reperform.media.resampling import resampled
from reperform.media.sound_samples import Samples
from reperform.media.splicing import Splice
from reperform.model import Check, Cue, Source
from reperform.timing import FrameRange, Rate, sample_at

__all__ = ["Spoken", "check_sound"]

_LONGEST = 60
"""Seconds of a cue that are listened to: from its start."""
_SAME_RATE = Fraction(1, 2000)
_FULL = np.float32(1 - 2**-15)
_CUT_OFF = 3
"""Samples in a row at full scale that are no peak any more."""
_LOST = 20.0
"""LU by which the take is quieter than its voice: then the voice is not in it."""
_SILENCE = -200.0
_IN_SYNC = 0.5
"""Milliseconds that nobody needs to know."""


class _Coding(TypedDict):
    rate: int
    layout: str


@dataclass(frozen=True, kw_only=True)
class Spoken:
    """A cue of a take: where it stands on the shot's clock, and as what its voice is laid."""

    cue: Cue
    range: FrameRange

    @property
    def by_engine(self) -> bool:
        """Whether the engine speaks a line: no voice was sent."""
        return not self.cue.voices or any(voice.kind == "speech" for voice in self.cue.voices)


def check_sound(
    take: Path, *, in_frame: int, spoken: Sequence[Spoken], splices: Sequence[Splice], verdicts: Verdicts
) -> list[Check]:
    """Sync of what came back, then loudness and clipping of the take; its first frame is `in_frame` of the shot's clock.

    Raises:
        MediaRefused, MediaError: a sound cannot be read.

    """
    checks = [_sync(spoken, splices, verdicts)]
    facts = probe(take)
    if facts.audio:
        checks += [
            _loudness(facts, in_frame, spoken, verdicts),
            _clipping(facts, in_frame, spoken, verdicts),
        ]
    return checks


def _sync(spoken: Sequence[Spoken], splices: Sequence[Splice], verdicts: Verdicts) -> Check:
    """The cue that is furthest off."""
    rate = verdicts.shot.media.rate
    found = [
        (each, late)
        for each in spoken
        for splice in splices
        if splice.cue.overlaps(each.range) and (late := _late(each, splice, verdicts)) is not None
    ]
    if not found:
        detail = "no voice that came back is like the one that was sent: nothing to compare"
        return Check(name="sync of the voice", passed=True, detail=detail)
    each, worst = max(found, key=lambda pair: abs(pair[1].seconds))
    limit, milliseconds = verdicts.thresholds.sync_ms, abs(float(worst.seconds * 1000))
    detail = f"{_said(worst, rate)}; {limit:g} ms allowed, likeness {worst.likeness:.2f}"
    return verdicts.verdict(
        "sync",
        "sync of the voice",
        detail,
        good=milliseconds <= limit,
        frame=each.range.start,
        fix="Look at the lips: if they are right, raise sync_ms under [checks] in your settings; else --another.",
    )


def _said(late: syncing.Offset, rate: Rate) -> str:
    """In frames and milliseconds."""
    milliseconds, frames = float(late.seconds * 1000), float(late.seconds * rate)
    shape = ", by its loudness over time" if late.by_shape else ""
    if abs(milliseconds) < _IN_SYNC:
        return f"what came back is in sync to {_IN_SYNC:g} ms{shape}"
    way = "late" if milliseconds > 0 else "early"
    return f"what came back is {abs(frames):.2f} frames ({abs(milliseconds):.1f} ms) {way}{shape}"


def _late(each: Spoken, splice: Splice, verdicts: Verdicts) -> syncing.Offset | None:
    """By how much the voice in what came back is late against its picture; None where it cannot be told."""
    if each.by_engine:
        return None
    shot = verdicts.shot
    returned = probe(splice.returned)
    part = _at_most(splice.cue.intersection(each.range), shot.media.rate)
    if not returned.audio or not part.frames or not _even(splice, part, returned.rate, shot.media.rate):
        return None
    sent = cue_voice(shot, each.cue, sample_rate=syncing.RATE, within=part, channels=1)[:, 0]
    first = splice.returned_frame(part.start)
    assert first is not None
    stream = returned.audio[0]
    with sound_reader.reader(returned.path, stream=stream.index) as reader:

        def read(start: int, samples: int) -> Samples:
            return fitted(reader.read(start - stream.start_sample, samples), 1)

        start = sample_at(first, returned.rate, syncing.RATE) - syncing.REACH
        length = len(sent) + 2 * syncing.REACH
        there = resampled(read, from_rate=stream.rate, to_rate=syncing.RATE, start=start, samples=length)[:, 0]
    return syncing.offset(sent, there)


def _even(splice: Splice, part: FrameRange, returned: Rate, rate: Rate) -> bool:
    """Whether the part came back at the shot's own pace."""
    first, last = splice.returned_frame(part.start), splice.returned_frame(part.end - 1)
    if first is None or last is None or abs(returned - rate) / rate > _SAME_RATE:
        return False
    return last - first == part.frames - 1


def _at_most(part: FrameRange, rate: Rate) -> FrameRange:
    return FrameRange(part.start, min(part.frames, int(_LONGEST * rate)))


def _loudness(take: Source, in_frame: int, spoken: Sequence[Spoken], verdicts: Verdicts) -> Check:
    """The cue that is furthest from the production sound around it."""
    limit = verdicts.thresholds.loudness
    found = [(*_against(*_levels(take, in_frame, each, verdicts)), each.range.start) for each in spoken]
    if not found:
        return Check(name="loudness", passed=True, detail="nothing was performed here")
    off, said, frame = max(found, key=lambda each: each[0])
    fix = "Bring the voice to the production sound: --match-sound, or its level in the mix."
    detail = f"{said}; {limit:g} LU allowed"
    return verdicts.verdict("loudness", "loudness", detail, good=off <= limit, frame=frame, fix=fix)


def _against(found: Levels, under: Levels, voice: Levels | None) -> tuple[float, str]:
    """How many LU it is off, in words."""
    if voice is not None and voice.loudness is not None and (found.loudness or _SILENCE) < voice.loudness - _LOST:
        return float("inf"), f"the voice ({voice.loudness:.1f} LUFS) is not heard in the take"
    if found.loudness is None or found.momentary is None:
        return 0.0, "the cue is silent, as its voice is"
    said = f"{found.loudness:.1f} LUFS, at most {found.momentary:.1f} in 400 ms"
    if under.loudness is None or under.momentary is None:
        return 0.0, f"{said}; there is no production sound around it"
    off = max(abs(found.loudness - under.loudness), found.momentary - under.momentary)
    return off, f"{said}; the production sound {under.loudness:.1f}, at most {under.momentary:.1f}"


def _levels(take: Source, in_frame: int, each: Spoken, verdicts: Verdicts) -> tuple[Levels, Levels, Levels | None]:
    """Of the take in this cue, of the production sound around it, as voices are matched to it, and of its voice where one was sent."""
    shot, stream = verdicts.shot, take.audio[0]
    rate, channels, around = stream.rate, stream.channels, AROUND_SECONDS * stream.rate
    coding: _Coding = {"rate": rate, "layout": stream.layout}
    first, end = (sample_at(frame, shot.media.rate, rate) for frame in (each.range.start, each.range.end))
    start = sample_at(in_frame, shot.media.rate, rate) + stream.start_sample
    with ExitStack() as files:
        reader = files.enter_context(sound_reader.reader(take.path, stream=stream.index))
        layers = files.enter_context(own_layers(shot))
        voices = None if each.by_engine else files.enter_context(voice_layers(shot, each.cue))
        found = measured(lambda at, samples: reader.read(at - start, samples), [(first, end)], **coding)
        under = measured(_heard(layers, rate, channels), [(first - around, end + around)], **coding)
        voice = None if voices is None else measured(_heard(voices, rate, channels), [(first, end)], **coding)
    return found, under, voice


def _heard(layers: Layers, rate: int, channels: int) -> Hearing:
    return lambda at, samples: layers.read(at, samples, rate=rate, channels=channels)


def _clipping(take: Source, in_frame: int, spoken: Sequence[Spoken], verdicts: Verdicts) -> Check:
    rate, limit = verdicts.shot.media.rate, verdicts.thresholds.clipped
    counts = {each.range.start: _cut_off(take, in_frame, each.range, rate) for each in spoken}
    places, frame = sum(counts.values()), max(counts, key=lambda start: counts[start], default=None)
    detail = f"{places} places in the cues are cut off at full scale; {limit} allowed"
    fix = "Lower the voice's file, or use one that is not cut off itself; nothing has to be performed again."
    return verdicts.verdict("clipping", "clipping", detail, good=places <= limit, frame=frame, fix=fix)


def _cut_off(take: Source, in_frame: int, part: FrameRange, rate: Rate) -> int:
    """Runs of samples at full scale, of any channel of any stream."""
    return sum(
        _runs(np.abs(block) >= _FULL)
        for stream in take.audio
        for block in _blocks(take.path, stream.index, part.shifted(-in_frame), rate, stream.rate)
    )


def _blocks(path: Path, stream: int, part: FrameRange, rate: Rate, sample_rate: int) -> Iterator[Samples]:
    first, end = sample_at(part.start, rate, sample_rate), sample_at(part.end, rate, sample_rate)
    return sound.blocks(path, stream=stream, start_sample=first, samples=end - first)


def _runs(full: np.ndarray[tuple[int, ...], np.dtype[np.bool_]]) -> int:
    """How many runs of at least _CUT_OFF there are; one that crosses two blocks may count twice."""
    long = full.copy()
    for later in range(1, _CUT_OFF):
        long[:-later] &= full[later:]
        long[-later:] = False
    return int((long[1:] & ~long[:-1]).sum() + long[:1].sum())
