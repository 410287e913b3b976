"""Each editor gets what it imports: how media are addressed, what plays, where takes lie, what stands at a transition's far side."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import opentimelineio as otio
import pytest

from fake_takes import clip, cut_of, shot_of, span, take_of, time, timeline_of, track
from reperform.model import Shot, Take
from reperform.timeline import records, saving, takes
from reperform.timeline.addresses import address_of, path_of, readdress
from reperform.timeline.cut import Cut
from reperform.timeline.dialects.kdenlive import KdenliveDialect
from reperform.timeline.editors import EDITORS, FORMATS, editor_for
from reperform.timeline.recognising import strip_takes, takes_of
from reperform.timeline.stacking import turn

OUT = Path("/project/cut_RP.otio")
TC = 86400 * 14
NAME = "mara V1_88_RP00{}.mov"
IN_OTIO = [pytest.param(name, id=name) for name, editor in EDITORS.items() if ".otio" in editor.endings]


def written(
    cut: Cut,
    made: list[tuple[Shot, list[Take]]],
    for_: str,
    *,
    chosen: dict[str, str | None] | None = None,
    styles: list[str] | None = None,
) -> takes.Written:
    return takes.write(
        cut,
        shots=[shot for shot, _ in made],
        takes={shot.id: found for shot, found in made},
        chosen=chosen or {},
        for_=for_,
        styles=styles,
        out=OUT,
    )


def one_clip() -> tuple[Cut, otio.schema.Clip, Shot]:
    """A clip of 48 frames, 100 into a file that starts at 14:00:00:00, after a gap of 24."""
    made = clip("mara", TC + 100, 48, media=span(TC, 500))
    cut = cut_of(timeline_of(track(otio.schema.Gap(source_range=span(0, 24)), made, name="Picture")))
    return cut, made, shot_of(cut, made, media_start=TC)


def tracks_of_takes(timeline: otio.schema.Timeline) -> list[tuple[str, bool, list[tuple[str, bool]]]]:
    """Name, enabled, and what stands on it."""
    return [
        (
            item.name,
            item.enabled,
            [(child.name, child.enabled) for child in item if isinstance(child, otio.schema.Clip)],
        )
        for item in timeline.tracks
        if records.says(item, "takes") is not None
    ]


EXPECTED: dict[str, dict[str, Any]] = {
    "otio": {"styles": ("references",), "active": "take_002", "url": "takes/mara%20V1_88_RP001.mov"},
    "resolve": {
        "styles": ("references", "tracks"),
        "active": "DEFAULT_MEDIA",
        "url": "/project/takes/mara V1_88_RP001.mov",
    },
    "premiere": {
        "styles": ("references", "tracks"),
        "active": "DEFAULT_MEDIA",
        "url": "file:///project/takes/mara%20V1_88_RP001.mov",
    },
    "kdenlive": {
        "styles": ("references", "tracks"),
        "active": "DEFAULT_MEDIA",
        "url": "/project/takes/mara V1_88_RP001.mov",
    },
    "avid": {"styles": ("tracks",), "active": "DEFAULT_MEDIA", "url": "file:///project/takes/mara%20V1_88_RP001.mov"},
}


@pytest.mark.parametrize("for_", IN_OTIO)
def test_what_an_editor_gets(for_: str) -> None:
    """Style, active reference, address and the names of files, by editor; the cut without takes is the cut."""
    cut, made, shot = one_clip()
    result = written(cut, [(shot, [take_of(shot, 1), take_of(shot, 2)])], for_).timelines[0]
    expected = EXPECTED[for_]
    if EDITORS[for_].top_down:
        turn(result.tracks)
    after = result.tracks[0][1]
    assert (after.active_media_reference_key, after.source_range) == (expected["active"], made.source_range)
    on_clip = sorted(takes_of(after)) if "references" in expected["styles"] else []
    assert sorted(takes_of(after)) == on_clip
    lanes = [
        ("Takes 1", False, [(NAME.format(1), False)]),
        ("Takes 2", True, [(NAME.format(2), True)]),
    ]
    assert tracks_of_takes(result) == (lanes if "tracks" in expected["styles"] else [])
    shown = result.tracks[1][1] if "tracks" in expected["styles"] else after
    take = next(iter(takes_of(shown).values()))
    assert (take.target_url, take.name) == (expected["url"], NAME.format(1))
    assert shown.source_range == span(TC + 100, 48)
    assert strip_takes(result).tracks[0][1].media_reference.name == "mara.mov"


@pytest.mark.parametrize("for_", IN_OTIO)
@pytest.mark.parametrize("styles", [["references"], ["tracks"], ["references", "tracks"], ["timelines"]], ids="+".join)
def test_every_style_can_be_asked_for(for_: str, styles: list[str], tmp_path: Path) -> None:
    """Each is written and read again; the chosen take plays, on its exact frames."""
    cut, _, shot = one_clip()
    result = written(cut, [(shot, [take_of(shot, 1), take_of(shot, 2)])], for_, styles=styles)
    saved = saving.save(result.timelines, tmp_path / "cut_RP.otio", input_path=None, facts=result.facts)
    for path, number in zip(saved.paths, (1, 2) if styles == ["timelines"] else (2,), strict=True):
        timeline = otio.adapters.read_from_file(str(path))
        shown = [
            item
            for item in timeline.tracks.find_clips()
            if item.media_reference.name == NAME.format(number) and item.enabled and item.parent().enabled
        ]
        assert {str(item.source_range) for item in shown} == {str(span(TC + 100, 48))}, path.name


@pytest.mark.parametrize(
    ("for_", "path", "expected"),
    [
        pytest.param("premiere", "/show/ä #1/100%.mov", "file:///show/%C3%A4%20%231/100%25.mov", id="Premiere: a URL"),
        pytest.param("avid", "/show/a b.mov", "file:///show/a%20b.mov", id="Avid: a URL"),
        pytest.param("kdenlive", "/show/ä b.mov", "/show/ä b.mov", id="Kdenlive: a plain path"),
        pytest.param(
            "kdenlive", "/show/#1 50%?.mov", "/show/%231 50%25%3F.mov", id="Kdenlive: what its URL parser would eat"
        ),
        pytest.param("resolve", "/show/#1 50%.mov", "/show/#1 50%.mov", id="Resolve: as the system spells it"),
    ],
)
def test_addresses(for_: str, path: str, expected: str) -> None:
    """As the editor reads them, and as we read them again."""
    address = address_of(Path(path), folder=Path("/show"), for_=for_)
    assert address == expected
    assert path_of(address, folder=Path("/show")) == Path(path)


@pytest.mark.parametrize(
    ("for_", "address", "expected"),
    [
        pytest.param("premiere", "media/a b.mov", "file:///a/media/a%20b.mov", id="relative to a URL"),
        pytest.param("premiere", "/x/a b.mov", "file:///x/a%20b.mov", id="a bare path to a URL"),
        pytest.param(
            "premiere", "D:\\film\\a b.mov", "file:///D:/film/a%20b.mov", id="another system's drive to a URL"
        ),
        pytest.param(
            "premiere", "file://localhost/D%3a/a.mov", "file://localhost/D%3a/a.mov", id="a URL stays as spelled"
        ),
        pytest.param(
            "resolve", "file:///D:/film/a%20b.mov", "D:\\film\\a b.mov", id="another system's URL to its path"
        ),
        pytest.param("kdenlive", "file:///x/a%20b.mov", "/x/a b.mov", id="a URL to a plain path"),
        pytest.param("kdenlive", "media/a.mov", "media/a.mov", id="Kdenlive reads relative paths"),
        pytest.param("otio", "file:///x/a.mov", "file:///x/a.mov", id="nothing moved"),
    ],
)
def test_originals_are_addressed_as_the_editor_reads_them(for_: str, address: str, expected: str) -> None:
    """The same file, in that editor's form; what has that form already stays as it was written."""
    cut = cut_of(timeline_of(track(clip("mara", 0, 10, url=address))))
    readdress(cut.timeline, from_folder=Path("/a"), to_folder=Path("/a"), for_=for_)
    assert cut.timeline.tracks[0][0].media_reference.target_url == expected


def dissolve() -> otio.schema.Transition:
    return otio.schema.Transition(transition_type="SMPTE_Dissolve", in_offset=time(6), out_offset=time(6))


@pytest.mark.parametrize(
    ("for_", "expected"),
    [
        pytest.param("resolve", ["Transition", "Clip", "Transition"], id="Resolve"),
        pytest.param(
            "premiere", ["Gap 0", "Transition", "Clip", "Transition", "Gap 0"], id="Premiere: beside an empty gap"
        ),
        pytest.param("kdenlive", ["Clip"], id="Kdenlive has none with one side"),
    ],
)
def test_transitions_at_both_ends(for_: str, expected: list[str]) -> None:
    """Repeated on the take's track in the way that the editor writes them itself; what is left out is said."""
    made = clip("mara", TC + 100, 48, media=span(TC, 500))
    cut = cut_of(timeline_of(track(dissolve(), made, dissolve())))
    shot = shot_of(cut, made, media_start=TC)
    result = written(cut, [(shot, [take_of(shot, 1)])], for_, styles=["tracks"])
    lane = next(item for item in result.timelines[0].tracks if records.says(item, "takes") is not None)
    found = [
        f"Gap {child.duration().value:g}" if isinstance(child, otio.schema.Gap) else type(child).__name__
        for child in lane
    ]
    assert found == expected
    said = [note.message for note in result.notes]
    assert said == (
        [f"{NAME.format(1)} stands without the transition beside it: Kdenlive has none into nothing"]
        if for_ == "kdenlive"
        else []
    )


def test_kdenlive_has_the_uppermost_track_first() -> None:
    """A cut from elsewhere is turned for it, takes on top; sound keeps its place, and the next run finds all again."""
    made = clip("mara", TC + 100, 48, media=span(TC, 500))
    cut = cut_of(
        timeline_of(
            track(made, name="V1"), track(name="V2"), track(name="A1", kind="Audio"), track(name="A2", kind="Audio")
        )
    )
    shot = shot_of(cut, made, media_start=TC)
    first = written(cut, [(shot, [take_of(shot, 1)])], "kdenlive").timelines[0]
    names = [item.name for item in first.tracks]
    assert names == ["Takes 1", "V2", "V1", "A1", "A2"]
    again = takes.rewrite(
        replace(cut, timeline=first), record=_record(first), chosen={shot.id: "original"}, out=OUT
    ).timelines[0]
    assert [item.name for item in again.tracks] == ["V2", "V1", "Takes 1", "A1", "A2"]


def _record(timeline: otio.schema.Timeline) -> records.TimelineRecord:
    found = records.read(timeline, records.TimelineRecord)
    assert found is not None
    return found


def test_kdenlives_own_cut_keeps_its_order() -> None:
    """What Kdenlive wrote goes back as it was, its takes above its picture."""
    made = clip("mara", 100, 48, media=span(0, 500))
    timeline = timeline_of(track(name="V2"), track(made, name="V1"), track(name="A1", kind="Audio"))
    cut = replace(cut_of(timeline), dialect=KdenliveDialect())
    shot = shot_of(cut, made, media_start=0)
    result = written(cut, [(shot, [take_of(shot, 1)])], "kdenlive").timelines[0]
    assert [item.name for item in result.tracks] == ["Takes 1", "V2", "V1", "A1"]
    assert strip_takes(result).is_equivalent_to(cut.timeline)
    assert written(cut, [(shot, [])], "kdenlive", styles=["references"]).timelines[0].tracks[0].name == "V2"


@pytest.mark.parametrize("for_", ["avid", "kdenlive"])
def test_where_an_editor_shows_what_is_disabled_no_take_covers_a_chosen_original(for_: str) -> None:
    """A shot that plays its original has its takes below all picture."""
    cut, _, shot = one_clip()
    result = written(cut, [(shot, [take_of(shot, 1)])], for_, chosen={shot.id: "original"}).timelines[0]
    if EDITORS[for_].top_down:
        turn(result.tracks)
    assert [item.name for item in result.tracks] == ["Takes 1", "Picture"]


@pytest.mark.parametrize(("editor", "link"), [("Resolve_OTIO", "Link Group ID"), ("PremierePro_OTIO", "LinkID")])
def test_a_take_on_a_track_is_linked_to_nothing(editor: str, link: str) -> None:
    """A link group gets no third member; what else an editor wrote on the clip is on its take as well."""
    made = clip("mara", TC + 100, 48, media=span(TC, 500), metadata={editor: {link: "7", "Flag": "x"}})
    cut = cut_of(timeline_of(track(made)))
    shot = shot_of(cut, made, media_start=TC)
    result = written(cut, [(shot, [take_of(shot, 1)])], "resolve", styles=["tracks"]).timelines[0]
    assert records.plain(result.tracks[1][0].metadata[editor]) == {"Flag": "x"}


def test_no_editor_is_given_a_schema_that_loses_takes() -> None:
    """`Clip.1` would keep the active reference alone; none of the editors is known to need it."""
    for editor in EDITORS.values():
        assert dict(editor.schemas).get("Clip", 2) == 2
    cut, _, shot = one_clip()
    timeline = written(cut, [(shot, [take_of(shot, 1), take_of(shot, 2)])], "otio").timelines[0]
    assert saving.lost_in(timeline, {"Clip": 1}) == ("“mara” would lose 1 of its takes",)


@pytest.mark.parametrize(
    ("dialect", "ending", "expected"),
    [
        pytest.param("resolve", ".otio", "resolve", id="who wrote it"),
        pytest.param("fcp7", ".otio", "premiere", id="FCP7 XML is Premiere's"),
        pytest.param("fcp7", ".xml", "premiere", id="and goes back as such"),
        pytest.param("edl", ".aaf", "avid", id="an EDL is Avid's"),
        pytest.param("fcpx", ".fcpxml", "fcp", id="FCPXML goes back to Final Cut"),
        pytest.param("fcpx", ".otio", "otio", id="which reads no OTIO"),
        pytest.param("resolve", ".fcpxml", "fcp", id="whose file OUT is"),
        pytest.param("resolve", ".xml", "resolve", id="Resolve reads FCP7 XML as well"),
        pytest.param("hiero", ".otio", "otio", id="an editor without a form of its own"),
        pytest.param("otio", ".aaf", "avid", id="AAF is for Avid"),
    ],
)
def test_whom_it_is_for_where_nobody_says(dialect: str, ending: str, expected: str) -> None:
    """The dialect read, where that editor imports such a file; else whose file OUT is."""
    assert editor_for(dialect, ending) == expected


@pytest.mark.parametrize("for_", EDITORS)
def test_the_last_line_names_the_file_and_the_way(for_: str) -> None:
    """It tells how to see the takes in that editor."""
    out = OUT.with_suffix(EDITORS[for_].endings[0])
    assert str(out) in takes.how_to_see(for_, out)
    assert FORMATS[out.suffix].editors
