"""Finds and opens the media of clips. Only the media of the clips that are asked for; a Prober opens it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any, Literal

from reperform.errors import CameraRaw, InputError, MediaError, MediaRefused
from reperform.linking.candidates import choose, said_of
from reperform.linking.clocks import first_frame, refuse_silence, said_zero, sample, visible
from reperform.linking.linked import Linked, LinkedSound, Prober
from reperform.linking.references import Wanted, original_reference, wanted_of
from reperform.linking.refusals import (
    ambiguous,
    raise_naming,
    refuse_interlaced,
    refuse_raw,
    refuse_without_movement,
)
from reperform.linking.runs import FoundRun, Runs
from reperform.model import ImageSequence, Place, Problem, Source
from reperform.timeline.archives import is_archive_at, unpack
from reperform.timeline.cut import Cut, PlacedClip
from reperform.timeline.locations import Location, host_of, is_file, locate, refuse_by_name, refuse_text, tidy
from reperform.timeline.media_roots import MediaRoots
from reperform.timing import Rate

__all__ = ["Linker"]


class Linker:
    """Finds and opens the media of a cut's clips; what it has opened it remembers."""

    def __init__(
        self, cut: Cut, prober: Prober, media_roots: Sequence[Path] = (), *, allowed_hosts: Iterable[str] = ()
    ) -> None:
        self._cut = cut
        self._roots = MediaRoots(media_roots)
        own = host_of(cut.path.absolute())
        self._hosts = frozenset(host.lower() for host in (*allowed_hosts, *((own,) if own else ())))
        self._files = _Opened(prober)
        self._runs = Runs(cut.media_folder, self._hosts, self._roots)
        self._found: dict[Wanted, _Media] = {}
        self._said: set[str] = set()
        self._is_archive = is_archive_at(cut.path)
        self.notes: list[Problem] = []
        """What was found elsewhere than the timeline says, and what there is to know about the media."""

    def link(self, placed: PlacedClip) -> Linked:
        """The file of a clip of moving picture, and its visible frames.

        Raises:
            MediaRefused: the media is not here, is none that reperform uses, or does not hold what is visible.
            MediaError: the file is damaged.

        """
        try:
            key, media = self._original(placed)
            source = media.source
            refuse_without_movement(source)
            refuse_interlaced(source)
            zero = self._zero(media, placed)
            in_frame, frames = visible(source, placed, zero)
        except (InputError, MediaError) as error:
            raise_naming(placed, error)
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
            key, media = self._original(placed)
            source = media.source
            zero = self._zero(media, placed)
            refuse_silence(source, placed, zero)
        except (InputError, MediaError) as error:
            raise_naming(placed, error)
        start, end = placed.source_start - zero, placed.source_end - zero
        stream = source.audio[0] if source.audio else None
        return LinkedSound(
            source=source,
            start_seconds=start,
            end_seconds=end,
            stream=stream,
            start_sample=sample(start, stream) if stream else 0,
            end_sample=sample(end, stream) if stream else 0,
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
                raise ambiguous(location.name, [(path, "") for path in candidates])
            if not candidates:
                raise MediaRefused(
                    f"there is no file “{path_text}”",
                    fix=f"Put it there, as seen from the timeline's folder {folder}, or correct the mark.",
                )
            path = candidates[0]
        return self._files.open(path, None)

    def _zero(self, media: _Media, placed: PlacedClip) -> Fraction:
        zero = first_frame(media.source, media.said_zero, placed)
        if zero.doubt:
            self._say(placed, f"{zero.doubt}; look whether the right frames are meant", "warning")
        return zero.seconds

    def _original(self, placed: PlacedClip) -> tuple[str, _Media]:
        """The original's key among the clip's references, and its file, opened."""
        key, reference = original_reference(placed.clip, may_be_take=self._cut.may_hold_takes)
        wanted = wanted_of(self._cut, placed, reference)
        known = self._found.get(wanted)
        if known is None:
            source = self._sequence(placed, wanted) if wanted.run else self._file(placed, wanted)
            known = self._found[wanted] = _Media(source, said_zero(source, wanted.available))
        return key, known

    def _file(self, placed: PlacedClip, wanted: Wanted) -> Source:
        location = locate(wanted.spelled, self._cut.media_folder, hosts=self._hosts)
        try:
            path = self._there(location, wanted)
            if path is not None:
                return self._files.open(path, wanted.available.rate if wanted.available else None)
        except CameraRaw as raw:
            if not self._roots:
                raise
            return self._developed(placed, wanted, location, raw)
        why = f"it lies {location.elsewhere}" if location.elsewhere else "there is no such file"
        found = choose(wanted, location.name, placed, self._roots, self._files.open, why=why)
        self._say(placed, said_of(found, wanted), "warning" if found.doubt and wanted.available else "note")
        return found.source

    def _there(self, location: Location, wanted: Wanted) -> Path | None:
        """The file where the timeline says; None where it is not there."""
        refuse_by_name(location.name)
        return None if wanted.guessed else self._here(location) or self._in_archive(location)

    def _developed(self, placed: PlacedClip, wanted: Wanted, location: Location, raw: CameraRaw) -> Source:
        """What stands under the roots for camera raw: a transcode or proxy of it. Raises CameraRaw where nothing does."""
        try:
            found = choose(wanted, location.name, placed, self._roots, self._files.open, why="it is camera raw")
        except MediaRefused as error:
            raise CameraRaw(raw.message, cause=error.message, fix=raw.fix) from error
        self._say(placed, said_of(found, wanted, why="is camera raw"), "warning" if found.doubt else "note")
        return found.source

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

    def _sequence(self, placed: PlacedClip, wanted: Wanted) -> Source:
        found = self._runs.find(wanted)
        rate = wanted.rate or self._cut.rate
        source = self._files.open(found.path, rate, found.sequence)
        self._say_sequence(placed, wanted, found, source)
        return source.model_copy(update=_start(wanted, found, rate))

    def _say_sequence(self, placed: PlacedClip, wanted: Wanted, found: FoundRun, source: Source) -> None:
        if found.moved:
            self._say(placed, f"{wanted.text} is not here; {found.path} is used: {found.moved}")
        self._say(placed, f"“{found.path.name}” is an image sequence of {source.frames} pictures")

    def _say(self, placed: PlacedClip, message: str, severity: Literal["note", "warning"] = "note") -> None:
        if message in self._said:
            return
        self._said.add(message)
        timecode = self._cut.timecode(placed.record.start)
        where = Place(track=placed.track.label, clip=placed.name, timecode=timecode)
        self.notes.append(Problem(severity=severity, where=where, message=message))


@dataclass(frozen=True, slots=True)
class _Media:
    """A file that was found for what clips name."""

    source: Source
    said_zero: Fraction | None
    """As `clocks.said_zero` gives it."""


class _Opened:
    """Files that were opened, or that would not open: each is tried once."""

    def __init__(self, prober: Prober) -> None:
        self._prober = prober
        self._known: dict[tuple[Path, Rate | None, ImageSequence | None], Source | InputError | MediaError] = {}

    def open(self, path: Path, rate: Rate | None, sequence: ImageSequence | None = None) -> Source:
        """The file. Raises MediaRefused or MediaError, each time the same."""
        key = (path, rate, sequence)
        known = self._known.get(key)
        if known is None:
            known = self._known[key] = self._try(path, rate, sequence)
        if isinstance(known, Exception):
            raise known
        return known

    def _try(self, path: Path, rate: Rate | None, sequence: ImageSequence | None) -> Source | InputError | MediaError:
        try:
            if sequence is not None:
                return self._prober(path, rate=rate, sequence=sequence)
            refuse_by_name(path.name)
            refuse_text(path)
            source = self._prober(path, rate=rate)
            refuse_raw(source)
        except (InputError, MediaError) as error:
            return error
        return source


def _start(wanted: Wanted, found: FoundRun, rate: Rate) -> dict[str, Any]:
    """The timecode of a sequence's first picture: what the timeline says; where it says nothing, its number."""
    if wanted.available is None:
        return {"start_frame": found.sequence.first}
    position = wanted.available.start * rate
    return {"start_frame": round(position)} if position > 0 else {}
