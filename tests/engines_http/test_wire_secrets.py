"""Keys and signed addresses are in no log, no error, no traceback and no object's own words."""

from __future__ import annotations

import logging
import pickle
import traceback
from pathlib import Path

import anyio
import pytest

from engines_http.served import KEY, Act, answer, drop, hang, raw, serving
from reperform.credentials import Secret
from reperform.engines._http.wire import Wire
from reperform.engines._patience import Limits
from reperform.engines.base import Connection
from reperform.errors import EngineError

SIGNED = "sig-abcdef-0123456789"
ECHO = {"message": f"bad key {KEY} for https://cdn.example/a.mp4?X-Sig={SIGNED}"}
ACTS: dict[str, Act] = {
    "success": answer(200, {"id": "1"}),
    "success with an address": answer(200, {"url": f"https://cdn.example/?{SIGNED}"}, Location=f"/?{SIGNED}"),
    "refused": answer(401, ECHO),
    "too many": answer(429, ECHO),
    "server error": answer(500, ECHO),
    "redirect": answer(302, ECHO, Location=f"https://cdn.example/?{SIGNED}"),
    "garbage": answer(200, f"<html>{KEY} {SIGNED}".encode()),
    "no HTTP": raw(f"{KEY} {SIGNED}\r\n\r\n".encode()),
    "broken header": raw(f"HTTP/1.1 200 OK\r\n{SIGNED} {KEY}\r\n\r\n".encode()),
    "hangs up": drop,
    "silent": hang,
}


async def _everything(wire: Wire, into: Path) -> list[str]:
    """What is said by every way to ask."""
    said = [repr(wire), str(wire)]
    api = wire.url(f"https://api.fake.example/v2/x?token={SIGNED}")
    ways = (
        lambda: wire.post(api, repeat=False, json={"url": SIGNED}, headers={"X-Extra": SIGNED}),
        lambda: wire.get(api),
        lambda: wire.put(api, repeat=True, content=SIGNED.encode()),
        lambda: wire.download(api, into),
        lambda: wire.get(f"https://evil.example/?{SIGNED}"),
        lambda: wire.get(f"https://10.0.0.1/?{SIGNED}", auth=False),
        lambda: wire.get(f"https://[broken?{SIGNED}"),
    )
    for ask in ways:
        try:
            found = await ask()
        except EngineError as error:
            said += [*traceback.format_exception(error), repr(error), str(error.to_dict())]
        else:
            said.append(repr(found))
    return said


@pytest.mark.parametrize("act", ACTS.values(), ids=ACTS.keys())
def test_nothing_secret_is_said(act: Act, caplog: pytest.LogCaptureFixture, tmp_path: Path) -> None:
    """With every logger turned up, whatever the server does."""
    for name in ("", "httpx", "httpcore", "httpcore.http11", "stamina", "reperform", "asyncio"):
        caplog.set_level(logging.DEBUG, logger=name)

    async def talk() -> list[str]:
        async with served.wire(limits=Limits(read=0.1, answer=1)) as wire:
            return await _everything(wire, tmp_path / "r.mp4")

    with serving(act) as served:
        said = "\n".join([*anyio.run(talk), caplog.text])
    assert served.requests[0].headers["x-api-key"] == KEY
    assert (KEY in said, SIGNED in said) == (False, False)


def test_loggers_turned_up_afterwards_stay_silent(caplog: pytest.LogCaptureFixture) -> None:
    """`-vv` shows our own lines: method, host and status."""
    with serving() as served:

        async def talk() -> None:
            async with served.wire() as wire:
                logging.getLogger("httpx").setLevel(logging.DEBUG)
                await wire.get(wire.url(f"https://api.fake.example/v2/{SIGNED}"))

        caplog.set_level(logging.DEBUG)
        anyio.run(talk)
    assert [record.getMessage() for record in caplog.records if record.name.startswith(("reperform", "http"))] == [
        "fake: GET 127.0.0.1 → 200"
    ]


def test_a_secret_shows_itself_to_no_one() -> None:
    """Not printed, formatted, kept in a connection's words, or written anywhere."""
    secret = Secret(KEY)
    connection = Connection(credentials=secret, options={"webhookUrl": SIGNED})
    said = f"{secret} {secret!r} {secret!s:>20} {connection} {[secret]}"
    assert (KEY in said, SIGNED in said) == (False, False)
    with pytest.raises(TypeError):
        pickle.dumps(secret)
    assert (secret == Secret(KEY), secret == Secret("other"), len({secret, Secret(KEY)})) == (True, False, 1)
    assert not hasattr(secret, "__dict__")


def test_what_an_engine_says_is_made_fit_to_be_shown() -> None:
    """One line, no address, no key, not without end."""
    wire = Wire(engine="fake", hosts=(), base_url=None, headers={"Authorization": f"Key {KEY}"})
    assert wire.clean(f"bad {KEY}\n at https://x.example/a?{SIGNED}, sorry") == "bad (key) at (address) sorry"
    assert len(wire.clean("long " * 1000)) == 500
