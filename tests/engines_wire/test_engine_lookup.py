"""Engines by name, models by name, and what is declared of them."""

from __future__ import annotations

import subprocess
import sys
from datetime import date
from fractions import Fraction

import pytest

from reperform import engines
from reperform.engines.base import Engine
from reperform.errors import SettingsError

HOSTED = ("sync", "runware", "segmind", "fal", "command")


@pytest.mark.parametrize("name", HOSTED)
def test_every_built_in_engine_is_one(name: str) -> None:
    """Each is found by its name, has a default model, and declares itself under both."""
    engine = engines.get(name)
    assert isinstance(engine, Engine)
    for model in engine.models():
        can = engine.capabilities(model)
        assert (can.engine, can.model) == (name, model)


@pytest.mark.parametrize(
    ("text", "model"),
    [
        ("sync", "react-1"),
        ("sync/sync-3", "sync-3"),
        ("runware", "sync:react-1@1"),
        ("runware/react-1", "sync:react-1@1"),
        ("runware/sync-3", "sync:3@0"),
        ("runware/sync:3@0", "sync:3@0"),
        ("segmind", "sync.so-react-1"),
        ("segmind/react-1", "sync.so-react-1"),
        ("fal", "fal-ai/sync-lipsync/react-1"),
        ("fal/fal-ai/sync-lipsync/react-1", "fal-ai/sync-lipsync/react-1"),
        ("fal/react-1", "fal-ai/sync-lipsync/react-1"),
        ("command/wav2lip", "wav2lip"),
    ],
)
def test_models_have_defaults_and_aliases(text: str, model: str) -> None:
    """An engine alone means its default model, and the makers' short names are understood."""
    assert engines.target(text)[1] == model


@pytest.mark.parametrize(
    ("text", "message", "fix"),
    [
        ("snyc", "There is no engine “snyc”.", "Did you mean sync?"),
        ("sync/react1", "sync has no model “react1”.", "Did you mean react-1?"),
        ("segmind/sync-3", "segmind has no model “sync-3”.", None),
    ],
)
def test_an_unknown_name_finds_the_nearest(text: str, message: str, fix: str | None) -> None:
    """A typing error is answered with what it may have meant."""
    with pytest.raises(SettingsError) as raised:
        engines.target(text)
    assert raised.value.message == message
    assert fix is None or raised.value.fix == fix


@pytest.mark.parametrize(
    ("target", "amount", "unit"),
    [
        ("sync/react-1", Fraction("0.167") / 25, "output frame"),
        ("sync/sync-3", Fraction("0.133") / 25, "output frame"),
        ("sync/lipsync-2", Fraction("0.05") / 25, "output frame"),
        ("sync/lipsync-2-pro", Fraction("0.083") / 25, "output frame"),
        ("runware/react-1", Fraction("0.1467"), "second of audio"),
        ("runware/sync-3", Fraction("0.133"), "second of output"),
        ("segmind", None, "request"),
        ("fal", Fraction(10, 60), "second of output"),
        ("command", Fraction(0), "nothing"),
    ],
)
def test_prices_are_the_published_ones(target: str, amount: Fraction | None, unit: str) -> None:
    """Each price has an amount, a unit, a date and a source."""
    engine, model = engines.target(target)
    price = engine.capabilities(model).price
    assert (price.amount, price.unit) == (amount, unit)
    assert price.source
    assert date.fromisoformat(f"{price.as_of}-01"[:10]) >= date(2026, 1, 1)


def test_no_engine_is_imported_before_it_is_asked_for() -> None:
    """Looking for names costs no imports: neither an engine's nor a network library's."""
    program = (
        "import sys; from reperform import engines; engines.names();"
        "print([name for name in sys.modules if name.startswith('reperform.engines.') or name in ('httpx', 'rich')])"
    )
    found = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert found.stdout.strip() == "[]"
