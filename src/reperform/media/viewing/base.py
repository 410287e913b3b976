"""What every view of footage can do."""

from __future__ import annotations

from typing import Protocol

import numpy as np
from numpy.typing import NDArray

__all__ = ["Colours", "Viewing"]

Colours = NDArray[np.float32]
"""[height, width, 3]: red, green, blue; 0 to 1 as stored, or scene-linear light of which 1 is a white surface."""


class Viewing(Protocol):
    """From what a file holds to what a person, and an engine, is shown."""

    @property
    def name(self) -> str:
        """For records and messages: the file's name of a LUT, `scene-linear`."""
        ...

    @property
    def digest(self) -> str:
        """Of all that decides what is shown: part of a result's key."""
        ...

    def shown(self, stored: Colours) -> Colours:
        """What an engine sees: 0 to 1, with the transfer of Rec. 709."""
        ...

    def undone(self, stored: Colours, wanted: Colours) -> Colours:
        """What to store so that `wanted` is shown, as near to `stored` as can be: the very numbers where it is shown already."""
        ...
