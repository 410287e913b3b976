"""Run again, nothing is performed that is paid already, nothing that was there is lost, and what a person chose stays."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import opentimelineio as otio
import pytest

from whole import cut_kit as cut
from whole.command_kit import call, files_in, slow
from whole.scene import HOUR, RATE, Scene, files

A1, B1 = "A001_14221005_RP001_PREVIEW.mov", "B001_01000004_RP001_PREVIEW.mov"


def numbers(played: list[cut.Shown | None]) -> list[int | None]:
    return [shown.number if shown else None for shown in played]


def references(out: Path, clip: int = 0) -> dict[str, Path]:
    """The media references of a clip on V1: file by key."""
    made = otio.adapters.read_from_file(str(out))
    clips = [item for item in made.tracks[0] if isinstance(item, otio.schema.Clip)]
    return {key: Path(item.target_url) for key, item in clips[clip].media_references().items()}


def test_the_first_run_puts_a_take_into_each_shot(scene: Scene) -> None:
    assert scene.takes() == [A1, B1]
    assert scene.rows() == {"cues": 2, "attempts": 2, "results": 2, "takes": 2}
    assert files(scene.played()) == [A1, B1]
    assert numbers(scene.played()) == [*range(10, 50), *range(116, 142)]


def test_the_same_run_again_leaves_every_file_as_it_is(scene: Scene) -> None:
    scene.run()  # in its new folder, where the ledger first has to learn of OUT
    before, rows = files_in(scene.folder), scene.rows()
    document = scene.run()
    assert (document["made"], document["changed"], document["cost"]["amount"]) == ([], False, 0.0)
    assert (files_in(scene.folder), scene.rows()) == (before, rows)


def test_a_folder_that_moved_has_all_its_takes(scene: Scene) -> None:
    before, rows = files_in(scene.folder), scene.rows()
    document = scene.run()
    assert (document["made"], document["changed"], document["kept"]) == ([], False, [])
    assert (files_in(scene.folder), scene.rows()) == (before, rows)


def renamed(scene: Scene) -> Path:
    return scene.write(name="cut v2 – final.otio")


def moved(scene: Scene) -> Path:
    return scene.write(scene.clip_b(), cut.gap(7, RATE), scene.clip_a(), name="moved.otio")


def trimmed(scene: Scene) -> Path:
    return scene.write(scene.clip_a(20, 25), scene.clip_b(22, 14), name="trimmed.otio")


def started_elsewhere(scene: Scene) -> Path:
    return scene.write(name="from_ten.otio", start=10 * HOUR)


def other_names(scene: Scene) -> Path:
    clips = scene.clip_a(), scene.clip_b()
    for number, clip in enumerate(clips):
        clip.name = f"shot {number}"
        clip.media_reference.name = f"media {number}"
        clip.metadata["editor"] = {"bin": "dailies"}
    return scene.write(*clips, name="names.otio")


def beside_other_shots(scene: Scene) -> Path:
    unmarked = cut.clip(scene.a, 0, 10)
    return scene.write(unmarked, scene.clip_a(), unmarked.clone(), scene.clip_b(), name="longer.otio")


def same_mark_in_other_words(scene: Scene) -> Path:
    a = scene.clip_a(text="RP: MARA")
    a.markers[0].comment = "emotion: Angry  # as rehearsed"
    return scene.write(a, scene.clip_b(text="reperform sad; note: she knows"), name="words.otio")


SAME: list[Callable[[Scene], Path]] = [
    renamed, moved, trimmed, started_elsewhere, other_names, beside_other_shots, same_mark_in_other_words
]  # fmt: skip


@pytest.mark.parametrize("change", SAME)
def test_a_cut_that_changed_around_its_cues_performs_nothing_anew(
    scene: Scene, change: Callable[[Scene], Path]
) -> None:
    path = change(scene)
    takes, rows = files_in(scene.project), scene.rows()
    out = scene.folder / "new_RP.otio"
    document = scene.run(path, out)
    assert (document["made"], document["cost"]["amount"]) == ([], 0.0)
    assert (files_in(scene.project), scene.rows()) == (takes, rows)
    assert numbers(scene.played(out)) == numbers(scene.played(path))
    assert {A1, B1} <= set(files(scene.played(out)))


def test_media_that_moved_is_found_and_not_performed_again(scene: Scene, tmp_path: Path) -> None:
    (tmp_path / "raid").mkdir()
    for name in ("A001.mov", "B001.mov"):
        shutil.move(scene.folder / name, tmp_path / "raid" / name)
    rows = scene.rows()
    document = scene.run(None, None, "--media-root", tmp_path / "raid")
    assert (document["made"], scene.rows()) == ([], rows)


@pytest.mark.parametrize(
    "option", [("--handles", "5"), ("--context", "9"), ("--jobs", "1"), ("--for", "resolve")], ids=" ".join
)
def test_settings_that_a_take_satisfies_make_none(scene: Scene, option: tuple[str, str]) -> None:
    rows = scene.rows()
    assert (scene.run(None, None, *option)["made"], scene.rows()) == ([], rows)


@pytest.mark.parametrize("option", [("--seam", "0"), ("--reel", "same")], ids=" ".join)
def test_settings_that_shape_a_file_conform_anew_and_pay_nothing(scene: Scene, option: tuple[str, str]) -> None:
    rows = scene.rows()
    document = scene.run(None, None, *option)
    assert len(document["made"]) == 2
    assert scene.rows() == {**rows, "takes": 4}


def test_a_longer_shot_is_performed_anew_where_nothing_was_paid(scene: Scene) -> None:
    path = scene.write(scene.clip_a(8, 44), scene.clip_b())
    document = scene.run(path)
    assert len(document["made"]) == 1
    assert numbers(scene.played(frames=70)) == [*range(8, 52), *range(116, 142)]


def test_a_changed_direction_adds_a_take_and_keeps_the_earlier_one(scene: Scene) -> None:
    original = references(scene.out)["DEFAULT_MEDIA"]
    document = scene.run(scene.write(scene.clip_a(text="RP: sad"), scene.clip_b()))
    new = "A001_14221005_RP002_PREVIEW.mov"
    assert (len(document["made"]), scene.rows()["attempts"], scene.takes()) == (1, 3, [A1, new, B1])
    assert {key: path.name for key, path in references(scene.out).items()} == {
        "DEFAULT_MEDIA": original.name, "preview_001": A1, "preview_002": new,
    }  # fmt: skip
    assert files(scene.played()) == [new, B1]
    back = scene.run(scene.write())
    assert (back["made"], scene.rows()["attempts"]) == ([], 3)
    assert set(references(scene.out)) == {"DEFAULT_MEDIA", "preview_001", "preview_002"}
    assert files(scene.played()) == [A1, B1]  # of two that are there, the one that answers the mark as it is
    scene.run(None, None, "--only", "B001")
    assert files(scene.played()) == [A1, B1]


def test_a_second_take_that_is_asked_for_is_the_only_one_performed(scene: Scene) -> None:
    document = scene.run(scene.write(scene.clip_a(text="RP: angry, takes: 2"), scene.clip_b()))
    assert (len(document["made"]), scene.rows()["attempts"], scene.rows()["results"]) == (1, 3, 3)
    again = scene.run()
    assert (again["made"], again["changed"], scene.rows()["attempts"]) == ([], False, 3)
    fewer = scene.run(scene.write())
    assert (fewer["made"], len(references(scene.out))) == ([], 3)


@pytest.mark.parametrize("word", ["B001", slow("V1@01:00:01:15"), slow("01:00:01:20-01:00:02:10"), "LEO"])
def test_only_performs_what_it_names_and_leaves_the_others_their_takes(scene: Scene, word: str) -> None:
    b = scene.clip_b(text="RP: LEO")
    b.markers[0].comment = "happy"
    path = scene.write(scene.clip_a(text="RP: happy"), b)
    document = scene.run(path, None, "--only", word)
    assert (len(document["made"]), scene.rows()["attempts"]) == (1, 3)
    assert files(scene.played()) == [A1, "B001_01000004_RP002_PREVIEW.mov"]


def test_another_adds_one_take_each_time(scene: Scene) -> None:
    for number in (2, 3):
        document = scene.run(None, None, "--another", "A001")
        assert (len(document["made"]), scene.rows()["attempts"]) == (1, number + 1)
    assert list(references(scene.out)) == ["DEFAULT_MEDIA", "preview_001", "preview_002", "preview_003"]
    assert files(scene.played()) == ["A001_14221005_RP003_PREVIEW.mov", B1]
    again = scene.run()
    assert (again["made"], again["changed"]) == ([], False)


def test_what_a_person_chose_outlives_the_next_runs(scene: Scene) -> None:
    scene.run(None, None, "--another", "A001")
    assert files(scene.played())[0] == "A001_14221005_RP002_PREVIEW.mov"
    assert call("select", scene.out, "A001", "preview_001").status == 0
    assert files(scene.played()) == [A1, B1]
    unchanged = scene.out.read_bytes()
    assert scene.run()["made"] == []
    assert scene.out.read_bytes() == unchanged
    scene.run(None, None, "--another", "A001")
    assert files(scene.played()) == [A1, B1]


def test_the_original_can_be_chosen_too(scene: Scene) -> None:
    assert call("select", scene.out, "V1@01:00:01:15", "original").status == 0
    assert files(scene.played()) == [A1, "B001.mov"]
    assert scene.run()["made"] == []
    assert files(scene.played()) == [A1, "B001.mov"]
    elsewhere = scene.folder / "fresh.otio"
    scene.run(moved(scene), elsewhere)
    assert "B001.mov" in files(scene.played(elsewhere, 73))
    assert call("select", scene.out, "B001", "preview_001").status == 0
    assert files(scene.played()) == [A1, B1]


def test_a_cut_that_was_made_of_our_own_output_is_the_same_cut(scene: Scene) -> None:
    """What `run` wrote can be edited on, marked anew, and run again: takes are never taken for originals."""
    second = scene.folder / "second.otio"
    document = scene.run(scene.out, second)
    assert (document["made"], files(scene.played(second))) == ([], [A1, B1])
    assert {path.name for path in references(second).values()} == {"A001.mov", A1}


def test_one_medium_used_twice_is_paid_once_and_stands_still(scene: Scene) -> None:
    """Two uses of one piece of a film, one longer than the other: whichever is made first, the second run changes nothing."""
    path = scene.write(scene.clip_b(), scene.clip_a(), scene.clip_b(20, 18), scene.clip_b(0, 60), name="twice.otio")
    out = scene.folder / "twice_RP.otio"
    rows = scene.rows()
    first: dict[str, Any] = scene.run(path, out)
    assert scene.rows()["attempts"] == rows["attempts"]
    before = out.read_bytes()
    second = scene.run(path, out)
    assert (second["made"], second["changed"]) == ([], False)
    assert (out.read_bytes(), first["chosen"]) == (before, second["chosen"])
    assert numbers(scene.played(out, 144)) == numbers(scene.played(path, 144))
