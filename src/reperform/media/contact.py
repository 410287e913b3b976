"""A contact sheet: frames of the originals over the same frames of their takes, as one picture to look at or send."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from reperform.files import atomic_output
from reperform.media import frames
from reperform.model import Source
from reperform.timing import format_timecode

if TYPE_CHECKING:
    from PIL.Image import Image
    from PIL.ImageDraw import ImageDraw
    from PIL.ImageFont import FreeTypeFont, ImageFont

__all__ = ["Row", "contact_sheet"]

_GROUND, _RULE = (24, 24, 26), (52, 52, 56)
_BRIGHT, _QUIET, _FAINT = (226, 226, 222), (150, 150, 150), (104, 104, 106)
_ACCENT = (214, 164, 92)
_PICTURE, _TALLEST = 304, 360
_MARGIN, _GAP, _LABEL = 56, 12, 104
_CAPTION, _HEADING, _BETWEEN = 30, 46, 44


@dataclass(frozen=True, kw_only=True)
class Row:
    """One shot: which frames of the original are shown, and below them which of the take. Frames ascend, from 0."""

    label: str
    """Such as the clip and what it was directed to be."""
    original: Source
    original_frames: Sequence[int]
    take: Source
    take_frames: Sequence[int]
    marked: Sequence[bool] = ()
    """Which of the frames lie inside a cue; empty where that is not to be shown."""


def contact_sheet(rows: Sequence[Row], out: Path, *, title: str = "reperform") -> None:
    """Writes the sheet to `out`, a PNG, complete or not at all. Frames are captioned with their timecode.

    Raises:
        ValueError: there are no rows, or one without frames.
        MediaError: a frame cannot be read.

    """
    from PIL import Image, ImageDraw

    if not rows or not all(row.original_frames for row in rows):
        raise ValueError("a contact sheet needs frames")
    pairs = [(_pictures(row.original, row.original_frames), _pictures(row.take, row.take_frames)) for row in rows]
    columns = max(len(strip) for pair in pairs for strip in pair)
    width = 2 * _MARGIN + _LABEL + columns * (_PICTURE + _GAP) - _GAP
    heights = [_HEADING + sum(max(picture.height for picture in strip) + _CAPTION for strip in pair) for pair in pairs]
    height = _MARGIN + 64 + sum(heights) + _BETWEEN * (len(rows) - 1) + _MARGIN
    sheet = Image.new("RGB", (width, height), _GROUND)
    draw = ImageDraw.Draw(sheet)
    draw.text((_MARGIN, _MARGIN - 6), title, fill=_BRIGHT, font=_font(26))
    draw.text((width - _MARGIN, _MARGIN + 4), "original above, take below", fill=_FAINT, font=_font(15), anchor="ra")
    top = _MARGIN + 64
    for row, pair, row_height in zip(rows, pairs, heights, strict=True):
        _draw_row(sheet, draw, row, pair, top)
        top += row_height + _BETWEEN
    with atomic_output(out) as temporary:
        sheet.save(temporary, format="PNG", optimize=True)


def _pictures(source: Source, numbers: Sequence[int]) -> list[Image]:
    from PIL import Image

    shape = source.width * source.pixel_aspect / source.height
    width = min(_PICTURE, round(_TALLEST * shape))
    return [Image.fromarray(array) for array in frames.arrays(source, numbers, width=width)]


def _draw_row(sheet: Image, draw: ImageDraw, row: Row, pair: tuple[list[Image], list[Image]], top: int) -> None:
    draw.line((_MARGIN, top, sheet.width - _MARGIN, top), fill=_RULE)
    draw.text((_MARGIN, top + 12), row.label, fill=_BRIGHT, font=_font(18))
    top += _HEADING
    strips = (("original", row.original, row.original_frames, _QUIET), ("take", row.take, row.take_frames, _ACCENT))
    for pictures, (name, source, numbers, color) in zip(pair, strips, strict=True):
        draw.text((_MARGIN, top + 2), name, fill=color, font=_font(15))
        for column, (picture, number) in enumerate(zip(pictures, numbers, strict=True)):
            left = _MARGIN + _LABEL + column * (_PICTURE + _GAP)
            sheet.paste(picture, (left, top))
            caption_top = top + picture.height + 7
            inside = column < len(row.marked) and row.marked[column]
            if inside and name == "take":
                draw.line(
                    (left, top + picture.height + 1, left + picture.width - 1, top + picture.height + 1),
                    fill=_ACCENT,
                    width=2,
                )
            draw.text((left, caption_top), _caption(source, number), fill=color if inside else _FAINT, font=_font(13))
        top += max(picture.height for picture in pictures) + _CAPTION


def _caption(source: Source, number: int) -> str:
    """The frame's timecode; its number where the file has none."""
    if source.start_frame is None:
        return f"frame {number}"
    return format_timecode(source.start_frame + number, source.rate, drop_frame=source.drop_frame)


def _font(size: int) -> FreeTypeFont | ImageFont:
    from PIL import ImageFont

    return ImageFont.load_default(size)
