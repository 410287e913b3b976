"""Every format that originals come in goes through the whole job, or is refused by name with a way out."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import av
import opentimelineio as otio
import pytest

import burned
from checks import a_face_model
from formats.formats_kit import CUE, FRAMES, KINDS, LARGER, LONG, UNTOUCHED, Kind
from reperform.media import frames
from reperform.media.probing import probe
from reperform.media.sequence_takes import sound_path, take_source
from reperform.model import ImageSequence, Source
from whole import command_kit as command

_MADE = ((48000, "mono"),)
"""What a take of silent media gets for its voice."""


@dataclass(frozen=True)
class Done:
    """One file and what a run made of it."""

    kind: Kind
    original: Path
    take: Path
    checks: dict[str, str]
    """Names and details of those that failed."""
    sequence: ImageSequence | None
    mode: str | None
    """What of what came back it shows; None of a preview."""

    @property
    def taken(self) -> Source:
        """The take as media; of a sequence with the sound beside it."""
        if self.sequence is None:
            return probe(self.take)
        pictures = take_source(self.take, rate=self.kind.rate, sequence=self.sequence)
        return pictures.model_copy(update={"audio": probe(sound_path(self.take)).audio})


PREVIEW = ("--like", "runware/react-1", "--composite", "whole", "--no-label")
"""Takes any size; without a label what came back shows its numbers as well."""
QUICK = [kind for kind in KINDS if not kind.slow]
SLOW = [kind for kind in KINDS if kind.slow]


@pytest.fixture(scope="module")
def quick(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Done]:
    """Those that every change is tested with, in one cut."""
    return _ran(QUICK, tmp_path_factory.mktemp("formats"))


@pytest.fixture(scope="module")
def slow(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Done]:
    """The others."""
    return _ran(SLOW, tmp_path_factory.mktemp("more formats"))


@pytest.fixture(scope="module")
def performed(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Done]:
    """All of them, by a model that changes the middle of the picture; what it changed is laid into the original."""
    program = Path(a_face_model.__file__)
    words = [sys.executable, str(program), "--mouth", "0.5", "0.5", "0.12", "--out", "{output}"]
    words += [f"--{name} {{{name}}}" for name in ("video", "audio", "segments")]
    options = ("--engine", "command", "--command", " ".join(words))
    return _ran(KINDS, tmp_path_factory.mktemp("performed formats"), *options)


def _ran(kinds: list[Kind], folder: Path, *options: str) -> dict[str, Done]:
    """All files in one cut, each marked in its middle, and its one run."""
    originals = {kind.name: kind.make(folder) for kind in kinds}
    made = otio.schema.Timeline("formats", global_start_time=otio.opentime.RationalTime(86400, 24))
    made.tracks.append(otio.schema.Track("V1", children=[_clip(kind, originals[kind.name]) for kind in kinds]))
    otio.adapters.write_to_file(made, str(folder / "cut.otio"))
    burned.make_wave(folder / "voice.wav", samples=8000)
    document = command.run(folder / "cut.otio", folder / "out.otio", *(options or PREVIEW))
    return {kind.name: _done(kind, originals[kind.name], document) for kind in kinds}


def _clip(kind: Kind, path: Path) -> otio.schema.Clip:
    rate = float(kind.rate)
    start = 0 if kind.is_sequence else probe(path).start_frame or 0
    length = otio.opentime.RationalTime(FRAMES, rate)
    available = otio.opentime.TimeRange(otio.opentime.RationalTime(start, rate), length)
    reference: Any = otio.schema.ExternalReference(path.as_uri(), available)
    if kind.is_sequence:
        prefix, suffix = path.name.split("%04d")
        folder = f"{path.parent.as_uri()}/"
        reference = otio.schema.ImageSequenceReference(folder, prefix, suffix, 1, 1, rate, 4, available_range=available)
    clip = otio.schema.Clip(kind.name, reference, available)
    marked = otio.opentime.TimeRange(
        otio.opentime.RationalTime(start + CUE, rate), otio.opentime.RationalTime(LONG, rate)
    )
    # What has no sound of its own is given a voice.
    text = "RP: angry" if kind.sound else "RP: angry, audio: voice.wav"
    clip.markers.append(otio.schema.Marker(text, marked))
    return clip


def _done(kind: Kind, original: Path, document: dict[str, Any]) -> Done:
    [take] = [take for take in document["takes"] if take["source_name"] == original.name]
    failed = {check["name"]: check["detail"] for check in take["checks"] if not check["passed"]}
    sequence = take.get("sequence")
    return Done(
        kind=kind,
        original=original,
        take=Path(take["path"]),
        checks=failed,
        sequence=ImageSequence.model_validate(sequence) if sequence else None,
        mode=take["composite"][0]["mode"] if take.get("composite") else None,
    )


@pytest.fixture
def one(request: pytest.FixtureRequest) -> Done:
    kind: Kind = request.param
    found: Done = request.getfixturevalue("slow" if kind.slow else "quick")[kind.name]
    return found


def _each(kinds: list[Kind]) -> pytest.MarkDecorator:
    cases = [command.slow(kind) if kind.slow else kind for kind in kinds]
    return pytest.mark.parametrize("one", cases, ids=[kind.name for kind in kinds], indirect=True)


every = _each(KINDS)


@every
def test_a_take_is_of_the_originals_codec_or_the_mezzanine(one: Done) -> None:
    take = one.taken
    assert one.checks == {}
    assert (take.codec, take.profile, take.pixel_format) == one.kind.take


@every
def test_a_take_has_the_originals_clock_shape_and_sound(one: Done) -> None:
    take = one.taken
    assert (take.rate, take.frames, take.variable) == (one.kind.rate, FRAMES, False)
    assert (take.width, take.height) == one.kind.size
    assert [(stream.rate, stream.layout) for stream in take.audio] == list(one.kind.sound or _MADE)
    if one.kind.is_sequence:
        return
    original = probe(one.original)
    assert (take.pixel_aspect, take.rotation) == (original.pixel_aspect, original.rotation)
    assert (take.start_frame, take.drop_frame) == (original.start_frame or 0, original.drop_frame)
    named = ("primaries", "transfer")
    assert {tag: take.color.get(tag) for tag in named} == {tag: original.color.get(tag) for tag in named}


@every
def test_untouched_frames_show_what_they_showed(one: Done) -> None:
    """Where the codec is the original's they are its packets, or files, byte for byte."""
    numbers = _numbers(one)
    assert [numbers[frame] for frame in UNTOUCHED] == list(UNTOUCHED)
    if one.kind.copied:
        before, after = _coded(one)
        assert [after[frame] for frame in UNTOUCHED] == [before[frame] for frame in UNTOUCHED]


@every
def test_every_frame_shows_its_number(one: Done) -> None:
    """Those that came back too: what was sent and what was returned are in their places."""
    assert _numbers(one) == list(range(FRAMES))


@pytest.mark.slow
@pytest.mark.parametrize("name", [kind.name for kind in KINDS])
def test_what_a_model_changed_is_laid_into_each(performed: dict[str, Done], name: str) -> None:
    """The numbers above and below the change stay, in every frame; untouched ones are packets or files of the original."""
    one = performed[name]
    assert (one.checks, one.mode) == ({}, "changed")
    assert _numbers(one) == list(range(FRAMES))
    if one.kind.copied:
        before, after = _coded(one)
        assert [after[frame] for frame in UNTOUCHED] == [before[frame] for frame in UNTOUCHED]
        changed = range(CUE, CUE + LONG)
        assert all(after[frame] != before[frame] for frame in changed)


@pytest.mark.slow
def test_a_picture_larger_than_the_engine_takes_is_scaled_on_its_way(tmp_path: Path) -> None:
    """The take has the original's raster, and its packets."""
    one = _ran([LARGER], tmp_path, "--like", "sync/react-1", "--composite", "whole", "--no-label")[LARGER.name]
    take = one.taken
    assert (one.checks, (take.width, take.height)) == ({}, LARGER.size)
    assert _numbers(one) == list(range(FRAMES))
    before, after = _coded(one)
    assert [after[frame] for frame in UNTOUCHED] == [before[frame] for frame in UNTOUCHED]


@_each([kind for kind in KINDS if kind.name == "HDR PQ with mastering data"])
def test_what_hdr_was_graded_on_is_kept(one: Done) -> None:
    """The display's colours and light, and the brightest light of the picture."""
    before, after = _mastering(one.original), _mastering(one.take)
    assert set(before) == {"MASTERING_DISPLAY_METADATA", "CONTENT_LIGHT_LEVEL"}
    assert after == before


def _numbers(one: Done) -> list[int | None]:
    if one.sequence is None:
        return burned.numbers(one.take)
    return [burned.number_in(picture[:, :, 1]) for picture in frames.arrays(one.taken, range(FRAMES))]


def _coded(one: Done) -> tuple[list[bytes], list[bytes]]:
    """The packets or files of the original and of the take, in order."""
    if one.sequence is None:
        return _packets(one.original), _packets(one.take)
    before = [one.original.parent / (one.original.name % number) for number in range(1, FRAMES + 1)]
    after = [one.take / one.sequence.name(frame) for frame in range(FRAMES)]
    return [path.read_bytes() for path in before], [path.read_bytes() for path in after]


def _packets(path: Path) -> list[bytes]:
    with av.open(str(path)) as container:
        return [bytes(packet) for packet in container.demux(container.streams.video[0]) if packet.size]


def _mastering(path: Path) -> dict[str, bytes | list[float]]:
    with av.open(str(path)) as container:
        picture: Any = next(container.decode(video=0))
    wanted = ("MASTERING_DISPLAY_METADATA", "CONTENT_LIGHT_LEVEL")
    said = {data.type.name: bytes(data) for data in picture.side_data if data.type.name in wanted}
    return {name: _values(data) if name == wanted[0] else data for name, data in said.items()}


def _values(data: bytes) -> list[float]:
    """Rationals, whatever their denominators."""
    numbers = memoryview(data)[:80].cast("i")
    return [round(numbers[at] / numbers[at + 1], 6) for at in range(0, 20, 2)]
