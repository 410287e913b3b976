"""The shot's own sound: the audio linked to its picture in the cut, else the channels of its own file.

Linked is, in this order: the same link group; the same file with the same range; enabled audio with the same record range.
`--own-sound` names tracks instead.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property

from reperform.errors import InputError, MediaError, MediaRefused
from reperform.model import SoundSource, Source
from reperform.timeline.audio import SoundClips, SoundLinker, streams_of
from reperform.timeline.cut import Index, PlacedClip, TrackPlace
from reperform.timeline.own_sound import Heard, OwnSound, pitch_notes, plain_sound, sped_sound
from reperform.timeline.retimes.seen import Seen
from reperform.timeline.retimes.sound import sound_speed
from reperform.timing import SNAP

__all__ = ["OwnSounds"]


class OwnSounds:
    """Finds the own sound of the shots of one cut. `but` are tracks that hold no shot's own sound: the guides."""

    def __init__(
        self, index: Index, linker: SoundLinker, *, named: Sequence[TrackPlace], but: Sequence[TrackPlace] = ()
    ) -> None:
        self._linker = linker
        self._named = named
        guides = {track.address for track in but if track not in named}
        self._dialect = index.cut.dialect
        self._audio = [clip for clip in index.clips if clip.track.kind == "audio" and clip.track.address not in guides]
        self._half_frame = 1 / index.cut.rate / 2

    def of(self, picture: PlacedClip, seen: Seen) -> OwnSound:
        """The own sound of the shot that shows `seen` of a picture clip."""
        shot = _Shot(picture, seen)
        if self._named:
            return self._on_named_tracks(shot)
        linked = self._linked(picture)
        heard, refused = self._heard(linked, shot)
        if not heard:
            heard, more = _of_file(shot)
            refused += () if linked else more
        return OwnSound(heard=heard, linked=linked, refused=refused, notes=pitch_notes(heard))

    def _on_named_tracks(self, shot: _Shot) -> OwnSound:
        picture = shot.picture
        linked = [
            clip
            for track in self._named
            for clip in self._by_track[track.address].between(picture.record_start, picture.record_end)
            if clip.clip.enabled
        ]
        heard, refused = self._heard(linked, shot, bounded=True)
        return OwnSound(heard=heard, linked=tuple(linked), refused=refused, notes=pitch_notes(heard))

    def _heard(
        self, clips: Sequence[PlacedClip], shot: _Shot, *, bounded: bool = False
    ) -> tuple[tuple[Heard, ...], tuple[InputError | MediaError, ...]]:
        heard: list[Heard] = []
        refused: list[InputError | MediaError] = []
        for clip in clips:
            try:
                sounds = self._sounds_of(clip, shot)
            except (InputError, MediaError) as error:
                refused.append(error)
                continue
            span = (clip.record_start, clip.record_end) if bounded else None
            heard += [Heard(sound=sound, span=span) for sound in sounds if bounded or sound not in _sounds(heard)]
        return tuple(heard), tuple(refused)

    def _sounds_of(self, clip: PlacedClip, shot: _Shot) -> list[SoundSource]:
        what = f"the sound {clip.name} on {clip.track.label}"
        speed = sound_speed(clip, what=what, fix="render it in place, or name another track with --own-sound")
        linked = self._linker.link_sound(clip)
        if not linked.source.audio:
            raise MediaRefused(f"{linked.source.path.name} on {clip.track.label} has no sound", fix="relink the clip")
        since = shot.zero - clip.record_start
        streams = streams_of(self._dialect.channels(clip.clip), linked.source)
        if speed != 1:
            return [
                sped_sound(
                    linked.source,
                    stream,
                    channels,
                    start=linked.start_seconds,
                    since=since,
                    speed=speed,
                    shown=shot.shown,
                )
                for stream, channels in streams
            ]
        start = linked.start_seconds + since
        shown = shot.shown
        if (
            not shot.is_retimed
            and linked.source.path == shot.source.path
            and abs(start - shown) * shot.seen.rate <= SNAP
        ):
            start = shown
        return [
            plain_sound(linked.source, stream, channels, early=start - shown, shown=shown)
            for stream, channels in streams
        ]

    def _linked(self, picture: PlacedClip) -> tuple[PlacedClip, ...]:
        finders = (self._by_group, self._by_file, self._by_record) if self._audio else ()
        for find in finders:
            if found := tuple(find(picture)):
                return found
        return ()

    def _by_group(self, picture: PlacedClip) -> list[PlacedClip]:
        group = self._dialect.link_group(picture.clip) if self._groups else None
        return [] if group is None else [clip for clip in self._groups[group] if _overlap(clip, picture)]

    def _group_of(self, clip: PlacedClip) -> list[str]:
        group = self._dialect.link_group(clip.clip)
        return [] if group is None else [group]

    def _by_file(self, picture: PlacedClip) -> list[PlacedClip]:
        """The same file with the same range, at the same place in the cut."""
        near = [
            clip
            for key in self._uses(picture)
            for clip in self._files[key]
            if self._same(clip.record_end, picture.record_end) and self._same(clip.source_start, picture.source_start)
        ]
        return [clip for number, clip in enumerate(near) if clip not in near[:number]]

    def _uses(self, clip: PlacedClip) -> list[tuple[str, int]]:
        """What its media references name, and where it starts: a take among them does not hide the original."""
        paths = (self._dialect.media_path(reference) for reference in clip.clip.media_references().values())
        return [(path, clip.record.start) for path in paths if path]

    def _same(self, one: Fraction, other: Fraction) -> bool:
        return abs(one - other) < self._half_frame

    def _by_record(self, picture: PlacedClip) -> list[PlacedClip]:
        return [clip for clip in self._ranges[picture.record] if clip.enabled]

    @cached_property
    def _groups(self) -> dict[Hashable, list[PlacedClip]]:
        return _grouped(self._audio, self._group_of)

    @cached_property
    def _files(self) -> dict[Hashable, list[PlacedClip]]:
        return _grouped(self._audio, self._uses)

    @cached_property
    def _ranges(self) -> dict[Hashable, list[PlacedClip]]:
        return _grouped(self._audio, lambda clip: [clip.record])

    @cached_property
    def _by_track(self) -> dict[tuple[int, ...], SoundClips]:
        clips = _grouped(self._audio, lambda clip: [clip.track.address])
        return {track.address: SoundClips(track, clips[track.address]) for track in self._named}


def _grouped(
    clips: Iterable[PlacedClip], keys: Callable[[PlacedClip], Iterable[Hashable]]
) -> dict[Hashable, list[PlacedClip]]:
    groups: dict[Hashable, list[PlacedClip]] = defaultdict(list)
    for clip in clips:
        for key in keys(clip):
            groups[key].append(clip)
    return groups


def _sounds(heard: Iterable[Heard]) -> list[SoundSource]:
    return [one.sound for one in heard]


@dataclass(frozen=True)
class _Shot:
    """A picture whose own sound is looked for."""

    picture: PlacedClip
    seen: Seen

    @property
    def source(self) -> Source:
        """Its file."""
        return self.seen.source

    @property
    def is_retimed(self) -> bool:
        """Whether its clock is the record's."""
        return self.seen.clock == "record"

    @property
    def zero(self) -> Fraction:
        """Record time of its first visible frame."""
        return self.seen.base + self.seen.visible.start / self.seen.rate

    @property
    def shown(self) -> Fraction:
        """Time of that frame on its clock, from where sound is laid."""
        return (self.seen.visible.start - self.seen.origin) / self.seen.rate


def _of_file(shot: _Shot) -> tuple[tuple[Heard, ...], tuple[InputError | MediaError, ...]]:
    """The sound of the picture's own file, retimed as the picture is."""
    source, shown = shot.source, shot.shown
    if not shot.is_retimed:
        plain = [plain_sound(source, stream, None, early=Fraction(0), shown=shown) for stream in source.audio]
        return tuple(Heard(sound=sound) for sound in plain), ()
    if not source.audio:
        return (), ()
    try:
        fix = "put its voice on a guide track under it, or name a file with audio:"
        speed = sound_speed(shot.picture, what=f"the sound of {source.path.name}", fix=fix)
    except MediaRefused as error:
        return (), (error,)
    begins, since = shot.seen.start, Fraction(0)
    sped = [
        sped_sound(source, each, None, start=begins, since=since, speed=speed, shown=shown) for each in source.audio
    ]
    return tuple(Heard(sound=sound) for sound in sped), ()


def _overlap(one: PlacedClip, other: PlacedClip) -> bool:
    return one.record_start < other.record_end and other.record_start < one.record_end
