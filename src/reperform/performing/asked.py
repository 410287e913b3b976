"""What a person asked of a run, beyond what the cut says."""

from __future__ import annotations

from dataclasses import dataclass

from reperform.errors import AccessRefused, CostCeiling

__all__ = ["Asked"]


@dataclass(frozen=True, kw_only=True)
class Asked:
    """How far a run may go."""

    run_id: str | None = None
    """The run in the ledger that attempts count against; None: none."""
    base_url: str | None = None
    wait_seconds: float | None = None
    """How long an engine, or another process, is waited for. None: until it is done."""
    retry_failed: bool = False
    """A new attempt for each that failed, although it may be billed again."""
    resubmit_unknown: bool = False
    """A new attempt for each of which nobody knows whether it arrived."""
    stopped: AccessRefused | CostCeiling | None = None
    """Why nothing new is sent at all: what stopped an earlier part of the same call. What is paid is still fetched and used."""
