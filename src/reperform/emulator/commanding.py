"""The emulator as a program."""

from __future__ import annotations

import json
import signal
import sys
import threading
from collections.abc import Sequence
from types import FrameType

from reperform.emulator.conduct import PRICES, Conduct
from reperform.emulator.faults import Fault
from reperform.emulator.serving import Emulator
from reperform.errors import SettingsError

__all__ = ["prices_said", "serve"]


def serve(
    *, port: int, faults: Sequence[Fault], delay: float, prices: Sequence[str], audio_bounces: bool, label: bool
) -> None:
    """Serves until SIGINT or SIGTERM. The one line on standard output says where, and with which keys.

    Raises:
        SettingsError: a price is none, or the port is taken.

    """
    conduct = Conduct(
        queue_seconds=delay / 3,
        run_seconds=delay * 2 / 3,
        prices=prices_said(prices),
        audio_bounces=audio_bounces,
        label=label,
    )
    over = threading.Event()

    def stop(number: int, frame: FrameType | None) -> None:  # noqa: ARG001 - a signal handler's signature
        over.set()

    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, stop)
    with Emulator(port=port, conduct=conduct, faults=faults) as emulator:
        said = {
            "base_url": emulator.base_url,
            "keys": emulator.world.keys,
            "environment": emulator.environment,
            "token": emulator.token,
            "webhook_secret": emulator.world.webhook_secret,
        }
        sys.stdout.write(json.dumps(said) + "\n")
        sys.stdout.flush()
        while not over.wait(0.5):
            pass


def prices_said(given: Sequence[str]) -> dict[str, float]:
    """Prices as the command line writes them.

    Raises:
        SettingsError: one is none, or names no model of the emulator.

    """
    prices = {}
    for text in given:
        name, _, amount = text.rpartition("=")
        if name not in PRICES or not amount.replace(".", "", 1).isdigit():
            raise SettingsError(f"“{text}” is no price", fix=f"Write MODEL=USD, with a model of: {', '.join(PRICES)}")
        prices[name] = float(amount)
    return prices
