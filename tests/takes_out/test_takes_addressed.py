"""How media are addressed in what is written, and how addresses are read back."""

from __future__ import annotations

from pathlib import Path

import pytest

from fake_takes import clip, cut_of, timeline_of, track
from reperform.timeline.addresses import address_of, path_of, readdress

FOLDER = Path("/show/reel 1")


@pytest.mark.parametrize(
    ("path", "for_", "expected"),
    [
        pytest.param("/show/reel 1/takes/a.mov", "otio", "takes/a.mov", id="below the timeline"),
        pytest.param("/show/takes/ä #1?.mov", "otio", "../takes/%C3%A4%20%231%3F.mov", id="beside it, percent-encoded"),
        pytest.param("/show/100%/a.mov", "otio", "../100%25/a.mov", id="a percent sign"),
        pytest.param("/other/place/a b.mov", "otio", "../../other/place/a%20b.mov", id="two folders up at most"),
        pytest.param(
            "/show/reel 1/takes/a b.mov", "resolve", "/show/reel 1/takes/a b.mov", id="a bare path for Resolve"
        ),
    ],
)
def test_how_a_file_is_addressed(path: str, for_: str, expected: str) -> None:
    """Relative and percent-encoded near the timeline, a file: URL elsewhere; for Resolve always a bare native path."""
    address = address_of(Path(path), folder=FOLDER, for_=for_)
    assert address == expected
    assert path_of(address, folder=FOLDER).resolve() == Path(path)  # type: ignore[union-attr]  # they are files


def test_far_files_get_a_url() -> None:
    """More than two folders up, the address is absolute."""
    address = address_of(Path("/x/a b.mov"), folder=Path("/show/one/two/three"), for_="otio")
    assert address == "file:///x/a%20b.mov"


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        pytest.param("file:///media/a%20b.mov", "/media/a b.mov", id="a URL"),
        pytest.param("file://localhost/media/a.mov", "/media/a.mov", id="a URL with localhost"),
        pytest.param("/media/a b.mov", "/media/a b.mov", id="a bare path"),
        pytest.param("media/a%20b.mov", "/show/reel 1/media/a b.mov", id="a relative URL"),
        pytest.param("https://example.com/a.mov", None, id="another scheme"),
        pytest.param("file://server/share/a.mov", None, id="another machine"),
        pytest.param("\\\\server\\share\\a.mov", None, id="a share"),
        pytest.param("", None, id="nothing"),
    ],
)
def test_which_file_an_address_means(address: str, expected: str | None) -> None:
    """None where it is no file of this machine."""
    assert path_of(address, folder=FOLDER) == (None if expected is None else Path(expected))


@pytest.mark.parametrize(
    "address", ["https://example.com/a.mov", "\\\\server\\a.mov", "file://server/a.mov", "D:\\a.mov"]
)
def test_addresses_elsewhere_are_not_rewritten(address: str) -> None:
    """What is no file of this machine stays as it was written."""
    cut = cut_of(timeline_of(track(clip("mara", 0, 10, url=address))))
    readdress(cut.timeline, from_folder=Path("/a"), to_folder=Path("/b"), for_="resolve")
    assert cut.timeline.tracks[0][0].media_reference.target_url == address
