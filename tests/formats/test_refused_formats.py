"""What cannot be used is refused by name, before anything is sent, with a way out that works."""

from __future__ import annotations

import subprocess
from fractions import Fraction
from pathlib import Path

import imageio_ffmpeg
import opentimelineio as otio
import pytest

import burned
from whole import command_kit as command

_FFMPEG = imageio_ffmpeg.get_ffmpeg_exe()


def _pro_res_raw(path: Path) -> None:
    """A ProRes file that says it were raw: what says so is all that is looked at."""
    _movie(path)
    path.write_bytes(path.read_bytes().replace(b"apch", b"aprn"))


def _arri(path: Path) -> None:
    path.write_bytes(b"ARRI" + bytes(4096))


def _red(path: Path) -> None:
    path.write_bytes(bytes(4) + b"RED2" + bytes(4096))


def _named_only(path: Path) -> None:
    path.write_bytes(bytes(4096))


def _movie(path: Path) -> None:
    burned.make_movie(path, rate=_RATE, frames=24, codec="prores", timecode="01:00:00:00")


def _interlaced(path: Path) -> None:
    source = ["-f", "lavfi", "-i", "testsrc2=s=320x180:r=24:d=1", "-vf", "setfield=tff"]
    coding = ["-c:v", "prores_ks", "-flags", "+ildct", "-field_order", "tt", "-pix_fmt", "yuv422p10le"]
    subprocess.run([_FFMPEG, "-v", "error", *source, *coding, str(path)], check=True)


def _radiance(path: Path) -> None:
    _named_only(path.with_name(path.name.replace("%04d", "0001")))


_RATE = Fraction(24)
_RAW_FIX = "same timecode and reel (Resolve's proxies are that), and give --media-root"
REFUSED = {
    "R3D by its name": ("A001_C001.R3D", _named_only, "is RED camera raw", _RAW_FIX),
    "R3D by what is in it": ("A002_C001.mov", _red, "is RED camera raw (R3D)", _RAW_FIX),
    "BRAW": ("A003.braw", _named_only, "is Blackmagic RAW", _RAW_FIX),
    "ARRIRAW by its name": ("A004.ari", _named_only, "is ARRIRAW", _RAW_FIX),
    "ARRIRAW by what is in it": ("A005.mxf", _arri, "is ARRIRAW", _RAW_FIX),
    "ProRes RAW": ("A006.mov", _pro_res_raw, "is ProRes RAW", _RAW_FIX),
    "interlaced": ("A007.mov", _interlaced, "is interlaced", "Deinterlace it"),
    "Radiance HDR": ("A008.%04d.hdr", _radiance, "is HDR: linear light", "Render it with its timecode"),
}


@pytest.fixture(scope="module")
def planned(tmp_path_factory: pytest.TempPathFactory) -> command.Ran:
    """A plan of one cut with all of them."""
    folder = tmp_path_factory.mktemp("refused")
    for name, make, _, _ in REFUSED.values():
        make(folder / name)
    return command.call("plan", _cut(folder, [name for name, *_ in REFUSED.values()]), "--json")


def _cut(folder: Path, names: list[str]) -> Path:
    made = otio.schema.Timeline("refused", global_start_time=_time(86400))
    made.tracks.append(otio.schema.Track("V1", children=[_clip(folder / name) for name in names]))
    otio.adapters.write_to_file(made, str(folder / "cut.otio"))
    return folder / "cut.otio"


def _clip(path: Path) -> otio.schema.Clip:
    whole = otio.opentime.TimeRange(_time(86400), _time(24))
    clip = otio.schema.Clip(path.name, otio.schema.ExternalReference(str(path), whole), whole)
    clip.markers.append(otio.schema.Marker("RP: angry", otio.opentime.TimeRange(_time(86410), _time(4))))
    return clip


def _time(frames: int) -> otio.opentime.RationalTime:
    return otio.opentime.RationalTime(frames, 24)


@pytest.mark.parametrize("name", REFUSED)
def test_what_cannot_be_used_is_named_with_the_way_out(planned: command.Ran, name: str) -> None:
    file, _, what, way_out = REFUSED[name]
    found = [each for each in planned.json["problems"] if each["where"]["clip"] == file]
    assert [each["severity"] for each in found] == ["error"]
    assert what in found[0]["message"]
    assert way_out in found[0]["fix"]


@pytest.mark.parametrize("name", ["R3D by its name", "ProRes RAW"])
def test_a_transcode_under_a_media_root_stands_for_camera_raw(tmp_path: Path, name: str) -> None:
    """By its name with any ending, on the same timecode; and that is said."""
    file, make, _, _ = REFUSED[name]
    make(tmp_path / file)
    proxies = tmp_path / "proxies"
    proxies.mkdir()
    transcode = proxies / Path(file).with_suffix(".mov").name
    _movie(transcode)
    ran = command.call("plan", _cut(tmp_path, [file]), "--json", "--media-root", proxies)
    assert ran.status == 0, ran.said
    assert ran.json["shots"][0]["media"]["path"] == str(transcode)
    [note] = [each["message"] for each in ran.json["problems"] if "is camera raw" in each["message"]]
    assert str(transcode) in note
