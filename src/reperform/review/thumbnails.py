"""Small pictures: JPEGs of single frames."""

from __future__ import annotations

import io
from pathlib import Path
from typing import TYPE_CHECKING

from reperform.files import write_atomically
from reperform.media import frames

if TYPE_CHECKING:
    from reperform.model import Source
    from reperform.review.footage import Footage

__all__ = ["make", "width_of"]

_HEIGHT, _WIDEST, _QUALITY = 180, 480, 82


def make(footage: Footage, path: Path) -> None:
    """Writes the first picture of it. Raises MediaError where it cannot be read."""
    from PIL import Image

    source = footage.source
    picture = frames.rgb(source, footage.frames[0], width=width_of(source), viewing=footage.viewing)
    out = io.BytesIO()
    Image.fromarray(picture).save(out, "JPEG", quality=_QUALITY)
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    write_atomically(path, out.getvalue())


def width_of(source: Source) -> int:
    """Of the picture before it is turned upright."""
    shown = source.width * source.pixel_aspect
    return max(2, min(_WIDEST, round(_HEIGHT * shown / max(1, source.height))))
