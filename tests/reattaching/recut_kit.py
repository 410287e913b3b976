"""A small cut that was performed, an editor who cuts on, and a player that knows what each record frame has to show."""

from __future__ import annotations

import math
import shlex
import shutil
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any

import opentimelineio as otio

import burned
from reattaching.performer import EMOTIONS, FIRST_BIT
from whole import command_kit as command
from whole import cut_kit as cut
from whole.cut_kit import Rushes

__all__ = ["CUES", "RATE", "Room", "Seen", "exported", "make_room", "pictures", "seen_by"]

RATE = Fraction(24000, 1001)
HOUR = 86_400
FRAMES = 100
_A = ((14 * 60 + 22) * 60 + 10) * 24 + 5
PERFORMER = (sys.executable, str(Path(__file__).with_name("performer.py")))
COMMAND = f"{shlex.join(PERFORMER)} {{video}} {{direction}} {{output}}"
QUICK = ("--engine", "command", "--command", COMMAND, "--seam", "0")

CUES: dict[str, dict[int, int]] = {
    "A001": {
        **dict.fromkeys(range(20, 30), EMOTIONS.index("angry") + 1),
        **dict.fromkeys(range(60, 70), EMOTIONS.index("sad") + 1),
    },
    "B001": dict.fromkeys(range(16, 42), EMOTIONS.index("happy") + 1),
    "C001": dict.fromkeys(range(20, 40, 2), EMOTIONS.index("surprised") + 1),
}
"""Of each original the frames that are performed, and for whom: the number above FIRST_BIT."""
WANTED: dict[str, range] = {"A001": range(0), "B001": range(FRAMES), "C001": range(20, 39)}
"""Frames that are dialogue wherever they are seen beside what is performed: B001 was marked from cut to cut; C001 was shown at double
speed, so that every second frame of its cue was never seen."""


@dataclass(frozen=True)
class Seen:
    """A use of an original, worked out from the timeline by hand."""

    media: str
    start: int
    """Record frame of its first."""
    sources: tuple[int, ...]
    """For each record frame the frame of the media."""
    retimed: bool

    @property
    def shows(self) -> bool:
        """Whether a performed frame is visible."""
        return not CUES[self.media].keys().isdisjoint(self.sources)

    @property
    def lacking(self) -> frozenset[int]:
        """Record frames that should be performed and never were."""
        if not self.shows:
            return frozenset()
        wanted, paid = WANTED[self.media], CUES[self.media]
        return frozenset(
            self.start + number for number, source in enumerate(self.sources) if source in wanted and source not in paid
        )

    def number(self, source: int) -> int:
        """What a frame of it carries where it is performed, if it is."""
        return source + (CUES[self.media].get(source, 0) << FIRST_BIT)


@dataclass(frozen=True)
class Room:
    """A folder with the rushes, the cut that was performed, and its project."""

    folder: Path

    @property
    def project(self) -> Path:
        return next(self.folder.glob("*.reperform"))

    @property
    def out(self) -> Path:
        return self.folder / "new_RP.otio"

    def rushes(self, name: str) -> Rushes:
        start = {"A001": _A, "B001": HOUR, "C001": 0}[name]
        return Rushes(self.folder / f"{name}.mov", RATE, FRAMES, start)

    def takes(self, out: str = "cut_RP.otio") -> list[str]:
        """Ids of the takes that a written timeline shows, in record order; numbers are given out as they are made."""
        made = otio.adapters.read_from_file(str(self.folder / out))
        shown: dict[int, str] = {}
        for track in made.tracks:
            start = 0
            for item in track if track.name.startswith("Takes") and track.enabled else ():
                if isinstance(item, otio.schema.Clip) and item.enabled:
                    shown[start] = Path(item.name).stem
                start += round(item.source_range.duration.value)
        return [shown[start] for start in sorted(shown)]

    def attempts(self) -> int:
        return command.ledger_rows(self.project)["attempts"]

    def first_cut(self) -> otio.schema.Timeline:
        """A gap of 5; A001 10 to 50 and 52 to 90; B001 16 to 42, marked as a whole; C001 from 10 on at double speed."""
        c = cut.clip(self.rushes("C001"), 10, 20, marks=[("RP: surprised", 15, 10)])
        c.effects.append(otio.schema.LinearTimeWarp(time_scalar=2.0))
        items = [
            cut.gap(5, RATE),
            cut.clip(self.rushes("A001"), 10, 40, marks=[("RP: angry", 20, 10)]),
            cut.clip(self.rushes("A001"), 52, 38, marks=[("RP: sad", 60, 10)]),
            cut.clip(self.rushes("B001"), 16, 26, marks=[("RP: happy", 16, 26)]),
            c,
        ]
        return cut.timeline(cut.track(*items), start=HOUR, rate=RATE)

    @property
    def performer(self) -> tuple[str, ...]:
        """What runs the program that performs."""
        return ("--command", COMMAND)

    def perform(self, *options: str) -> None:
        """`run` of the first cut."""
        command.run(self.folder / "cut.otio", self.folder / "cut_RP.otio", *QUICK, "--for", "resolve", *options)

    def reattach(self, made: otio.schema.Timeline, *options: str, name: str = "new.otio") -> command.Ran:
        """`reattach` of this timeline, as Resolve would have exported it."""
        cut.save(made, self.folder / name)
        out = self.folder / name.replace(".otio", "_RP.otio")
        return command.call(
            "reattach", self.folder / name, "-o", out, "--json", "--for", "resolve", "--seam", "0", *options
        )

    def reattached(self, made: otio.schema.Timeline, *options: str) -> dict[str, Any]:
        """The same, with everything that must hold of it; its document."""
        before = self.attempts()
        ran = self.reattach(made, *options)
        assert ran.status in (0, 1), ran.said
        assert "error" not in ran.json, ran.said
        uses = list(seen_by(made))
        assert_frames(uses, pictures(self.out, uses), ran.json)
        assert self.attempts() == before, "something was sent"
        assert ran.status == int(any(use.lacking for use in uses)), ran.said
        return ran.json


def make_room(folder: Path) -> Room:
    """The rushes, the cut, and the run."""
    folder.mkdir(parents=True)
    room = Room(folder)
    options: dict[str, Any] = {"rate": RATE, "frames": FRAMES, "size": (160, 90), "channels": 1}
    burned.make_movie(folder / "A001.mov", codec="mjpeg", timecode="14:22:10:05", reel="A001R1", **options)
    burned.make_movie(folder / "B001.mov", codec="h264", timecode="01:00:00:00", **options)
    burned.make_movie(folder / "C001.mov", codec="mjpeg", **options)
    cut.save(room.first_cut(), folder / "cut.otio")
    room.perform()
    return room


def copy_of(room: Room, folder: Path) -> Room:
    shutil.copytree(room.folder, folder)
    return Room(folder)


def exported(
    made: otio.schema.Timeline, folder: Path, *, spelled: Callable[[], float] = lambda: 23.976
) -> otio.schema.Timeline:
    """As Resolve would export it: names, metadata, marks and all but the active reference are gone, values lie a hair off."""
    made = made.clone()
    made.name, made.metadata["reperform"] = "", {}
    del made.metadata["reperform"]
    del made.tracks.markers[:]
    made.metadata["Resolve_OTIO"] = {"Resolve OTIO Meta Version": "1.0"}
    for item in made.tracks.find_children():
        for key in list(item.metadata):
            del item.metadata[key]
        if isinstance(item, otio.core.Item):
            del item.markers[:]
        if isinstance(item, otio.schema.Clip):
            _export_clip(item, folder)
        if isinstance(item, otio.core.Item) and item.source_range is not None:
            item.source_range = _off(item.source_range, spelled)
    return made


def _export_clip(clip: otio.schema.Clip, folder: Path) -> None:
    reference = clip.media_reference.clone()
    reference.target_url = (
        str(folder / Path(reference.target_url).name) if "/" not in reference.target_url else reference.target_url
    )
    for key in list(reference.metadata):
        del reference.metadata[key]
    clip.name = reference.name = Path(reference.target_url).name
    clip.set_media_references({"DEFAULT_MEDIA": reference}, "DEFAULT_MEDIA")


def _off(found: otio.opentime.TimeRange, spelled: Callable[[], float]) -> otio.opentime.TimeRange:
    start, length = found.start_time, found.duration
    hair = round(start.value) * (1 - 2**-52)
    return otio.opentime.TimeRange(
        otio.opentime.RationalTime(hair, spelled()), otio.opentime.RationalTime(round(length.value), spelled())
    )


def seen_by(made: otio.schema.Timeline) -> Iterator[Seen]:
    """What V1 shows, worked out frame by frame; of nested clips as well."""
    yield from _in_track(made.tracks[0], 0, None)


def _in_track(track: Any, start: int, room: range | None) -> Iterator[Seen]:
    for item in track:
        length = round(item.source_range.duration.value)
        if isinstance(item, otio.schema.Stack):
            opens = round(item.source_range.start_time.value)
            yield from _in_track(item[0], start - opens, range(start, start + length))
        elif isinstance(item, otio.schema.Clip) and item.enabled:
            seen = _seen(item, start, length)
            inside = [number for number in range(length) if room is None or start + number in room]
            if inside:
                yield Seen(
                    seen.media, start + inside[0], tuple(seen.sources[number] for number in inside), seen.retimed
                )
        start += length


def _seen(clip: otio.schema.Clip, start: int, length: int) -> Seen:
    reference = clip.media_reference
    media = Path(reference.target_url).name.partition(".")[0].partition("_")[0]
    first = round(clip.source_range.start_time.value) - round(reference.available_range.start_time.value)
    speed = Fraction(clip.effects[0].time_scalar).limit_denominator(100) if len(clip.effects) else Fraction(1)
    anchor = first if speed >= 0 else first + math.ceil(length * -speed) - 1
    sources = tuple(min(FRAMES - 1, math.floor(anchor + number * speed)) for number in range(length))
    return Seen(media, start, sources, speed != 1)


def pictures(out: Path, uses: Sequence[Seen]) -> dict[int, int | None]:
    """By record frame: the number that a take on a track shows there. Where no take is on top, there is none."""
    made = otio.adapters.read_from_file(str(out))
    frames = range(max((use.start + len(use.sources) for use in uses), default=0))
    found = {frame: _topmost(made.tracks, frame) for frame in frames}
    return {frame: _number(*clip) for frame, clip in found.items() if clip is not None and _is_take(clip[0])}


def _topmost(stack: Any, frame: int) -> tuple[otio.schema.Clip, int] | None:
    """The uppermost enabled clip at a frame of a stack's own time, and which of its frames."""
    for track in reversed(stack):
        if track.kind == otio.schema.TrackKind.Video and track.enabled and (found := _at(track, frame)):
            return found
    return None


def _at(track: Any, frame: int) -> tuple[otio.schema.Clip, int] | None:
    for item in track:
        length = round(item.source_range.duration.value)
        if 0 <= frame < length:
            if isinstance(item, otio.schema.Stack):
                return _topmost(item, round(item.source_range.start_time.value) + frame)
            return (item, frame) if isinstance(item, otio.schema.Clip) and item.enabled else None
        frame -= length
    return None


def _is_take(clip: otio.schema.Clip) -> bool:
    return Path(clip.media_reference.target_url).parent.name == "takes"


def _number(clip: otio.schema.Clip, frame: int) -> int | None:
    reference = clip.media_reference
    first = round(clip.source_range.start_time.value) - round(reference.available_range.start_time.value)
    found: int | None = cut.numbers(Path(reference.target_url))[first + frame]
    return found


def assert_frames(uses: Sequence[Seen], shown: dict[int, int | None], document: dict[str, Any]) -> None:
    """Each take on exactly the frames that it was made for, and every frame that none covers in the report."""
    said = {_record(shot): shot for shot in document["shots"] if shot["state"] in ("attached", "lacking")}
    for use in uses:
        report = said.pop((use.start, len(use.sources)), None)
        assert (report is not None) == use.shows, (use, document["shots"])
        missing = {frame for gap in (report or {"missing": ()})["missing"] for frame in _record_frames(gap)}
        assert set(use.lacking) == missing, (use, report)
        for number, source in enumerate(use.sources):
            frame = use.start + number
            if frame in shown:
                assert use.number(source) == shown[frame], (use, number, shown[frame])
            elif not use.lacking or (not use.retimed and use.media != "C001"):
                assert use.number(source) == source, (use, number, "shows its original")
    assert not said, said


def _record_frames(gap: dict[str, Any]) -> range:
    return range(gap["in_frame"], gap["in_frame"] + gap["frames"])


def _record(shot: dict[str, Any]) -> tuple[int, int]:
    record = shot["after"]["record"]
    return record["in_frame"], record["frames"]
