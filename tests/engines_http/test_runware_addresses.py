"""Runware: what is sent beside a job, and where its answers may lead: addresses of ours, a dry run."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import anyio
import pytest

from engines_http.emulated_kit import ordered
from engines_http.runware_kit import REACT_1, SYNC_3, attempt
from engines_wire.orders import segment
from reperform.emulator import Emulator
from reperform.engines import webhooks
from reperform.engines.base import JobOrder
from reperform.engines.runware import RunwareEngine
from reperform.errors import (
    NotGenuine,
    SettingsError,
)

ENGINE = "runware"


@pytest.mark.parametrize("phase", ["submit", "poll", "upload"])
def test_an_answer_cannot_lead_us_astray(phase: str, emulator: Emulator, media: Path, tmp_path: Path) -> None:
    """No other host gets the key, whatever addresses an answer holds."""
    emulator.fault("runware", phase, "stranger_address", times=None)
    attempt(emulator, media, tmp_path).carried_or_refused()
    assert emulator.leaks == []


@pytest.fixture
def receiver() -> Iterator[tuple[str, list[tuple[str, str, bytes]]]]:
    came: list[tuple[str, str, bytes]] = []

    class Handler(BaseHTTPRequestHandler):
        def _take(self) -> None:
            body = self.rfile.read(int(self.headers.get("content-length", 0)))
            came.append((self.command, self.path, body))
            self.send_response(200)
            self.end_headers()

        do_POST = do_PUT = _take  # noqa: N815 - names of the standard library's

        def log_message(self, *_: Any) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
        yield f"http://127.0.0.1:{server.server_address[1]}", came
        server.shutdown()


def test_secret_addresses_reach_runware_and_the_result_is_fetched_all_the_same(
    emulator: Emulator, media: Path, tmp_path: Path, receiver: tuple[str, list[tuple[str, str, bytes]]]
) -> None:
    """The plan holds placeholders; the result is put there and comes here; the webhook is told by its token."""
    origin, came = receiver
    real = {"webhookURL": f"{origin}/hook?token=t0ken", "uploadEndpoint": f"{origin}/bucket?signature=s"}
    order = ordered(REACT_1, options=RunwareEngine.fields.public(real))
    assert "t0ken" not in f"{order}"
    done = attempt(emulator, media, tmp_path, order, options=real)
    done.carried()
    with anyio.from_thread.start_blocking_portal() as portal:
        for _ in range(200):
            if len(came) == 2:
                break
            portal.call(anyio.sleep, 0.01)
    sent = {method: (path, body) for method, path, body in came}
    assert sent["PUT"] == ("/bucket?signature=s", done.result().read_bytes())
    path, body = sent["POST"]
    told = webhooks.verify("runware", headers={}, body=body, secret="t0ken", address=f"{origin}{path}")
    assert (told["taskUUID"], told["status"]) == (done.identity, "success")


@pytest.mark.parametrize("address", ["https://me.example/hook", "https://me.example/hook?token=other", ""])
def test_a_webhook_without_its_token_is_not_runwares(address: str) -> None:
    """Runware signs nothing: the token in the address is all that tells."""
    with pytest.raises(NotGenuine):
        webhooks.verify("runware", headers={}, body=b"{}", secret="t0ken", address=address)
    with pytest.raises(SettingsError):
        webhooks.verify("runware", headers={}, body=b"{}", address=address)


@pytest.mark.parametrize(
    ("order", "usd"),
    [
        (ordered(REACT_1), 0.1467),
        (ordered(REACT_1, results=4), 0.5868),
        (ordered(SYNC_3, segment("0.1", "0.4"), segment("0.5", "0.9")), 0.133),
    ],
    ids=["react-1", "four results", "sync-3"],
)
def test_a_dry_run_says_the_price(order: JobOrder, usd: float, emulator: Emulator, media: Path, tmp_path: Path) -> None:
    """With stand-ins of the job's length; nothing is uploaded, performed or billed."""
    done = attempt(emulator, media, tmp_path, order)

    async def estimated() -> Any:
        return await done.engine.estimate(order)

    assert anyio.run(done.run, estimated) == pytest.approx(usd, rel=0.01)
    assert (emulator.billed, emulator.world.active("runware")) == ([], 0)
    assert [seen.phase for seen in emulator.requests] == ["submit"]


def test_a_long_job_is_priced_by_what_is_stored(emulator: Emulator, media: Path, tmp_path: Path) -> None:
    """Stand-ins of two minutes would be large themselves: it is asked once the media are there, or not at all."""
    done = attempt(emulator, media, tmp_path)
    long = replace(done.order, seconds=Fraction(130), frames=130 * 25)

    async def estimated() -> Any:
        addresses = await done.engine.upload(done.prepared, done.order, done.progress)
        return await done.engine.estimate(long), await done.engine.estimate(long, addresses=addresses)

    assert anyio.run(done.run, estimated) == (None, pytest.approx(0.1467, rel=0.01))
    assert (emulator.billed, emulator.world.active("runware")) == ([], 0)
