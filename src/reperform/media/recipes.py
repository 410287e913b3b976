"""How changed pictures are encoded: in the original's own codec where its packets are copied, else in the mezzanine."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from reperform.errors import ConformError
from reperform.media.opening import opened, reading
from reperform.media.picture_files import writing
from reperform.media.probing import picture_stream
from reperform.model import Source

__all__ = ["Recipe", "mezzanine", "same_as"]

# Measured on grainy 1080p: at equal size `prores_aw` is as good as `prores_ks` (53.6 dB at 1.33 MB a frame), takes half the
# time at 1080p and a fifth at 4K, and at HQ spends a third more bits.
_PRORES = {
    "Proxy": ("apco", 0), "LT": ("apcs", 1), "Standard": ("apcn", 2), "HQ": ("apch", 3), "4444": ("ap4h", 4), "XQ": ("ap4x", 5),
}  # fmt: skip
_DNXHR = {
    "DNXHR LB": ("dnxhr_lb", ("yuv422p",)), "DNXHR SQ": ("dnxhr_sq", ("yuv422p",)), "DNXHR HQ": ("dnxhr_hq", ("yuv422p",)),
    "DNXHR HQX": ("dnxhr_hqx", ("yuv422p10le",)), "DNXHR 444": ("dnxhr_444", ("yuv444p10le", "gbrp10le")),
}  # fmt: skip
_DNXHD_MEGABITS = {1235: 175, 1237: 115, 1238: 175, 1250: 90, 1251: 90, 1252: 60, 1253: 36, 1258: 42, 1259: 63}
"""A bit rate by which FFmpeg's encoder chooses each of DNxHD's compression ids."""
# In slices of one picture: whole pictures at once take twice the memory at 4K, and a quarter more of the processor.
_DNXHD_ENCODER = ("-c:v", "dnxhd", "-thread_type", "slice")
_DNXHD_ID = slice(0x28, 0x2C)
_LEAST_DNXHR = (256, 120)


@dataclass(frozen=True, kw_only=True)
class Recipe:
    """How pictures are encoded."""

    name: str
    """Such as `ProRes HQ`."""
    arguments: tuple[str, ...]
    """FFmpeg's, for the encoder."""
    pixel_format: str
    """Planar; what the encoder gets."""
    tag: str
    """The codec's four letters in a MOV file."""
    range: Literal["tv", "pc"] | None = None
    """The range that is written; None for the original's."""


def same_as(source: Source) -> Recipe | None:
    """The recipe whose pictures stand among the original's packets or files; None where those cannot be copied."""
    if source.sequence is not None:
        return _picture_files(source)
    if source.variable or source.kind != "movie":
        return None
    if source.codec == "prores":
        return _prores(source)
    if source.codec == "dnxhd":
        return _dnxhd(source)
    if source.codec == "mjpeg" and source.pixel_format in ("yuvj420p", "yuvj422p", "yuvj444p"):
        arguments = ("-c:v", "mjpeg", "-q:v", "2", "-huffman", "optimal")
        return Recipe(name="Motion JPEG", arguments=arguments, pixel_format=source.pixel_format, tag="jpeg")
    return None


def _picture_files(source: Source) -> Recipe | None:
    """For an image sequence. Its pictures are written as files, with no encoder of movies."""
    pixel_format = writing.planar_format(source)
    if pixel_format is None:
        return None
    return Recipe(name=writing.KINDS[source.codec], arguments=(), pixel_format=pixel_format, tag="")


def mezzanine(kind: Literal["prores", "dnxhr"], *, width: int, height: int) -> Recipe:
    """The one generation that anything else of this raster becomes.

    Raises:
        ConformError: DNxHR has no pictures as small as this.

    """
    if kind == "dnxhr" and (width < _LEAST_DNXHR[0] or height < _LEAST_DNXHR[1]):
        least = " × ".join(map(str, _LEAST_DNXHR))
        raise ConformError(
            f"DNxHR takes pictures of at least {least}, and this is {width} × {height}",
            fix="Run again with --mezzanine prores; what was performed is kept.",
        )
    if kind == "dnxhr":
        arguments = (*_DNXHD_ENCODER, "-profile:v", "dnxhr_hqx")
        return Recipe(name="DNxHR HQX", arguments=arguments, pixel_format="yuv422p10le", tag="AVdh", range="tv")
    return Recipe(
        name="ProRes HQ", arguments=_prores_arguments(3, width), pixel_format="yuv422p10le", tag="apch", range="tv"
    )


def _prores_arguments(profile: int, width: int) -> tuple[str, ...]:
    # The quicker one takes no odd widths.
    return ("-c:v", "prores_ks" if width % 2 else "prores_aw", "-profile:v", str(profile), "-vendor", "apl0")


def _prores(source: Source) -> Recipe | None:
    known = _PRORES.get(source.profile or "")
    if known is None:
        return None
    tag, profile = known
    layout = "yuv422p" if profile < 4 else "yuva444p" if source.pixel_format.startswith("yuva") else "yuv444p"
    return Recipe(
        name=f"ProRes {source.profile}",
        arguments=_prores_arguments(profile, source.width),
        pixel_format=f"{layout}10le",
        tag=tag,
    )


def _dnxhd(source: Source) -> Recipe | None:
    profile = (source.profile or "").upper()
    if profile in _DNXHR:
        name, formats = _DNXHR[profile]
        if source.pixel_format not in formats:
            return None
        arguments = (*_DNXHD_ENCODER, "-profile:v", name)
        return Recipe(
            name=profile.replace("DNXHR", "DNxHR"), arguments=arguments, pixel_format=source.pixel_format, tag="AVdh"
        )
    compression_id = int.from_bytes(_first_packet(source)[_DNXHD_ID], "big")
    megabits = _DNXHD_MEGABITS.get(compression_id)
    if megabits is None or source.pixel_format not in ("yuv422p", "yuv422p10le"):
        return None
    # NUT finds no letters for plain DNxHD by itself.
    plain = (*_DNXHD_ENCODER, "-b:v", f"{megabits}M", "-tag:v", "AVdn")
    return Recipe(name=f"DNxHD {compression_id}", arguments=plain, pixel_format=source.pixel_format, tag="AVdn")


def _first_packet(source: Source) -> bytes:
    with opened(source.path) as container, reading(source.path):
        stream = picture_stream(container)
        assert stream is not None
        return next(bytes(packet) for packet in container.demux(stream) if packet.size)
