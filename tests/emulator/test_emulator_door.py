from __future__ import annotations

import json
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import anyio
import httpx
import pytest

from emulated import Client
from reperform.emulator import Emulator


@pytest.mark.parametrize(
    "headers",
    [{"Host": "example.com"}, {"Host": "127.0.0.1:1"}, {"Origin": "https://example.com"}],
    ids=["another host", "another port", "a page of another origin"],
)
def test_only_its_own_address_is_answered(headers: dict[str, str], client: Client) -> None:
    """Host must be its own, and a browser's page of another origin gets nothing."""
    answer = client.http.get(f"{client.emulator.base_url}/v2/errors", headers=headers)
    assert answer.status_code == 421


def test_it_listens_on_loopback_only(client: Client) -> None:
    """Its address is 127.0.0.1 on a free port."""
    assert client.emulator.base_url.startswith("http://127.0.0.1:")


def test_its_own_endpoint_needs_its_own_token(client: Client) -> None:
    """No engine's key opens it."""
    address = f"{client.emulator.base_url}/__emulator__/billed"
    assert client.http.get(address).status_code == 401
    assert (
        client.http.get(address, headers={"Authorization": f"Bearer {client.emulator.key('runware')}"}).status_code
        == 401
    )


def test_faults_and_bills_are_reached_from_outside(client: Client, uploaded: Any) -> None:
    """Set, listed, cleared; bills and requests read."""
    mine: dict[str, Any] = {"headers": {"Authorization": f"Bearer {client.emulator.token}"}}
    base = f"{client.emulator.base_url}/__emulator__"
    made = client.http.post(
        f"{base}/faults", json={"engine": "fal", "phase": "poll", "kind": "500", "times": 2}, **mine
    )
    assert (made.status_code, made.json()["faults"][0]["times"]) == (201, 2)
    bad = client.http.post(f"{base}/faults", json={"engine": "fal", "phase": "poll", "kind": "x"}, **mine)
    assert bad.status_code == 400
    assert client.http.delete(f"{base}/faults", **mine).status_code == 204
    assert client.http.get(f"{base}/faults", **mine).json() == {"faults": []}
    client.finished("fal", client.body("fal", *uploaded["fal"]))
    billed = client.http.get(f"{base}/billed", **mine).json()
    assert billed["billed"][-1]["engine"] == "fal"
    assert client.http.get(f"{base}/requests", **mine).json()["requests"][-1]["engine"] == "fal"
    assert client.http.post(f"{base}/advance", json={"seconds": 0}, **mine).is_success
    assert client.http.get(f"{base}/leaks", **mine).is_success


def test_it_is_an_async_context_too() -> None:
    """Started and stopped without blocking the loop; its files are gone afterwards."""

    async def main() -> tuple[int, Path]:
        async with Emulator() as emulator, httpx.AsyncClient() as http:
            return (await http.get(f"{emulator.base_url}/v2/errors")).status_code, emulator.world.folder

    status, folder = anyio.run(main)
    assert (status, folder.exists()) == (200, False)


def test_the_command_says_where_it_is_and_obeys() -> None:
    """One line of JSON with address, keys and token; faults from its arguments; it ends at SIGTERM with status 0."""
    command = [
        sys.executable,
        "-m",
        "reperform",
        "emulate",
        "--fault",
        "sync:submit:503",
        "--price",
        "fal/fal-ai/sync-lipsync/react-1=1",
    ]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        said = json.loads(process.stdout.readline())
        try:
            headers = {"x-api-key": said["environment"]["SYNC_API_KEY"]}
            answers = [
                httpx.post(f"{said['base_url']}/v2/generate", json={}, headers=headers).status_code for _ in range(2)
            ]
            assert answers == [503, 400]
            billed = httpx.get(
                f"{said['base_url']}/__emulator__/billed", headers={"Authorization": f"Bearer {said['token']}"}
            )
            assert billed.json() == {"billed": [], "usd": 0}
        finally:
            process.send_signal(signal.SIGTERM)
        rest, errors = process.communicate(timeout=20)
    assert (process.returncode, rest, errors) == (0, "", "")
