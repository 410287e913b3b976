"""The main job as a list: read, find, plan; perform, conform, write. Every arrow of it is one module; this is what joins them.

documents  what is planned, and what a run came to
finding    what is marked in a cut, and what of it is meant
plans      plans, made of a timeline or read again
refusing   what would make the end impossible, before the beginning
running    performing a plan
writing    the timeline with its takes
saving     a cut with its takes on the disk
choices    choosing a take
onlining   from offline to online: what has takes (taken), its online media (relinked), new takes (remaking), and the
           timeline with them (online_writing)
marks      marks from the shell
employing  which engines may be used
"""

from __future__ import annotations

from reperform.workflow.choices import select
from reperform.workflow.documents import Outcome, Planned
from reperform.workflow.employing import connector, engine_named
from reperform.workflow.plans import is_plan, load_plan, make_plan, planned_again
from reperform.workflow.refusing import refuse_unfit
from reperform.workflow.running import agree_to_pay, perform_in, run

__all__ = [
    "Outcome",
    "Planned",
    "agree_to_pay",
    "connector",
    "engine_named",
    "is_plan",
    "load_plan",
    "make_plan",
    "perform_in",
    "planned_again",
    "refuse_unfit",
    "run",
    "select",
]
