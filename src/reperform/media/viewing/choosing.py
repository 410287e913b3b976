"""Which view a source has: one answer for what is sent, for what compositing compares with, and for what people see.

`frames.read` and `originals.pictures` give what is stored: of OpenEXR planes of 32-bit floating numbers (gbrpf32le), scene-linear.
`frames.shown` gives what people see of a source for which nothing else was asked.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from reperform.media.viewing.base import Viewing
    from reperform.model import InputLut, Source

__all__ = ["is_seen_otherwise", "viewing_of"]

_LINEAR = "exr"


def is_seen_otherwise(source: Source, input_lut: InputLut | None = None) -> bool:
    """Whether a source has a view, without a look into its files."""
    return input_lut is not None or source.codec == _LINEAR


def viewing_of(source: Source, input_lut: InputLut | None = None) -> Viewing | None:
    """How a source is shown: through the LUT that a user gives, else by its own colours; None where it is stored as it is shown.

    Raises:
        SettingsError: the LUT cannot be read.
        MediaRefused, MediaError: the header of its first picture cannot be read, or its colours are none.

    """
    if input_lut is not None:
        from reperform.media.viewing.cube import cube_of

        return cube_of(input_lut)
    if source.codec == _LINEAR:
        from reperform.media.viewing.scene_linear import scene_linear_of

        return scene_linear_of(source)
    return None
