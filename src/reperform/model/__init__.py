"""The documents that travel: problems, sources, voices, cues, shots, jobs, plans, takes. Frozen, versioned JSON.

Frames count at the media's rate from the first frame of the source file where a shot's clock is `media`, and at the
timeline's rate from the start of the timeline where it is `record`. Ranges are half-open: `in_frame`, then `frames` of them.
Rates are written "24000/1001". Positions in sound are whole samples of the sound's own rate.
"""

from __future__ import annotations

from reperform.model.cues import Cue, SoundSource, Voice
from reperform.model.documents import Document, PathText, RateText
from reperform.model.jobs import Cost, Job, JobPart, Segment
from reperform.model.plans import IgnoredMarker, InputLut, Plan, PlanSettings, TimelineInfo, Totals
from reperform.model.problems import Place, Problem
from reperform.model.shots import RecordRange, Shot, ShotMedia
from reperform.model.sources import AudioStream, ImageSequence, Source
from reperform.model.takes import (
    Check,
    Take,
    TakeComposite,
    TakeCredentials,
    TakeCue,
    TakeMatch,
    TakeOwnSound,
    TakeViewing,
)
from reperform.model.thresholds import Thresholds

__all__ = [
    "AudioStream",
    "Check",
    "Cost",
    "Cue",
    "Document",
    "IgnoredMarker",
    "ImageSequence",
    "InputLut",
    "Job",
    "JobPart",
    "PathText",
    "Place",
    "Plan",
    "PlanSettings",
    "Problem",
    "RateText",
    "RecordRange",
    "Segment",
    "Shot",
    "ShotMedia",
    "SoundSource",
    "Source",
    "Take",
    "TakeComposite",
    "TakeCredentials",
    "TakeCue",
    "TakeMatch",
    "TakeOwnSound",
    "TakeViewing",
    "Thresholds",
    "TimelineInfo",
    "Totals",
    "Voice",
]
