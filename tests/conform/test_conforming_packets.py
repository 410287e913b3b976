"""Untouched is untouched; what is changed is the original's codec, raster and colours; dissolves are mixed right."""

from __future__ import annotations

import subprocess
from fractions import Fraction
from itertools import pairwise
from pathlib import Path

import av
import imageio_ffmpeg
import numpy as np
import pytest

import burned
import conforms
from reperform.media.checking import check_take
from reperform.media.conformed import Conformed
from reperform.media.conforming import conform
from reperform.media.probing import probe
from reperform.media.splicing import Splice
from reperform.model import PlanSettings, Source
from reperform.timing import FrameRange

RATE = Fraction(24000, 1001)
TRIMMED = FrameRange(20, 25)
COVERED = TRIMMED.grown(12, 12)
SEAMED = FrameRange(22, 22)
"""Cue and seams of the fixtures: frames 26 to 40 with four frames on each side."""

COPIED = {
    "ProRes HQ": ["-c:v", "prores_ks", "-profile:v", "3", "-pix_fmt", "yuv422p10le"],
    "ProRes Proxy": ["-c:v", "prores_ks", "-profile:v", "0", "-pix_fmt", "yuv422p10le"],
    "ProRes 4444 with alpha": ["-c:v", "prores_ks", "-profile:v", "4", "-pix_fmt", "yuva444p10le"],
    "DNxHR HQX": ["-c:v", "dnxhd", "-profile:v", "dnxhr_hqx", "-pix_fmt", "yuv422p10le"],
    "DNxHR 444 RGB": ["-c:v", "dnxhd", "-profile:v", "dnxhr_444", "-pix_fmt", "gbrp10le"],
    "DNxHD 1252": ["-c:v", "dnxhd", "-b:v", "60M", "-pix_fmt", "yuv422p", "-s", "1280x720"],
    "Motion JPEG": ["-c:v", "mjpeg", "-q:v", "3", "-pix_fmt", "yuvj420p"],
}
FAST = ("ProRes HQ", "ProRes 4444 with alpha", "DNxHR HQX", "Motion JPEG")


def remade(original: Source, path: Path, arguments: list[str]) -> Source:
    command = [imageio_ffmpeg.get_ffmpeg_exe(), "-v", "error", "-y", "-i", str(original.path)]
    subprocess.run([*command, "-an", *arguments, str(path)], check=True)
    return probe(path)


def taken(source: Source, returned: Path, folder: Path, **settings: object) -> tuple[Conformed, list[Splice]]:
    shot = conforms.shot_of(source, TRIMMED)
    splices = [conforms.splice_of(FrameRange(26, 14), FrameRange(20, 26), returned)]
    chosen = PlanSettings.model_validate(settings)
    conformed = conform(shot, splices, out=folder / "take.mov", settings=chosen, reel="A007_RP001")
    failed = [check for check in check_take(conformed, shot, splices) if not check.passed]
    assert failed == []
    return conformed, splices


@pytest.mark.parametrize(
    "name", [pytest.param(name, marks=[] if name in FAST else pytest.mark.slow, id=name) for name in COPIED]
)
def test_untouched_packets_are_the_originals(tmp_path: Path, prores: Source, returned: Path, name: str) -> None:
    """Outside cue and seams packets are the same bytes and decode to the same bits; inside, the same codec goes on."""
    source = remade(prores, tmp_path / "original.mov", COPIED[name])
    conformed, _ = taken(source, returned, tmp_path)
    before, after = conforms.packets(source.path), conforms.packets(conformed.path)
    untouched = [frame for frame in range(COVERED.start, COVERED.end) if frame not in SEAMED]
    assert [after[frame - COVERED.start] for frame in untouched] == [before[frame] for frame in untouched]
    own = conforms.frame_hashes(source.path, untouched)
    assert conforms.frame_hashes(conformed.path, [frame - COVERED.start for frame in untouched]) == own
    take = probe(conformed.path)
    assert (conformed.copied_packets, len(untouched), len(own)) == (
        COVERED.frames - SEAMED.frames,
        *[len(untouched)] * 2,
    )
    assert (take.codec, take.profile, take.pixel_format) == (source.codec, source.profile, source.pixel_format)


@pytest.mark.parametrize("ending", ["mxf", "mkv", "avi"])
def test_packets_from_other_containers_stand_in_a_mov(
    tmp_path: Path, prores: Source, returned: Path, ending: str
) -> None:
    """ProRes in MXF and Matroska, MJPEG in AVI: the take is a MOV with the same packets."""
    arguments = ["-c:v", "mjpeg", "-pix_fmt", "yuvj422p"] if ending == "avi" else ["-c:v", "copy"]
    source = remade(prores, tmp_path / f"original.{ending}", arguments)
    conformed, _ = taken(source, returned, tmp_path)
    before, after = conforms.packets(source.path), conforms.packets(conformed.path)
    assert after[: SEAMED.start - COVERED.start] == before[COVERED.start : SEAMED.start]
    assert after[SEAMED.end - COVERED.start :] == before[SEAMED.end : COVERED.end]


def test_dissolve_mixes_original_and_result(tmp_path: Path, prores: Source, returned: Path) -> None:
    """In the seam each frame is the weighted sum of the two pictures, within what coding loses."""
    conformed, _ = taken(prores, returned, tmp_path)
    own, theirs, made = (lumas(path) for path in (prores.path, returned, conformed.path))
    for distance in range(1, 5):
        share = 1 - distance / 5
        for frame in (26 - distance, 39 + distance):
            mixed = share * theirs[frame - 20] + (1 - share) * own[frame]
            assert np.abs(made[frame - COVERED.start] - mixed).mean() < 2.0, f"frame {frame}"
    assert np.abs(made[30 - COVERED.start] - theirs[10]).mean() < 2.0


def lumas(path: Path) -> list[np.ndarray]:
    """The luma of each frame as 10-bit numbers."""
    with av.open(str(path)) as container:
        return [
            np.frombuffer(bytes(frame.reformat(format="yuv422p10le").planes[0]), "<u2")
            .reshape(frame.height, -1)[:, : frame.width]
            .astype(np.float32)
            for frame in container.decode(container.streams.video[0])
        ]


@pytest.mark.parametrize(("kind", "codec", "profile"), [("prores", "prores", "HQ"), ("dnxhr", "dnxhd", "DNXHR HQX")])
def test_long_gop_originals_become_one_generation(
    tmp_path: Path, h264: Source, returned: Path, kind: str, codec: str, profile: str
) -> None:
    """H.264 becomes 10-bit 4:2:2 of the chosen mezzanine, the picture as it was."""
    conformed, _ = taken(h264, returned, tmp_path, mezzanine=kind)
    take = probe(conformed.path)
    assert (take.codec, take.profile, take.pixel_format, conformed.copied_packets) == (codec, profile, "yuv422p10le", 0)
    assert take.color == h264.color
    own, made = lumas(h264.path), lumas(conformed.path)
    worst = max(np.abs(made[frame - COVERED.start] - own[frame]).max() for frame in (8, 15, 21, 44, 56))
    assert worst <= 12, "of 1023"


TAGS = {
    "Rec. 601": "color_primaries=smpte170m:color_trc=smpte170m:colorspace=smpte170m:range=tv",
    "PAL, gamma 2.2": "color_primaries=bt470bg:color_trc=bt470m:colorspace=bt470bg:range=tv",
    "HLG": "color_primaries=bt2020:color_trc=arib-std-b67:colorspace=bt2020nc:range=tv",
    "P3 and 709": "color_primaries=smpte432:color_trc=bt709:colorspace=bt709:range=tv",
}


@pytest.mark.parametrize("tags", TAGS.values(), ids=TAGS)
@pytest.mark.parametrize("codec", ["prores_ks", "libx264"])
def test_colour_tags_are_the_originals(tmp_path: Path, prores: Source, returned: Path, tags: str, codec: str) -> None:
    """Whatever the original's container says of its colours its take's says, copied or encoded anew."""
    pixels = "yuv422p10le" if codec == "prores_ks" else "yuv420p"
    arguments = ["-vf", f"setparams={tags}", "-c:v", codec, "-pix_fmt", pixels, "-g", "24"]
    source = remade(prores, tmp_path / "original.mov", arguments)
    conformed, _ = taken(source, returned, tmp_path)
    own = said_by(source.path)
    # A matrix has one name in ProRes; copied packets go on under the name they had.
    renamed = {"space": 6} if codec == "libx264" and own["space"] == 5 else {}
    assert said_by(conformed.path) == own | renamed


def said_by(path: Path) -> dict[str, int]:
    """The colour tags of a container, by FFmpeg's numbers."""
    with av.open(str(path)) as container:
        context = container.streams.video[0].codec_context
        numbers = (context.color_primaries, context.color_trc, context.colorspace, context.color_range)
        return dict(zip(("primaries", "transfer", "space", "range"), map(int, numbers), strict=True))


def test_full_range_becomes_video_range_and_looks_the_same(tmp_path: Path, h264: Source, returned: Path) -> None:
    """ProRes has no full range: black and white stay black and white."""
    filters = "scale=out_range=pc,setparams=range=pc:colorspace=bt709:color_primaries=bt709:color_trc=bt709"
    source = remade(h264, tmp_path / "full.mp4", ["-vf", filters, "-pix_fmt", "yuv420p", "-crf", "10"])
    conformed, _ = taken(source, returned, tmp_path)
    take = probe(conformed.path)
    own, made = lumas(h264.path), lumas(conformed.path)
    assert (source.color["range"], take.color["range"]) == ("pc", "tv")
    assert np.abs(made[2] - own[COVERED.start + 2]).mean() < 4.0


def test_result_of_another_raster_and_matrix_is_brought_back(tmp_path: Path, prores: Source, returned: Path) -> None:
    """What came back at half the size in Rec. 601 stands in the take in the original's raster and matrix."""
    smaller = tmp_path / "smaller.mp4"
    filters = "scale=160:90:flags=lanczos:out_color_matrix=smpte170m,setparams=colorspace=smpte170m"
    command = [imageio_ffmpeg.get_ffmpeg_exe(), "-v", "error", "-y", "-i", str(returned), "-vf", filters, "-crf", "8"]
    subprocess.run([*command, str(smaller)], check=True)
    conformed, _ = taken(prores, smaller, tmp_path, seam_frames=0)
    assert burned.numbers(conformed.path) == conforms.expected_numbers(COVERED, FrameRange(26, 14))


def test_coloured_result_keeps_its_colour_through_matrices(tmp_path: Path, prores: Source) -> None:
    """An orange that came back tagged Rec. 601 is the same orange in a Rec. 709 take, and untagged means what was sent."""
    orange = tmp_path / "orange.mp4"
    lavfi = "color=c=0xD08030:s=320x180:r=24000/1001:d=1.2,scale=out_color_matrix=smpte170m,format=yuv420p"
    tags = "setparams=colorspace=smpte170m:range=tv"
    command = [imageio_ffmpeg.get_ffmpeg_exe(), "-v", "error", "-y", "-f", "lavfi", "-i", f"{lavfi},{tags}"]
    subprocess.run([*command, "-crf", "4", str(orange)], check=True)
    conformed, _ = taken(prores, orange, tmp_path, seam_frames=0)
    with av.open(str(conformed.path)) as container:
        frame = list(container.decode(video=0))[30 - COVERED.start]
    found = frame.reformat(format="rgb24", src_colorspace="ITU709").to_ndarray()[90, 160]
    assert np.abs(found.astype(int) - (0xD0, 0x80, 0x30)).max() <= 4


def test_transparency_is_the_originals(tmp_path: Path, prores: Source, returned: Path) -> None:
    """No engine returns alpha: inside the cue it is what it was."""
    ramp = "format=yuva444p10le,geq=lum=lum(X\\,Y):cb=512:cr=512:a=X*3"
    arguments = ["-vf", ramp, "-c:v", "prores_ks", "-profile:v", "4", "-pix_fmt", "yuva444p10le"]
    source = remade(prores, tmp_path / "original.mov", arguments)
    conformed, _ = taken(source, returned, tmp_path)
    before, after = (alpha(path) for path in (source.path, conformed.path))
    assert max(np.abs(after[n - COVERED.start] - before[n]).max() for n in (20, 24, 30, 39, 42)) <= 4, "of 4095"


def alpha(path: Path) -> list[np.ndarray]:
    with av.open(str(path)) as container:
        return [
            np.frombuffer(bytes(frame.planes[3]), "<u2").reshape(frame.height, -1)[:, : frame.width].astype(int)
            for frame in container.decode(video=0)
        ]


def test_pixel_shape_and_odd_raster_are_kept(tmp_path: Path, prores: Source, returned: Path) -> None:
    """Anamorphic pixels and a width that is not even come through."""
    arguments = ["-vf", "scale=333:187,setsar=4/3", "-c:v", "prores_ks", "-profile:v", "2", "-pix_fmt", "yuv422p10le"]
    source = remade(prores, tmp_path / "original.mov", arguments)
    conformed, _ = taken(source, returned, tmp_path)
    take = probe(conformed.path)
    assert (take.width, take.height, take.pixel_aspect) == (333, 187, Fraction(4, 3))


def test_frames_are_evenly_spaced(tmp_path: Path, prores: Source, returned: Path) -> None:
    """Every packet starts one frame after the one before, from zero."""
    conformed, _ = taken(prores, returned, tmp_path)
    with av.open(str(conformed.path)) as container:
        stream = container.streams.video[0]
        times = [
            Fraction(packet.pts or 0) * (stream.time_base or 0) for packet in container.demux(stream) if packet.size
        ]
    assert times[0] == 0
    assert {after - before for before, after in pairwise(times)} == {1 / RATE}


def test_without_splices_all_packets_are_copied(tmp_path: Path, prores: Source) -> None:
    """A take of nothing is the original, from the first packet to the last."""
    shot = conforms.shot_of(prores, TRIMMED)
    conformed = conform(shot, [], out=tmp_path / "take.mov", settings=PlanSettings(), reel="A007")
    assert conforms.packets(conformed.path) == conforms.packets(prores.path)[COVERED.start : COVERED.end]
    assert [check for check in check_take(conformed, shot, []) if not check.passed] == []
