"""`--option engine.field=value`."""

from __future__ import annotations

from typing import Any

import pytest

from reperform import engines
from reperform.engines._hosted import Hosted
from reperform.engines._options import Fields, Option
from reperform.errors import SettingsError

HOSTED = [engine for name in ("sync", "runware", "segmind", "fal") if isinstance(engine := engines.get(name), Hosted)]
ALL_OPTIONS = [(engine, option) for engine in HOSTED for option in engine.fields.options]
NUMBERS = [
    (engine, option)
    for engine, option in ALL_OPTIONS
    if option.kind in ("whole", "number") and (option.least, option.most) != (None, None)
]


def _good(option: Option) -> str:
    least = option.least or 0
    texts = {"choice": option.choices[:1], "switch": ("on",), "address": ("https://me.example/x",), "text": ("x",)}
    return texts[option.kind][0] if option.kind in texts else f"{least:g}"


@pytest.mark.parametrize(("engine", "option"), ALL_OPTIONS, ids=lambda one: getattr(one, "name", ""))
def test_every_option_takes_a_documented_value(engine: Hosted, option: Option) -> None:
    """A value inside the documented range is read to the field's own type."""
    assert list(engine.fields.values({option.name: _good(option)})) == [option.name]


@pytest.mark.parametrize(
    ("engine", "option"),
    [pair for pair in ALL_OPTIONS if pair[1].kind != "text"],
    ids=lambda one: getattr(one, "name", ""),
)
def test_every_option_refuses_another_type(engine: Hosted, option: Option) -> None:
    """A value of another kind is an error that says what the field takes."""
    with pytest.raises(SettingsError, match=f"{engine.name}.{option.name} takes"):
        engine.fields.values({option.name: "¿?"})


@pytest.mark.parametrize(("engine", "option"), NUMBERS, ids=lambda one: getattr(one, "name", ""))
def test_every_range_has_two_ends(engine: Hosted, option: Option) -> None:
    """One step outside a documented range is refused, its end is taken."""
    for end, outside in ((option.least, -1), (option.most, 1)):
        if end is None:
            continue
        assert engine.fields.values({option.name: f"{end:g}"}) == {option.name: end}
        with pytest.raises(SettingsError):
            engine.fields.values({option.name: f"{end + outside:g}"})


@pytest.mark.parametrize(
    ("name", "field", "fix"),
    [
        ("runware", "outputQualty", "Did you mean runware.outputQuality"),
        ("runware", "bitrate", "Its options: outputFormat, "),
        ("sync", "prompt", "A mark directs it, with the word `emotion`."),
        ("segmind", "seed", "Marks direct all that it takes; it has no options."),
        ("fal", "fal_webhok", "Did you mean fal.fal_webhook?"),
    ],
)
def test_an_unknown_field_is_an_error_with_the_way_out(name: str, field: str, fix: str) -> None:
    """A typing error finds the field it meant, a field with a word in the grammar finds the word."""
    engine = engines.get(name)
    assert isinstance(engine, Hosted)
    with pytest.raises(SettingsError) as raised:
        engine.fields.values({field: "1"})
    assert raised.value.message == f"{name} has no field “{field}”."
    assert fix in str(raised.value.fix)


FIELDS = Fields(
    engine="some",
    options=(
        Option(name="hook", kind="address", secret=True),
        Option(name="ttl", kind="whole", least=60, caution=(3600, "that is short.")),
        Option(name="tone.warmth", kind="number", models=("second",), claimed=True),
    ),
)


@pytest.mark.parametrize(
    ("texts", "model", "expected"),
    [
        ({"ttl": "7200"}, "first", ()),
        ({"ttl": "60"}, "first", ("some.ttl is 60: that is short.",)),
        ({"tone.warmth": "0.5"}, "first", ("some first takes no tone.warmth: it is not sent.",)),
        ({"tone.warmth": "0.5"}, "second", ()),
    ],
)
def test_odd_values_are_said(texts: dict[str, str], model: str, expected: tuple[str, ...]) -> None:
    """A value that is allowed but will surprise, and one that the model does not take, are cautions."""
    assert FIELDS.cautions(texts, model=model) == expected


@pytest.mark.parametrize(
    ("model", "expected"), [("first", {}), ("second", {"tone": {"warmth": 0.5}})], ids=["other model", "its model"]
)
def test_dots_are_places_inside_the_body(model: str, expected: dict[str, Any]) -> None:
    """`tone.warmth` is the field `warmth` inside `tone`, for the models that have it."""
    assert FIELDS.body({"tone.warmth": "0.5"}, model=model) == expected


def test_what_changes_the_performance_is_claimed() -> None:
    """A field that changes what is performed is part of the claim; where the result is put is not."""
    assert FIELDS.claimed({"tone.warmth": "0.5", "ttl": "60"}, model="second") == {"tone.warmth": 0.5}


def test_a_secret_shows_as_its_name_and_may_be_read_again() -> None:
    """A plan holds a placeholder instead of an address with a credential, and that plan can still be read."""
    shown = FIELDS.public({"hook": "https://me.example/x?token=abc", "ttl": "60"})
    assert shown == {"hook": "<hook>", "ttl": "60"}
    assert FIELDS.body(shown, model="first") == {"hook": "<hook>", "ttl": 60}
