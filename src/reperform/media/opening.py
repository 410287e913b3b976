"""Opening the user's media: local files in formats we know, by their content; nothing that names other files."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Any

from reperform.errors import CameraRaw, MediaError, MediaRefused

if TYPE_CHECKING:
    from av.container import InputContainer

__all__ = ["FORMATS", "STILLS", "fraction", "opened", "reading"]

FORMATS = (
    "mov", "mxf", "avi", "matroska", "mpegts", "wav", "w64", "aiff", "flac", "mp3", "ogg", "aac",
)  # fmt: skip
"""FFmpeg's names of the formats that are opened."""

STILLS = {"png_pipe": b"\x89PNG\r\n\x1a\n", "jpeg_pipe": b"\xff\xd8\xff", "exr_pipe": b"\x76\x2f\x31\x01"}
_MORE_STILLS = {b"SDPX": "dpx_pipe", b"XPDS": "dpx_pipe", b"II*\0": "tiff_pipe", b"MM\0*": "tiff_pipe"}
_SNIFFED = 4096
_TRANSCODE = "Transcode it to ProRes, DNxHR or H.264 in a MOV file, and relink the clip to that."
_POINT_AT_MEDIA = "Relink the clip to the media file itself."

_LISTS: tuple[tuple[re.Pattern[bytes], str], ...] = (
    (re.compile(rb"#EXTM3U"), "an HLS playlist"),
    (re.compile(rb"ffconcat version"), "a concat script"),
    (re.compile(rb"(stream|exact_stream_id|duration|inpoint|#[^\n]*\n|\s)*file\s+\S", re.DOTALL), "a concat script"),
    (re.compile(rb"(<\?xml[^>]*>\s*|<!--.*?-->\s*)*<MPD[\s>]", re.DOTALL), "a DASH manifest"),
    (re.compile(rb"(<\?xml[^>]*>\s*|<!--.*?-->\s*)*<(CompositionPlaylist|AssetMap)\b", re.DOTALL), "an IMF playlist"),
    (re.compile(rb"v=0\r?\n"), "a network session description (SDP)"),
    (re.compile(rb"\[(playlist|Reference)\]", re.IGNORECASE), "a playlist"),
    (re.compile(rb"<asx\b", re.IGNORECASE), "a playlist"),
    (re.compile(rb"(rtsp|rtmp|http|https)://", re.IGNORECASE), "a list of addresses"),
)
_RAW: tuple[tuple[re.Pattern[bytes], str], ...] = (
    (re.compile(rb"....RED[12]", re.DOTALL), "RED camera raw (R3D)"),
    (re.compile(rb"ARRI"), "ARRIRAW"),
    (re.compile(rb"....ftypcrx ", re.DOTALL), "Canon Cinema RAW Light"),
)


@contextmanager
def opened(path: Path) -> Iterator[InputContainer]:
    """The file, open for demuxing: only formats of FORMATS and single stills, only from the local disk.

    Raises:
        MediaRefused: not a file, or not media that reperform opens: playlists, scripts, camera raw, unknown formats.
        MediaError: the file is damaged, here or while the block reads it.

    """
    import av

    head = _head(path)
    _refuse_by_content(path, head)
    still = _still_format(head)
    options = {"protocol_whitelist": "file", "format_whitelist": ",".join((*FORMATS, still or "mov"))}
    with reading(path):
        try:
            container = av.open(f"file:{path.absolute()}", format=still, container_options=options)
        except (av.ArgumentError, av.InvalidDataError) as error:
            raise MediaRefused(
                f"{path.name} is damaged, or not in a format that reperform opens", cause=str(error), fix=_TRANSCODE
            ) from error
        with container:
            yield container


@contextmanager
def reading(path: Path) -> Iterator[None]:
    """Turns what PyAV raises into a MediaError that names the file."""
    import av

    try:
        yield
    except av.FFmpegError as error:
        fix = "Check that the file plays from start to end; if not, copy or transcode it again."
        raise MediaError(f"{path.name} cannot be read: {error.strerror}", cause=str(error), fix=fix) from error
    except OSError as error:
        raise MediaError(f"{path.name} cannot be read: {error.strerror or error}") from error


def fraction(rational: Any) -> Fraction | None:
    """A rational of PyAV as a Fraction; None where it is None, zero or undefined, whatever the version calls that."""
    if not rational or not rational.denominator:
        return None
    return Fraction(int(rational.numerator), int(rational.denominator))


def _head(path: Path) -> bytes:
    try:
        if not path.is_file():
            what = "a folder" if path.is_dir() else "not there"
            raise MediaRefused(f"{path} is {what}", fix=_POINT_AT_MEDIA)
        with path.open("rb") as file:
            head = file.read(_SNIFFED)
    except OSError as error:
        raise MediaRefused(f"{path} cannot be opened: {error.strerror}", fix="Check who may read it.") from error
    if not head:
        raise MediaRefused(f"{path.name} is empty", fix="Copy it again from where it came from.")
    return head


def _refuse_by_content(path: Path, head: bytes) -> None:
    text = head.removeprefix(b"\xef\xbb\xbf").lstrip()
    for pattern, what in _LISTS:
        if pattern.match(text):
            raise MediaRefused(f"{path.name} is {what}, not media: it only names other files", fix=_POINT_AT_MEDIA)
    for pattern, what in _RAW:
        if pattern.match(head):
            raise CameraRaw(f"{path.name} is {what}, which reperform does not decode")


def _still_format(head: bytes) -> str | None:
    found = next((name for name, magic in STILLS.items() if head.startswith(magic)), None)
    return found or _MORE_STILLS.get(head[:4])
