"""Where requests may go, and where the key may go."""

from __future__ import annotations

import anyio
import pytest

from engines_http.served import KEY, QUICK, answer, serving
from reperform.engines._http.wire import Wire
from reperform.engines._reach import Place, Reach, is_public
from reperform.errors import EngineError, OutOfReach, SettingsError


def _wire(base: str | None = None) -> Wire:
    return Wire(engine="fake", hosts=("api.fake.example",), base_url=base, headers={"x-api-key": KEY}, patience=QUICK)


@pytest.mark.parametrize(
    "base",
    [
        "http://studio.example",
        "http://10.0.0.7:8000",
        "https://studio.example/below",
        "https://studio.example?x=1",
        "https://user:word@studio.example",
        "ftp://127.0.0.1",
        "studio.example",
        "https://",
        "http://127.0.0.1.evil.example",
    ],
)
def test_a_base_is_an_origin_over_tls_or_on_this_machine(base: str) -> None:
    """Anything else would carry the key where it can be read."""
    with pytest.raises(SettingsError):
        _wire(base)


@pytest.mark.parametrize(
    ("base", "expected"),
    [
        (None, "https://api.fake.example/v2/x?y=%2F"),
        ("http://127.0.0.1:81", "http://127.0.0.1:81/v2/x?y=%2F"),
        ("http://localhost:81/", "http://localhost:81/v2/x?y=%2F"),
        ("http://[::1]:81", "http://[::1]:81/v2/x?y=%2F"),
        ("https://gate.example", "https://gate.example/v2/x?y=%2F"),
    ],
)
def test_all_hosts_lie_below_the_base(base: str | None, expected: str) -> None:
    """A declared address keeps its path and query, on the base's origin."""
    assert _wire(base).url("https://api.fake.example/v2/x?y=%2F") == expected


@pytest.mark.parametrize(
    "url",
    [
        "https://evil.example/status",
        "https://api.fake.example.evil.example/status",
        "https://api.fake.example:8443/status",
        "http://api.fake.example/status",
        "https://user:word@api.fake.example/status",
        "https://127.0.0.1/status",
        "file:///etc/passwd",
        "//api.fake.example/status",
        "gopher://x",
        "",
        "https://[broken",
    ],
)
def test_the_key_goes_to_declared_hosts_only(url: str) -> None:
    """An engine's answer cannot name another place for it."""

    async def ask() -> None:
        async with _wire() as wire:
            await wire.get(url)

    with pytest.raises(EngineError) as refused:
        anyio.run(ask)
    assert not isinstance(refused.value, OutOfReach)


@pytest.mark.parametrize(
    "url",
    [
        "http://cdn.example/a.mp4",
        "https://127.0.0.1/a.mp4",
        "https://localhost/a.mp4",
        "https://2130706433/a.mp4",
        "https://0x7f.1/a.mp4",
        "https://10.1.2.3/a.mp4",
        "https://192.168.0.1/a.mp4",
        "https://169.254.169.254/latest/meta-data",
        "https://[::1]/a.mp4",
        "https://[::ffff:10.0.0.1]/a.mp4",
        "https://[fe80::1]/a.mp4",
        "https://[64:ff9b::7f00:1]/a.mp4",
        "https://0.0.0.0/a.mp4",
    ],
)
def test_private_addresses_are_not_asked(url: str, tmp_path: object) -> None:
    """Not for a result, not for an upload, in whatever way they are written."""

    async def ask() -> None:
        async with _wire() as wire:
            await wire.put(url, repeat=True, auth=False, content=b"")

    with pytest.raises(EngineError) as refused:
        anyio.run(ask)
    assert not isinstance(refused.value, OutOfReach)


@pytest.mark.parametrize(
    ("address", "public"),
    [
        ("93.184.215.14", True),
        ("2606:2800:21f:cb07:6820:80da:af6b:8b2c", True),
        ("::ffff:93.184.215.14", True),
        ("64:ff9b::5db8:d70e", True),
        ("127.0.0.1", False),
        ("100.64.0.1", False),
        ("224.0.0.1", False),
        ("fe80::1%eth0", False),
        ("fd00::1", False),
        ("2002:7f00:1::", False),
        ("nonsense", False),
    ],
)
def test_public_is_what_the_open_internet_routes(address: str, public: bool) -> None:
    """Also the forms of IPv6 that carry an address of IPv4; this is asked again of what was really connected to."""
    assert is_public(address) is public
    assert Reach(engine="fake", hosts=(), base=None).permits_peer(address) is public


def test_a_loopback_base_lets_this_machine_be_asked_without_the_key() -> None:
    """Below a base on this machine, results may lie on another of its ports; the key stays with the base."""
    with serving() as base, serving() as other:

        async def ask() -> None:
            async with base.wire() as wire:
                await wire.get(f"{other.base_url}/result", auth=False)
                with pytest.raises(EngineError):
                    await wire.get(f"{other.base_url}/status")
                with pytest.raises(EngineError):
                    await wire.get("https://10.0.0.1/result", auth=False)

        anyio.run(ask)
        assert [KEY in request.headers.values() for request in other.requests] == [False]


def test_a_redirect_is_not_followed_with_the_key() -> None:
    """An authenticated question that is sent elsewhere ends there."""
    with serving() as other, serving(answer(302, Location=f"{other.base_url}/steal")) as base:

        async def ask() -> None:
            async with base.wire() as wire:
                await wire.get(wire.url("https://api.fake.example/x"))

        with pytest.raises(OutOfReach, match="302"):
            anyio.run(ask)
        assert other.requests == []


def test_cookies_are_not_kept() -> None:
    """Nothing that a server sets is sent back to it, or to another."""
    with serving(answer(200, {}, Set_Cookie="who=me")) as served:

        async def ask() -> None:
            async with served.wire() as wire:
                for _ in range(2):
                    await wire.get(wire.url("https://api.fake.example/x"))

        anyio.run(ask)
        assert ["cookie" in request.headers for request in served.requests] == [False, False]


def test_settings_of_a_proxy_do_not_count_for_this_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    """What stays on this machine is not carried out of it and back."""
    for name in ("http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    with serving(answer(200, {"a": 1})) as served:

        async def ask() -> None:
            async with served.wire() as wire:
                assert (await wire.get(wire.url("https://api.fake.example/x"))).json() == {"a": 1}

        anyio.run(ask)


def test_origins_are_compared_as_browsers_do() -> None:
    """Case, a final dot and the usual port make no difference; another port does."""
    reach = Reach(engine="fake", hosts=("api.fake.example",), base=None)
    assert reach.own(Place("https", "API.fake.example.", 443))
    assert not reach.own(Place("https", "api.fake.example", 8443))
