"""Saving: atomic, never onto the input, nothing of someone else's lost."""

from __future__ import annotations

import os
import zipfile
from pathlib import Path

import opentimelineio as otio
import pytest

from fake_takes import clip, cut_of, shot_of, span, take_of, timeline_of, track
from reperform.errors import TimelineError
from reperform.timeline import takes
from reperform.timeline.reading import read
from reperform.timeline.recognising import takes_of
from reperform.timeline.saving import lost_in, save

TC = 86400


def a_timeline(name: str = "Reel 1") -> otio.schema.Timeline:
    return timeline_of(track(clip("mara", TC, 48, media=span(TC, 500))), name=name)


def with_takes(folder: Path, *, styles: list[str] | None = None, out: str = "cut_RP.otio") -> takes.Written:
    """A cut in `folder`, with two takes whose files are there."""
    made = clip("mara", TC + 100, 48, media=span(TC, 500), url="mara.mov")
    cut = cut_of(timeline_of(track(made)), folder)
    shot = shot_of(cut, made, media_start=TC)
    known = [take_of(shot, number, folder=folder / "takes") for number in (1, 2)]
    (folder / "takes").mkdir(exist_ok=True)
    for path in (folder / "mara.mov", *(take.path for take in known)):
        path.write_bytes(path.name.encode())
    return takes.write(
        cut, shots=[shot], takes={shot.id: known}, chosen={}, for_="otio", styles=styles, out=folder / out
    )


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_a_timeline_is_saved_as_otio_writes_it(tmp_path: Path) -> None:
    """The file is OTIO's own JSON; nothing else appears beside it."""
    saved = save([a_timeline()], tmp_path / "cut_RP.otio", input_path=tmp_path / "cut.otio")
    assert otio.adapters.read_from_file(str(tmp_path / "cut_RP.otio")).is_equivalent_to(a_timeline())
    assert names(tmp_path) == ["cut_RP.otio"]
    assert (saved.kept, saved.changed) == ((), (tmp_path / "cut_RP.otio",))
    assert saved.sha256 == read(tmp_path / "cut_RP.otio").sha256


@pytest.mark.parametrize("how", ["same name", "another spelling", "symbolic link", "hard link", "link's target"])
def test_the_input_is_never_written_to(tmp_path: Path, how: str) -> None:
    """Whatever name leads to the input's file, it is refused and stays as it was."""
    source = tmp_path / "cut.otio"
    source.write_text("{}")
    out, given = tmp_path / "out.otio", source
    if how == "same name":
        out = source
    elif how == "another spelling":
        (tmp_path / "sub").mkdir()
        out = tmp_path / "sub" / ".." / "cut.otio"
    elif how == "symbolic link":
        out.symlink_to(source)
    elif how == "hard link":
        out.hardlink_to(source)
    else:
        given = tmp_path / "link.otio"
        given.symlink_to(source)
        out = source
    with pytest.raises(TimelineError, match="is the input, which is never written to"):
        save([a_timeline()], out, input_path=given)
    assert source.read_text() == "{}"


def test_no_file_is_put_into_the_inputs_folder_bundle(tmp_path: Path) -> None:
    """An `.otiod` is a folder: what lies in it is part of the input."""
    (tmp_path / "cut.otiod").mkdir()
    with pytest.raises(TimelineError, match="is the input"):
        save([a_timeline()], tmp_path / "cut.otiod" / "new.otio", input_path=tmp_path / "cut.otiod")


def test_what_we_wrote_last_is_replaced(tmp_path: Path) -> None:
    """A file that is as we last wrote it needs no keeping."""
    out = tmp_path / "cut_RP.otio"
    first = save([a_timeline("one")], out, input_path=None)
    second = save([a_timeline("two")], out, input_path=None, last_written=first.sha256)
    assert (names(tmp_path), second.kept) == (["cut_RP.otio"], ())


@pytest.mark.parametrize("known", [None, "0" * 64], ids=["we do not know it", "it was changed since"])
def test_what_is_not_as_we_wrote_it_is_kept(tmp_path: Path, known: str | None) -> None:
    """Someone else's file, or an edited one, goes under the next free numbered name first."""
    out = tmp_path / "cut_RP.otio"
    out.write_text("mine")
    (tmp_path / "cut_RP.1.otio").write_text("older")
    saved = save([a_timeline()], out, input_path=None, last_written=known)
    assert saved.kept == (tmp_path / "cut_RP.2.otio",)
    assert (tmp_path / "cut_RP.2.otio").read_text() == "mine"
    assert (tmp_path / "cut_RP.1.otio").read_text() == "older"


@pytest.mark.parametrize("ending", ["otio", "otioz", "otiod"])
def test_the_same_content_does_not_touch_the_file(tmp_path: Path, ending: str) -> None:
    """A second run that changes nothing leaves date and file as they are."""
    out = tmp_path / f"cut_RP.{ending}"
    written = with_takes(tmp_path, out=out.name)
    save(written.timelines, out, input_path=None)
    os.utime(out, (1_000_000_000, 1_000_000_000))
    saved = save(written.timelines, out, input_path=None)
    assert (saved.changed, saved.kept, out.stat().st_mtime) == ((), (), 1_000_000_000)


def test_a_link_stays_a_link(tmp_path: Path) -> None:
    """What the link leads to is replaced, not the link."""
    (tmp_path / "real").mkdir()
    out = tmp_path / "cut_RP.otio"
    out.symlink_to(tmp_path / "real" / "cut_RP.otio")
    save([a_timeline()], out, input_path=None)
    assert out.is_symlink()
    assert read(tmp_path / "real" / "cut_RP.otio").name == "Reel 1"


@pytest.mark.parametrize(
    ("name", "message"),
    [
        pytest.param("cut.mov", "is written as .otio, .otioz, .otiod, .fcpxml, .xml or .aaf", id="another ending"),
        pytest.param("folder.otio", "is a folder", id="a folder of that name"),
        pytest.param("missing/cut.otio", "cannot be written", id="a folder that is not there"),
    ],
)
def test_where_it_cannot_be_saved(tmp_path: Path, name: str, message: str) -> None:
    """Each refusal is one sentence, with a way out."""
    (tmp_path / "folder.otio").mkdir()
    with pytest.raises(TimelineError, match=message) as caught:
        save([a_timeline()], tmp_path / name, input_path=None)
    assert caught.value.fix


def test_timelines_of_single_takes_stand_beside_the_output(tmp_path: Path) -> None:
    """Each is called by its number; in other styles as well, OUT itself comes first."""
    written = with_takes(tmp_path, styles=["references", "timelines"])
    saved = save(written.timelines, tmp_path / "cut_RP.otio", input_path=None)
    assert [path.name for path in saved.paths] == ["cut_RP.otio", "cut_RP_take1.otio", "cut_RP_take2.otio"]
    assert [len(takes_of(read(path).timeline.tracks[0][0])) for path in saved.paths] == [2, 1, 1]


@pytest.mark.parametrize("ending", ["otioz", "otiod"])
def test_a_bundle_carries_every_take(tmp_path: Path, ending: str) -> None:
    """The original and all takes lie in it, also those that are not active; OTIO's adapters read it."""
    out = tmp_path / f"cut_RP.{ending}"
    save(with_takes(tmp_path, out=out.name).timelines, out, input_path=None)
    urls = [item.target_url for item in otio.adapters.read_from_file(str(out)).tracks[0][0].media_references().values()]
    carried = (
        zipfile.ZipFile(out).namelist() if ending == "otioz" else [f"media/{name}" for name in names(out / "media")]
    )
    assert sorted(urls) == ["media/mara%20V1_88_RP001.mov", "media/mara%20V1_88_RP002.mov", "media/mara.mov"]
    assert {"media/mara.mov", "media/mara V1_88_RP001.mov", "media/mara V1_88_RP002.mov"} <= set(carried)


def test_an_edited_folder_bundle_is_kept(tmp_path: Path) -> None:
    """A folder cannot be replaced in one step: the earlier one steps aside, for good where it is not ours."""
    out = tmp_path / "cut_RP.otiod"
    first = save([a_timeline("one")], out, input_path=None)
    second = save([a_timeline("two")], out, input_path=None, last_written=first.sha256)
    third = save([a_timeline("three")], out, input_path=None)
    assert (second.kept, third.kept) == ((), (tmp_path / "cut_RP.1.otiod",))
    assert names(tmp_path) == ["cut_RP.1.otiod", "cut_RP.otiod"]
    assert (read(out).name, read(tmp_path / "cut_RP.1.otiod").name) == ("three", "two")


def test_a_downgrade_says_what_it_would_lose(tmp_path: Path) -> None:
    """`Clip.1` keeps nothing but the active reference: every other take would be lost."""
    timeline = with_takes(tmp_path).timelines[0]
    assert lost_in(timeline, {"Clip": 1}) == ("“mara” would lose 1 of its takes",)
    assert lost_in(timeline, {"Clip": 2}) == ()
