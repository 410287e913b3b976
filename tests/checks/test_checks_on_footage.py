"""Real people, performed by a model that changes their mouths: a good take passes, and each thing that is spoilt in one is found."""

from __future__ import annotations

import subprocess
import wave
from collections.abc import Callable
from pathlib import Path
from typing import Any

import imageio_ffmpeg
import numpy as np
import pytest

import burned
import conforms
from checks.footage_kit import ACTOR, CUE, LINE, PRESENTER, RATE, SHOWN, Person, performed
from reperform.media import ffmpeg, ffmpeg_finding
from shared import SHARED, needs
from whole.command_kit import call

pytestmark = [pytest.mark.slow, needs(ACTOR.file), needs(PRESENTER.file), needs(LINE)]
WHOLE = ("--composite", "whole")
MATCHED = ("--match-sound",)
"""The voice as loud as the production sound: then nothing is to be remarked."""


@pytest.fixture(scope="session")
def media(tmp_path_factory: pytest.TempPathFactory) -> Callable[[Person], Path]:
    """Of each person a file whose packets are copied."""
    folder = tmp_path_factory.mktemp("people")
    made: dict[str, Path] = {}
    return lambda person: made.get(person.file) or made.setdefault(person.file, person.prores(folder))


def found(checks: list[dict[str, Any]]) -> dict[str, tuple[str, int | None]]:
    """What failed or is remarked, by name, and its frame."""
    verdicts = {check["name"]: ("fails" if not check["passed"] else "remark", check) for check in checks}
    return {
        name: (said, check.get("frame"))
        for name, (said, check) in verdicts.items()
        if said == "fails" or check["noticed"]
    }


def verdicts_of(out: Path, *options: str, status: int) -> dict[str, tuple[str, int | None]]:
    """What `check` finds in the one take."""
    ran = call("check", out, "--json", *options)
    assert ran.status == status, ran.said
    [take] = ran.json["takes"]
    return found(take["checks"])


@pytest.mark.parametrize("person", [ACTOR, PRESENTER], ids=["portrait", "uneven"])
@pytest.mark.parametrize("how", [(), WHOLE], ids=["changed region", "whole picture"])
def test_a_good_take_of_a_real_person_raises_no_alarm(
    tmp_path: Path, media: Callable[[Person], Path], person: Person, how: tuple[str, ...]
) -> None:
    """Neither when it is made nor when it is checked again, with VMAF where it is built in."""
    out, ran = performed(person, tmp_path, *how, *MATCHED, media=media(person))
    assert found(ran.json["takes"][0]["checks"]) == {}
    assert verdicts_of(out, "--vmaf", status=0) == {}


@pytest.mark.parametrize("person", [ACTOR, PRESENTER], ids=["HEVC", "variable rate"])
def test_a_take_in_the_mezzanine_raises_none_either(tmp_path: Path, person: Person) -> None:
    """Of the files as they came off the web, all of which is encoded."""
    out, ran = performed(person, tmp_path, *MATCHED)
    assert found(ran.json["takes"][0]["checks"]) == {}
    assert verdicts_of(out, status=0) == {}


FROZEN = {
    "V1@01:00:00:00#1 frozen frames": ("fails", 48),
    "frozen pictures": ("fails", 48),
    "repeated pictures": ("remark", None),
}
BLACK = {"V1@01:00:00:00#1 black frames": ("fails", 52)}
BLACK_WHOLE = BLACK | {"black pictures": ("fails", 52), "colours": ("remark", 52)}
SPOILT: list[Any] = [
    pytest.param(ACTOR, "frozen", (), 1, FROZEN, id="frozen, portrait"),
    pytest.param(PRESENTER, "frozen", (), 1, FROZEN, id="frozen, uneven"),
    pytest.param(PRESENTER, "frozen", WHOLE, 1, FROZEN, id="frozen, whole"),
    pytest.param(PRESENTER, "black", (), 1, BLACK, id="black"),
    pytest.param(PRESENTER, "black", WHOLE, 1, BLACK_WHOLE, id="black, whole"),
    pytest.param(ACTOR, "stutter", WHOLE, 0, {"repeated pictures": ("remark", None)}, id="stutter, portrait"),
    pytest.param(PRESENTER, "stutter", WHOLE, 0, {"repeated pictures": ("remark", None)}, id="stutter, uneven"),
    pytest.param(PRESENTER, "reddish", WHOLE, 0, {"colours": ("remark", None)}, id="reddish"),
    pytest.param(
        PRESENTER, "bright", (*WHOLE, "--seam", "0"), 0,
        {"seams": ("remark", 74), "colours": ("remark", None)}, id="a jump at the seam",
    ),
]  # fmt: skip


@pytest.mark.parametrize(("person", "spoil", "options", "status", "expected"), SPOILT)
def test_what_came_back_spoilt_is_found(
    tmp_path: Path,
    media: Callable[[Person], Path],
    person: Person,
    spoil: str,
    options: tuple[str, ...],
    status: int,
    expected: dict[str, tuple[str, int | None]],
) -> None:
    """By name, at its frame where one is given; what fails stays out of the cut, and `check` says the same."""
    out, ran = performed(person, tmp_path, *options, *MATCHED, media=media(person), spoil=spoil, status=status)
    said = found(ran.json["takes"][0]["checks"])
    wanted = {name: (how, said.get(name, ("", None))[1] if at is None else at) for name, (how, at) in expected.items()}
    assert said == wanted
    assert list(ran.json["chosen"].values()).count(None) == status
    assert verdicts_of(out, status=status) == wanted


def test_frames_that_are_missing_cannot_be_used(tmp_path: Path, media: Callable[[Person], Path]) -> None:
    """Six of them: no take is made of it, and what came back is kept."""
    _, ran = performed(PRESENTER, tmp_path, media=media(PRESENTER), spoil="frames", status=1)
    assert (ran.json["takes"], "36 frames, 42 sent: more than 2 off" in ran.said) == ([], True)


@pytest.mark.parametrize("late", [100, -80])
def test_a_voice_out_of_sync_fails(tmp_path: Path, media: Callable[[Person], Path], late: int) -> None:
    """Of a real voice, coded as AAC: to a millisecond."""
    out, ran = performed(PRESENTER, tmp_path, *MATCHED, media=media(PRESENTER), late=late, status=1)
    [check] = [check for check in ran.json["takes"][0]["checks"] if check["name"] == "sync of the voice"]
    way = "late" if late > 0 else "early"
    assert f"{abs(late) / 40:.2f} frames ({abs(late):.1f} ms) {way}" in check["detail"]
    assert verdicts_of(out, status=1) == {"sync of the voice": ("fails", CUE[0])}


def loud(folder: Path, by: float) -> Path:
    """The recorded line, louder, cut off where it is too loud."""
    with wave.open(str(SHARED / LINE)) as file:
        facts, data = file.getparams(), file.readframes(file.getnframes())
    samples = np.clip(np.frombuffer(data, "<i2").astype(np.float64) * by, -32768, 32767).astype("<i2")
    with wave.open(str(folder / "loud.wav"), "wb") as file:
        file.setparams(facts)
        file.writeframes(samples.tobytes())
    return folder / "loud.wav"


@pytest.mark.parametrize(
    ("by", "expected"),
    [
        pytest.param(1, {"loudness"}, id="13 LU louder than the production sound"),
        pytest.param(30, {"loudness", "clipping"}, id="cut off"),
    ],
)
def test_a_voice_too_loud_is_remarked(
    tmp_path: Path, media: Callable[[Person], Path], by: float, expected: set[str]
) -> None:
    """Both are remarks: the mix may put them right."""
    out, ran = performed(PRESENTER, tmp_path, media=media(PRESENTER), voice=loud(tmp_path, by))
    said = found(ran.json["takes"][0]["checks"])
    assert ({name for name, (how, _) in said.items() if how == "remark"}, len(said)) == (expected, len(expected))
    assert verdicts_of(out, status=0) == said


def reencoded(take: Path, *filters: str) -> None:
    """The take's file, with its pictures written anew through a filter."""
    other = take.with_name("other.mov")
    command = [imageio_ffmpeg.get_ffmpeg_exe(), "-v", "error", "-y", "-i", str(take), "-map", "0", "-vf", *filters]
    command += ["-c:v", "prores_ks", "-profile:v", "3", "-vendor", "apl0", "-pix_fmt", "yuv422p10le", "-c:a", "copy"]
    subprocess.run([*command, "-c:d", "copy", str(other)], check=True)
    other.replace(take)


def test_a_take_whose_pictures_were_written_anew_is_no_longer_the_originals(
    tmp_path: Path, media: Callable[[Person], Path]
) -> None:
    """Untouched packets, the picture outside what was changed, its structure and VMAF: all by one filter of noise."""
    out, ran = performed(PRESENTER, tmp_path, *MATCHED, media=media(PRESENTER))
    take = Path(ran.json["takes"][0]["path"])
    reencoded(take, "noise=alls=40:allf=t")
    said = verdicts_of(out, "--vmaf", status=1)
    wanted = {"untouched packets", "picture outside", "structure outside", "pictures in their places"}
    wanted |= {"VMAF outside"} if "libvmaf" in ffmpeg.features(ffmpeg_finding.find(), "filters") else set()
    assert wanted <= set(said)
    assert {said[name][0] for name in ("untouched packets", "picture outside")} == {"fails"}


def test_one_byte_of_an_untouched_frame_is_noticed(tmp_path: Path, media: Callable[[Person], Path]) -> None:
    """Nobody would see it."""
    out, ran = performed(PRESENTER, tmp_path, *MATCHED, media=media(PRESENTER))
    take = Path(ran.json["takes"][0]["path"])
    data = bytearray(take.read_bytes())
    data[data.find(conforms.packets(take)[2]) + 400] ^= 1
    take.write_bytes(data)
    assert verdicts_of(out, status=1) == {"untouched packets": ("fails", None)}


def test_the_voice_neither_clicks_nor_jumps_at_the_ends_of_a_cue(
    tmp_path: Path, media: Callable[[Person], Path]
) -> None:
    """No step from sample to sample around its ends is larger than those that original and voice have themselves there."""
    _, ran = performed(ACTOR, tmp_path, *MATCHED, media=media(ACTOR))
    take = ran.json["takes"][0]
    heard, own = burned.sound(Path(take["path"])), burned.sound(media(ACTOR))
    per_frame, reach = 44100 // RATE, 882
    first = take["in_frame"]
    assert SHOWN[0] >= first
    for edge in (CUE[0], sum(CUE)):
        at = (edge - first) * per_frame
        own_at = edge * per_frame
        around = np.abs(np.diff(own[own_at - reach : own_at + reach], axis=0)).max()
        inside = heard[at : at + 4 * reach] if edge == CUE[0] else heard[at - 4 * reach : at]
        own_steps = max(around, np.abs(np.diff(inside, axis=0)).max())
        steps = np.abs(np.diff(heard[at - reach : at + reach], axis=0)).max()
        assert steps <= 1.01 * own_steps
