"""The clips of a cut and their online media: which is which, and what could not be found."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from reperform.errors import InputError, MediaError, MediaRefused
from reperform.model import Place, Problem
from reperform.timing import FrameRange

if TYPE_CHECKING:
    from reperform.linking.offline import Offline, Offlines
    from reperform.linking.online import Matched, OnlineMedia
    from reperform.timeline.cut import Cut, Index, PlacedClip
    from reperform.timeline.retimes.seen import Seen

__all__ = ["Found", "Relinked", "find_online", "problem_at", "relink_all"]

Severity = Literal["error", "warning", "note"]

_SOUND = frozenset({".wav", ".bwf", ".w64", ".aif", ".aiff", ".flac", ".mp3", ".ogg", ".aac", ".m4a", ".caf"})


@dataclass(frozen=True, kw_only=True)
class Relinked:
    """A clip and its online media."""

    placed: PlacedClip
    offline: Offline
    online: Matched

    def seen(self, cut: Cut, *, handles: int) -> Seen:
        """What it shows of the online media, with so many frames before and after where there are as many.

        A retimed clip shows the frames that it showed, also where the offline media ran out and its last one was held.

        Raises:
            MediaRefused: the timeline does not say exactly what is seen.

        """
        from reperform.linking.clocks import visible
        from reperform.timeline.retimes.seen import on_media, on_record

        placed, online, later = self.placed, self.online.source, self.online.later
        start = placed.source_start - self.offline.zero
        moved = start + later / online.rate
        before = on_record(placed, self.offline.source, cut, start=start, handles=handles)
        if before is None:
            first, frames = visible(self.offline.source, placed, self.offline.zero)
            return on_media(placed, online, FrameRange(first + later, frames), start=moved, handles=handles)
        now = on_record(placed, online, cut, start=moved, handles=handles)
        shifted = _shifted(before, later)
        if now is not None and _shows(now) == _shows(shifted):
            return now
        return replace(shifted, source=online, media=shifted.media.model_copy(update={"path": online.path}))


@dataclass(kw_only=True)
class Found:
    """What was found for the clips of a cut."""

    relinked: list[Relinked] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    """For each clip with takes that was not matched an error, else a warning for each medium."""


def find_online(index: Index, offlines: Offlines, media: OnlineMedia, with_takes: Collection[tuple[int, ...]]) -> Found:
    """The online media of every clip of picture, and of the sound of the same files. `with_takes` are addresses of clips.

    Raises:
        SettingsError: a folder of online media is none.

    """
    search = _Search(index.cut, offlines, media)
    ordered = sorted(index.clips, key=lambda placed: placed.address not in with_takes)
    for placed in ordered:
        search.look(placed, has_takes=placed.address in with_takes)
    return search.found


class _Search:
    def __init__(self, cut: Cut, offlines: Offlines, media: OnlineMedia) -> None:
        self._cut, self._offlines, self._media = cut, offlines, media
        self._said: set[str] = set()
        self.found = Found()

    def look(self, placed: PlacedClip, *, has_takes: bool) -> None:
        if not has_takes and _is_no_movie(placed):
            return
        name = placed.name
        try:
            offline = self._offlines.of(placed, zero=_recorded_zero(placed))
            name = offline.name
            if offline.source.kind == "movie":
                matched = self._media.match(offline, _needed(placed, offline, self._cut))
                self._add(Relinked(placed=placed, offline=offline, online=matched))
        except (InputError, MediaError) as error:
            self._refuse(placed, error, name, has_takes=has_takes)

    def _add(self, found: Relinked) -> None:
        online = found.online
        if online.doubt and online.source.path.name not in self._said:
            self._say(found.placed, "warning", f"{online.source.path} is used: {online.doubt}", online.source.path.name)
        if found.placed.track.kind == "audio" and not online.source.audio:
            key = f"sound of {found.offline.name}"
            if key not in self._said:
                message = f"{online.source.path.name} has no sound: the cut keeps that of {found.offline.name}"
                self._say(found.placed, "note", message, key)
            return
        self.found.relinked.append(found)

    def _refuse(self, placed: PlacedClip, error: InputError | MediaError, name: str, *, has_takes: bool) -> None:
        if has_takes:
            self._say(placed, "error", f"{error.message}; it keeps its offline media and takes", name, error.fix)
        elif name not in self._said:
            self._say(placed, "warning", f"{error.message}; it keeps its offline media", name, error.fix)

    def _say(self, placed: PlacedClip, severity: Severity, message: str, key: str, fix: str | None = None) -> None:
        self._said.add(key)
        self.found.problems.append(problem_at(self._cut, placed, severity, message, fix))


def problem_at(cut: Cut, placed: PlacedClip, severity: Severity, message: str, fix: str | None = None) -> Problem:
    """What is to be said of a clip."""
    where = Place(track=placed.track.label, clip=placed.name, timecode=cut.timecode(placed.record.start))
    return Problem(severity=severity, where=where, message=message, fix=fix)


def relink_all(relinked: Sequence[Relinked], cut: Cut, *, for_: str) -> None:
    """Puts the online media into the cut's clips, in place, in the form of address that an editor reads."""
    from reperform.timeline.addresses import address_of
    from reperform.timeline.dialects.otio import OtioDialect
    from reperform.timeline.facts import speed_of
    from reperform.timeline.relinking import relink

    in_own_time = type(cut.dialect) is OtioDialect
    for each in relinked:
        clip, source = each.placed.clip, each.offline.source
        start = source.start_frame
        relink(
            clip,
            each.offline.reference_key,
            each.online.source,
            later=each.online.later,
            zero=each.offline.zero,
            timecode=None if start is None else start / source.rate,
            address=address_of(each.online.source.path, folder=cut.media_folder, for_=for_),
            moves_marks=in_own_time or cut.dialect.counts_in_own_time(speed_of(clip)),
        )


def _is_no_movie(placed: PlacedClip) -> bool:
    """Titles, stills and colours, takes on tracks of ours, and sound that is none of a movie's: they are left as they are."""
    import opentimelineio as otio

    from reperform.timeline.recognising import file_name, is_take_clip, original_of

    found = original_of(placed.clip)
    if not placed.moving or found is None or is_take_clip(placed.clip):
        return True
    reference = found[1]
    if isinstance(reference, otio.schema.GeneratorReference | otio.schema.ImageSequenceReference) or reference is None:
        return True
    return Path(file_name(reference) or reference.name or "").suffix.lower() in _SOUND


def _recorded_zero(placed: PlacedClip) -> Fraction | None:
    """Where its media's first frame stands in its own time, as it was written with its takes."""
    from reperform.timeline import records

    record = records.read(placed.clip, records.ClipRecord)
    # On the record's clock it is where the take begins.
    return record.origin if record and record.clock == "media" else None


def _needed(placed: PlacedClip, offline: Offline, cut: Cut) -> FrameRange:
    """The frames of the offline media that the cut shows of it."""
    from reperform.timeline.retimes.seen import on_record

    if placed.track.kind == "audio":
        return offline.shown(placed)
    try:
        start = placed.source_start - offline.zero
        retimed = on_record(placed, offline.source, cut, start=start, handles=0)
    except MediaRefused:
        retimed = None
    if retimed is None:
        return offline.shown(placed)
    shown = list(_each(retimed))
    return FrameRange.between(min(shown), max(shown) + 1)


def _each(seen: Seen) -> Iterator[int]:
    yield from seen.media.map or ()


def _shows(seen: Seen) -> tuple[int, ...]:
    """The visible frames of the media, in the order of the record."""
    return (seen.media.map or ())[seen.media.head :][: seen.media.frames]


def _shifted(seen: Seen, later: int) -> Seen:
    shifted = tuple(frame + later for frame in seen.media.map or ())
    return replace(seen, media=seen.media.model_copy(update={"map": shifted}))
