"""Pictures are made as they are encoded: those that wait are few, and none waits for a packet that cannot come."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from fractions import Fraction

import pytest

from reperform.media import encoding, recipes

PICTURES, WIDTH, HEIGHT = 60, 320, 180


@pytest.mark.parametrize("kind", ["prores", "dnxhr"])
def test_few_pictures_are_on_their_way(kind: str) -> None:
    """However long nobody takes a packet; and every picture comes out in the end."""
    made: list[int] = []

    def pictures() -> Iterator[bytes]:
        for number in range(PICTURES):
            made.append(number)
            yield bytes([number]) * (WIDTH * HEIGHT * 4)

    recipe = recipes.mezzanine("dnxhr" if kind == "dnxhr" else "prores", width=WIDTH, height=HEIGHT)
    raster = {"width": WIDTH, "height": HEIGHT}
    with encoding.encoded(recipe, pictures(), **raster, rate=Fraction(24), color={}) as (_, packets):
        next(packets)
        time.sleep(0.3)
        waiting = len(made)
        written = 1 + sum(1 for _ in packets)
    assert waiting <= (os.cpu_count() or 1) + 8
    assert (written, len(made)) == (PICTURES, PICTURES)
