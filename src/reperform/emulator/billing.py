"""What a real service would have charged."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

__all__ = ["Bill"]


@dataclass(frozen=True, kw_only=True)
class Bill:
    """One job that was accepted and succeeded, charged once, however often it was asked for again."""

    engine: str
    model: str
    identity: str
    """What the engine calls the job."""
    request: str
    """What the client calls it: Sync's outputFileName, Runware's taskUUID. Empty where there is no such thing."""
    seconds: float
    """Of all its results together, in the engine's unit: Runware's react-1 counts sound, the others output."""
    results: int
    usd: float

    def to_dict(self) -> dict[str, Any]:
        """As the control endpoint says it."""
        return asdict(self)
