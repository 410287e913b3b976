"""What every document is: frozen, versioned JSON with exact numbers and paths."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path
from typing import Annotated

from pydantic import BaseModel, BeforeValidator, ConfigDict, PlainSerializer

__all__ = ["Document", "PathText", "RateText"]


def _rate_text(rate: Fraction) -> str:
    return f"{rate.numerator}/{rate.denominator}"


RateText = Annotated[
    Fraction, BeforeValidator(Fraction), PlainSerializer(_rate_text, return_type=str, when_used="json")
]
"""A rate or another exact number; "24000/1001" in JSON."""

PathText = Annotated[Path, PlainSerializer(str, return_type=str, when_used="json")]


class Document(BaseModel):
    """Frozen, and strict about fields it does not know."""

    model_config = ConfigDict(frozen=True, extra="forbid")
