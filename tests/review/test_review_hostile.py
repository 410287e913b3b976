"""Who is not let in, and what cannot be smuggled past the page."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import opentimelineio as otio
import pytest

from reperform.errors import SettingsError
from reperform.review import addresses
from reperform.review.serving import Review
from reperform.settings import Settings
from review.review_kit import Visitor, reviewed, takes
from whole.scene import Scene

A = "V1@01:00:00:00"


@pytest.fixture(scope="module")
def stranger(review: Review) -> Iterator[httpx.Client]:
    """A program on this machine that was not let in."""
    with httpx.Client(base_url=review.base_url) as client:
        yield client


@pytest.mark.parametrize(
    "path", ["/", "/api/cut", f"/api/shots/{A}", "/events", "/media/clip/0.mp4", "/thumb/clip/0.jpg", "/sound/x/y.wav"]
)
def test_nothing_is_told_without_the_link(stranger: httpx.Client, path: str) -> None:
    """Without the cookie every address says no, in words, and nothing of the cut."""
    answer = stranger.get(path)
    assert 401 == answer.status_code
    assert "Open the link" in answer.text
    assert "A001" not in answer.text


def test_a_link_opens_once(review: Review) -> None:
    """Whoever finds it in a history later is not let in; a wrong one never is."""
    link = review.link()
    with httpx.Client() as first, httpx.Client() as second:
        assert 200 == first.head(link).status_code
        opened = first.get(link)
        assert (303, "/") == (opened.status_code, opened.headers["location"])
        cookie = opened.headers["set-cookie"]
        assert all(word in cookie for word in ("HttpOnly", "SameSite=strict", "Path=/"))
        assert 303 == first.get(link).status_code
        assert [403, 403] == [second.get(link).status_code, second.get(f"{review.base_url}/open/guessed").status_code]


@pytest.mark.parametrize(
    "host", ["evil.example", "evil.example:{port}", "127.0.0.1", "127.0.0.1:1", "127.0.0.1.evil.example:{port}", ""]
)
def test_a_name_that_was_made_to_lead_here_is_refused(visitor: Visitor, review: Review, host: str) -> None:
    """Only this machine's own address and port may stand in Host, whatever cookie comes with it."""
    port = review.base_url.rsplit(":", 1)[1]
    assert 421 == visitor.client.get("/api/cut", headers={"Host": host.format(port=port)}).status_code


@pytest.mark.parametrize("origin", ["http://evil.example", "null", "http://127.0.0.1:1", "https://localhost"])
def test_another_site_decides_nothing(visitor: Visitor, origin: str) -> None:
    """A page of another origin is refused, with the cookie and without."""
    asked = {"shot": A, "version": "original", "action": "reject"}
    answer = visitor.client.post("/api/decide", json=asked, headers={"Origin": origin})
    assert 403 == answer.status_code
    assert visitor.cut()["saved"]


@pytest.mark.parametrize(
    "headers",
    [
        pytest.param({"X-Reperform": ""}, id="as a form would send it"),
        pytest.param({"X-Reperform": "1", "Sec-Fetch-Site": "cross-site"}, id="from another site's page"),
        pytest.param({"X-Reperform": "1", "Sec-Fetch-Site": "same-site"}, id="from another port of this machine"),
    ],
)
def test_a_change_must_come_from_the_page(visitor: Visitor, headers: dict[str, str]) -> None:
    """Every change carries the page's own header, and was not made elsewhere."""
    assert 403 == visitor.client.post("/api/undo", json={}, headers=headers).status_code


def test_a_change_without_an_origin_is_refused(visitor: Visitor, review: Review) -> None:
    """Browsers say where a change comes from; what does not is none."""
    with httpx.Client(cookies=dict(visitor.client.cookies), headers={"X-Reperform": "1"}) as client:
        assert 403 == client.post(f"{review.base_url}/api/undo", json={}).status_code


@pytest.mark.parametrize(
    "path",
    [
        "/static/../serving.py",
        "/static/%2e%2e/serving.py",
        "/static/..%2f..%2fsettings.py",
        "/static//etc/passwd",
        "/static/%00",
        "/media/../../ledger.sqlite",
        "/media/%2e%2e/%2e%2e%2fledger.mp4",
        "/media/clip/-1.mp4",
        "/media/clip/99.mp4",
        f"/media/{A}/..%2f..%2f..%2fetc%2fpasswd.mp4",
        f"/thumb/{A}/%2e%2e%2foriginal.jpg",
        "/sound/..%2f..%2f/etc.wav",
        "/wave/x/y.json",
    ],
)
def test_a_path_leads_to_no_file_of_the_disk(visitor: Visitor, path: str) -> None:
    """Names are looked up among those that there are; nothing of a path reaches the file system."""
    answer = visitor.client.get(path)
    assert answer.status_code in (400, 404)
    assert set(answer.json()) == {"message", "fix"}


@pytest.mark.parametrize(
    ("content", "status"),
    [
        pytest.param(b"{", 400, id="half a document"),
        pytest.param(b"[]", 400, id="no object"),
        pytest.param(b"[" * 60_000, 400, id="deep"),
        pytest.param(b'{"x": "' + b"x" * 70_000 + b'"}', 413, id="long"),
        pytest.param(b"\xff\xfe", 400, id="no text"),
    ],
)
def test_what_no_page_sends_is_refused(visitor: Visitor, content: bytes, status: int) -> None:
    """Whatever is sent, the answer is a refusal in words."""
    answer = visitor.client.post("/api/decide", content=content)
    assert status == answer.status_code
    assert answer.json()["message"]


@pytest.mark.parametrize("path", ["/", "/api/cut", "/static/page.js", "/nothing", "/open/guessed"])
def test_every_answer_forbids_all_that_is_not_ours(visitor: Visitor, path: str) -> None:
    """Scripts, styles and pictures come from here alone, nothing frames the page, and no type is guessed."""
    headers = visitor.client.get(path).headers
    policy = headers["content-security-policy"]
    assert policy.startswith("default-src 'none'; script-src 'self'; style-src 'self'")
    assert "unsafe" not in policy
    assert ("nosniff", "DENY", "no-referrer") == tuple(
        headers[name] for name in ("x-content-type-options", "x-frame-options", "referrer-policy")
    )


_SCRIPT = "</script><img src=x onerror=alert(1)>\u2028<!--"


def test_names_that_are_scripts_are_names(copy: Scene) -> None:
    """A clip, a timeline and a note may be called anything; none of it is more than text."""
    timeline: Any = otio.adapters.read_from_file(str(copy.out))
    timeline.name = _SCRIPT
    for clip in timeline.find_clips():
        clip.name = _SCRIPT
    otio.adapters.write_to_file(timeline, str(copy.out))
    with reviewed(copy) as review:
        visitor = Visitor(review)
        shot = visitor.decide(A, takes(visitor.shot(A))[0], "note", text=_SCRIPT)
        told, page = visitor.client.get("/api/cut"), visitor.client.get("/")
        assert not any(sign in told.content for sign in (b"<", b">", "\u2028".encode()))
        assert (_SCRIPT, _SCRIPT) == (told.json()["name"], shot["clip"])
        assert "<img src=x" not in page.text
        assert "&lt;/script&gt;" in page.text


def test_another_machine_needs_a_password(performed_once: Path) -> None:
    """Without one nothing listens beyond this machine."""
    scene = Scene(performed_once)
    with pytest.raises(SettingsError, match="everybody who reaches"):
        Review(scene.out, Settings(project=scene.project), host="0.0.0.0")


def test_a_password_lets_in_and_a_wrong_one_does_not(performed_once: Path) -> None:
    """With a password there is no link; a wrong one costs a second."""
    scene = Scene(performed_once)
    with (
        Review(scene.out, Settings(project=scene.project), password="a long one") as review,
        httpx.Client(base_url=review.base_url, headers={"Origin": review.base_url}) as client,
    ):
        asked = client.get("/")
        assert ("/login", 303) == (asked.headers["location"], asked.status_code)
        assert "Password" in client.get("/login").text
        before = time.monotonic()
        assert 403 == client.post("/login", data={"password": "wrong"}).status_code
        assert time.monotonic() - before >= 1
        assert 403 == client.get(f"/open/{review.door.token()}").status_code
        assert 401 == client.get("/api/cut").status_code
        assert 403 == client.post("/login", data={"password": "a long one"}, headers={"Origin": "http://x"}).status_code
        assert 303 == client.post("/login", data={"password": "a long one"}).status_code
        assert "scene 7" == client.get("/api/cut").json()["name"]


@pytest.mark.parametrize(
    ("host", "loopback"),
    [("127.0.0.1", True), ("127.0.0.2", True), ("localhost", True), ("::1", True), ("0.0.0.0", False), ("10.0.0.7", False),
     ("localhost.evil.example", False), ("", False)],
)  # fmt: skip
def test_what_is_this_machine_alone(host: str, loopback: bool) -> None:
    """Only loopback addresses need no password."""
    assert loopback == addresses.is_loopback(host)


def test_no_key_of_the_page_lies_on_the_disk(review: Review, visitor: Visitor) -> None:
    """A server that is started again knows its pages by digests; of these nobody makes a key."""
    kept = list((review.project / "review").glob("server-*.json"))
    assert 1 == len(kept)
    key = visitor.client.cookies[review.door.cookie]
    assert key not in kept[0].read_text()
    assert 64 == len(json.loads(kept[0].read_text())["keys"][0])
