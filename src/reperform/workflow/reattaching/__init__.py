"""The cut has changed: paid takes find their places again, by the frames that they show and without marks. Nothing is sent.

scene      the new cut: its clips, and what they show
lines      a cue that is paid, by the frames of its original
footage    all that is paid of each original
fitting    which takes a use of a clip gets, and what lacks
pacing     a paid line on the clock of a shot that shows it otherwise
voicing    its voices there
attaching  takes as files: there already, or conformed anew
finding    the uses with what fits them
choosing   what a person chose stays chosen
filling    the smallest jobs for what lacks
history    the cut as it was, and what became of its shots
alone      what nobody had marked in it
reporting  the change list
documents  what it came to
reattach   all of it, one after the other
"""

from __future__ import annotations

from reperform.workflow.reattaching.documents import Missing, Reattached, Recut
from reperform.workflow.reattaching.reattach import reattach

__all__ = ["Missing", "Reattached", "Recut", "reattach"]
