"""The contact sheet shows original frames over those of the take."""

from __future__ import annotations

from pathlib import Path

import pytest
from PIL import Image

from reperform.media.contact import Row, contact_sheet
from reperform.model import Source


def test_sheet_holds_every_frame_of_every_row(tmp_path: Path, prores: Source, h264: Source) -> None:
    """One picture a frame, in two strips a row, on a dark ground."""
    out = tmp_path / "sheet.png"
    row = Row(label="MARA · angry", original=prores, original_frames=[3, 20, 41], take=h264, take_frames=[3, 20, 41])
    contact_sheet([row], out)
    contact_sheet([row, row], tmp_path / "two.png")
    with Image.open(out) as one, Image.open(tmp_path / "two.png") as two:
        assert (one.format, one.getpixel((2, 2)), one.width) == ("PNG", (24, 24, 26), two.width)
        assert two.height > one.height + 2 * 171
    assert [path.name for path in sorted(tmp_path.iterdir())] == ["sheet.png", "two.png"]


def test_sheet_without_frames_is_refused(tmp_path: Path) -> None:
    """Nothing is written where there is nothing to show."""
    with pytest.raises(ValueError, match="needs frames"):
        contact_sheet([], tmp_path / "sheet.png")
    assert list(tmp_path.iterdir()) == []
