"""FCPXML, Final Cut Pro 7 XML and AAF: every take on its exact frames, the chosen one playing, and nothing lost in silence."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from xml.etree import ElementTree as ET

import opentimelineio as otio
import pytest

from export_kit import Stands, frames_of, in_aaf, in_fcp7, in_fcpxml, seconds_in, structure_problems
from fake_takes import clip, cut_of, shot_of, span, take_of, time, timeline_of, track
from reperform.errors import SettingsError, TimelineError
from reperform.model import Shot, Take
from reperform.timeline import saving, takes
from reperform.timeline.choosing import select
from reperform.timeline.cut import Cut

R24, R25 = Fraction(24), Fraction(25)
R2398, R2997 = Fraction(24000, 1001), Fraction(30000, 1001)
READERS: dict[str, Callable[[Path, Fraction], list[Stands]]] = {
    ".fcpxml": in_fcpxml,
    ".xml": lambda path, _rate: in_fcp7(path),
    ".aaf": in_aaf,
}
EDITORS = {".fcpxml": "fcp", ".xml": "premiere", ".aaf": "avid"}
FORMATS = [pytest.param(ending, id=ending[1:]) for ending in READERS]


def export(
    folder: Path,
    ending: str,
    cut: Cut,
    made: list[tuple[Shot, list[Take]]],
    *,
    chosen: dict[str, str | None] | None = None,
    styles: list[str] | None = None,
) -> tuple[Path, list[str]]:
    """The file, and what was said of it."""
    out = folder / f"cut_RP{ending}"
    written = takes.write(
        cut,
        shots=[shot for shot, _ in made],
        takes={shot.id: found for shot, found in made},
        chosen=chosen or {},
        for_=EDITORS[ending],
        styles=styles,
        out=out,
    )
    saved = saving.save(written.timelines, out, input_path=None, facts=written.facts)
    return out, [note.message for note in (*written.notes, *saved.notes)]


def two_shots(rate: Fraction, start: int) -> tuple[Cut, list[otio.schema.Clip], int]:
    """A gap of 10, a clip of 48 frames, one of 30; their files begin at `start` of their timecode, 500 frames long."""
    spelled = float(rate)
    first = clip("mara", start + 100, 48, rate=spelled, media=span(start, 500, spelled))
    second = clip(
        "tom #1 ä", start + 200, 30, rate=spelled, media=span(start, 500, spelled), url="/media/tom%20%231.mov"
    )
    gap = otio.schema.Gap(source_range=span(0, 10, spelled))
    return cut_of(timeline_of(track(gap, first, second), rate=spelled)), [first, second], start


CLOCKS = [
    pytest.param(R24, 86400 * 14, id="24"),
    pytest.param(R25, 0, id="25, from zero"),
    pytest.param(R2398, 86399, id="23.976"),
    pytest.param(R2997, 107892 * 2 + 17, id="29.97"),
]


@pytest.mark.parametrize("ending", FORMATS)
@pytest.mark.parametrize(("rate", "start"), CLOCKS)
def test_every_take_stands_on_its_frames(tmp_path: Path, ending: str, rate: Fraction, start: int) -> None:
    """Source in, record in and length are the shot's, to the frame; the chosen take plays and the original is there."""
    cut, (first, second), _ = two_shots(rate, start)
    shots = [shot_of(cut, item, media_start=start) for item in (first, second)]
    made = [(shot, [take_of(shot, 1), take_of(shot, 2)]) for shot in shots]
    out, _ = export(tmp_path, ending, cut, made, chosen={shots[0].id: made[0][1][0].id})
    standing = READERS[ending](out, rate)
    takes_found = [item for item in standing if "_RP0" in item.name]
    names = [[take.path.name for take in found] for _, found in made]
    expected = {
        Stands(10, names[0][0], start + 100, 48, True),
        Stands(10, names[0][1], start + 100, 48, False),
        Stands(58, names[1][0], start + 200, 30, False),
        Stands(58, names[1][1], start + 200, 30, True),
    }
    # AAF has no disabled clips: the chosen one is on top.
    plays = ending != ".aaf"
    assert {replace(item, plays=item.plays and plays) for item in takes_found} == {
        replace(item, plays=item.plays and plays) for item in expected
    }
    originals = [(item.record_in, item.source_in, item.frames) for item in standing if "_RP0" not in item.name]
    assert originals == [(10, start + 100, 48), (58, start + 200, 30)]


@pytest.mark.parametrize("ending", FORMATS)
def test_the_same_again_touches_nothing(tmp_path: Path, ending: str) -> None:
    """A second run that changes nothing leaves the file, and one that changes something keeps a stranger's under a number."""
    cut, (first, _), start = two_shots(R24, 0)
    shot = shot_of(cut, first, media_start=start)
    out, _ = export(tmp_path, ending, cut, [(shot, [take_of(shot, 1)])])
    before = out.stat()
    export(tmp_path, ending, cut, [(shot, [take_of(shot, 1)])])
    assert out.stat() == before
    export(tmp_path, ending, cut, [(shot, [take_of(shot, 1), take_of(shot, 2)])])
    assert sorted(path.name for path in tmp_path.iterdir()) == [f"cut_RP.1{ending}", out.name]


def structured(out: Path) -> ET.Element:
    assert structure_problems(out) == []
    return ET.parse(out).getroot()


def test_a_shot_is_an_audition_with_the_pick_first_and_the_original_in_it(tmp_path: Path) -> None:
    """Final Cut shows the first of an audition; the original keeps its name, a take has its file's."""
    cut, (first, second), start = two_shots(R24, 86400)
    shots = [shot_of(cut, item, media_start=start) for item in (first, second)]
    made = [
        (shots[0], [take_of(shots[0], 1), take_of(shots[0], 2, preview=True)]),
        (shots[1], [take_of(shots[1], 1)]),
    ]
    out, notes = export(tmp_path, ".fcpxml", cut, made, chosen={shots[1].id: "original"})
    picks = [[child.attrib["name"] for child in audition] for audition in structured(out).iter("audition")]
    assert picks == [
        ["mara V1_88_RP001.mov", "mara", "mara V1_88_RP002_PREVIEW.mov"],
        ["tom #1 ä", "tom #1 ä V1_188_RP001.mov"],
    ]
    assert notes == []


def test_addresses_are_whole_urls(tmp_path: Path) -> None:
    """Spaces, #, % and umlauts are percent-encoded, in every format."""
    found = []
    for ending, tag in ((".fcpxml", "media-rep"), (".xml", "pathurl")):
        made = clip("mara", 100, 48, media=span(0, 500), url="/media/A%20%23%25%C3%A4.mov")
        cut = cut_of(timeline_of(track(made)))
        shot = shot_of(cut, made, media_start=0)
        take = take_of(shot, 1, folder=Path("/show 1/100%/ä#"))
        out, _ = export(tmp_path, ending, cut, [(shot, [take])])
        root = ET.parse(out).getroot()
        found.append(sorted(str(item.get("src") or item.text) for item in root.iter(tag)))
    assert found == [
        ["file:///media/A%20%23%25%C3%A4.mov", "file:///show%201/100%25/%C3%A4%23/mara%20V1_88_RP001.mov"],
        [
            "file://localhost/media/A%20%23%25%C3%A4.mov",
            "file://localhost/show%201/100%25/%C3%A4%23/mara%20V1_88_RP001.mov",
        ],
    ]


def dissolve(frames: int = 6) -> otio.schema.Transition:
    return otio.schema.Transition(
        name="Dissolve", transition_type="SMPTE_Dissolve", in_offset=time(frames), out_offset=time(frames)
    )


@pytest.mark.parametrize("ending", FORMATS)
def test_a_dissolve_moves_nothing(tmp_path: Path, ending: str) -> None:
    """Clips keep their frames on both sides of a transition, on the cut's own track and on a take's."""
    first = clip("mara", 100, 48, media=span(0, 500))
    second = clip("tom", 200, 48, media=span(0, 500))
    cut = cut_of(timeline_of(track(first, dissolve(), second)))
    shot = shot_of(cut, second, media_start=0)
    out, _ = export(tmp_path, ending, cut, [(shot, [take_of(shot, 1)])])
    found = {item.name: (item.record_in, item.source_in, item.frames) for item in READERS[ending](out, R24)}
    lead = {".fcpxml": 0, ".xml": 6, ".aaf": 0}[ending]  # the XML's numbers include what a transition uses
    assert found == {
        "mara.mov": (0, 100, 48 + lead),
        "tom.mov": (48 - lead, 200 - lead, 48 + lead),
        "tom V1_188_RP001.mov": (48 - lead, 200 - lead, 48 + lead),
    }


def test_what_lies_above_is_connected_and_transitions_make_storylines(tmp_path: Path) -> None:
    """A clip of V2 hangs on the one under it by that one's own time; joined by a dissolve, two are a storyline."""
    below = clip("wide", 1000, 100, media=span(900, 500))
    above = [clip("one", 50, 24, media=span(0, 200)), dissolve(4), clip("two", 80, 24, media=span(0, 200))]
    alone = clip("three", 10, 12, media=span(0, 200))
    cut = cut_of(
        timeline_of(
            track(below),
            track(otio.schema.Gap(source_range=span(0, 20)), *above),
            track(otio.schema.Gap(source_range=span(0, 90)), alone),
        )
    )
    out, _ = export(tmp_path, ".fcpxml", cut, [])
    root = structured(out)
    lanes = [(item.tag, item.attrib["lane"], item.attrib["offset"]) for item in root.iter() if "lane" in item.attrib]
    # `wide` begins at frame 1000 of its file: frame 20 of the cut is its frame 1020, 42.5 s.
    assert lanes == [("spine", "1", "85/2s"), ("asset-clip", "2", "545/12s")]
    assert [item.record_in for item in in_fcpxml(out, R24)] == [0, 20, 44, 90]


def test_drop_frame_is_said_and_changes_no_frame(tmp_path: Path) -> None:
    """The sequence starts at 01:00:00;00, frame 107892, and the take's own timecode counts as its file's does."""
    made = clip("mara", 107892 + 40, 60, rate=29.97, media=span(107892, 500, 29.97))
    timeline = timeline_of(track(made), rate=29.97)
    timeline.global_start_time = time(107892, 29.97)
    cut = replace(cut_of(timeline), drop_frame=True)
    shot = shot_of(cut, made, media_start=107892)
    take = take_of(shot, 1).model_copy(update={"drop_frame": True})
    fcpxml = structured(export(tmp_path, ".fcpxml", cut, [(shot, [take])])[0])
    sequence = fcpxml.find("./event/project/sequence")
    assert sequence is not None
    assert (sequence.attrib["tcFormat"], frames_of(seconds_in(sequence.attrib["tcStart"]), R2997)) == ("DF", 107892)
    xml = ET.parse(export(tmp_path, ".xml", cut, [(shot, [take])])[0]).getroot()
    codes = {code.findtext("string"): code.findtext("displayformat") for code in xml.iter("timecode")}
    # The original's file says nothing of drop-frame: its first frame is frame 107892 either way.
    assert codes == {"01:00:00;00": "DF", "00:59:56:12": "NDF", "01:00:00;28": "DF"}
    aaf = timecodes(export(tmp_path, ".aaf", cut, [(shot, [take])])[0])
    assert {name: (start, drop) for name, start, drop in aaf} == {
        "cut": (107892, True),
        "mara.mov": (107892, False),
        take.path.name: (107892 + 28, True),
    }


def timecodes(path: Path) -> list[tuple[str, int, bool]]:
    import aaf2

    with aaf2.open(str(path)) as file:
        return [
            ("cut" if type(mob).__name__ == "CompositionMob" else mob.name, slot.segment.start, bool(slot.segment.drop))
            for mob in file.content.mobs
            for slot in mob.slots
            if type(slot.segment).__name__ == "Timecode"
        ]


@pytest.mark.parametrize("ending", FORMATS)
def test_takes_of_a_nested_stack_are_inside_it(tmp_path: Path, ending: str) -> None:
    """A compound clip stays one, as long as it was, and the clip after it stands where it stood."""
    inner = otio.schema.Stack(name="doorway", source_range=span(0, 48))
    made = clip("mara", 100, 48, media=span(0, 500))
    inner.append(track(made))
    after = clip("tom", 7, 20, media=span(0, 100))
    cut = cut_of(timeline_of(track(otio.schema.Gap(source_range=span(0, 5)), inner, after)))
    shot = shot_of(cut, made, media_start=0)
    out, _ = export(tmp_path, ending, cut, [(shot, [take_of(shot, 1)])])
    found = READERS[ending](out, R24)
    assert [item for item in found if item.name == "tom.mov"] == [Stands(53, "tom.mov", 7, 20, True)]
    if ending == ".fcpxml":
        compound = structured(out).find("./resources/media/sequence/spine/audition")
        assert compound is not None
        assert [child.attrib["name"] for child in compound] == ["mara V1-V1_88_RP001.mov", "mara"]


@pytest.mark.parametrize("ending", FORMATS)
def test_what_a_format_cannot_hold_is_said_of_each_clip(tmp_path: Path, ending: str) -> None:
    """A disabled clip, a frozen one and a generator are named where they are not carried; nothing else moves."""
    off = clip("off", 0, 10, media=span(0, 100))
    off.enabled = False
    frozen = clip("still", 50, 10, media=span(0, 100))
    frozen.effects.append(otio.schema.FreezeFrame())
    title = otio.schema.Clip(
        name="title", media_reference=otio.schema.GeneratorReference(generator_kind="Text"), source_range=span(0, 10)
    )
    last = clip("last", 5, 10, media=span(0, 100))
    cut = cut_of(timeline_of(track(off, frozen, title, last)))
    out, notes = export(tmp_path, ending, cut, [])
    said = " ".join(notes)
    assert {
        "retime": "retime" in said,
        "disabled": "disabled" in said,
        "title": "title" in said or "generator" in said or "not a file" in said or "no file" in said,
    } == {"retime": ending == ".xml", "disabled": ending == ".aaf", "title": True}
    assert [item for item in READERS[ending](out, R24) if item.name == "last.mov"] == [
        Stands(30, "last.mov", 5, 10, True)
    ]


def test_constant_speed_is_a_time_map(tmp_path: Path) -> None:
    """A clip at twice its speed: one second of the cut is two of its file, from the frame that it begins with."""
    made = clip("fast", 240, 24, media=span(24, 480))
    made.effects.append(otio.schema.LinearTimeWarp(time_scalar=2.0))
    out, notes = export(tmp_path, ".fcpxml", cut_of(timeline_of(track(made))), [])
    element = next(structured(out).iter("asset-clip"))
    points = [(item.attrib["time"], item.attrib["value"]) for item in element.iter("timept")]
    # The file begins at 1 s, the clip with its second 10: 1 + 9/2.
    assert (element.attrib["start"], points, notes) == (
        "11/2s",
        [("1s", "1s"), ("11s", "21s")],
        ["the size of the picture is not known: the FCPXML says 1920×1080"],
    )


def test_another_rate_keeps_its_real_time(tmp_path: Path) -> None:
    """Media at 25 in a cut at 24 is not slowed down, and its asset counts at its own rate."""
    made = clip("pal", 250, 48, media=span(0, 500, 25.0))
    made.source_range = otio.opentime.TimeRange(time(250, 25), time(48, 24))
    out, _ = export(tmp_path, ".fcpxml", cut_of(timeline_of(track(made))), [])
    root = structured(out)
    rate = next(root.iter("conform-rate"))
    assert rate.attrib == {"scaleEnabled": "0", "srcFrameRate": "25"}
    assert {item.attrib["frameDuration"] for item in root.iter("format")} == {"1/24s", "1/25s"}


def test_markers_keep_their_words_and_places(tmp_path: Path) -> None:
    """On every alternate of an audition, in its own time; in the XML from the file's first frame."""
    made = clip("mara", 1100, 48, media=span(1000, 500))
    made.markers.append(otio.schema.Marker(name="RP: MARA", comment="angry", marked_range=span(1110, 12)))
    cut = cut_of(timeline_of(track(made)))
    cut.timeline.tracks.markers.append(otio.schema.Marker(name="act 2", marked_range=span(30, 1)))
    shot = shot_of(cut, made, media_start=1000)
    root = structured(export(tmp_path, ".fcpxml", cut, [(shot, [take_of(shot, 1)])])[0])
    audition = next(root.iter("audition"))
    found = [
        [
            (mark.attrib["value"], mark.get("note"), frames_of(seconds_in(mark.attrib["start"]), R24))
            for mark in child.iter("marker")
        ]
        for child in audition
    ]
    assert found == [[("RP: MARA", "angry", 1110), ("act 2", None, 1130)]] * 2
    xml = ET.parse(export(tmp_path, ".xml", cut, [(shot, [take_of(shot, 1)])])[0]).getroot()
    marks = [(mark.findtext("name"), mark.findtext("comment"), mark.findtext("in")) for mark in xml.iter("marker")]
    assert marks == [("RP: MARA", "angry", "110"), ("act 2", None, "30")]


def test_sound_is_heard_once(tmp_path: Path) -> None:
    """Picture clips play no sound of their own; sound tracks lie below, by name, and get the take where it sounds."""
    picture = clip("mara", 100, 48, media=span(0, 500))
    sound = clip("mara", 100, 48, media=span(0, 500))
    cut = cut_of(timeline_of(track(picture), track(sound, kind="Audio", name="Boom")))
    shot = shot_of(cut, picture, media_start=0, linked=(sound,), voice_in_cut=False)
    root = structured(export(tmp_path, ".fcpxml", cut, [(shot, [take_of(shot, 1)])])[0])
    heard = [(item.attrib["name"], item.get("audioRole")) for item in root.iter("asset-clip") if item.get("audioRole")]
    assert heard == [("mara V1_88_RP001.mov", "dialogue.Boom"), ("mara", "dialogue.Boom")]
    assert [item.attrib["lane"] for item in root.iter("audition") if "lane" in item.attrib] == ["-1"]
    assert all(item.get("srcEnable") == "video" for item in root.iter("asset-clip") if not item.get("audioRole"))


def test_a_sound_twin_is_a_clip_of_its_own(tmp_path: Path) -> None:
    """The adapter writes equal clips once: the sound under a dissolve keeps its own length all the same."""
    first, second = clip("mara", 100, 48, media=span(0, 500)), clip("tom", 200, 48, media=span(0, 500))
    twins = [first.clone(), second.clone()]
    cut = cut_of(timeline_of(track(first, dissolve(), second), track(*twins, kind="Audio")))
    root = ET.parse(export(tmp_path, ".xml", cut, [])[0]).getroot()
    found = [(item.findtext("start"), item.findtext("end")) for item in root.findall(".//audio/track/clipitem")]
    assert found == [("0", "48"), ("48", "96")]


@pytest.mark.parametrize(
    ("for_", "ending", "fix"),
    [
        pytest.param("fcp", ".otio", ".fcpxml", id="Final Cut reads no OTIO"),
        pytest.param("resolve", ".aaf", ".otio", id="AAF is Avid's"),
        pytest.param("otio", ".fcpxml", "--for fcp", id="FCPXML is Final Cut's"),
    ],
)
def test_a_wrong_pair_is_refused_with_the_way_out(for_: str, ending: str, fix: str) -> None:
    """The editor and the file have to go together."""
    with pytest.raises(SettingsError, match=f"--for {for_} and a {ending}") as caught:
        takes.check_destination(for_, None, Path(f"cut{ending}"))
    assert fix in (caught.value.fix or "")


@pytest.mark.parametrize("ending", [".xml", ".aaf"])
def test_references_do_not_fit_into_one_medium_a_clip(ending: str) -> None:
    """Asked for by name, they are refused; by default takes go onto tracks."""
    with pytest.raises(SettingsError, match="holds one medium a clip"):
        takes.check_destination(EDITORS[ending], ["references"], Path(f"cut{ending}"))


@pytest.mark.parametrize("ending", FORMATS)
def test_select_says_where_takes_are_switched(tmp_path: Path, ending: str) -> None:
    """In these files the editor switches, or another run does."""
    out = tmp_path / f"cut{ending}"
    out.write_bytes(b"")
    with pytest.raises(TimelineError, match="cannot switch takes") as caught:
        select(out, "V1@01:00:00:00", "1")
    assert "reperform select" in (caught.value.fix or "")


def test_an_adapter_that_is_not_there_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The message says what to install."""
    monkeypatch.setattr(otio.adapters, "available_adapter_names", list)
    cut, _, _ = two_shots(R24, 0)
    with pytest.raises(TimelineError, match="not installed") as caught:
        export(tmp_path, ".aaf", cut, [])
    assert "reperform[aaf]" in (caught.value.fix or "")
