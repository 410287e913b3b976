"""The plugin, through OTIO's own programs: what they show of a timeline with takes."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import opentimelineio as otio
import pytest

from fake_takes import clip, cut_of, shot_of, span, take_of, timeline_of, track
from reperform.timeline import takes
from reperform.timeline.saving import save

TC = 86400


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """V1: mara (takes 1 and 3, a preview 2, her sound goes with them) and tom (a preview only), for otio and for Resolve."""
    folder = tmp_path_factory.mktemp("cut")
    mara, tom = clip("mara", TC + 100, 48, media=span(TC, 500)), clip("tom", TC + 200, 48, media=span(TC, 500))
    sound = clip("mara", TC + 100, 48, media=span(TC, 500))
    cut = cut_of(timeline_of(track(mara, tom), track(sound, kind="Audio")), folder)
    first = shot_of(cut, mara, media_start=TC, linked=(sound,), voice_in_cut=False)
    second = shot_of(cut, tom, media_start=TC)
    known = {
        first.id: [take_of(first, number, preview=number == 2, folder=folder / "takes") for number in (1, 2, 3)],
        second.id: [take_of(second, 1, preview=True, folder=folder / "takes")],
    }
    paths = {}
    for for_ in ("otio", "resolve"):
        paths[for_] = folder / f"{for_}.otio"
        made = takes.write(cut, shots=[first, second], takes=known, chosen={}, for_=for_, out=paths[for_])
        save(made.timelines, paths[for_], input_path=None)
    return paths


def converted(source: Path, out: Path, *arguments: str, take: str | None = None) -> otio.schema.Timeline:
    """What `otioconvert` makes of a timeline; REPERFORM_TAKE is `take`."""
    environment = {key: value for key, value in os.environ.items() if key != "REPERFORM_TAKE"}
    if take is not None:
        environment["REPERFORM_TAKE"] = take
    command = [
        sys.executable,
        "-m",
        "opentimelineio.console.otioconvert",
        "-i",
        str(source),
        "-o",
        str(out),
        *arguments,
    ]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    timeline = otio.core.deserialize_json_from_file(str(out))
    assert isinstance(timeline, otio.schema.Timeline)
    return timeline


def shown(timeline: otio.schema.Timeline) -> list[str]:
    """The active references of mara, tom and mara's sound."""
    clips = [item for item in timeline.find_clips() if "key" not in item.metadata["reperform"]]
    return [item.active_media_reference_key for item in clips]


def enabled(timeline: otio.schema.Timeline) -> list[str]:
    """The take clips that are seen on tracks of takes, bottom up."""
    lanes = [item for item in timeline.tracks if item.name.startswith("Takes ") and item.enabled]
    return [item.name for lane in lanes for item in lane.find_clips() if item.enabled]


@pytest.mark.parametrize(
    ("take", "expected"),
    [
        ("original", ["DEFAULT_MEDIA", "DEFAULT_MEDIA", "DEFAULT_MEDIA"]),
        ("1", ["take_001", "preview_001", "take_001"]),
        ("take_002", ["take_002", "preview_001", "take_002"]),
        ("9", ["take_002", "preview_001", "take_002"]),
        ("newest", ["take_002", "preview_001", "take_002"]),
        ("preview_001", ["preview_001", "preview_001", "preview_001"]),
    ],
)
def test_the_hook_shows_the_asked_take(written: dict[str, Path], take: str, expected: list[str]) -> None:
    """Every shot shows the asked take, or its last where it has fewer; the sound goes with it where it followed before."""
    timeline = otio.adapters.read_from_file(
        str(written["otio"]), hook_function_argument_map={"reperform_take": take}, media_linker_name=None
    )
    assert shown(timeline) == expected


def test_a_hook_argument_of_a_program_asks(written: dict[str, Path], tmp_path: Path) -> None:
    """`otioconvert -H reperform_take=1` writes the timeline as seen with take 1."""
    timeline = converted(written["otio"], tmp_path / "out.otio", "-H", "reperform_take=1")
    assert shown(timeline) == ["take_001", "preview_001", "take_001"]


def test_the_environment_asks_as_the_argument_does(written: dict[str, Path], tmp_path: Path) -> None:
    """Programs that pass no arguments to hooks are asked by REPERFORM_TAKE."""
    timeline = converted(written["otio"], tmp_path / "out.otio", take="original")
    assert shown(timeline) == ["DEFAULT_MEDIA", "DEFAULT_MEDIA", "DEFAULT_MEDIA"]


def test_the_hook_switches_tracks_of_takes(written: dict[str, Path], tmp_path: Path) -> None:
    """Where takes lie on tracks, the asked one is enabled and no other; `original` leaves none."""
    first = converted(written["resolve"], tmp_path / "first.otio", take="1")
    original = converted(written["resolve"], tmp_path / "original.otio", take="original")
    assert sorted(name.rpartition("_")[2] for name in enabled(first)) == ["PREVIEW.mov", "RP001.mov"]
    assert enabled(original) == []


def test_unasked_nothing_changes(written: dict[str, Path], tmp_path: Path) -> None:
    """A program that reads our timeline, and asks for nothing, gets it as it was written."""
    timeline = converted(written["otio"], tmp_path / "out.otio")
    as_written = otio.core.deserialize_json_from_file(str(written["otio"]))
    assert timeline.is_equivalent_to(as_written)


@pytest.mark.parametrize(("arguments", "key"), [((), "take_002"), (("-M", "take=1"), "take_001")])
def test_the_media_linker_links_a_take(
    written: dict[str, Path], tmp_path: Path, arguments: tuple[str, ...], key: str
) -> None:
    """The linker makes a take active, the newest unless told otherwise, and keeps all others under their keys."""
    timeline = converted(written["otio"], tmp_path / "out.otio", "-m", "reperform", *arguments)
    mara = next(iter(timeline.find_clips()))
    assert (mara.active_media_reference_key, sorted(mara.media_references())) == (
        key,
        ["DEFAULT_MEDIA", "preview_001", "take_001", "take_002"],
    )


def test_a_timeline_that_is_not_ours_is_left_alone(tmp_path: Path) -> None:
    """Neither the hook nor the linker changes clips without takes."""
    plain = tmp_path / "plain.otio"
    timeline = timeline_of(track(clip("mara", 0, 48)))
    plain.write_text(timeline.to_json_string())
    assert converted(plain, tmp_path / "out.otio", "-m", "reperform", take="1").is_equivalent_to(timeline)


def test_a_wrong_word_is_refused(written: dict[str, Path], tmp_path: Path) -> None:
    """A word that means no take is an error that says which do."""
    with pytest.raises(AssertionError, match="ask for original, newest, a number"):
        converted(written["otio"], tmp_path / "out.otio", take="best")


def test_what_the_hook_does_never_reaches_our_own_reading(
    written: dict[str, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The command reads the file as it stands, whatever hooks and linkers the environment asks for."""
    from reperform.timeline.reading import read

    monkeypatch.setenv("REPERFORM_TAKE", "original")
    monkeypatch.setenv("OTIO_DEFAULT_MEDIA_LINKER", "reperform")
    assert shown(read(written["otio"]).timeline) == ["take_002", "preview_001", "take_002"]
