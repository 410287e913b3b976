"""Timelines that carry their media: `.otioz` and `.otiod`, in and out, and everything in them still plays."""

from __future__ import annotations

import zipfile
from pathlib import Path

import opentimelineio as otio
import pytest

from whole import cut_kit as cut
from whole.command_kit import call, run, slow
from whole.cut_kit import Shown
from whole.scene import HOUR, QUICK, RATE, Scene, files

A1, B1 = "A001_14221005_RP001_PREVIEW.mov", "B001_01000004_RP001_PREVIEW.mov"
FRAMES = 76


def packed(scene: Scene, kind: str) -> Path:
    """The scene and an unmarked clip of a third file behind it, as a bundle in an empty folder."""
    (scene.folder / "C001.mov").write_bytes(scene.b.path.read_bytes())
    unmarked = cut.clip(scene.b, 0, 10, url="C001.mov")
    made = cut.timeline(cut.track(scene.clip_a(), scene.clip_b(), unmarked), start=HOUR, rate=RATE)
    for clip in made.find_clips():
        clip.media_reference.target_url = f"media/{clip.media_reference.target_url}"
    inbox = scene.folder.parent / "inbox"
    inbox.mkdir()
    path = inbox / f"cut.{kind}"
    names = ("A001.mov", "B001.mov", "C001.mov")
    if kind == "otiod":
        (path / "media").mkdir(parents=True)
        cut.save(made, path / "content.otio")
        for name in names:
            (path / "media" / name).write_bytes((scene.folder / name).read_bytes())
        return path
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("content.otio", made.to_json_string())
        archive.writestr("version.txt", "1.0.0")
        for name in names:
            archive.write(scene.folder / name, f"media/{name}")
    return path


def played(path: Path) -> list[Shown | None]:
    """What a cut shows, played from where only the bundle itself is."""
    if path.suffix == ".otioz":
        with zipfile.ZipFile(path) as archive:
            archive.extractall(path.with_suffix(".unpacked"))
        path = path.with_suffix(".unpacked")
    return cut.play(path / "content.otio" if path.is_dir() else path, rate=RATE, frames=FRAMES)


@pytest.mark.parametrize(
    ("read", "written"),
    [
        ("otioz", "otio"),
        ("otioz", "otiod"),
        ("otiod", "otioz"),
        slow("otiod", "otio"),
        slow("otioz", "otioz"),
        slow("otiod", "otiod"),
    ],
)
def test_a_bundle_goes_in_and_any_form_comes_out(unrun: Scene, read: str, written: str) -> None:
    """Every frame shows what it showed, marked or not; and the bundle that came in is as it was."""
    path = packed(unrun, read)
    before = (
        path.read_bytes() if path.is_file() else {file: file.read_bytes() for file in path.rglob("*") if file.is_file()}
    )
    wanted = [*range(10, 50), *range(116, 142), *range(100, 110)]
    out = path.parent / f"out.{written}"
    document = run(path, out, *QUICK)
    shown = played(out)
    assert len(document["made"]) == 2
    assert [one.number if one else None for one in shown] == wanted
    assert files(shown) == [A1, B1, "C001.mov"]
    after = (
        path.read_bytes() if path.is_file() else {file: file.read_bytes() for file in path.rglob("*") if file.is_file()}
    )
    assert after == before
    again = run(path, out, *QUICK)
    assert (again["made"], again["changed"], again["kept"]) == ([], False, [])


@pytest.mark.parametrize("kind", ["otioz", "otiod"])
def test_a_bundle_holds_every_take_and_original_and_travels_alone(scene: Scene, kind: str, tmp_path: Path) -> None:
    """Away from its folder it still plays, and each of its references is a file in it."""
    scene.run(None, None, "--another", "A001")
    out = tmp_path / "elsewhere" / f"cut.{kind}"
    out.parent.mkdir()
    scene.run(None, out)
    scene.folder.rename(tmp_path / "gone")
    shown = played(out)
    root = out if kind == "otiod" else out.with_suffix(".unpacked")
    content = otio.adapters.read_from_file(str(root / "content.otio"))
    urls = {item.target_url for clip in content.find_clips() for item in clip.media_references().values()}
    assert urls == {f"media/{name}" for name in ("A001.mov", "B001.mov", A1, "A001_14221005_RP002_PREVIEW.mov", B1)}
    assert [url for url in urls if not (root / url).is_file()] == []
    assert [one.number if one else None for one in shown[:66]] == [*range(10, 50), *range(116, 142)]


@pytest.mark.parametrize("kind", ["otioz", "otiod"])
def test_a_take_is_chosen_in_a_bundle_too(scene: Scene, kind: str) -> None:
    out = scene.folder / f"cut.{kind}"
    scene.run(None, out)
    ran = call("select", out, "B001", "original")
    assert ran.status == 0, ran.said
    assert files(played(out)[:66]) == [A1, "B001.mov"]
    assert scene.run(None, out)["made"] == []


@pytest.mark.parametrize("kind", ["otioz", "otiod"])
def test_a_bundle_of_ours_is_run_again_as_what_it_is(scene: Scene, kind: str) -> None:
    """Sent away with its takes and back: nothing is performed anew, and no take is taken for an original."""
    out = scene.folder / f"cut.{kind}"
    scene.run(None, out)
    document = run(out, scene.folder / "back.otio", *QUICK)
    assert document["made"] == []
    assert files(scene.played(scene.folder / "back.otio")) == [A1, B1]
