"""Timelines in other formats, as short as they can be written; what stands where in one once it is read."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import opentimelineio as otio

from reperform.timeline.adapters import edl, fcp7, fcpxml
from reperform.timeline.adapters.making import Read
from reperform.timeline.clock import start_frame, timeline_rate
from reperform.timeline.cut import Cut, Index
from reperform.timeline.dialects.base import Dialect
from reperform.timeline.dialects.edl import EdlDialect
from reperform.timeline.dialects.fcp7 import Fcp7Dialect
from reperform.timeline.dialects.fcpx import FcpxDialect
from reperform.timeline.index import build
from reperform.timing import Rate

NOWHERE = Path("cut")


def index_of(made: Read | otio.schema.Timeline, dialect: Dialect) -> Index:
    timeline = made.root if isinstance(made, Read) else made
    again = otio.core.deserialize_json_from_string(timeline.to_json_string())
    rate = timeline_rate(again)
    return build(
        Cut(
            path=NOWHERE,
            sha256="",
            timeline=again,
            dialect=dialect,
            rate=rate,
            start_frame=start_frame(again, rate),
            media_folder=Path(),
        )
    )


def final_cut(
    spine: str,
    *,
    frame: str = "1/25s",
    start: str = "0s",
    resources: str = "",
    timecode: str = "NDF",
) -> bytes:
    return f"""<?xml version="1.0" encoding="UTF-8"?><!DOCTYPE fcpxml>
    <fcpxml version="1.11"><resources>
      <format id="r1" frameDuration="{frame}"/>
      <asset id="a1" name="A001" start="0s" duration="400s" hasVideo="1" hasAudio="1" format="r1">
        <media-rep kind="proxy-media" src="file:///proxy/A001.mov"/>
        <media-rep kind="original-media" src="file:///media/A001.mov"/></asset>
      <asset id="a2" name="A002" start="3600s" duration="400s" hasVideo="1" format="r1" src="file:///media/A002.mov"/>
      <asset id="s1" name="guide" start="0s" duration="400s" hasAudio="1" audioRate="48000" src="file:///media/guide.wav"/>
      <effect id="t1" name="Basic Title"/>{resources}
    </resources><project name="cut"><sequence format="r1" tcStart="{start}" tcFormat="{timecode}"><spine>{spine}</spine>
    </sequence></project></fcpxml>""".encode()


def final_cut_index(spine: str, **more: str) -> Index:
    return index_of(fcpxml.read(final_cut(spine, **more), "cut.fcpxml"), FcpxDialect())


FILE = """<file id="f1"><name>A001.mov</name><pathurl>file://localhost/D%3a/media/A001.mov</pathurl>{rate}
  <duration>2000</duration><timecode>{rate}<frame>1000</frame><displayformat>NDF</displayformat></timecode></file>"""


def rate_tag(timebase: int, ntsc: bool = False) -> str:
    return f"<rate><timebase>{timebase}</timebase><ntsc>{'TRUE' if ntsc else 'FALSE'}</ntsc></rate>"


def clipitem(start: int, end: int, first: int, *more: str, last: int | None = None, media: str = FILE) -> str:
    out = first + end - start if last is None else last
    return (
        f"<clipitem id='c{start}'><name>A001</name><start>{start}</start><end>{end}</end><in>{first}</in><out>{out}</out>"
        f"{media.format(rate=rate_tag(25))}{''.join(more)}</clipitem>"
    )


def premiere(
    track: str, *, rate: str = rate_tag(25), timecode: str = "", audio: str = "", more: str = "", around: str = ""
) -> bytes:
    return f"""<?xml version="1.0"?><!DOCTYPE xmeml><xmeml version="4">{around}<sequence id="s1"><name>cut</name>{rate}
    {timecode}<media><video><track>{track}</track></video><audio>{audio}</audio></media>{more}</sequence></xmeml>""".encode()


def premiere_index(track: str, **more: str) -> Index:
    return index_of(fcp7.read(premiere(track, **more), "cut.xml"), Fcp7Dialect())


def edit_list(*lines: str) -> bytes:
    return "\n".join(("TITLE: cut", *lines)).encode()


def edit_list_index(*lines: str, rate: Rate | None = None) -> Index:
    return index_of(edl.read(edit_list(*lines), "cut.edl", path=NOWHERE, rate=rate), EdlDialect())


def marks(index: Index) -> list[tuple[str, int | None]]:
    """The markers' names, and the record frames they begin on; None for what is trimmed away."""
    return [(mark.marker.name, None if mark.trimmed_away else mark.record_frame) for mark in index.markers]


def clips(index: Index) -> list[tuple[str, str, int, int, float]]:
    """Track, name, first record frame, length, and the first of its own frames at the rate it is written in."""
    return [
        (
            clip.track.label,
            clip.name,
            clip.record.start,
            clip.record.frames,
            round(float(clip.source_start * Rate(_rate(clip.clip))), 3),
        )
        for clip in index.clips
    ]


def _rate(clip: Any) -> Rate:
    from reperform.timing import exact_rate

    return exact_rate(clip.source_range.start_time.rate)
