"""One second and less of every kind of media, and what a take of it must be."""

from __future__ import annotations

import subprocess
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any

import imageio_ffmpeg

import burned
from image_sequences import linear_light

FRAMES, CUE, LONG = 24, 10, 6
"""Frames of each file; the first that is marked; how many are."""
UNTOUCHED = (*range(6), *range(20, FRAMES))
"""Frames outside the cue and its seams."""
NTSC = Fraction(30000, 1001)
_FFMPEG = imageio_ffmpeg.get_ffmpeg_exe()
_HD = "setparams=color_primaries=bt709:color_trc=bt709:colorspace=bt709:range=tv"
_PQ = "setparams=color_primaries=bt2020:color_trc=smpte2084:colorspace=bt2020nc:range=tv"
_HLG = "setparams=color_primaries=bt2020:color_trc=arib-std-b67:colorspace=bt2020nc:range=tv"
_MASTERED = (
    "log-level=error:hdr10=1:master-display=G(13250,34500)B(7500,3000)R(34000,16000)WP(15635,16450)L(10000000,50)"
    ":max-cll=1000,400"
)


@dataclass(frozen=True)
class Kind:
    """A kind of media: how FFmpeg makes it, and the codec, profile and pixel format of a take of it."""

    name: str
    coding: str
    take: tuple[str, str | None, str]
    copied: bool = False
    """Whether untouched frames are the original's packets, or files."""
    ending: str = "mov"
    rate: Fraction = Fraction(24)
    size: tuple[int, int] = (320, 180)
    filters: str = _HD
    timecode: str | None = "01:00:00:00"
    sound: tuple[tuple[int, str], ...] = ((48000, "stereo"),)
    """Each track's samples a second, and layout."""
    more: tuple[str, ...] = ()
    slow: bool = True
    """Left out of every change's tests."""
    turned: int = 0
    """Degrees that a player turns the picture by."""

    @property
    def is_sequence(self) -> bool:
        """Whether every frame is a file."""
        return self.ending in ("png", "tif", "dpx", "jpg", "exr")

    def make(self, folder: Path) -> Path:
        """The file, whose frame n shows the number n; of a sequence its folder and pattern."""
        stem = self.name.translate(str.maketrans(" /.,", "____"))
        path = folder / (f"{stem}.%04d.{self.ending}" if self.is_sequence else f"{stem}.{self.ending}")
        if self.ending == "exr":
            for number in range(FRAMES):
                linear_light.write(Path(str(path) % (number + 1)), linear_light.numbers_of(number))
            return path
        width, height = self.size
        command = [_FFMPEG, "-v", "error", "-y", "-f", "rawvideo", "-pix_fmt", "gray"]
        command += ["-s", f"{width}x{height}", "-r", str(self.rate), "-i", "pipe:0", *self._arguments(), str(path)]
        pictures = b"".join(burned.picture(number, width, height).tobytes() for number in range(FRAMES))
        subprocess.run(command, input=pictures, check=True)
        return _turned(path, self.turned) if self.turned else path

    def _arguments(self) -> list[str]:
        seconds = float(FRAMES / self.rate)
        tones = [
            f"sine=frequency=330:sample_rate={rate}:duration={seconds},aformat=channel_layouts={layout}"
            for rate, layout in self.sound
        ]
        inputs = [part for tone in tones for part in ("-f", "lavfi", "-i", tone)]
        maps = [part for number in range(1 + len(tones)) for part in ("-map", str(number))]
        wide = "" if self.is_sequence else "scale=in_range=pc:out_range=tv,"
        out = [*inputs, *maps, "-vf", wide + self.filters, *self.coding.split(), *self.more]
        out += ["-c:a", "libopus" if self.ending == "webm" else "pcm_s24le"] if tones else []
        return [*out, *(["-timecode", self.timecode] if self.timecode else [])]


def _turned(path: Path, degrees: int) -> Path:
    turned = path.with_name(f"turned_{path.name}")
    command = [_FFMPEG, "-v", "error", "-y", "-display_rotation", str(degrees), "-i", str(path)]
    subprocess.run([*command, "-map", "0:v", "-map", "0:a?", "-c", "copy", str(turned)], check=True)
    return turned


def _quick(name: str, coding: str, take: tuple[str, str | None, str], **more: Any) -> Kind:
    return Kind(name, coding, take, slow=False, **more)


def _prores(profile: int, pixel_format: str = "yuv422p10le") -> str:
    return f"-c:v prores_ks -profile:v {profile} -vendor apl0 -pix_fmt {pixel_format}"


def _dnxhr(profile: str, pixel_format: str) -> str:
    return f"-c:v dnxhd -profile:v dnxhr_{profile} -pix_fmt {pixel_format}"


def _intra(kind: int, pixel_format: str = "yuv422p10le", *, flavor: str = "panasonic") -> str:
    parameters = f"avcintra-class={kind}:avcintra-flavor={flavor}"
    return f"-c:v libx264 -preset veryfast -pix_fmt {pixel_format} -x264-params {parameters}"


_DNXHD = "-c:v dnxhd -b:v 90M -pix_fmt yuv422p"
_H264 = "-c:v libx264 -preset veryfast -crf 16 -g 12 -bf 2 -pix_fmt"
_INTRA = "-c:v libx264 -preset veryfast -crf 10 -g 1 -bf 0 -pix_fmt yuv422p10le"
_HEVC = "-c:v libx265 -preset ultrafast -crf 16 -x265-params log-level=error -tag:v hvc1 -pix_fmt"
_VP9 = "-c:v libvpx-vp9 -deadline realtime -cpu-used 8 -crf 20 -b:v 0 -pix_fmt yuv420p"
_MEZZANINE = ("prores", "HQ", "yuv422p10le")

COPIED = [
    Kind("ProRes Proxy", _prores(0), ("prores", "Proxy", "yuv422p10le"), copied=True),
    Kind("ProRes LT", _prores(1), ("prores", "LT", "yuv422p10le"), copied=True),
    Kind("ProRes 422", _prores(2), ("prores", "Standard", "yuv422p10le"), copied=True),
    Kind("ProRes HQ", _prores(3), ("prores", "HQ", "yuv422p10le"), copied=True),
    _quick("ProRes 4444 with alpha", _prores(4, "yuva444p10le"), ("prores", "4444", "yuva444p12le"), copied=True),
    Kind("ProRes 4444 XQ", _prores(5, "yuv444p10le"), ("prores", "XQ", "yuv444p12le"), copied=True),
    Kind("DNxHR LB in MOV", _dnxhr("lb", "yuv422p"), ("dnxhd", "DNXHR LB", "yuv422p"), copied=True),
    Kind("DNxHR HQX in MOV", _dnxhr("hqx", "yuv422p10le"), ("dnxhd", "DNXHR HQX", "yuv422p10le"), copied=True),
    Kind("DNxHR 444 in MOV", _dnxhr("444", "yuv444p10le"), ("dnxhd", "DNXHR 444", "yuv444p10le"), copied=True),
    _quick("DNxHR SQ in MXF", _dnxhr("sq", "yuv422p"), ("dnxhd", "DNXHR SQ", "yuv422p"), copied=True, ending="mxf"),
    Kind("DNxHR HQ in MXF", _dnxhr("hq", "yuv422p"), ("dnxhd", "DNXHR HQ", "yuv422p"), copied=True, ending="mxf"),
    Kind("DNxHD in MOV", _DNXHD, ("dnxhd", "DNXHD", "yuv422p"), copied=True, size=(1280, 720), rate=Fraction(25)),
    Kind("DNxHD in MXF", _DNXHD, ("dnxhd", "DNXHD", "yuv422p"), copied=True, ending="mxf", size=(1280, 720),
         rate=Fraction(25)),
    _quick("Motion JPEG", "-c:v mjpeg -q:v 2 -pix_fmt yuvj422p", ("mjpeg", "Baseline", "yuvj422p"), copied=True,
         filters="scale=out_range=pc"),
    Kind("Motion JPEG in AVI", "-c:v mjpeg -q:v 2 -pix_fmt yuvj422p", ("mjpeg", "Baseline", "yuvj422p"), copied=True,
         filters="scale=out_range=pc", ending="avi", timecode=None),
]  # fmt: skip

ENCODED = [
    Kind("H.264 8 bit", f"{_H264} yuv420p", _MEZZANINE, ending="mp4", sound=()),
    _quick("H.264 10 bit", f"{_H264} yuv420p10le", _MEZZANINE),
    Kind("HEVC 8 bit", f"{_HEVC} yuv420p", _MEZZANINE),
    Kind("HEVC 10 bit", f"{_HEVC} yuv420p10le", _MEZZANINE),
    Kind("AVC-Intra 50 in MXF", _intra(50, "yuv420p10le"), _MEZZANINE, ending="mxf", rate=Fraction(25),
         size=(1440, 1080), filters=f"{_HD},setsar=4/3"),
    Kind("AVC-Intra 100 in MXF", _intra(100), _MEZZANINE, ending="mxf", rate=NTSC, size=(1280, 720),
         timecode="01:00:00;02"),
    Kind("H.264 intra in MOV", _INTRA, _MEZZANINE),
    Kind("XAVC-I in MXF", _intra(100, flavor="sony"), _MEZZANINE, ending="mxf", rate=Fraction(25), size=(1920, 1080)),
    Kind("VP9", _VP9, _MEZZANINE, ending="webm", timecode=None),
    _quick("HDR PQ with mastering data", "-c:v libx265 -preset ultrafast -crf 16 -tag:v hvc1 -pix_fmt yuv420p10le",
         _MEZZANINE, filters=_PQ, more=("-x265-params", _MASTERED)),
    Kind("HDR HLG", f"{_HEVC} yuv420p10le", _MEZZANINE, filters=_HLG),
    Kind("HDR PQ in ProRes", _prores(3), ("prores", "HQ", "yuv422p10le"), copied=True, filters=_PQ),
]  # fmt: skip

# Turned ones have sizes of their own: the same coded pictures are the same cue, however a player turns them.
SHAPES = [
    _quick("anamorphic pixels", _prores(3), ("prores", "HQ", "yuv422p10le"), copied=True, filters=f"{_HD},setsar=2/1"),
    _quick("an odd width and height", _prores(3), ("prores", "HQ", "yuv422p10le"), copied=True, size=(331, 187)),
    Kind("an odd size, encoded", f"{_H264} yuv444p", _MEZZANINE, size=(331, 187)),
    Kind("turned by a quarter", _prores(3), ("prores", "HQ", "yuv422p10le"), copied=True, size=(336, 180), turned=90),
    Kind("turned by a half", _prores(0), ("prores", "Proxy", "yuv422p10le"), copied=True, size=(352, 180), turned=180),
    Kind("turned the other way", _prores(0), ("prores", "Proxy", "yuv422p10le"), copied=True, size=(368, 180), turned=270),
    Kind("turned, encoded", f"{_H264} yuv420p", _MEZZANINE, size=(352, 192), turned=90),
    Kind("a PAL raster, wide", _prores(0), ("prores", "Proxy", "yuv422p10le"), copied=True, size=(720, 576),
         rate=Fraction(25), filters="setsar=64/45"),
    Kind("a variable rate", f"{_H264} yuv420p", _MEZZANINE, ending="mkv", timecode=None, more=("-fps_mode", "vfr"),
         filters=f"{_HD},setpts='(N+0.4*mod(N,2))/24/TB'"),
    Kind("120 frames a second", _prores(0), ("prores", "Proxy", "yuv422p10le"), copied=True, rate=Fraction(120)),
    Kind("119.88 frames a second", f"{_H264} yuv420p", _MEZZANINE, rate=Fraction(120000, 1001)),
    Kind("59.94 drop-frame", _prores(0), ("prores", "Proxy", "yuv422p10le"), copied=True,
         rate=Fraction(60000, 1001), timecode="10:00:59;50"),
    _quick("drop-frame past midnight", _prores(0), ("prores", "Proxy", "yuv422p10le"), copied=True, rate=NTSC,
         timecode="23:59:59;20"),
]  # fmt: skip

SOUNDS = [
    Kind("no sound", _prores(0), ("prores", "Proxy", "yuv422p10le"), copied=True, sound=()),
    Kind("44.1 kHz", _prores(0), ("prores", "Proxy", "yuv422p10le"), copied=True, sound=((44100, "stereo"),)),
    Kind("no sound, encoded", f"{_HEVC} yuv420p10le", _MEZZANINE, sound=()),
    Kind("44.1 kHz, encoded", f"{_H264} yuv420p", _MEZZANINE, sound=((44100, "stereo"), (48000, "mono"))),
    Kind("96 kHz", _prores(0), ("prores", "Proxy", "yuv422p10le"), copied=True, sound=((96000, "mono"),)),
    _quick("5.1 and a mono track", _prores(0), ("prores", "Proxy", "yuv422p10le"), copied=True,
         sound=((48000, "5.1"), (48000, "mono"))),
    Kind("eight mono tracks", _prores(0), ("prores", "Proxy", "yuv422p10le"), copied=True, sound=((48000, "mono"),) * 8),
]  # fmt: skip

_ONE_A_FRAME: dict[str, Any] = {"sound": (), "timecode": None, "filters": "null", "copied": True}

SEQUENCES = [
    Kind("a PNG sequence", "-c:v png -pix_fmt rgba", ("png", None, "rgb24"), ending="png", **_ONE_A_FRAME),
    Kind("a 16-bit PNG sequence", "-c:v png -pix_fmt rgb48be", ("png", None, "rgb48le"), ending="png", **_ONE_A_FRAME),
    Kind("a 16-bit TIFF sequence", "-c:v tiff -pix_fmt rgb48le", ("tiff", None, "rgb48le"), ending="tif", **_ONE_A_FRAME),
    _quick("a 10-bit DPX sequence", "-c:v dpx -pix_fmt gbrp10be", ("dpx", None, "gbrp10le"), ending="dpx", **_ONE_A_FRAME),
    _quick("a half-float OpenEXR sequence", "", ("exr", None, "gbrpf32le"), ending="exr", **_ONE_A_FRAME),
    Kind("a JPEG sequence", "-c:v mjpeg -q:v 2 -pix_fmt yuvj422p", ("mjpeg", None, "yuvj422p"), ending="jpg",
         **_ONE_A_FRAME),
]  # fmt: skip

LARGER = Kind(
    "larger than the engine takes", _prores(0), ("prores", "Proxy", "yuv422p10le"), copied=True, size=(4352, 2304)
)
"""Than react-1 of Sync, which takes up to 4096 × 2160."""

KINDS = [*COPIED, *ENCODED, *SHAPES, *SOUNDS, *SEQUENCES]
