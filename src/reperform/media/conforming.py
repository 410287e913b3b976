"""Results made into a take: spliced into the original on its own clock, in its own codec where its packets can be copied."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from reperform.errors import ConformError
from reperform.files import atomic_output
from reperform.media import encoding, mastering, muxing, originals, recipes
from reperform.media.conformed import Conformed, as_made
from reperform.media.opening import opened
from reperform.media.probing import picture_stream
from reperform.media.returning import PictureMaker
from reperform.media.sequence_takes import write_sequence
from reperform.media.splicing import Splice
from reperform.model import PlanSettings, Shot, Source
from reperform.timing import FrameRange, format_timecode

if TYPE_CHECKING:
    from av.packet import Packet
    from av.video.stream import VideoStream


__all__ = ["conform"]

_NOT_CARRIED = (
    "major_brand", "minor_version", "compatible_brands", "encoder", "timecode", "reel_name", "duration", "bit_rate",
)  # fmt: skip


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
    copied = recipes.same_as(source)
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
