"""A timeline with other marks, saved: as it was read but for these, and never onto the input."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import opentimelineio as otio

from reperform.errors import TimelineError
from reperform.timeline.addresses import address_of, path_of, readdress
from reperform.timeline.archives import is_archive_at, unpack_all
from reperform.timeline.bundling import BUNDLES
from reperform.timeline.cut import Cut
from reperform.timeline.dialects.otio import OtioDialect
from reperform.timeline.index import build
from reperform.timeline.markup.spots import spelled_rate
from reperform.timeline.recognising import address_in, is_take, point_at
from reperform.timeline.records import NAMESPACE
from reperform.timeline.saving import Saved, save
from reperform.timing import exact_rate

__all__ = ["as_otio", "refuse_format", "save_marked"]

_WRITTEN = (".otio", *BUNDLES)


def refuse_format(cut: Cut, out: Path) -> None:
    """Whether marks of this cut can be written to `out`.

    Raises:
        TimelineError: they can only be written as OpenTimelineIO; of an archive, as one.

    """
    archive = is_archive_at(cut.path)
    endings = BUNDLES if archive else _WRITTEN
    if out.suffix.lower() not in endings:
        what = "the media of an archive go with it" if archive else "marks are written into OpenTimelineIO"
        raise TimelineError(f"“{out.name}”: {what}", fix=f"Write to {out.stem}{endings[0]}.")


def as_otio(cut: Cut) -> Cut:
    """A cut out of another format, as OpenTimelineIO: its markers count as that defines it. Others stay as they are.

    It says so, lest the next reading puts right again what an adapter would have left.
    """
    if cut.written_as == "otio":
        return cut
    cut.timeline.metadata.setdefault(NAMESPACE, {"converted_from": cut.written_as})
    rate = spelled_rate(cut)
    exact = exact_rate(rate)
    index = build(cut)
    for placed in index.markers:
        if placed.written.own or placed.record_start is None:
            continue
        start, duration = placed.own_time
        placed.marker.marked_range = otio.opentime.TimeRange(
            otio.opentime.RationalTime(float(start * exact), rate),
            otio.opentime.RationalTime(float(duration * exact), rate),
        )
    return replace(cut, dialect=OtioDialect(), written_as="otio")


def save_marked(cut: Cut, out: Path, *, last_written: Mapping[str, str] | None = None) -> Saved:
    """Writes the cut's timeline to `out`, by atomic rename; what stood there is kept as `saving.save` keeps it.

    Raises:
        TimelineError: `out` is the input, has an ending that is not written, or cannot be written.

    """
    refuse_format(cut, out)
    timeline = cut.timeline.clone()
    with _media(cut, out) as folder:
        _readdress(timeline, folder, out.absolute().parent)
        return save([timeline], out, input_path=cut.path, last_written=last_written, by_number=False)


@contextmanager
def _media(cut: Cut, out: Path) -> Iterator[Path]:
    """Where relative addresses start; what an archive holds is at hand."""
    if not is_archive_at(cut.path):
        yield cut.media_folder
        return
    with TemporaryDirectory(prefix=".unpacked.", dir=out.absolute().parent) as folder:
        unpack_all(cut.path, Path(folder))
        yield Path(folder)


def _readdress(timeline: Any, folder: Path, to: Path) -> None:
    """Relative addresses mean the same files from the new place; others stay as they are written."""
    if folder.resolve() == to.resolve():
        return
    readdress(timeline, from_folder=folder, to_folder=to, for_="otio")
    for clip in timeline.tracks.find_clips():
        for reference in clip.media_references().values():
            address = address_in(reference)
            path = path_of(address, folder=folder) if is_take(reference) else None
            if path is not None and not address.startswith(("/", "file:")):
                point_at(reference, address_of(path, folder=to, for_="otio"))
