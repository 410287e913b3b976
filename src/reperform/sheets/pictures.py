"""A small picture of each cue: the frame in its middle, of the original."""

from __future__ import annotations

import base64
import io
from collections import defaultdict
from collections.abc import Sequence
from contextlib import suppress
from typing import TYPE_CHECKING

from reperform.errors import InputError, MediaError

if TYPE_CHECKING:
    from reperform.model import Source
    from reperform.timeline.markup.existing import Asked

__all__ = ["Pictures", "data_url", "picture_width", "pictures_of"]

_WIDTH, _QUALITY = 320, 78

Pictures = dict[int, str]
"""`data:` URLs, by the position of the cue on the sheet. What cannot be read has none."""


def pictures_of(asked: Sequence[Asked]) -> Pictures:
    """A JPEG for each cue whose media is here. Each file is opened once."""
    wanted: dict[str, list[tuple[int, int]]] = defaultdict(list)
    sources: dict[str, Source] = {}
    for position, each in enumerate(asked):
        found = _frame(each)
        if found is not None:
            source, number = found
            sources[str(source.path)] = source
            wanted[str(source.path)].append((number, position))
    made: Pictures = {}
    for path, places in wanted.items():
        made |= _of_source(sources[path], sorted(places))
    return made


def _frame(asked: Asked) -> tuple[Source, int] | None:
    from reperform.media.originals import source_frames

    shot, cue = asked.shot, asked.cue
    if shot is None or cue is None:
        return None
    with suppress(MediaError):
        return shot.source, source_frames(shot)(cue.in_frame + cue.frames // 2)
    return None


def _of_source(source: Source, places: Sequence[tuple[int, int]]) -> Pictures:
    """One by one where they cannot be read together: a damaged frame costs its own cue only."""
    from reperform.media import frames

    try:
        found = list(frames.arrays(source, [number for number, _ in places], width=picture_width(source)))
        return {position: data_url(array) for (_, position), array in zip(places, found, strict=True)}
    except (MediaError, InputError):
        made: Pictures = {}
        for number, position in places:
            with suppress(MediaError, InputError):
                made[position] = data_url(frames.rgb(source, number, width=picture_width(source)))
        return made


def picture_width(source: Source, widest: int = _WIDTH) -> int:
    """Of the picture before it is turned upright: `widest`, or less, so that all are about as high as one of 16:9."""
    shown = source.width * source.pixel_aspect
    return max(2, min(widest, round(widest * 9 / 16 * shown / max(1, source.height))))


def data_url(array: object) -> str:
    """A JPEG of an RGB picture, as a `data:` URL."""
    from PIL import Image

    out = io.BytesIO()
    Image.fromarray(array).save(out, "JPEG", quality=_QUALITY, optimize=True)  # type: ignore[arg-type]  # an array of bytes
    return f"data:image/jpeg;base64,{base64.b64encode(out.getvalue()).decode()}"
