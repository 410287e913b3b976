"""The makers' own Python SDKs, unchanged but for the base address, each in an environment of its own."""

from __future__ import annotations

import json
import subprocess
import sys
import venv
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import burned
from emulated import Client

pytestmark = pytest.mark.slow
SCRIPTS = Path(__file__).parent / "sdks"
PINNED = {
    "syncsdk": "syncsdk==0.3.0",
    "fal_client": "fal-client==1.0.3",
    "segmind": "segmind==1.3.0",
    "runware_sdk": "runware-sdk==1.8.0",
}


@pytest.fixture
def run(tmp_path: Path) -> Callable[..., dict[str, Any]]:
    """Installs an SDK into a fresh environment and runs its script there; what the script printed."""

    def running(name: str, *arguments: str | Path) -> dict[str, Any]:
        home = tmp_path / name
        venv.create(home, with_pip=True)
        python = home / ("Scripts/python.exe" if sys.platform == "win32" else "bin/python")
        installed = subprocess.run([python, "-m", "pip", "install", "-q", PINNED[name]], capture_output=True, text=True)
        if installed.returncode:
            pytest.skip(f"{PINNED[name]} cannot be installed here: {installed.stderr.strip()[-200:]}")
        command = [str(python), str(SCRIPTS / f"with_{name}.py"), *map(str, arguments)]
        done = subprocess.run(command, capture_output=True, text=True, timeout=300)
        assert done.returncode == 0, done.stderr
        said: dict[str, Any] = json.loads(done.stdout)
        return said

    return running


def test_syncsdk(
    run: Callable[..., Any], client: Client, uploaded: Any, video: Path, audio: Path, tmp_path: Path
) -> None:
    """syncsdk 0.3.0: create, create_with_files, get, list, estimate_cost, errors."""
    emulator = client.emulator
    said = run("syncsdk", emulator.base_url, emulator.key("sync"), *uploaded["sync"], video, audio)
    address, other = said.pop("url"), said.pop("from_files_url")
    assert said == {
        "first": "PENDING",
        "last": "COMPLETED",
        "seconds": 1.0,
        "from_files": "COMPLETED",
        "estimate": 25,
        "listed": True,
        "refused": 404,
    }
    for place in (address, other):
        (tmp_path / "r.mp4").write_bytes(client.http.get(place).content)
        assert burned.numbers(tmp_path / "r.mp4") == list(range(25))


def test_fal_client(
    run: Callable[..., Any], started: Callable[..., Client], video: Path, audio: Path, tmp_path: Path
) -> None:
    """fal-client 1.0.3: uploads in one piece and over 100 MiB in parts, submit, events with logs, subscribe, errors."""
    client = started(run_seconds=1.0)  # it looks ten times a second, and is to see the job run
    emulator = client.emulator
    said = run("fal_client", emulator.base_url, emulator.key("fal"), video, audio)
    (tmp_path / "r.mp4").write_bytes(client.http.get(said["video"]["url"]).content)
    assert burned.numbers(tmp_path / "r.mp4") == list(range(25))
    assert {"Completed", "InProgress"} <= set(said["states"])
    assert (said["subscribed"], said["refused"], said["video"]["num_frames"]) == (25, 422, 25)
    whole = client.http.get(said["pieces"])
    assert int(whole.headers["content-length"]) == len(whole.content) == 101 * 1024 * 1024


def test_segmind(run: Callable[..., Any], client: Client, uploaded: Any, video: Path, tmp_path: Path) -> None:
    """segmind 1.3.0: files.upload, submit_async and wait, run, InferenceFailed."""
    emulator = client.emulator
    said = run("segmind", emulator.base_url, emulator.key("segmind"), video, uploaded["segmind"][1])
    (tmp_path / "r.mp4").write_bytes(client.http.get(said["url"]).content)
    assert burned.numbers(tmp_path / "r.mp4") == list(range(25))
    assert (said["status"], said["ran"], said["failed"]) == ("COMPLETED", "COMPLETED", "Failed to download video_url")


def test_runware_sdk(run: Callable[..., Any], client: Client, video: Path, audio: Path, tmp_path: Path) -> None:
    """runware-sdk 1.8.0 over REST: mediaStorage, an inference with two results polled to its end, a failing one."""
    emulator = client.emulator
    said = run("runware_sdk", emulator.base_url, emulator.key("runware"), video, audio)
    assert [(item["status"], item["cost"]) for item in said["results"]] == [("success", 0.1467)] * 2
    for item in said["results"]:
        (tmp_path / "r.mp4").write_bytes(client.http.get(item["videoURL"]).content)
        assert burned.numbers(tmp_path / "r.mp4") == list(range(25))
    assert said["failed"] == "provider"
