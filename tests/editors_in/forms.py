"""One small cut in the form of each editor, with everything worked out by hand beside it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import opentimelineio as otio
from opentimelineio.opentime import RationalTime

from editors_in.lookalikes import (
    FILM,
    FLOAT32,
    Expected,
    clip,
    fade,
    file,
    gap,
    marker,
    span,
    speed,
    stack,
    timeline,
    track,
)
from marked import movie
from reperform.model import Source

__all__ = ["FORMS", "Form"]

META = {"Resolve OTIO Meta Version": "1.0"}
DISC = "D:\\Rushes\\A001.mov"


@dataclass(frozen=True, kw_only=True)
class Form:
    name: str
    made: Any
    media: dict[str, Source]
    expected: Expected


def _note(text: str, *words: str) -> dict[str, Any]:
    return {"Note": text, "Keywords": list(words)}


def _resolve(*, linked: bool) -> Any:
    """24 fps media with timecode in a 25 fps timeline: source times are of the timeline's rate, and fractional."""
    own = {"Link Group ID": 7} if linked else {}
    heard = {**own, "Channels": [{"Source Channel ID": 1, "Source Track ID": 0}]} if linked else {}
    source = span(91046.625, 74, 25)
    mark = marker(91083.625, 10, 25, name="RP: MARA", color="GREEN", Resolve_OTIO=_note("angry"))
    picture = clip("A001.mov", source, _offline(), marks=[mark], Resolve_OTIO=own)
    sound = clip("A001.mov", source, file(DISC, 87399, 101, 24, name="A001.mov"), Resolve_OTIO=heard)
    return timeline(
        track(gap(50, 25), picture, name="Video 1", Resolve_OTIO={"Locked": False}),
        track(gap(50, 25), sound, kind="Audio", name="Audio 1", Resolve_OTIO={"Audio Type": "Stereo"}),
        track(gap(124, 25), kind="Audio", name="Audio 2", Resolve_OTIO={"Audio Type": "Stereo"}),
        start=RationalTime(90000, 25),
        Resolve_OTIO=META,
    )


def _offline() -> Any:
    made = otio.schema.MissingReference("A001.mov", span(87399, 101, 24), {"Resolve_OTIO": {"Media Url": DISC}})
    made.name = "A001.mov"
    return made


RESOLVE = Form(
    name="Resolve: fractional source times, offline, linked, one channel",
    made=lambda: _resolve(linked=True),
    media={"A001.mov": movie("A001.mov", rate=24, frames=101, start_frame=87399)},
    expected=Expected(
        dialect="resolve",
        # Mark: 91083.625 to 91093.625 at 25 = frames 87440.28 to 87449.88 at 24; less 87399: 41.28 to 50.88: 41 up to 51.
        cues={"V1@01:00:02:00#1": (41, 10)},
        # The same file on the same clock, 48000 / 24 = 2000 samples a frame: 41 × 2000 up to 51 × 2000.
        voices={"V1@01:00:02:00#1": [(82000, 102000, (1,))]},
        media={"V1@01:00:02:00": DISC},
    ),
)

UNLINKED = Form(
    name="Resolve: no link groups, so the sound is found by file and range",
    made=lambda: _resolve(linked=False),
    media=RESOLVE.media,
    expected=Expected(
        dialect="resolve",
        cues=RESOLVE.expected.cues,
        voices={"V1@01:00:02:00#1": [(82000, 102000, None)]},
        media=RESOLVE.expected.media,
    ),
)


def _compound() -> Any:
    """Two stacks deep: 24 frames of the outer are cut off, 10 of the inner."""
    mark = marker(130, 6, 24, name="RP: sad", Resolve_OTIO=_note(""))
    deepest = clip("A", span(100, 60, 24), file("/m/A.mov", 0, 500, 24), marks=[mark], Resolve_OTIO={})
    inner = stack(
        track(deepest, name="Video 1"), source=span(10, 40, 24), Resolve_OTIO={"Sequence Type": "Compound Clip"}
    )
    outer = stack(
        track(gap(20, 24), inner, name="Video 1"),
        source=span(24, 30, 24),
        Resolve_OTIO={"Sequence Type": "Compound Clip"},
    )
    return timeline(track(gap(12, 24), outer, name="Video 1"), start=RationalTime(86400, 24), Resolve_OTIO=META)


COMPOUND = Form(
    name="Resolve: compound clips two deep",
    made=_compound,
    media={"A": movie("A", rate=24, frames=500)},
    expected=Expected(
        dialect="resolve",
        # In the outer stack the inner one stands at 20 to 60, its frame 10 first; the outer shows 24 to 54 of itself, so of the
        # inner frames 14 to 44, which is A from 114. It is seen from record frame 12: 01:00:00:12. The mark is A's own 130 to 136.
        cues={"V1/V1/V1@01:00:00:12#1": (130, 6)},
        voices={"V1/V1/V1@01:00:00:12#1": [(260000, 272000, None)]},  # 130 × 2000 up to 136 × 2000
        media={"V1/V1/V1@01:00:00:12": "/m/A.mov"},
    ),
)


def _kdenlive(*, stamped: bool) -> Any:
    """Picture tracks from the top down; every mark of the bin on picture and sound, wherever it lies."""
    meta: dict[str, Any] = {"kdenlive": {"type": 3}} if stamped else {}
    places = (-5, 10, 130)  # frames 45, 60 and 180 of the media, less the clip's in-point of 50

    def marks() -> list[Any]:
        return [marker(place, 1, 25, comment="RP: angry", color="PURPLE", **meta) for place in places]

    def use(start: float, *, marks: Any = ()) -> Any:
        return clip("A", span(start, 100, 25), file("G:/Rushes/A.mp4", 0, 500, 25), marks=marks)

    length = span(0, 170, 25)
    return timeline(
        track(clip("Title", span(0, 170, 25)), name="Titles", length=length),
        track(
            gap(20, 25), clip("B", span(0, 50, 25), file("G:/Rushes/B.mp4", 0, 200, 25)), gap(100, 25), length=length
        ),
        track(gap(70, 25), use(50, marks=marks()), length=length),
        track(gap(70, 25), use(50, marks=marks()), kind="Audio", length=length),
        track(kind="Subtitle", length=length),
        marks=[marker(30, 1, 25, comment="RP: sad", **meta)],
    )


def _kdenlive_form(name: str, *, stamped: bool) -> Form:
    return Form(
        name=name,
        made=lambda: _kdenlive(stamped=stamped),
        media={"A": movie("A", frames=500), "B": movie("B", frames=200)},
        expected=Expected(
            dialect="kdenlive",
            # A mark of one frame is the whole clip: A shows 50 to 150 from record frame 70 (00:00:02:20) on, B 0 to 50 from 20.
            cues={"V2@00:00:00:20#1": (0, 50), "V1@00:00:02:20#1": (50, 100)},
            # 48000 / 25 = 1920 samples a frame. B's sound is its file's own: 0 up to 50; A's is its twin: 50 up to 150.
            voices={"V2@00:00:00:20#1": [(0, 96000, None)], "V1@00:00:02:20#1": [(96000, 288000, None)]},
            media={"V2@00:00:00:20": "G:/Rushes/B.mp4", "V1@00:00:02:20": "G:/Rushes/A.mp4"},
            # Two marks of A's bin lie outside of what it shows, each said once; the guide says that a title lies above B.
            notes=3,
        ),
    )


KDENLIVE = _kdenlive_form("Kdenlive: tracks from the top, marks of the bin on picture and sound", stamped=True)
EARLY_KDENLIVE = _kdenlive_form("Kdenlive 25.04: known by its shape alone", stamped=False)


def _premiere() -> Any:
    """A retimed clip whose length counts source frames, a fade of one side beside a gap without length, then the marked one."""
    own = {"LinkID": "12", "OriginalChannelGroupIndex": 0, "SourceClipIndex": 0}
    channels = {"ChannelType": "Mono", "SecondaryAssignments": [{"SecondaryChannelIndex": 1}]}
    quick = clip("Q", span(0, 100, 25), file("file:///C:/m/Q.mov", 0, 100, 25), effects=[speed(2.0)])
    mark = marker(90030, 20, 25, name="RP: MARA", comment="angry")
    source = span(90020, 60, 25)
    picture = clip(
        "A",
        source,
        file("file:///C:/My%20Rushes/A.mov", 90000, 500, 25),
        marks=[mark],
        effects=[speed(1.0)],
        PremierePro_OTIO=own,
    )
    sound = clip(
        "A",
        span(90020, 60, 25),
        file("file:///C:/My%20Rushes/A.wav", 90000, 500, 25),
        PremierePro_OTIO={**own, "AudioChannels": channels},
    )
    title = clip("T", span(90000, 110, 25), otio.schema.GeneratorReference("T", "Text"))
    made = timeline(
        track(quick, fade(12, 0, 25), gap(0, 25), picture, name="Video 1"),
        track(title, name="Video 2"),
        track(gap(50, 25), sound, kind="Audio", name="Audio 1"),
        start=RationalTime(0, 25),
        name="Cut",
        PremierePro_OTIO={"MetadataVersion": "1.0"},
    )
    made.tracks.metadata["PremierePro_OTIO"] = {"VideoFrameRate": 25.0, "AudioFrameRate": 48000.0}
    return made


PREMIERE = Form(
    name="Premiere: a retimed clip is seen for its length by its speed (second-hand)",
    made=_premiere,
    media={"A": movie("A", frames=500, start_frame=90000)},
    expected=Expected(
        dialect="premiere",
        # 100 source frames at 200 % are seen for 50; the gap has no length: A stands at record frame 50. 90030 − 90000 = 30.
        cues={"V1@00:00:02:00#1": (30, 20)},
        voices={"V1@00:00:02:00#1": [(57600, 96000, (1,))]},  # linked by LinkID; 30 × 1920 up to 50 × 1920
        media={"V1@00:00:02:00": "file:///C:/My%20Rushes/A.mov"},
    ),
)


def _hiero() -> Any:
    """Frame 8 of media that begins at 1937896, converted to Hiero's rate: 1937896 × 23.976024627685547 / 23.976 + 8."""
    start = 1937896 * FLOAT32 / 23.976 + 8

    def tag(at: float, length: float, of: str, **note: str) -> Any:
        return marker(at, length, FLOAT32, name="RP: MARA", hiero_source_type=of, applieswhole="0", **note)

    def use(*marks: Any) -> Any:
        media = file("X:/plates/A.mov", 1937896, 98, 23.976, **{"foundry.source.framerate": "23.98"})
        return clip("A", span(start, 82, FLOAT32), media, marks=marks)

    return timeline(
        track(
            use(tag(0, 0, "TrackItem", note="angry")),
            gap(18, FLOAT32),
            use(tag(30, 20, "TrackItem", note="sad")),
            gap(18, FLOAT32),
            use(tag(50, 10, "Clip", note="happy")),
            name="Main",
        ),
        start=RationalTime(0, FLOAT32),
        name="shots",
    )


HIERO = Form(
    name="Hiero: float32 rates, tags counted from the clip's start or the media's",
    made=_hiero,
    media={"A": movie("A", rate=FILM, frames=98, start_frame=1937896)},
    expected=Expected(
        dialect="hiero",
        # All show frames 8 to 90. A tag without length is the whole clip; 30 from the clip's start is frame 38; a tag of the bin
        # counts from the media's start: 50.
        cues={
            "V1@00:00:00:00#1": (8, 82),
            "V1@00:00:04:04#1": (38, 20),  # record frame 100
            "V1@00:00:08:08#1": (50, 10),  # record frame 200
        },
        voices={
            # 2002 samples a frame, from frame 8.
            "V1@00:00:00:00#1": [(16016, 180180, None)],
            "V1@00:00:04:04#1": [(76076, 116116, None)],
            "V1@00:00:08:08#1": [(100100, 120120, None)],
        },
        media=dict.fromkeys(("V1@00:00:00:00", "V1@00:00:04:04", "V1@00:00:08:08"), "X:/plates/A.mov"),
    ),
)


def _foundry() -> Any:
    """The Foundry's own exporter keeps a tag under a key of its own."""
    tag = marker(5, 10, 24, name="RP: MARA", Hiero={"tag.note": "angry", "source_type": "TrackItem"})
    return timeline(track(clip("A", span(40, 60, 24), file("file:///X:/A%20B.mov", 0, 200, 24), marks=[tag])))


FOUNDRY = Form(
    name="Nuke Studio: the tag under a key of its own",
    made=_foundry,
    media={"A": movie("A", rate=24, frames=200)},
    expected=Expected(
        dialect="hiero",
        cues={"V1@00:00:00:00#1": (45, 10)},  # 40 + 5
        voices={"V1@00:00:00:00#1": [(90000, 110000, None)]},
        media={"V1@00:00:00:00": "file:///X:/A%20B.mov"},
    ),
)


def _flame() -> Any:
    mark = marker(22, 5, 25, name="RP: MARA", color="CYAN", comment="", note="sad")
    media = file("/home/rushes/A.mov", 1000, 101, 25, segment_timecodes={"source_in": "00:00:41:15"})
    return timeline(
        track(clip("sh010", span(1040, 41, 25), media, marks=[mark]), name="V1"),
        start=RationalTime(0, 25),
        name="seq",
        **{"ayon.flame.PolicyName": "x"},
    )


FLAME = Form(
    name="Flame through AYON: counted from the segment's start, the comment in metadata",
    made=_flame,
    media={"sh010": movie("sh010", frames=101, start_frame=1000)},
    expected=Expected(
        dialect="flame",
        cues={"V1@00:00:00:00#1": (62, 5)},  # 1040 − 1000 + 22
        voices={"V1@00:00:00:00#1": [(119040, 128640, None)]},  # 62 × 1920 up to 67 × 1920
        media={"V1@00:00:00:00": "/home/rushes/A.mov"},
    ),
)


def _plain(mark_at: float) -> Any:
    mark = marker(mark_at, 12, 24, name="RP: angry")
    return timeline(
        track(gap(24, 24), clip("A", span(86500, 48, 24), file("rushes/A.mov", 86400, 500, 24), marks=[mark])),
        start=RationalTime(3600, 24),
        name="cut",
    )


def _plain_form(name: str, at: float, dialect: str, warnings: int) -> Form:
    return Form(
        name=name,
        made=lambda: _plain(at),
        media={"A": movie("A", rate=24, frames=500, start_frame=86400)},
        expected=Expected(
            dialect=dialect,
            cues={"V1@00:02:31:00#1": (110, 12)},  # 86510 − 86400; 3600 + 24 frames are 00:02:31:00
            voices={"V1@00:02:31:00#1": [(220000, 244000, None)]},  # 110 × 2000 up to 122 × 2000
            media={"V1@00:02:31:00": "rushes/A.mov"},
            warnings=warnings,
        ),
    )


PLAIN = _plain_form("OTIO: counted in the clip's own time", 86510, "otio", 0)
FROM_CLIP = _plain_form("unknown: counted from the clip's start", 10, "generic", 1)
FROM_MEDIA = _plain_form("unknown: counted from the media's start", 110, "generic", 1)
FROM_RECORD = _plain_form("unknown: counted in record timecode", 3600 + 24 + 10, "generic", 1)


def _retimed_space() -> Any:
    """Marks of an editor that counts as Resolve does, its stamp lost: 400 / 2 + 5 on a clip at 200 %; the plain one fits anything."""
    quick = clip(
        "Q", span(400, 20, 24), file("Q.mov", 0, 500, 24), marks=[marker(205, 4, 24, name="x")], effects=[speed(2)]
    )
    plain = clip("A", span(100, 48, 24), file("A.mov", 0, 500, 24), marks=[marker(110, 12, 24, name="RP: angry")])
    return timeline(track(quick, plain), name="cut")


RETIMED_SPACE = Form(
    name="unknown: counted in the media's time as its retime changes it",
    made=_retimed_space,
    media={"A": movie("A", rate=24, frames=500)},
    expected=Expected(
        dialect="generic",
        cues={"V1@00:00:00:20#1": (110, 12)},
        voices={"V1@00:00:00:20#1": [(220000, 244000, None)]},
        media={"V1@00:00:00:20": "A.mov"},
        warnings=1,
    ),
)

FORMS: tuple[Form, ...] = (
    RESOLVE,
    UNLINKED,
    COMPOUND,
    KDENLIVE,
    EARLY_KDENLIVE,
    PREMIERE,
    HIERO,
    FOUNDRY,
    FLAME,
    PLAIN,
    FROM_CLIP,
    FROM_MEDIA,
    FROM_RECORD,
    RETIMED_SPACE,
)
