"""Coded packets of sound: wherever the demuxer is sent, the packets that hold a range are the same."""

from __future__ import annotations

from contextlib import ExitStack
from pathlib import Path

import pytest

from reperform.media import ffmpeg
from reperform.media.packets import SoundPackets
from reperform.media.sound_reader import SoundReader

KINDS = {
    "aac in mov": ("a.mov", "aac"),
    "aac in a transport stream": ("a.ts", "aac"),
    "ac3 in mov": ("a.mov", "ac3"),
    "flac in mov": ("a.mp4", "flac"),
    "opus in matroska": ("a.mkv", "libopus"),
}
STARTS = (0, 1, 4800, 16384, 17408, 20_000, 47_999, 96_000, 119_000)


@pytest.fixture(scope="module", params=KINDS.values(), ids=list(KINDS))
def path(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    name, codec = request.param
    made: Path = tmp_path_factory.mktemp("sound") / name
    tone = ["-f", "lavfi", "-i", "sine=frequency=440:sample_rate=48000:duration=2.5,volume=0.5"]
    ffmpeg.run([*tone, "-c:a", codec, "-strict", "-2", str(made)])
    return made


@pytest.mark.parametrize("start", STARTS)
def test_a_seek_finds_what_the_whole_file_holds(path: Path, start: int) -> None:
    """The packets of a range do not depend on where reading began."""
    with ExitStack() as files:
        reader = SoundReader(path, 0, files)
        found = SoundPackets(reader, start, start + 2000).of(start, start + 2000)
    with ExitStack() as files:
        whole = SoundPackets(SoundReader(path, 0, files), -1 << 30, 1 << 30)
    assert whole.of(start, start + 2000) == found
