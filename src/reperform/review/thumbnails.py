"""Small pictures: JPEGs of single frames."""

from __future__ import annotations

import io
from pathlib import Path
from typing import TYPE_CHECKING

from reperform.files import write_atomically
from reperform.media import frames

if TYPE_CHECKING:
    from reperform.model import Source

__all__ = ["make", "width_of"]

_HEIGHT, _WIDEST, _QUALITY = 180, 480, 82


def make(source: Source, frame: int, path: Path) -> None:
    """Writes the picture of one frame. Raises MediaError where it cannot be read."""
    from PIL import Image

    picture = frames.rgb(source, frame, width=width_of(source))
    out = io.BytesIO()
    Image.fromarray(picture).save(out, "JPEG", quality=_QUALITY)
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    write_atomically(path, out.getvalue())


def width_of(source: Source) -> int:
    """Of the picture before it is turned upright."""
    shown = source.width * source.pixel_aspect
    return max(2, min(_WIDEST, round(_HEIGHT * shown / max(1, source.height))))
