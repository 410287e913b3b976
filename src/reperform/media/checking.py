"""Checks of what an engine returned and of the finished take; problems become failed checks, never exceptions."""

from __future__ import annotations

from reperform.media.result_checks import check_result
from reperform.media.take_checks import check_take

__all__ = ["check_result", "check_take"]
