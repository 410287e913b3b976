"""From a clip to the file it plays and the frames of it: references, moved media, and the clocks of both.

Only the media of the clips that are asked for are opened; a Prober does that, and is passed in.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any, NoReturn, Protocol

import opentimelineio as otio

from reperform.errors import InputError, MediaError, MediaRefused
from reperform.model import AudioStream, Place, Problem, Source
from reperform.timeline.archives import is_archive_at, unpack
from reperform.timeline.cut import Cut, PlacedClip
from reperform.timeline.locations import Location, is_file, locate, refuse_by_name, refuse_text, tidy
from reperform.timeline.media_roots import MediaRoots
from reperform.timeline.recognising import original_of
from reperform.timing import Rate, ceil_frame, exact_rate, exact_seconds, floor_frame, format_timecode

__all__ = ["Linked", "LinkedSound", "Linker", "Prober", "original_reference"]

_RAW_CODECS = ("prores_raw", "prores raw", "arriraw", "redcode", "r3d", "braw", "cinemadng")
_TRANSCODE = "Transcode it to ProRes, DNxHR or H.264 with the same timecode and reel, and relink the clip to that."
_RELINK = "Relink the clip to its full media in the editor, or give --media-root DIR where that lies."
_GIVE_ROOT = "Bring the media online, or give --media-root DIR, a folder above it."
_SAMPLES = 1000
"""Above it a rate counts samples, not frames."""


class Prober(Protocol):
    """Opens a file and reads its clock."""

    def __call__(self, path: Path, *, rate: Rate | None = None) -> Source:
        """The source; `rate` is the clock for a variable-rate file. Raises MediaError or MediaRefused."""
        ...


@dataclass(frozen=True, kw_only=True)
class Linked:
    """The file of a picture clip, and what of it is visible."""

    source: Source
    in_frame: int
    """First visible frame, on the source's clock; of a reversed clip the earliest in the file."""
    frames: int
    """Visible frames, at least one."""
    start_seconds: Fraction
    """When in the file the visible part begins, from its first frame; exact, so mostly within `in_frame`."""
    first_frame_seconds: Fraction
    """Where the file's first frame stands in the time of the clip's source_range."""
    reference_key: str
    """Of the original among the clip's media references."""


@dataclass(frozen=True, kw_only=True)
class LinkedSound:
    """The file of a sound clip, and which samples of its first stream sound. They may lie outside the file: silence."""

    source: Source
    start_seconds: Fraction
    """When in the file the clip begins, from the picture's first frame; without picture from the first sample."""
    end_seconds: Fraction
    stream: AudioStream | None
    """The first one; None where the file has no sound."""
    start_sample: int
    """From the stream's first sample."""
    end_sample: int
    first_frame_seconds: Fraction
    reference_key: str


def original_reference(clip: Any) -> tuple[str, Any]:
    """Key and reference of what the editor cut: takes of ours stand for it, whichever is active.

    Raises:
        MediaRefused: the clip has no media, or only takes.

    """
    found = original_of(clip)
    if found is not None and found[1] is not None:
        return found
    if len(clip.media_references()):
        raise MediaRefused(
            "it shows a take of reperform's, and its original is not in this timeline",
            fix="Give the timeline that reperform wrote, or put the original back under it.",
        )
    raise MediaRefused("it has no media", fix=_GIVE_ROOT)


class Linker:
    """Finds and opens the media of a cut's clips; what it has opened it remembers."""

    def __init__(
        self, cut: Cut, prober: Prober, media_roots: Sequence[Path] = (), *, allowed_hosts: Iterable[str] = ()
    ) -> None:
        self._cut = cut
        self._prober = prober
        self._roots = MediaRoots(media_roots)
        self._hosts = frozenset(host.lower() for host in (*allowed_hosts, *_own_host(cut.path)))
        self._probed: dict[tuple[Path, Rate | None], Source | InputError | MediaError] = {}
        self._found: dict[tuple[str, Any], Path] = {}
        self._is_archive = is_archive_at(cut.path)
        self.notes: list[Problem] = []
        """What was found elsewhere than the timeline says."""

    def link(self, placed: PlacedClip) -> Linked:
        """The file of a clip of moving picture, and its visible frames.

        Raises:
            MediaRefused: the media is not here, is none that reperform uses, or does not hold what is visible.
            MediaError: the file is damaged.

        """
        try:
            key, reference = original_reference(placed.clip)
            available = _available(reference)
            source = self._open(placed, reference, available)
            _refuse_without_movement(source)
            _refuse_interlaced(source)
            zero = _first_frame(source, available, placed)
            in_frame, frames = _visible(source, placed, zero)
        except (InputError, MediaError) as error:
            _raise_naming(placed, error)
        return Linked(
            source=source,
            in_frame=in_frame,
            frames=frames,
            start_seconds=placed.source_start - zero,
            first_frame_seconds=zero,
            reference_key=key,
        )

    def link_sound(self, placed_audio: PlacedClip) -> LinkedSound:
        """The file of a sound clip, and the samples that sound. Raises as `link` does."""
        placed = placed_audio
        try:
            key, reference = original_reference(placed.clip)
            available = _available(reference)
            source = self._open(placed, reference, available)
            zero = _first_frame(source, available, placed)
            start, end = placed.source_start - zero, placed.source_end - zero
            if end <= 0 or start * source.rate >= source.frames:
                raise _outside(source, placed, f"its first frame stands at {_clock(zero, source)}")
        except (InputError, MediaError) as error:
            _raise_naming(placed, error)
        stream = source.audio[0] if source.audio else None
        return LinkedSound(
            source=source,
            start_seconds=start,
            end_seconds=end,
            stream=stream,
            start_sample=_sample(start, stream) if stream else 0,
            end_sample=_sample(end, stream) if stream else 0,
            first_frame_seconds=zero,
            reference_key=key,
        )

    def open_voice(self, path_text: str) -> Source:
        """The file that a mark's `audio:` names, relative to the timeline.

        Raises:
            MediaRefused: it is not there, or is no media.
            MediaError: it is damaged.

        """
        folder = self._cut.path.absolute().parent
        location = locate(path_text, folder, hosts=self._hosts)
        refuse_by_name(location.name)
        path = self._here(location) or self._in_archive(location)
        if path is None:
            candidates = self._roots.named(location.name)
            if len(candidates) > 1:
                raise _ambiguous(location.name, candidates)
            if not candidates:
                raise MediaRefused(
                    f"there is no file “{path_text}”",
                    fix=f"Put it there, as seen from the timeline's folder {folder}, or correct the mark.",
                )
            path = candidates[0]
        return self._probe(path, None)

    def _open(self, placed: PlacedClip, reference: Any, available: _Available | None) -> Source:
        """The original's file, opened."""
        clock = available.rate if available else None
        spelled = self._spelled(reference)
        known = self._found.get((spelled, clock))
        if known is None:
            known = self._found[spelled, clock] = self._find(placed, spelled, available)
        return self._probe(known, clock)

    def _spelled(self, reference: Any) -> str:
        """The path as written. Raises MediaRefused for references that name no single file."""
        if isinstance(reference, otio.schema.GeneratorReference):
            raise MediaRefused("it is generated by the editor and has no media", fix="Mark a clip of moving picture.")
        if isinstance(reference, otio.schema.ImageSequenceReference):
            raise MediaRefused("its media is an image sequence, which reperform does not take yet", fix=_TRANSCODE)
        spelled = self._cut.dialect.media_path(reference) or str(reference.name or "")
        if not spelled:
            raise MediaRefused("it is offline, and the timeline does not say which file it was", fix=_RELINK)
        return spelled

    def _find(self, placed: PlacedClip, spelled: str, available: _Available | None) -> Path:
        location = locate(spelled, self._cut.media_folder, hosts=self._hosts)
        refuse_by_name(location.name)
        path = self._here(location) or self._in_archive(location)
        return path or self._moved(placed, spelled, location, available)

    def _here(self, location: Location) -> Path | None:
        paths = location.paths
        if self._is_archive and any(".." in inside.split("/") for inside in location.inside):
            paths = ()
        return next((tidy(path) for path in paths if is_file(path)), None)

    def _in_archive(self, location: Location) -> Path | None:
        """The file, unpacked, if the timeline is an archive and holds it."""
        inside = location.inside if self._is_archive else ()
        unpacked = (unpack(self._cut.path, name, self._cut.media_folder) for name in inside)
        return next((path for path in unpacked if path is not None), None)

    def _moved(self, placed: PlacedClip, spelled: str, location: Location, available: _Available | None) -> Path:
        """The file of that name under the media roots; of several the one whose clock fits."""
        candidates = self._roots.named(location.name)
        if len(candidates) > 1:
            candidates = self._fitting(candidates, placed, available) or candidates
        if len(candidates) > 1:
            raise _ambiguous(location.name, candidates)
        if not candidates:
            where = f"it lies {location.elsewhere}" if location.elsewhere else "there is no such file"
            raise MediaRefused(f"its media “{spelled}” is not here: {where}", fix=_GIVE_ROOT)
        self.notes.append(
            Problem(
                severity="note",
                where=Place(
                    track=placed.track.label, clip=placed.name, timecode=self._cut.timecode(placed.record.start)
                ),
                message=f"its media “{spelled}” is not here; {candidates[0]} is used",
            )
        )
        return candidates[0]

    def _fitting(self, candidates: list[Path], placed: PlacedClip, available: _Available | None) -> list[Path]:
        """Those that hold what is visible; among them, if any, those as long as the timeline says, at its timecode."""
        holding: list[Path] = []
        exact: list[Path] = []
        for path in candidates:
            try:
                source = self._probe(path, available.rate if available else None)
                _visible(source, placed, _first_frame(source, available, placed))
            except (InputError, MediaError):
                continue
            holding.append(path)
            if available and available.is_all_of(source):
                exact.append(path)
        return exact or holding

    def _probe(self, path: Path, rate: Rate | None) -> Source:
        known = self._probed.get((path, rate))
        if known is None:
            known = self._probed[path, rate] = _opened(self._prober, path, rate)
        if isinstance(known, Exception):
            raise known
        return known


def _opened(prober: Prober, path: Path, rate: Rate | None) -> Source | InputError | MediaError:
    try:
        refuse_by_name(path.name)
        refuse_text(path)
        source = prober(path, rate=rate)
        codec = f"{source.codec} {source.profile or ''}".lower()
        if any(raw in codec for raw in _RAW_CODECS):
            raise MediaRefused(
                f"“{path.name}” is camera raw ({source.codec}), which reperform does not use", fix=_TRANSCODE
            )
    except (InputError, MediaError) as error:
        return error
    return source


@dataclass(frozen=True, slots=True)
class _Available:
    """The available_range of a reference, in seconds."""

    start: Fraction
    duration: Fraction
    rate: Rate | None
    """Its frame rate; None where it counts samples."""

    @property
    def end(self) -> Fraction:
        return self.start + self.duration

    def slack(self, source: Source) -> Fraction:
        """Two frames: editors count the length of the same file differently."""
        return 2 * max(1 / source.rate, 1 / self.rate if self.rate else Fraction(0))

    def is_length_of(self, source: Source) -> bool:
        return abs(self.duration - source.frames / source.rate) <= self.slack(source)

    def is_all_of(self, source: Source) -> bool:
        start = _timecode_seconds(source)
        return self.is_length_of(source) and (start is None or abs(self.start - start) <= self.slack(source))


def _available(reference: Any) -> _Available | None:
    found = reference.available_range
    if found is None:
        return None
    try:
        start, duration = exact_seconds(found.start_time), exact_seconds(found.duration)
        rate = exact_rate(found.duration.rate)
    except (ValueError, ZeroDivisionError, OverflowError):
        return None
    if duration <= 0:
        return None
    return _Available(start, duration, rate if 1 < rate <= _SAMPLES else None)


def _timecode_seconds(source: Source) -> Fraction | None:
    return None if source.start_frame is None else source.start_frame / source.rate


def _first_frame(source: Source, available: _Available | None, placed: PlacedClip) -> Fraction:
    """Where the file's first frame stands in the time of the clip's source_range.

    Where the timeline says which range of the media is available, at that range's start, unless that is only a part
    of the file, by the file's own timecode. Else at the file's timecode, if what is visible then lies in the file,
    else at zero, if it does then.
    """
    timecode = _timecode_seconds(source)
    if available is not None:
        if available.is_length_of(source):
            return available.start
        # A file without timecode counts from zero.
        first, slack = timecode or Fraction(0), available.slack(source)
        part = first - slack <= available.start and available.end <= first + source.frames / source.rate + slack
        return first if part else available.start
    for zero in (timecode, Fraction(0)):
        if zero is not None and _holds(source, placed, zero):
            return zero
    read = f"its timecode is {_clock(timecode, source)}" if timecode is not None else "it has no timecode"
    raise _outside(source, placed, f"{read}, and counted from zero it does not fit either")


def _holds(source: Source, placed: PlacedClip, zero: Fraction) -> bool:
    if placed.track.kind == "audio":
        slack = 1 / Fraction(24)
        return -slack <= placed.source_start - zero and placed.source_end - zero <= source.frames / source.rate + slack
    first, last = _frames(source, placed, zero)
    return first >= 0 and last <= source.frames + _spare(placed)


def _frames(source: Source, placed: PlacedClip, zero: Fraction) -> tuple[int, int]:
    """First visible frame, and the first after the visible ones, wherever they lie."""
    first = floor_frame(placed.source_start - zero, source.rate)
    return first, max(first + 1, ceil_frame(placed.source_end - zero, source.rate))


def _spare(placed: PlacedClip) -> int:
    """Frames past the media's end that are only rounding; a faster clip steps over its end by its step."""
    return 1 if placed.speed is None else max(1, math.ceil(abs(placed.speed)))


def _visible(source: Source, placed: PlacedClip, zero: Fraction) -> tuple[int, int]:
    """The visible frames: the first, and how many. Raises MediaRefused where the media does not hold them."""
    first, last = _frames(source, placed, zero)
    if first < 0 or first >= source.frames or last > source.frames + _spare(placed):
        missing = max(-first, 0) + max(last - source.frames, 0)
        raise _outside(source, placed, f"{missing} frames of it are missing")
    return first, min(last, source.frames) - first


def _outside(source: Source, placed: PlacedClip, why: str) -> MediaRefused:
    length = f"{source.frames} frames" if source.kind == "movie" else f"{float(source.frames / source.rate):.2f} s"
    asked = f"{_clock(placed.source_start, source)} to {_clock(placed.source_end, source)}"
    return MediaRefused(
        f"the range asked for, {asked}, lies outside the media “{source.path.name}” of {length}: {why}", fix=_RELINK
    )


def _clock(seconds: Fraction, source: Source) -> str:
    """A time as a person reads it: timecode of a movie, seconds of a sound."""
    if source.kind != "movie" or seconds < 0:
        return f"{float(seconds):.3f} s"
    return format_timecode(floor_frame(seconds, source.rate), source.rate, drop_frame=source.drop_frame)


def _sample(seconds: Fraction, stream: AudioStream) -> int:
    """The whole sample nearest to a time, from the stream's first; halves round up."""
    return math.floor(seconds * stream.rate + Fraction(1, 2)) - stream.start_sample


def _refuse_without_movement(source: Source) -> None:
    if source.kind == "sound":
        raise MediaRefused(f"“{source.path.name}” has no picture", fix="Mark a clip of moving picture.")
    if source.kind == "still" or source.frames < 2:
        raise MediaRefused(f"“{source.path.name}” is a still: it has no moving picture", fix="Mark a clip that moves.")


def _refuse_interlaced(source: Source) -> None:
    # Before anything is paid for: the conform would refuse it after.
    if source.field_order != "progressive":
        raise MediaRefused(
            f"“{source.path.name}” is interlaced, and takes of interlaced media are not made yet",
            fix="Deinterlace it to a progressive file of the same timecode, and relink the clip to that.",
        )


def _ambiguous(name: str, candidates: list[Path]) -> MediaRefused:
    names = ", ".join(str(path) for path in candidates[:10])
    return MediaRefused(
        f"{len(candidates)} files called “{name}” fit equally: {names}",
        fix="Give --media-root a folder that holds only the right one.",
    )


def _raise_naming(placed: PlacedClip, error: InputError | MediaError) -> NoReturn:
    """Raises the same kind of error, with the clip's name before it."""
    raise type(error)(f"{placed.name}: {error.message}", cause=error.cause, fix=error.fix) from error


def _own_host(path: Path) -> tuple[str, ...]:
    """The host of the share that the timeline lies on, if it lies on one."""
    drive = path.drive.replace("\\", "/")
    return (drive.split("/")[2],) if drive.startswith("//") else ()
