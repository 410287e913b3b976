"""Every engine of ours keeps to the contract that is offered to those who add one."""

from __future__ import annotations

import shlex
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import cast

import pytest

from reperform import engines
from reperform.credentials import Secret
from reperform.emulator import Conduct, Emulator
from reperform.engines.base import Connection, Engine
from reperform.engines.command import CommandEngine
from reperform.engines.contract import EngineContract


@pytest.fixture(scope="module")
def emulator() -> Iterator[Emulator]:
    with Emulator(conduct=Conduct(queue_seconds=0.01, run_seconds=0.02)) as emulator:
        yield emulator


class Emulated(EngineContract):
    name: str

    @pytest.fixture(autouse=True)
    def served(self, emulator: Emulator) -> None:
        self.emulator = emulator

    def engine(self) -> Engine:
        return engines.get(self.name)

    def connection(self) -> Connection:
        key = Secret(self.emulator.key(self.name))
        return Connection(base_url=self.emulator.base_url, credentials=key)


class TestSync(Emulated):
    name = "sync"


class TestRunware(Emulated):
    name = "runware"


class TestSegmind(Emulated):
    name = "segmind"


class TestFal(Emulated):
    name = "fal"


class TestPreview(EngineContract):
    def engine(self) -> Engine:
        return engines.get("preview")


class TestCommand(EngineContract):
    def engine(self) -> Engine:
        places = (f"--{name} {{{name}}}" for name in ("video", "audio", "segments", "direction", "output"))
        program = [sys.executable, str(Path(__file__).with_name("a_model.py"))]
        made = CommandEngine(command=f"{shlex.join(program)} {' '.join(places)}", seconds=60)
        return cast("Engine", made)
