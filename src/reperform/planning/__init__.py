"""Cues → shots → jobs under an engine's limits: exactly the marked frames and their context, and what they would cost.

targets      which engine and model a cue goes to
suitability  what that engine would make of the cue's direction
splitting    a long cue in parts
pieces       a cue, or a part of one, on its way into a job
gathering    which pieces share a job
segments     cues as seconds of the media sent
ordering     a job as its engine is given it
making       jobs
costs        what they cost
stopping     which problems stop which shot
documents    the plan
"""

from __future__ import annotations

from reperform.planning.documents import plan
from reperform.planning.making import ATTEMPT, AUDIO, VIDEO, capabilities, cue_parameters, jobs, order
from reperform.planning.pieces import Quietest

__all__ = ["ATTEMPT", "AUDIO", "VIDEO", "Quietest", "capabilities", "cue_parameters", "jobs", "order", "plan"]
