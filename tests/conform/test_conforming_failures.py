"""A take is there complete or not at all."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

import conforms
from reperform.errors import ConformError, FFmpegFailed, MediaError
from reperform.media.conforming import conform
from reperform.model import PlanSettings, Source
from reperform.timing import FrameRange

VISIBLE, CUE, SENT = FrameRange(20, 25), FrameRange(26, 14), FrameRange(20, 26)


class Broken:
    """A sound track that ends too early, or with an error."""

    rate, channels, layout = 48000, 1, "mono"

    def __init__(self, error: BaseException | None) -> None:
        self.error = error

    def blocks(self) -> Iterator[NDArray[np.int32]]:
        yield np.zeros((4000, 1), np.int32)
        if self.error is not None:
            raise self.error


@pytest.mark.parametrize(
    ("error", "raised"),
    [(None, ConformError), (MediaError("unreadable"), MediaError), (KeyboardInterrupt(), KeyboardInterrupt)],
    ids=["sound too short", "sound unreadable", "stopped by the user"],
)
@pytest.mark.parametrize("original", ["prores", "h264"])
def test_failure_leaves_what_was_there(
    tmp_path: Path,
    request: pytest.FixtureRequest,
    returned: Path,
    original: str,
    error: BaseException | None,
    raised: type[BaseException],
) -> None:
    """An earlier file stays as it was, no other file and no child process remain."""
    source: Source = request.getfixturevalue(original)
    shot = conforms.shot_of(source, VISIBLE)
    out = tmp_path / "take.mov"
    out.write_bytes(b"earlier")
    threads = threading.active_count()
    with pytest.raises(raised):
        splices = [conforms.splice_of(CUE, SENT, returned)]
        conform(shot, splices, out=out, settings=PlanSettings(), sound=[Broken(error)])
    assert [path.name for path in tmp_path.iterdir()] == ["take.mov"]
    assert (out.read_bytes(), threading.active_count()) == (b"earlier", threads)


def test_damaged_result_is_an_error(tmp_path: Path, prores: Source, returned: Path) -> None:
    """A result that breaks off is an error of conforming, whatever was thought of it before."""
    cut = tmp_path / "cut.mp4"
    cut.write_bytes(returned.read_bytes()[:3000])
    shot = conforms.shot_of(prores, VISIBLE)
    with pytest.raises((MediaError, ConformError)):
        conform(shot, [conforms.splice_of(CUE, SENT, cut)], out=tmp_path / "take.mov", settings=PlanSettings())
    assert [path.name for path in tmp_path.iterdir()] == ["cut.mp4"]


def test_encoder_that_fails_says_why(tmp_path: Path, prores: Source, returned: Path) -> None:
    """FFmpeg's own words come through."""
    broken = prores.model_copy(update={"width": 0})
    shot = conforms.shot_of(broken, VISIBLE)
    with pytest.raises((FFmpegFailed, MediaError, ValueError)):
        conform(shot, [conforms.splice_of(CUE, SENT, returned)], out=tmp_path / "take.mov", settings=PlanSettings())
    assert list(tmp_path.iterdir()) == []


def test_interlaced_media_is_refused_by_name(tmp_path: Path, prores: Source) -> None:
    """Fields are not conformed yet, and the refusal says so and what to do."""
    shot = conforms.shot_of(prores.model_copy(update={"field_order": "tt"}), VISIBLE)
    with pytest.raises(ConformError, match=r"prores\.mov is interlaced") as refused:
        conform(shot, [], out=tmp_path / "take.mov", settings=PlanSettings())
    assert "Deinterlace" in (refused.value.fix or "")
