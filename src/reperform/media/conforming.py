"""Results made into a take: spliced into the original on its own clock, in its own codec where its packets can be copied."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from reperform.errors import ConformError
from reperform.files import atomic_output
from reperform.media import encoding, mastering, muxing, originals
from reperform.media.compositing.composing import Composition, Compositions, compose, shown_frames
from reperform.media.opening import opened
from reperform.media.probing import picture_stream
from reperform.media.returning import PictureMaker
from reperform.media.sequence_takes import numbering, sound_path, write_sequence
from reperform.media.splicing import Splice, Weights, weights_of
from reperform.media.viewing.choosing import viewing_of
from reperform.model import ImageSequence, PlanSettings, Shot, Source
from reperform.timing import FrameRange, Rate, format_timecode, parse_timecode

if TYPE_CHECKING:
    from av.packet import Packet
    from av.video.stream import VideoStream

    from reperform.media.viewing.base import Viewing

__all__ = ["Conformed", "as_made", "composed", "conform", "take_color", "take_start"]

_NOT_CARRIED = (
    "major_brand", "minor_version", "compatible_brands", "encoder", "timecode", "reel_name", "duration", "bit_rate",
)  # fmt: skip

_NAMED_BY_PRORES = {
    "bt709": "bt709", "smpte170m": "smpte170m", "bt470bg": "smpte170m", "bt2020nc": "bt2020nc", "bt2020c": "bt2020nc",
}  # fmt: skip
"""The matrix in which a mezzanine is coded: the same, under the one name that there is for it, else Rec. 709."""


@dataclass(frozen=True, kw_only=True)
class Conformed:
    """A take's file, as it was made."""

    path: Path
    in_frame: int
    """The frame of the shot's clock that its first frame stands for."""
    frames: int
    rate: Rate
    start_frame: int
    """Timecode of its first frame, in frames from 00:00:00:00."""
    drop_frame: bool
    reel: str | None
    """As it stands in the file."""
    recipe: encoding.Recipe
    """How its changed frames were encoded."""
    color: Mapping[str, str]
    """The colour tags it was given."""
    copied_packets: int
    """Frames whose packets are the original's, byte for byte."""
    changed: tuple[int, ...]
    """Frames, on the shot's clock, that were encoded: cues and seams, or all."""
    weights: Weights
    """What of which splice stands in the cues and seams."""
    compositions: Compositions = field(default_factory=dict)
    """Of which splices only what changed is shown."""
    sequence: ImageSequence | None = None
    """Its pictures, where `path` is their folder. None for a movie."""
    viewing: Viewing | None = None
    """Through which the engine saw the original. None where it is stored as it is shown."""

    @property
    def codec(self) -> str:
        """Such as `ProRes HQ`."""
        return self.recipe.name

    @property
    def heard_in(self) -> Path:
        """The file of its sound, where it has any: its own, or that beside its pictures."""
        return self.path if self.sequence is None else sound_path(self.path)

    @property
    def range(self) -> FrameRange:
        """What it covers, on the shot's clock."""
        return FrameRange(self.in_frame, self.frames)


def conform(
    shot: Shot,
    splices: Sequence[Splice],
    *,
    out: Path,
    settings: PlanSettings,
    take_range: FrameRange | None = None,
    reel: str | None = None,
    sound: Sequence[muxing.Track] = (),
) -> Conformed:
    """Writes the take of `shot` with these splices to `out`, complete or not at all: a MOV file, or a folder of pictures.

    It covers `take_range` on the shot's clock (None: the visible range with handles). `sound` are its streams, as
    `take_sound.TakeSound.tracks` gives them. Memory is constant. Frames without a splice are the original's: their packets or
    files where those can be copied, else one generation of the mezzanine.

    Raises:
        ConformError: interlaced media, or a frame inside a cue did not come back.
        MediaError: the original or a result cannot be read; the encoder failed.

    """
    _refuse_interlaced(shot.source)
    made = as_made(shot, splices, path=out, settings=settings, take_range=take_range, reel=reel)
    source, recipe, color = shot.source, made.recipe, made.color
    copied = encoding.same_as(source)
    timecode = format_timecode(made.start_frame, made.rate, drop_frame=made.drop_frame)
    maker = PictureMaker(
        shot,
        splices,
        made.weights,
        made.changed,
        recipe=recipe,
        color=color,
        compositions=made.compositions,
        viewing=made.viewing,
    )
    out.parent.mkdir(parents=True, exist_ok=True)
    if made.sequence is not None:
        write_sequence(made, shot, pictures=maker.pictures(), sound=sound)
        return made
    with ExitStack() as stack:
        coded = encoding.encoded(
            recipe, maker.raw(), width=source.width, height=source.height, rate=shot.media.rate, color=color
        )
        template, packets = stack.enter_context(
            _packets(shot, made.range, made.changed, coded, copying=copied is not None)
        )
        facts = muxing.MovieFacts(
            rate=shot.media.rate,
            frames=made.range,
            tag=recipe.tag,
            timecode=timecode,
            reel=reel,
            pixel_aspect=source.pixel_aspect,
            rotation=source.rotation,
            color=color,
            **_metadata(source, copied=copied is not None),
        )
        temporary = stack.enter_context(atomic_output(out))
        written = muxing.write_movie(temporary, template=template, facts=facts, packets=packets, sound=sound)
        if written != made.frames:
            raise ConformError(f"{written} of {made.frames} frames were encoded for {out.name}")
        if copied is None:
            mastering.write_mastering(temporary, mastering.mastering_of(source))
    return made


def as_made(
    shot: Shot,
    splices: Sequence[Splice],
    *,
    path: Path,
    settings: PlanSettings,
    take_range: FrameRange | None = None,
    reel: str | None = None,
) -> Conformed:
    """What `conform` writes to `path`, or has written there.

    Raises:
        ConformError, MediaError: as `conform`.

    """
    source, covered = shot.source, take_range or shot.media.with_handles
    weights = weights_of(splices, take=covered, seam_frames=settings.seam_frames)
    copied = encoding.same_as(source)
    recipe = copied or encoding.mezzanine(settings.mezzanine, width=source.width, height=source.height)
    compositions = composed(shot, splices, covered=covered, settings=settings)
    changed = shown_frames(weights, compositions) if copied else tuple(range(covered.start, covered.end))
    start, drop = take_start(shot, covered)
    return Conformed(
        path=path,
        in_frame=covered.start,
        frames=covered.frames,
        rate=shot.media.rate,
        start_frame=start,
        drop_frame=drop,
        reel=reel,
        recipe=recipe,
        color=take_color(source, recipe),
        copied_packets=covered.frames - len(changed),
        changed=changed,
        weights=weights,
        compositions=compositions,
        sequence=numbering(shot, covered, folder=path, start_frame=start) if copied and source.sequence else None,
        viewing=viewing_of(source, settings.input_lut),
    )


def composed(
    shot: Shot, splices: Sequence[Splice], *, covered: FrameRange, settings: PlanSettings
) -> dict[int, Composition]:
    """What of each result a take of `covered` shows; none where whole frames are asked for.

    Raises:
        ConformError, MediaError: as `conform`.

    """
    if settings.composite == "whole":
        return {}
    source = shot.source
    weights = weights_of(splices, take=covered, seam_frames=settings.seam_frames)
    recipe = encoding.same_as(source) or encoding.mezzanine(
        settings.mezzanine, width=source.width, height=source.height
    )
    viewing, color = viewing_of(source, settings.input_lut), take_color(source, recipe)
    return compose(shot, splices, weights, covered=covered, recipe=recipe, color=color, viewing=viewing)


def take_start(shot: Shot, covered: FrameRange) -> tuple[int, bool]:
    """Timecode of a take's first frame, counted from 00:00:00:00 and not yet wrapped at 24 hours, and whether drop-frame.

    A shot on the record's clock starts at record timecode; else the source's counts. Editors count a source without
    one from zero, and so does its take: it lies where the clip looks for it, whichever of the two is relinked.
    """
    if shot.clock == "record":
        drop = ";" in shot.record.in_
        return parse_timecode(shot.record.in_, shot.media.rate) + covered.start - shot.record.in_frame, drop
    return (shot.source.start_frame or 0) + covered.start, shot.source.drop_frame


def take_color(source: Source, recipe: encoding.Recipe) -> dict[str, str]:
    """The colour tags of a take: the original's, but for a range or matrix that the mezzanine cannot name."""
    color = dict(source.color)
    if recipe.range is not None:
        color["range"] = recipe.range
        if "space" in color:
            color["space"] = _NAMED_BY_PRORES.get(color["space"], "bt709")
    return color


@contextmanager
def _packets(
    shot: Shot, covered: FrameRange, changed: Sequence[int], made: Any, *, copying: bool
) -> Iterator[tuple[VideoStream, Iterator[Packet[Any]]]]:
    """The stream that the take is like, and the packet of each of its frames in order."""
    with ExitStack() as stack:
        encoder = stack.enter_context(made) if changed else (None, iter(()))
        template, encoded = encoder
        if not copying:
            yield template, encoded
            return
        reader = stack.enter_context(originals.PacketReader(shot.source))
        yield reader.stream, _spliced(shot, covered, frozenset(changed), reader, encoded)


def _spliced(
    shot: Shot,
    covered: FrameRange,
    changed: frozenset[int],
    reader: originals.PacketReader,
    encoded: Iterator[Packet[Any]],
) -> Iterator[Packet[Any]]:
    number_of = originals.source_frames(shot)
    for frame in range(covered.start, covered.end):
        if frame not in changed:
            yield reader.packet(number_of(frame))
        elif (packet := next(encoded, None)) is not None:
            yield packet
        else:
            raise ConformError(f"the encoder stopped before frame {frame} of {shot.source.path.name}")
    # Its end is where an encoder says that it failed.
    if next(encoded, None) is not None:
        raise ConformError(f"more pictures were encoded for {shot.source.path.name} than were changed")


def _metadata(source: Source, *, copied: bool) -> Mapping[str, Any]:
    """What the original's container says about it. The name of its encoder goes with its packets only."""
    if source.sequence is not None:
        return {"metadata": {}, "stream_metadata": {}}
    with opened(source.path) as container:
        stream = picture_stream(container)
        assert stream is not None
        of_file = {key: value for key, value in container.metadata.items() if key not in _NOT_CARRIED}
        of_stream = {key: value for key, value in stream.metadata.items() if key == "language"}
        if copied and "encoder" in stream.metadata:
            of_stream["encoder"] = stream.metadata["encoder"]
    return {"metadata": of_file, "stream_metadata": of_stream}


def _refuse_interlaced(source: Source) -> None:
    if source.field_order != "progressive":
        raise ConformError(
            f"{source.path.name} is interlaced ({source.field_order}); takes of interlaced media are not made yet",
            fix="Deinterlace it to a progressive file of the same timecode, and relink the clip.",
        )
