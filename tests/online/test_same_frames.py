"""Two files of the same pictures: which frame is which, and when they are not the same."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

from reperform.errors import MediaRefused
from reperform.linking.same_frames import frames_later, refuse_missing, refuse_other_shape
from reperform.model import Source
from reperform.timing import FrameRange, parse_timecode

NTSC = Fraction(30000, 1001)


def movie(start: str | None = "01:00:00:00", **facts: Any) -> Source:
    rate = facts.get("rate", Fraction(24))
    frame = None if start is None else parse_timecode(start, rate)
    known = {"rate": rate, "frames": 100, "start_frame": frame, "drop_frame": bool(start and ";" in start), **facts}
    return Source(path=Path("a.mov"), kind="movie", **known)


@pytest.mark.parametrize(
    ("offline", "online", "later"),
    [
        pytest.param(movie(), movie("00:59:59:00"), 24, id="a longer head"),
        pytest.param(movie(), movie("01:00:00:05"), -5, id="a shorter head"),
        pytest.param(movie("00:00:00:00"), movie("23:59:59:12"), 12, id="a head before midnight"),
        pytest.param(movie("23:59:59:12"), movie("00:00:00:00"), -12, id="a beginning after midnight"),
        pytest.param(movie("01:01:00;02", rate=NTSC), movie("01:00:59;28", rate=NTSC), 2, id="over dropped numbers"),
        pytest.param(movie("00:00:00;00", rate=NTSC), movie("23:59:59;29", rate=NTSC), 1, id="drop-frame midnight"),
        pytest.param(movie(None), movie(None), 0, id="neither has timecode, and both are as long"),
    ],
)
def test_which_frame_is_which(offline: Source, online: Source, later: int) -> None:
    """Frame 0 of the offline file is this one of the online file."""
    assert frames_later(offline, online) == later


@pytest.mark.parametrize(
    ("offline", "online", "said"),
    [
        pytest.param(movie(), movie(None), "it has no timecode", id="timecode lost"),
        pytest.param(movie(None), movie(), "the offline media has none", id="timecode added"),
        pytest.param(movie(None), movie(None, frames=99), "99 frames long and not 100", id="another length"),
        pytest.param(
            movie("01:00:00;00", rate=NTSC),
            movie("01:00:00:00", rate=NTSC),
            "counts non-drop-frame, and that of the offline media drop-frame",
            id="another way of counting",
        ),
    ],
)
def test_where_no_frame_is_known(offline: Source, online: Source, said: str) -> None:
    """Refused, with what is missing."""
    with pytest.raises(MediaRefused, match=said):
        frames_later(offline, online)


def test_every_missing_frame_is_named() -> None:
    """At both ends, by the timecode that both share."""
    with pytest.raises(MediaRefused, match=r"5 frames .*: 01:00:00:10 to 01:00:00:12 and 01:00:01:08 to 01:00:01:11"):
        refuse_missing(FrameRange(10, 25), movie(), movie("01:00:00:12", frames=20))


@pytest.mark.parametrize(
    ("offline", "online", "same"),
    [
        pytest.param((480, 270, 1), (1920, 1080, 1), True, id="a quarter"),
        pytest.param((426, 240, 1), (1920, 1080, 1), True, id="a width that is made even"),
        pytest.param((720, 302, 1), (1920, 804, Fraction(1)), True, id="a scope picture"),
        pytest.param((1920, 1080, 1), (1440, 1080, Fraction(4, 3)), True, id="pixels that are not square"),
        pytest.param((960, 402, 1), (1920, 1608, Fraction(2)), True, id="anamorphic"),
        pytest.param((1920, 1080, 1), (1920, 804, 1), False, id="a letterbox"),
        pytest.param((960, 540, 1), (2048, 1080, 1), False, id="sides that are cropped"),
        pytest.param((960, 540, 1), (1920, 1160, 1), False, id="bars with burnt-in numbers"),
        pytest.param((0, 0, 1), (1920, 804, 1), True, id="a raster that nobody knows"),
    ],
)
def test_the_shape_of_the_picture(
    offline: tuple[int, int, Fraction], online: tuple[int, int, Fraction], same: bool
) -> None:
    """As it is seen: only what rounding and the shape of pixels explain is the same picture."""
    before, after = (movie(width=w, height=h, pixel_aspect=aspect) for w, h, aspect in (offline, online))
    if same:
        refuse_other_shape(before, after)
    else:
        with pytest.raises(MediaRefused, match="would come to the wrong place"):
            refuse_other_shape(before, after)
