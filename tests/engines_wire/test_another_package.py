"""An engine that another installed package adds: listed, planned for, and run, as its users would."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from whole.cut_kit import one_mark

_ENGINE = '''
"""A studio's engine: it gives back what it is sent."""

import shutil
import subprocess
from fractions import Fraction
from pathlib import Path

import imageio_ffmpeg

from reperform.engines.base import Capabilities, Finished, Output, Price, Submitted, Unconnected


class Mirror(Unconnected):
    name = "mirror"

    def models(self):
        return ("plain",)

    def capabilities(self, model):
        price = Price(amount=Fraction(0), unit="nothing", as_of="2026-11", source="this studio")
        return Capabilities(
            engine="mirror", model=model, longest_input_seconds=None, emotions=("angry", "sad"), price=price
        )

    def parameters(self, direction, model):
        return {"emotion": direction.emotion}

    def request(self, order, *, video, audio, identity):
        return {"video": video, "audio": audio, "emotion": order.direction.emotion}

    async def upload(self, prepared, order, progress):
        return {"video": str(prepared.video), "audio": str(prepared.audio)}

    async def submit(self, prepared, order, addresses):
        made = Path(addresses["video"]).with_name("made.mp4")
        sent = ["-i", addresses["video"], "-i", addresses["audio"], "-c:v", "copy", "-c:a", "aac", str(made)]
        subprocess.run([imageio_ffmpeg.get_ffmpeg_exe(), "-v", "error", "-y", *sent], check=True)
        return Submitted(remote_id=str(made))

    async def wait(self, submitted, progress):
        return Finished(outputs=(Output(number=0, address=submitted.remote_id),), cost_usd=0.0)

    async def fetch(self, output, into):
        shutil.copyfile(output.address, into)
'''
_BROKEN = "raise RuntimeError('its licence has run out')\n"


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of installed packages: one engine that works, and one that does not load."""
    folder = tmp_path_factory.mktemp("site")
    (folder / "mirror_engine.py").write_text(_ENGINE)
    (folder / "broken_engine.py").write_text(_BROKEN)
    facts = folder / "mirror_engine-1.0.dist-info"
    facts.mkdir()
    (facts / "METADATA").write_text("Metadata-Version: 2.1\nName: mirror-engine\nVersion: 1.0\n")
    entries = ["[reperform.engines]", "mirror = mirror_engine:Mirror", "broken = broken_engine:Engine"]
    (facts / "entry_points.txt").write_text("\n".join([*entries, "sync = mirror_engine:Mirror", ""]))
    return folder


@pytest.fixture(scope="module")
def cut(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("cut")
    return one_mark(folder)


def _called(site: Path, *arguments: str | Path) -> subprocess.CompletedProcess[str]:
    path = os.pathsep.join([str(site), os.environ.get("PYTHONPATH", "")])
    return subprocess.run(
        [sys.executable, "-m", "reperform", *map(str, arguments)],
        capture_output=True,
        text=True,
        env={**os.environ, "PYTHONPATH": path, "COLUMNS": "200"},
        timeout=120,
        check=False,
    )


def test_it_is_listed(site: Path) -> None:
    """With what it can do; one that does not load is listed with the reason, and no name of ours can be taken."""
    listed = _called(site, "engines")
    assert listed.returncode == 0, listed.stderr
    said = " ".join(listed.stdout.split())
    assert ("mirror" in said, "broken" in said, "licence has run out" in said) == (True,) * 3, said
    sync = next(line for line in listed.stdout.splitlines() if line.startswith("sync"))
    assert "mirror" not in sync


def test_it_is_planned_for(site: Path, cut: Path) -> None:
    """By its own request."""
    planned = _called(site, "plan", cut, "--engine", "mirror", "--json")
    assert planned.returncode == 0, planned.stderr
    plan = json.loads(planned.stdout)
    job = plan["shots"][0]["jobs"][0]
    assert (plan["engine"], plan["model"], job["request"]["emotion"], job["cost"]["amount"]) == (
        "mirror",
        "plain",
        "angry",
        0.0,
    )


def test_it_performs(site: Path, cut: Path, tmp_path: Path) -> None:
    """The take passes every check, and carries the engine's name."""
    out = tmp_path / "out.otio"
    ran = _called(site, "run", cut, "-o", out, "--project", tmp_path / "p", "--engine", "mirror", "--json")
    assert ran.returncode == 0, ran.stderr
    takes = json.loads(ran.stdout)["takes"]
    assert [(take["engine"], take["model"], take["preview"]) for take in takes] == [("mirror", "plain", False)]
    assert all(check["passed"] for check in takes[0]["checks"])
    assert '"take_001"' in out.read_text()


def test_one_that_does_not_load_is_refused(site: Path, cut: Path) -> None:
    """With what is wrong with it, and which package it is."""
    refused = _called(site, "plan", cut, "--engine", "broken")
    assert refused.returncode == 2
    assert "licence has run out" in " ".join(refused.stderr.split())
    assert "broken_engine:Engine" in " ".join(refused.stderr.split())
