"""Every form in which editors write a file's place, on every system's paths; nothing is asked of a network."""

from __future__ import annotations

import os
import socket
from pathlib import Path
from typing import Any

import pytest

from reperform.errors import MediaRefused
from reperform.timeline.locations import locate

CUT = Path("/cut")


def _located(spelled: str, *, windows: bool, hosts: frozenset[str] = frozenset()) -> tuple[str | None, str]:
    """The first path that is tried, or where it lies instead; and the name it is looked for by."""
    found = locate(spelled, CUT, hosts=hosts, windows=windows)
    return found.elsewhere or (str(found.paths[0]).replace("\\", "/") if found.paths else None), found.name


_DRIVE_D = "on drive D: of a Windows machine"


@pytest.mark.parametrize(
    ("spelled", "on_posix", "on_windows", "name"),
    [
        pytest.param("D:\\Next Cloud\\x.MP4", _DRIVE_D, "D:/Next Cloud/x.MP4", "x.MP4", id="Resolve on Windows"),
        pytest.param("D:/media/x y.mp4", _DRIVE_D, "D:/media/x y.mp4", "x y.mp4", id="Kdenlive on Windows"),
        pytest.param("D:/剪辑/片.mp4", _DRIVE_D, "D:/剪辑/片.mp4", "片.mp4", id="Kdenlive, raw Chinese"),
        pytest.param("file:///D:/m/x%20y.mov", _DRIVE_D, "D:/m/x y.mov", "x y.mov", id="URL with a drive"),
        pytest.param("file:///D%3A/m/x.mov", _DRIVE_D, "D:/m/x.mov", "x.mov", id="URL, colon encoded"),
        pytest.param("file://D:/m/x.mov", _DRIVE_D, "D:/m/x.mov", "x.mov", id="URL, drive for a host"),
        pytest.param("file://D%3a/m/x.mov", _DRIVE_D, "D:/m/x.mov", "x.mov", id="URL, encoded drive for a host"),
        pytest.param("file://localhost/D%3a/m/x.mov", _DRIVE_D, "D:/m/x.mov", "x.mov", id="Premiere's FCP7 XML"),
        pytest.param("file:///X:/a%20b/x.%2520.mov", "on drive X: of a Windows machine", "X:/a b/x.%20.mov", "x.%20.mov", id="Nuke"),
        pytest.param("/Users/a/x y.mp4", "/Users/a/x y.mp4", "/Users/a/x y.mp4", "x y.mp4", id="Resolve on a Mac"),
        pytest.param("/Volumes/Raid 1/x.mov", "/Volumes/Raid 1/x.mov", "/Volumes/Raid 1/x.mov", "x.mov", id="a Mac's disk"),
        pytest.param("/home/a/x.mov", "/home/a/x.mov", "/home/a/x.mov", "x.mov", id="Linux"),
        pytest.param("file:///Users/a/x (1).mp4", "/Users/a/x (1).mp4", "/Users/a/x (1).mp4", "x (1).mp4", id="raw spaces in a URL"),
        pytest.param("file:///m/100%.mov", "/m/100%.mov", "/m/100%.mov", "100%.mov", id="a lone percent sign"),
        pytest.param("file:///m/take#2?.mov", "/m/take#2?.mov", "/m/take#2?.mov", "take#2?.mov", id="signs of a URL, raw"),
        pytest.param("file://localhost/m/x.mov", "/m/x.mov", "/m/x.mov", "x.mov", id="localhost"),
        pytest.param("FILE:///m/x.mov", "/m/x.mov", "/m/x.mov", "x.mov", id="capitals"),
        pytest.param("file:/m/x.mov", "/m/x.mov", "/m/x.mov", "x.mov", id="one slash"),
        pytest.param("x.mov", "/cut/x.mov", "/cut/x.mov", "x.mov", id="beside the timeline"),
        pytest.param("m/x%20y.mov", "/cut/m/x%20y.mov", "/cut/m/x%20y.mov", "x%20y.mov", id="relative, first as written"),
        pytest.param("file:m/x%20y.mov", "/cut/m/x y.mov", "/cut/m/x y.mov", "x y.mov", id="relative URL"),
        pytest.param("../m/x.mov", "/cut/../m/x.mov", "/cut/../m/x.mov", "x.mov", id="through the parent"),
    ],
)  # fmt: skip
def test_a_file_of_this_machine_is_found_whatever_the_spelling(
    spelled: str, on_posix: str, on_windows: str, name: str
) -> None:
    assert _located(spelled, windows=False) == (on_posix, name)
    assert _located(spelled, windows=True) == (on_windows, name)


@pytest.mark.parametrize("windows", [False, True], ids=["posix", "windows"])
@pytest.mark.parametrize(
    ("spelled", "host"),
    [
        ("\\\\server\\share\\x.mov", "server"),
        ("//server/share/x.mov", "server"),
        ("file:////server/share/x.mov", "server"),
        ("file://///server/share/x.mov", "server"),
        ("file://VSD/Tools_Media/x.mov", "VSD"),
        ("file://10.0.0.7/share/x.mov", "10.0.0.7"),
        ("file://user@server/share/x.mov", "user@server"),
        ("\\\\?\\UNC\\server\\share\\x.mov", "?"),
        ("/net/server/share/x.mov", "server"),
        ("/./net//server/share/x.mov", "server"),
        ("file:///Network/Servers/server/x.mov", "server"),
    ],
)
def test_a_share_is_named_and_not_opened(spelled: str, host: str, windows: bool) -> None:
    found = locate(spelled, CUT, windows=windows)
    assert (found.paths, found.elsewhere, found.name) == ((), f"on the network share of “{host}”", "x.mov")


@pytest.mark.parametrize(
    ("spelled", "windows", "expected"),
    [
        ("\\\\VSD\\m\\x.mov", True, ["//VSD/m/x.mov"]),
        ("file://vsd/m/x.mov", True, ["//vsd/m/x.mov"]),
        ("\\\\VSD\\m\\x.mov", False, []),
        ("/net/VSD/m/x.mov", False, ["/net/VSD/m/x.mov"]),
        ("\\\\other\\m\\x.mov", True, []),
    ],
)
def test_a_share_of_an_allowed_host_is_opened_where_the_system_has_such_paths(
    spelled: str, windows: bool, expected: list[str]
) -> None:
    found = locate(spelled, CUT, hosts=frozenset({"vsd"}), windows=windows)
    assert [str(path).replace("\\", "/") for path in found.paths] == expected


@pytest.mark.parametrize("windows", [False, True], ids=["posix", "windows"])
@pytest.mark.parametrize(
    "spelled",
    [
        "%5C%5Cevil%5Cshare%5Cx.mov",
        "/%2Fevil/share/x.mov",
        "file:%2F%2Fevil/share/x.mov",
        "m/%2e%2e/%2e%2e/net/evil/x.mov",
        "../../net/evil/x.mov",
        "/m/../net/evil/x.mov",
        "D:/%5C%5Cevil/x.mov",
    ],
)
def test_no_other_reading_of_the_same_letters_reaches_a_host(spelled: str, windows: bool) -> None:
    paths = [os.path.normpath(path).replace("\\", "/") for path in locate(spelled, CUT, windows=windows).paths]
    assert not [path for path in paths if path.startswith(("//", "/net/"))]


def test_avids_name_of_a_macs_disk_is_read_as_the_disk() -> None:
    found = locate("file:///Macintosh%20HD/Users/a/x.mov", CUT, windows=False)
    tried = {path.as_posix() for path in found.paths}
    assert {"/Macintosh HD/Users/a/x.mov", "/Volumes/Macintosh HD/Users/a/x.mov", "/Users/a/x.mov"} <= tried


@pytest.mark.parametrize("spelled", ["", "  ", "a\0.mov", "http://h/x.mov", "smb://h/s/x.mov", "rtsp://h/x"])
def test_what_no_file_can_be_called_is_refused(spelled: str) -> None:
    with pytest.raises(MediaRefused):
        locate(spelled, CUT)


@pytest.mark.parametrize(
    "spelled", ["//server/share/x.mov", "file://server/x.mov", "\\\\server\\x.mov", "/net/server/x.mov"]
)
def test_to_locate_asks_no_network_and_no_disk(spelled: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_asked: Any, **_more: Any) -> Any:
        raise AssertionError("asked")

    monkeypatch.setattr(socket, "getaddrinfo", fail)
    monkeypatch.setattr(socket, "socket", fail)
    for name in ("stat", "lstat", "open", "listdir", "scandir"):
        monkeypatch.setattr(os, name, fail)
    assert locate(spelled, CUT, windows=True).paths == ()
