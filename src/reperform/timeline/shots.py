"""Shots: one marked clip with its media, its cues and their voices."""

from __future__ import annotations

from dataclasses import dataclass, replace
from fractions import Fraction

from reperform.direction import Direction
from reperform.errors import InputError, MediaError
from reperform.model import Cue, PlanSettings, Shot, Voice
from reperform.timeline.audio import named_tracks
from reperform.timeline.cut import Index, PlacedClip
from reperform.timeline.fitting import CuePlace
from reperform.timeline.marks import asks
from reperform.timeline.one_shot import MediaLinker, see, shot_of
from reperform.timeline.own_sound import OwnSound
from reperform.timeline.owning import OwnSounds
from reperform.timeline.placing import Spot, short
from reperform.timeline.reporting import Reporter
from reperform.timeline.retimes.seen import Seen
from reperform.timeline.voices import Voices, guide_tracks, refuse_two_at_once
from reperform.timing import SNAP, FrameRange, ceil_frame, floor_frame

__all__ = ["MediaLinker", "ShotBuilder"]

_UNKNOWN = FrameRange(0, 0)


class ShotBuilder:
    """Makes shots, one for each marked clip. Raises SettingsError where the settings name a track that is none."""

    def __init__(self, index: Index, linker: MediaLinker, settings: PlanSettings, report: Reporter) -> None:
        self.cut = index.cut
        self.linker = linker
        self.settings = settings
        self.report = report
        guides = guide_tracks(index, settings)
        named = named_tracks(index.tracks, settings.own_sound, option="--own-sound")
        self.voices = Voices(index, linker, guides)
        self.own = OwnSounds(index, linker, named=named, but=guides)
        self.shots: list[Shot] = []
        self._ids: set[str] = set()

    def add(self, spots: list[Spot]) -> None:
        """The shot that these marks of one clip make, unless something is wrong with it."""
        shot = _ShotMaker(self, spots[0].clip).make(spots)
        if shot:
            self.shots.append(shot)

    def shot_id(self, clip: PlacedClip) -> str:
        """TRACK@TIMECODE. Clips that start within one record frame of one track get a number."""
        plain = f"{clip.track.label}@{self.cut.timecode(clip.record.start)}"
        number, found = 1, plain
        while found in self._ids:
            number += 1
            found = f"{plain}~{number}"
        self._ids.add(found)
        return found


@dataclass(frozen=True, kw_only=True)
class _Asked:
    """A cue before it has media and a voice: what a mark asks for, and where. Record seconds."""

    spot: Spot
    direction: Direction
    start: Fraction
    end: Fraction
    frames: FrameRange = _UNKNOWN
    """On the media's clock, once that is known."""


class _ShotMaker:
    """Makes the shot of one clip. Goes on after an error, so that all of them are reported."""

    def __init__(self, builder: ShotBuilder, clip: PlacedClip) -> None:
        self._builder = builder
        self._report = builder.report
        self._clip = clip
        self._failed = False

    def make(self, spots: list[Spot]) -> Shot | None:
        """The shot; None where its marks ask for nothing, or something is wrong with it."""
        asked = [found for spot in spots if (found := self._asked(spot))]
        if not asked:
            return None
        linked = self._link(asked)
        if linked is None:
            return None
        asked = self._one_after_another([self._on_clock(one, linked) for one in asked])
        own = self._builder.own.of(self._clip, linked)
        shot_id = self._builder.shot_id(self._clip)
        cues, in_cut = self._cues(shot_id, asked, linked, own)
        if self._failed:
            return None
        if linked.doubt:
            self._report.warning(self._clip, None, linked.doubt)
        return shot_of(shot_id, self._clip, self._builder.cut, seen=linked, own=own, cues=cues, voice_in_cut=in_cut)

    def _error(self, at: Fraction | None, error: InputError | MediaError) -> None:
        self._failed = True
        message = error.message if not error.cause else f"{error.message}: {error.cause}"
        self._report.error(self._clip, at, message, error.fix)

    def _asked(self, spot: Spot) -> _Asked | None:
        mark = spot.mark
        for doubt in mark.doubts:
            self._report.note(self._clip, spot.start, doubt.message, doubt.fix)
        if mark.direction is None:
            for problem in mark.problems:
                message = f"in the mark “{short(mark)}”: {problem.message}"
                self._error(spot.start, InputError(message, fix=problem.fix))
            return None
        try:
            start, end, guided = self._range(spot, mark.direction)
        except InputError as error:
            self._error(spot.start, error)
            return None
        if not (guided or mark.chosen or asks(mark.direction)):
            message = f"the mark “{short(mark)}” asks for nothing, and no guide clip is under it"
            fix = "write what is wanted, such as RP: angry, or put the new voice on a guide track under it"
            self._report.warning(self._clip, spot.start, message, fix)
            return None
        return _Asked(spot=spot, direction=mark.direction, start=start, end=end)

    def _range(self, spot: Spot, direction: Direction) -> tuple[Fraction, Fraction, bool]:
        """Record seconds of the cue, and whether a guide clip is under it."""
        if not spot.point:
            return spot.start, spot.end, bool(self._builder.voices.guide_under(spot.start, spot.end, direction))
        moment = spot.start + SNAP / self._builder.cut.rate
        guides = self._builder.voices.guide_under(spot.start, moment, direction)
        refuse_two_at_once(guides)
        if not guides:
            return self._clip.record_start, self._clip.record_end, False
        guide = guides[0]
        start, end = max(guide.record_start, self._clip.record_start), min(guide.record_end, self._clip.record_end)
        return start, end, True

    def _link(self, asked: list[_Asked]) -> Seen | None:
        handles = self._builder.settings.handle_frames
        try:
            return see(self._clip, self._builder.linker, self._builder.cut, handles=handles)
        except (InputError, MediaError) as error:
            self._error(min(one.spot.start for one in asked), error)
            return None

    def _on_clock(self, asked: _Asked, seen: Seen) -> _Asked:
        rate, base, visible = seen.rate, seen.base, seen.visible
        start = max(visible.start, floor_frame(asked.start - base, rate))
        end = min(visible.end, ceil_frame(asked.end - base, rate))
        start = min(start, visible.end - 1)
        return replace(asked, frames=FrameRange.between(start, max(end, start + 1)))

    def _one_after_another(self, asked: list[_Asked]) -> list[_Asked]:
        """In order, equal ones once; those that overlap are an error."""
        kept: list[_Asked] = []
        for one in sorted(asked, key=lambda one: (one.frames, one.start)):
            before = kept[-1] if kept else None
            if before is None or not before.frames.overlaps(one.frames):
                kept.append(one)
            elif before.frames == one.frames and before.direction == one.direction:
                continue
            elif self._abut(before, one) and before.frames.end < one.frames.end:
                # Both touch the frame that the boundary falls into; the earlier cue keeps it.
                kept.append(replace(one, frames=FrameRange.between(before.frames.end, one.frames.end)))
            else:
                self._error(one.start, self._overlap(before, one))
        return kept

    def _abut(self, one: _Asked, other: _Asked) -> bool:
        return (one.end - other.start) * self._builder.cut.rate <= SNAP

    def _overlap(self, one: _Asked, other: _Asked) -> InputError:
        return InputError(
            f"two cues overlap: {self._named(one)} and {self._named(other)}",
            fix="give each its own part of the clip, or take one of them out",
        )

    def _named(self, asked: _Asked) -> str:
        cut = self._builder.cut
        start, end = cut.timecode(cut.record_frame(asked.start)), cut.timecode(ceil_frame(asked.end, cut.rate))
        return f"“{short(asked.spot.mark)}” ({start} to {end})"

    def _cues(self, shot: str, asked: list[_Asked], seen: Seen, own: OwnSound) -> tuple[tuple[Cue, ...], bool]:
        """The cues with their voices, and whether all of these already sound in the cut."""
        cues: list[Cue] = []
        in_cut = True
        origin = seen.origin
        visible, base = seen.visible.shifted(-origin), seen.base + origin / seen.rate
        for number, one in enumerate(asked, 1):
            place = CuePlace(
                clip=self._clip,
                frames=one.frames.shifted(-origin),
                visible=visible,
                rate=seen.rate,
                base=base,
                begun_before=one.spot.begun_before,
                goes_on=one.spot.goes_on,
            )
            voices = self._voices_of(place, one, own)
            in_cut = in_cut and self._builder.voices.sound_in_cut(place, one.direction, voices)
            cues.append(self._cue(f"{shot}#{number}", one, voices))
        if not self._failed:
            self._warn_of_refused(own)
        return tuple(cues), in_cut

    def _voices_of(self, place: CuePlace, asked: _Asked, own: OwnSound) -> tuple[Voice, ...]:
        try:
            fitted = self._builder.voices.of(place, asked.direction, own)
        except (InputError, MediaError) as error:
            self._error(asked.start, error)
            return ()
        for note in fitted.notes:
            self._report.note(self._clip, asked.start, note)
        return fitted.voices

    def _warn_of_refused(self, own: OwnSound) -> None:
        for error in own.refused:
            self._report.warning(self._clip, None, f"a part of its own sound is not heard: {error.message}", error.fix)
        for note in own.notes:
            self._report.note(self._clip, None, note)

    def _cue(self, cue: str, asked: _Asked, voices: tuple[Voice, ...]) -> Cue:
        cut = self._builder.cut
        return Cue(
            id=cue,
            marker=asked.spot.mark.text,
            character=asked.direction.character,
            record_in=cut.timecode(cut.record_frame(asked.start)),
            record_out=cut.timecode(ceil_frame(asked.end, cut.rate)),
            in_frame=asked.frames.start,
            frames=asked.frames.frames,
            direction=asked.direction,
            voices=voices,
        )
