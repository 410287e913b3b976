"""Image sequences go through the whole job: their takes are sequences in the timeline, found again by every later command."""

from __future__ import annotations

import zipfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from urllib.request import url2pathname

import opentimelineio as otio
import pytest

import burned
from image_sequences import linear_light, rendered
from reperform.media.probing import probe
from reperform.model import ImageSequence
from reperform.timeline.recognising import address_in
from whole import command_kit as command

FRAMES, RATE = 24, 24.0
KINDS = {"png": "rgba", "dpx": "gbrp10be", "exr": "half"}


@dataclass(frozen=True)
class Done:
    folder: Path
    document: dict[str, Any]

    @property
    def out(self) -> Path:
        return self.folder / "out.otio"

    def take(self, ending: str) -> dict[str, Any]:
        takes: list[dict[str, Any]] = self.document["takes"]
        [found] = [take for take in takes if take["source_name"].endswith(ending)]
        return found


@pytest.fixture(scope="module")
def done(tmp_path_factory: pytest.TempPathFactory) -> Done:
    """Three sequences in one cut, each marked in its middle with a voice from a file, and the run."""
    folder = tmp_path_factory.mktemp("sequences")
    track = otio.schema.Track("V1", children=[_clip(folder, *kind) for kind in KINDS.items()])
    made = otio.schema.Timeline("sequences", global_start_time=otio.opentime.RationalTime(86400, 24))
    made.tracks.append(track)
    otio.adapters.write_to_file(made, str(folder / "cut.otio"))
    burned.make_wave(folder / "voice.wav", samples=24000)
    return Done(folder, _run(folder, "out.otio"))


def _run(folder: Path, out: str, *more: str) -> dict[str, Any]:
    ran = command.call("run", folder / "cut.otio", "-o", folder / out, "--json", "--composite", "whole", *more)
    document: dict[str, Any] = ran.json
    return document


def _clip(folder: Path, ending: str, pixel_format: str) -> otio.schema.Clip:
    if ending == "exr":
        linear_light.render(folder / ending, count=FRAMES, kind=pixel_format)
    else:
        rendered.render(folder / ending, ending, pixel_format, count=FRAMES)
    available = _range(0, FRAMES)
    reference = otio.schema.ImageSequenceReference(
        f"{ending}/", "x.", f".{ending}", rendered.FIRST, 1, RATE, 4, available_range=available
    )
    clip = otio.schema.Clip(ending, reference, _range(4, 16))
    clip.markers.append(otio.schema.Marker("RP: angry, audio: voice.wav", _range(10, 4)))
    return clip


def _range(start: int, frames: int) -> otio.opentime.TimeRange:
    return otio.opentime.TimeRange(otio.opentime.RationalTime(start, RATE), otio.opentime.RationalTime(frames, RATE))


def _clips(path: Path) -> list[otio.schema.Clip]:
    timeline = otio.adapters.read_from_file(str(path))
    return [clip for clip in timeline.tracks[0] if isinstance(clip, otio.schema.Clip)]


@pytest.mark.parametrize("ending", KINDS)
def test_a_take_of_a_sequence_is_a_folder_of_its_kind_and_a_wave(done: Done, ending: str) -> None:
    take = done.take(ending)
    sequence, folder = ImageSequence.model_validate(take["sequence"]), Path(take["path"])
    assert [check for check in take["checks"] if not check["passed"] and check["name"] != "sync of the voice"] == []
    assert (sequence.pattern, sequence.first) == (f"{folder.name}.%04d.{ending}", rendered.FIRST)
    shown = rendered.take_numbers(folder, sequence)
    assert [shown[frame] for frame in (*range(6), *range(18, 24))] == [*range(6), *range(18, 24)]
    wave = probe(folder.with_name(f"{folder.name}.wav"))
    assert (wave.frames, wave.start_frame) == (48000, 0)


def _written(done: Done, out: str, *more: str) -> list[otio.schema.Clip]:
    _run(done.folder, out, "--jobs", "1", *more)
    return _clips(done.folder / out)


@pytest.mark.parametrize("for_", ["resolve", command.slow("otio"), command.slow("premiere")])
def test_it_stands_in_the_timeline_as_numbered_pictures_on_the_originals_clock(done: Done, for_: str) -> None:
    for clip in _written(done, f"for_{for_}.otio", "--for", for_):
        takes = {key: item for key, item in clip.media_references().items() if item.metadata.get("reperform")}
        take = done.take(clip.name)
        if not takes:
            assert any(not check["passed"] for check in take["checks"])
            continue
        [reference] = takes.values()
        name = Path(take["path"]).name
        assert isinstance(reference, otio.schema.ImageSequenceReference)
        assert (reference.name_prefix, reference.name_suffix) == (f"{name}.", f".{clip.name}")
        assert (reference.start_frame, reference.frame_zero_padding, reference.rate) == (rendered.FIRST, 4, RATE)
        assert reference.available_range == _range(0, FRAMES)
        assert reference.name == f"{name}.[1001-1024].{clip.name}"
        assert address_in(reference).endswith(name)


def test_a_second_run_makes_nothing_again(done: Done) -> None:
    made = [Path(done.take(ending)["path"]) for ending in KINDS]
    before = {path: path.stat().st_mtime_ns for folder in made for path in folder.iterdir()}
    document = _run(done.folder, "again.otio")
    assert document["made"] == []
    assert {path: path.stat().st_mtime_ns for folder in made for path in folder.iterdir()} == before
    assert len(list(made[0].parent.glob("*/"))) == len(KINDS)


@pytest.mark.parametrize(
    "spelled", ["as one name", command.slow("as numbered pictures"), command.slow("as one name with a range")]
)
def test_a_take_whose_metadata_an_editor_dropped_is_known_again(done: Done, tmp_path: Path, spelled: str) -> None:
    edited = otio.adapters.read_from_file(str(done.out))
    for clip in edited.tracks[0]:
        clip.metadata.clear()
        [take] = [item for item in clip.media_references().values() if item.metadata.get("reperform")]
        sequence = ImageSequence.model_validate(dict(take.metadata["reperform"]["sequence"]))
        take.metadata.clear()
        folder = done.take(clip.name)["path"]
        if spelled != "as numbered pictures":
            name = sequence.pattern if spelled == "as one name" else take.name
            take = otio.schema.ExternalReference(f"{folder}/{name}", take.available_range)
        clip.set_media_references({"DEFAULT_MEDIA": take}, "DEFAULT_MEDIA")
    path = done.folder / f"edited_{tmp_path.name}.otio"
    otio.adapters.write_to_file(edited, str(path))
    plan = command.call("plan", path, "--json").json
    assert [cue["paid"] for shot in plan["shots"] for cue in shot["cues"]] == [True] * len(KINDS)
    assert [Path(shot["media"]["path"]).name for shot in plan["shots"]] == [f"x.%04d.{ending}" for ending in KINDS]


def test_a_bundle_points_at_the_pictures_where_they_are(done: Done) -> None:
    _run(done.folder, "bundle.otioz")
    with zipfile.ZipFile(done.folder / "bundle.otioz") as archive:
        inside = otio.adapters.read_from_string(archive.read("content.otio").decode(), "otio_json")
    for clip in inside.tracks[0]:
        for reference in clip.media_references().values():
            assert Path(url2pathname(urlsplit(reference.target_url_base).path)).is_dir()


@pytest.mark.parametrize("ending", [".xml", command.slow(".fcpxml"), command.slow(".aaf")])
def test_what_an_exchange_format_cannot_hold_of_a_sequence_is_said(done: Done, ending: str) -> None:
    document = _run(done.folder, f"exported{ending}")
    said = " ".join(problem["message"] for problem in document["problems"] if problem["severity"] == "note")
    assert "media is" in said
