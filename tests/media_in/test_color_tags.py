"""The colours of what is sent."""

from __future__ import annotations

from pathlib import Path

from reperform.media import ffmpeg, naming
from reperform.media.coding import tag_filters
from reperform.model import Source


def test_every_transfer_curve_that_a_file_can_name_can_be_sent() -> None:
    """FFmpeg's filters know some curves by other names than its decoders."""
    for curve in naming._TRANSFER.values():
        source = Source(path=Path("a.mov"), kind="movie", rate=25, frames=1, height=180, color={"transfer": curve})
        graph = ",".join(tag_filters(source, "scale=32:32"))
        ffmpeg.run(["-f", "lavfi", "-i", "color=s=32x32:d=0.04", "-vf", graph, "-f", "null", "-"])
