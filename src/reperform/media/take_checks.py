"""A finished take, read back and measured against its original and what was spliced into it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

import numpy as np

from reperform.errors import ReperformError
from reperform.media import comparing, frames, naming, originals
from reperform.media.compositing.views import Layout
from reperform.media.muxing import sound_length
from reperform.media.opening import opened
from reperform.media.pictures import Fitter, Planes, planes
from reperform.media.probing import picture_stream, probe
from reperform.media.returning import PictureMaker, all_pictures, take_coding
from reperform.media.sequence_checks import check_sequence_take
from reperform.media.splicing import Splice
from reperform.model import Check, Shot, Source
from reperform.timing import format_timecode

if TYPE_CHECKING:
    from pathlib import Path

    from av.video.frame import VideoFrame

    from reperform.media.checks.watching import Watch
    from reperform.media.conformed import Conformed
    from reperform.media.muxing import Track

__all__ = ["check_take"]


def check_take(
    conformed: Conformed,
    shot: Shot,
    splices: Sequence[Splice],
    *,
    sound: Sequence[Track] = (),
    watch: Watch | None = None,
) -> tuple[Check, ...]:
    """Reads the take back: clock, raster, timecode, colours, sound, untouched packets, and every frame decoded.

    `splices` and `sound` are those it was conformed with. `watch` sees the pictures as they pass.

    Raises:
        MediaError: the original or a result cannot be read.

    """
    if conformed.sequence is not None:
        return check_sequence_take(conformed, shot, splices, sound=sound, watch=watch)
    try:
        take = probe(conformed.path)
        pictures = _pictures(conformed, shot, splices, watch)
    except ReperformError as error:
        return (Check(name="decodes", passed=False, detail=error.message),)
    checks = [*pictures, _clock(conformed, take), _raster(shot.source, take), _timecode(conformed, take)]
    checks += [_color(conformed, shot.source), _sound(conformed, take, sound)]
    if conformed.copied_packets:
        checks.append(_untouched(conformed, shot))
    return tuple(checks)


def _clock(conformed: Conformed, take: Source) -> Check:
    passed = (take.rate, take.frames, take.variable) == (conformed.rate, conformed.frames, False)
    detail = f"{take.frames} frames at {take.rate}; meant {conformed.frames} at {conformed.rate}"
    return Check(name="frame count and rate", passed=passed, detail=detail)


def _raster(source: Source, take: Source) -> Check:
    facts = [(s.width, s.height, s.pixel_aspect, s.rotation) for s in (take, source)]
    said = [f"{w}×{h}, pixels {aspect}:1, turned {turn}°" for w, h, aspect, turn in facts]
    return Check(name="raster", passed=facts[0] == facts[1], detail=f"{said[0]}; original {said[1]}")


def _timecode(conformed: Conformed, take: Source) -> Check:
    meant = format_timecode(conformed.start_frame, conformed.rate, drop_frame=conformed.drop_frame)
    found = _timecode_text(take)
    detail = f"{found}, reel {take.reel or 'none'}; meant {meant}, reel {conformed.reel or 'none'}"
    passed = (found, take.reel or None) == (meant, conformed.reel or None)
    return Check(name="timecode and reel", passed=passed, detail=detail)


def _timecode_text(take: Source) -> str:
    if take.start_frame is None:
        return "no timecode"
    return format_timecode(take.start_frame, take.rate, drop_frame=take.drop_frame)


def _color(conformed: Conformed, source: Source) -> Check:
    """What the containers say: a decoder may know fewer names."""
    meant = (_tags_of(source.path) if conformed.copied_packets else {}) | dict(conformed.color)
    said = _tags_of(conformed.path)
    # Not every codec has a place for the range; what is meant without one is told by the codec.
    tags = [tag for tag in ("primaries", "transfer", "space", "range") if tag != "range" or "range" in meant]
    found, wanted = (" ".join(color.get(tag, "–") for tag in tags) for color in (said, meant))
    return Check(name="colour tags", passed=found == wanted, detail=f"{found}; meant {wanted}")


def _tags_of(path: Path) -> dict[str, str]:
    with opened(path) as container:
        stream = picture_stream(container)
        assert stream is not None
        rgb = (stream.codec_context.pix_fmt or "").startswith(("gbr", "rgb", "bgr"))
        tags = naming.color(stream.codec_context, None)
    return tags if rgb else {tag: name for tag, name in tags.items() if name != "gbr"}


def _sound(conformed: Conformed, take: Source, sound: Sequence[Track]) -> Check:
    meant = [(t.rate, t.channels, sound_length(conformed.range, conformed.rate, t.rate), "pcm_s24le") for t in sound]
    found = [(stream.rate, stream.channels, stream.samples, stream.codec) for stream in take.audio]
    detail = ", ".join(f"{channels} channels at {rate}, {samples} samples" for rate, channels, samples, _ in found)
    return Check(name="sound streams", passed=found == meant, detail=f"{detail or 'none'}; {len(meant)} meant")


def _untouched(conformed: Conformed, shot: Shot) -> Check:
    """Every packet outside cues and seams is the original's, byte for byte."""
    changed = frozenset(conformed.changed)
    numbers = [frame for frame in range(conformed.in_frame, conformed.range.end) if frame not in changed]
    number_of = originals.source_frames(shot)
    take = probe(conformed.path)
    with originals.PacketReader(shot.source) as before, originals.PacketReader(take) as after:
        different = [
            frame
            for frame in numbers
            if bytes(before.packet(number_of(frame))) != bytes(after.packet(frame - conformed.in_frame))
        ]
    detail = f"{len(numbers) - len(different)} of {len(numbers)} packets outside cues and seams are the original's"
    return Check(name="untouched packets", passed=not different, detail=detail)


def _pictures(conformed: Conformed, shot: Shot, splices: Sequence[Splice], watch: Watch | None) -> list[Check]:
    """Decodes what was encoded, and compares some of it with what it was meant to be.

    Of a take that holds the original's packets only its own are decoded: the others are compared as bytes.
    """
    compared = comparing.spread(conformed.changed)
    meant = PictureMaker(
        shot,
        splices,
        conformed.weights,
        compared,
        recipe=conformed.recipe,
        color=conformed.color,
        compositions=conformed.compositions,
        viewing=conformed.viewing,
    ).pictures()
    fitter, top = _same_format(conformed, shot.source), Layout.of(conformed.recipe.pixel_format).top
    count, worst = 0, np.inf
    try:
        for frame, picture in _encoded(conformed):
            count += 1
            seen = watch is not None and watch.wants(frame)
            if not seen and frame not in compared:
                continue
            found = planes(fitter.fit(picture))
            if frame in compared:
                worst = min(worst, comparing.decibels(found[0], next(meant)[0], top=top))
            if watch is not None and seen:
                watch.see(frame, found)
    finally:
        _close(meant)
    expected = len(conformed.changed) if conformed.copied_packets else conformed.frames
    decodes = Check(name="decodes", passed=count == expected, detail=_decoded(count, expected, conformed))
    if not compared:
        return [decodes]
    detail = f"{len(compared)} frames compared with what was meant: at least {worst:.1f} dB"
    return [decodes, Check(name="pictures in their places", passed=bool(worst >= comparing.CLOSE), detail=detail)]


def _encoded(conformed: Conformed) -> Iterator[tuple[int, VideoFrame]]:
    """The pictures of the frames that were encoded, and their numbers on the shot's clock."""
    if not conformed.copied_packets:
        yield from enumerate(all_pictures(conformed.path), conformed.in_frame)
        return
    numbers = [frame - conformed.in_frame for frame in conformed.changed]
    yield from zip(conformed.changed, frames.read(probe(conformed.path), numbers), strict=True)


def _decoded(count: int, expected: int, conformed: Conformed) -> str:
    copied = f", and {conformed.copied_packets} are the original's" if conformed.copied_packets else ""
    return f"{count} of {expected} frames{copied}"


def _close(pictures: Iterator[Planes]) -> None:
    if close := getattr(pictures, "close", None):
        close()


def _same_format(conformed: Conformed, source: Source) -> Fitter:
    coding = take_coding(source, conformed.recipe, conformed.color)
    size = {"width": source.width, "height": source.height}
    return Fitter(coding, **size, pixel_format=conformed.recipe.pixel_format, into=coding)
