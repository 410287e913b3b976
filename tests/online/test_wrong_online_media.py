"""Online media that is not what was cut: never taken, and named with what is wrong with it."""

from __future__ import annotations

import shutil
from fractions import Fraction
from pathlib import Path
from typing import Any

import opentimelineio as otio
import pytest

from online.online_kit import Camera, Offline, conform
from whole.command_kit import call

LIGHT: dict[str, Any] = {"codec": "mjpeg", "size": (132, 72), "channels": 1}


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        pytest.param(
            {"reel": "A002C003"}, "its reel is A002C003, and that of the offline media A001C003", id="another reel"
        ),
        pytest.param(
            {"rate": Fraction(25)}, "it runs at 25 frames a second, and the offline media at 24", id="another rate"
        ),
        pytest.param(
            {"frames": 40},
            "18 frames that the cut shows are missing in it: 01:00:01:04 to 01:00:01:22",
            id="an end that is missing",
        ),
        pytest.param(
            {"timecode": "01:00:00:16", "frames": 80},
            "10 frames that the cut shows are missing in it: 01:00:00:06 to 01:00:00:16",
            id="a beginning that is missing",
        ),
        pytest.param(
            {"timecode": "07:00:00:00"},
            "it holds 07:00:00:00 to 07:00:03:12, and the cut shows 01:00:00:06 to 01:00:01:22",
            id="another timecode",
        ),
        pytest.param({"timecode": None}, "it has no timecode, and the offline media has", id="no timecode"),
        pytest.param(
            {"size": (132, 54)},
            "its picture is 132×54 as it is seen, 2.444:1, and that of the offline media 132×72 as it is seen, 1.833:1",
            id="a letterbox",
        ),
    ],
)
def test_what_is_not_the_same_is_named(
    offline: Offline, cameras: tuple[Camera, Camera], tmp_path: Path, changed: dict[str, Any], said: str
) -> None:
    """Clip, place, file and reason; nothing is written, and no take is made."""
    cameras[0].original(tmp_path / "online", **{**LIGHT, **changed})
    before = offline.takes()
    document = conform(offline, tmp_path / "online", status=2)
    [problem] = [each for each in document["problems"] if each["where"]["timecode"] == "01:00:00:00"]
    assert problem["severity"] == "error"
    assert problem["message"].startswith("no online media for “A001C003.mov”: ")
    assert said in problem["message"]
    assert (offline.new.exists(), offline.takes()) == (False, before)


def test_two_that_fit_equally_are_both_named(offline: Offline, cameras: tuple[Camera, Camera], tmp_path: Path) -> None:
    """With what tells them apart; neither is used."""
    for folder, size in (("one", (132, 72)), ("two", (264, 144))):
        cameras[0].original(tmp_path / "online" / folder, **{**LIGHT, "size": size})
    document = conform(offline, tmp_path / "online", status=2)
    message = document["problems"][0]["message"]
    assert "2 files fit “A001C003.mov” equally" in message
    assert "(132×72)" in message
    assert "(264×144)" in message


def test_what_is_found_is_written_and_the_rest_keeps_what_it_has(
    offline: Offline, online: Path, tmp_path: Path
) -> None:
    """One shot of two: exit 1; the other clip still shows its proxy and its take."""
    (tmp_path / "online").mkdir()
    shutil.copy(online / "CARD 1" / "A001C003.mov", tmp_path / "online")
    document = conform(offline, tmp_path / "online", status=1)
    before, after = (otio.adapters.read_from_file(str(path)) for path in (offline.out, offline.new))
    old, new = before.tracks[0][1], after.tracks[0][1]
    names = [{key: item.name for key, item in clip.media_references().items()} for clip in (old, new)]
    assert names[0] == names[1]
    assert [error["where"]["timecode"] for error in document["problems"] if error["severity"] == "error"] == [
        "01:00:01:16"
    ]
    assert len(document["made"]) == 2


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        pytest.param(
            {"extra": ("-vf", "scale=132:72:flags=area,lutyuv=y=val/2+60")},
            "A001C003.mov has other brightness or contrast than A001C003.mov",
            id="another grade",
        ),
        pytest.param(
            {"first": 5000}, "the pictures of A001C003.mov do not look like those of A001C003.mov", id="another picture"
        ),
    ],
)
def test_pictures_that_look_otherwise_are_warned_of(
    offline: Offline, cameras: tuple[Camera, Camera], tmp_path: Path, changed: dict[str, Any], said: str
) -> None:
    """Reel and timecode agree: it is made, and said."""
    cameras[0].original(tmp_path / "online", **LIGHT, **changed)
    document = conform(offline, tmp_path / "online", "--chosen", status=1)
    [warning] = [each for each in document["problems"] if each["severity"] == "warning"]
    assert warning["message"].startswith(said)


def test_a_reel_in_the_file_is_found_under_any_name(
    offline: Offline, online: Path, cameras: tuple[Camera, Camera], tmp_path: Path
) -> None:
    """Reel and timecode inside the file are what counts, whatever it is called; another card with that reel is passed over."""
    light: dict[str, Any] = {"codec": "mjpeg", "size": (264, 144)}
    a, b = cameras
    a.original(tmp_path / "online", name="clip_0001", **light)
    b.original(tmp_path / "online", name="clip_0002", **light)
    b.original(tmp_path / "online", name="clip_0003", timecode="15:00:00:00", **light)
    document = conform(offline, tmp_path / "online", "--chosen")
    assert {(each["offline"], Path(each["online"]).name, *each["agrees"]) for each in document["media"]} == {
        ("A001C003.mov", "clip_0001.mov", "reel A001C003", "timecode from 00:59:59:12"),
        ("B002C001.mov", "clip_0002.mov", "reel B002", "timecode from 14:22:09:17"),
    }


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        pytest.param(["cut.otio", "-o", "new.otio"], "“cut.otio” holds no takes", id="a cut without takes"),
        pytest.param(["cut_RP.otio", "-o", "cut_RP.otio"], "is the input, which is never written to", id="onto itself"),
        pytest.param(
            ["cut_RP.otio", "-o", "new.otio", "--project", "other.reperform"],
            "nothing has been run in",
            id="no project",
        ),
        pytest.param(["cut_RP.otio", "-o", "nowhere/new.otio"], "there is no folder", id="into no folder"),
    ],
)
def test_wrong_calls(
    offline: Offline, online: Path, monkeypatch: pytest.MonkeyPatch, arguments: list[str], said: str
) -> None:
    """Exit 2, with what is wrong and what to do."""
    monkeypatch.chdir(offline.folder)
    ran = call("conform", *arguments, "--media-root", online)
    assert ran.status == 2
    assert said in ran.said
