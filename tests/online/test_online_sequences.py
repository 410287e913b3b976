"""Image sequences as online media: by name, and by numbers that count the timecode, or as many pictures as the proxy has."""

from __future__ import annotations

import shutil
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import opentimelineio as otio
import pytest
from numpy.typing import NDArray
from PIL import Image

import burned
from image_sequences import linear_light
from online.online_kit import FULL, QUICK, Camera, Offline, conform, run_again
from reperform.media.viewing.scene_linear import SceneLinear
from whole import cut_kit as cut
from whole.command_kit import run

CAMERA = Camera("A001C001", "A001", "01:00:00:00", frames=40)
FIRST, LAST = 106, 136


@pytest.fixture(scope="module")
def performed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Thirty frames of the proxy from its 6th, eight of which are marked, and a guide: pictures have no sound of their own."""
    folder = tmp_path_factory.mktemp("sequence") / "cut"
    rushes = CAMERA.proxy(folder / "proxies")
    clip = cut.clip(rushes, 6, 30, marks=[("RP: angry", 14, 8)], url=f"proxies/{rushes.path.name}")
    burned.make_wave(folder / "guide.wav", samples=80000)
    guide = cut.track(
        cut.guide(folder / "guide.wav", Fraction(0), Fraction(30, 24), CAMERA.rate), name="ADR", audio=True
    )
    cut.save(cut.timeline(cut.track(clip), guide, start=CAMERA.hour, rate=CAMERA.rate), folder / "cut.otio")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_STATE_HOME", str(folder.parent / "state"))
        run(folder / "cut.otio", folder / "cut_RP.otio", *QUICK)
    return folder


@pytest.fixture
def offline(performed: Path, tmp_path: Path) -> Offline:
    shutil.copytree(performed, tmp_path / "cut")
    return Offline(tmp_path / "cut")


def pictures(folder: Path, pattern: str, numbers: range, *, burnt: int, but: int | None = None) -> Path:
    """A picture a number, the first of which shows `burnt`."""
    folder.mkdir(parents=True)
    for at, number in enumerate(numbers):
        if number == but:
            continue
        image = np.repeat(burned.picture(burnt + at, *FULL)[:, :, None], 3, axis=2)
        path = folder / (pattern % number)
        if path.suffix == ".exr":
            _render(image, path)
        else:
            Image.fromarray(image).save(path)
    return folder


def _render(image: NDArray[np.uint8], path: Path) -> None:
    """Light that people see as this picture."""
    light = SceneLinear().undone(np.zeros(image.shape, np.float32), np.asarray(image / 255, np.float32))
    linear_light.write(path, {name: light[..., place].astype(np.float16) for place, name in enumerate("RGB")})


def shown(path: Path) -> list[int | None]:
    """By the take that stands in the cut."""
    return [each.number if each else None for each in cut.play(path, rate=CAMERA.rate, frames=30)]


START = CAMERA.start_frame
CASES: list[Any] = [
    pytest.param(
        "A001C001.%07d.png", range(START - 5, START + 45), 95, "", id="PNG, numbered by timecode, with handles"
    ),
    pytest.param(
        "A001C001_%04d.tif", range(1001, 1041), 100, "its numbers are no timecode", id="TIFF, as long as the proxy"
    ),
    pytest.param(
        "A001C001.%07d.exr", range(START - 5, START + 45), 95, "", id="OpenEXR, for proxies of what people see"
    ),
    pytest.param("%06d.png", range(START, START + 40), 100, "", id="numbers alone, in a folder of the name"),
]


@pytest.mark.parametrize(("pattern", "numbers", "burnt", "doubt"), CASES)
def test_a_sequence_is_matched(
    offline: Offline, tmp_path: Path, pattern: str, numbers: range, burnt: int, doubt: str
) -> None:
    """The cut shows the same frames, on the pictures; nothing is performed anew."""
    pictures(tmp_path / "online" / "A001C001", pattern, numbers, burnt=burnt)
    document = conform(offline, tmp_path / "online")
    assert shown(offline.new) == list(range(FIRST, LAST))
    reference = otio.adapters.read_from_file(str(offline.new)).tracks[0][0].media_references()["DEFAULT_MEDIA"]
    assert isinstance(reference, otio.schema.ImageSequenceReference)
    assert (reference.start_frame, reference.number_of_images_in_sequence()) == (numbers.start, len(numbers))
    assert doubt in str([each["message"] for each in document["problems"] if each["severity"] == "warning"])
    run_again(offline)


@pytest.mark.parametrize(
    ("numbers", "but", "why"),
    [
        pytest.param(
            range(START + 10, START + 60), None, "these are not the frames that the cut shows", id="other frames"
        ),
        pytest.param(range(START, START + 40), START + 9, f"picture {START + 9} of it is missing", id="a gap"),
    ],
)
def test_a_sequence_that_does_not_fit_is_named(
    offline: Offline, tmp_path: Path, numbers: range, but: int | None, why: str
) -> None:
    """With the reason; nothing is written where no take could be made."""
    pictures(tmp_path / "online", "A001C001.%07d.png", numbers, burnt=100, but=but)
    document = conform(offline, tmp_path / "online", status=2)
    assert why in str(document["problems"])
