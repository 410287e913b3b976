"""What a person reads on a terminal or in a log, as text: styled for a terminal, plain for everything else.

Each function takes `width` (None: the terminal's, between 60 and 110 columns) and `styled` (colours).
"""

from __future__ import annotations

from reperform.tables.attempts import attempts_text
from reperform.tables.engine_list import engines_document, engines_table
from reperform.tables.findings import findings_text
from reperform.tables.marks import edits_text, marks_text
from reperform.tables.outcomes import takes_text
from reperform.tables.plans import plan_table
from reperform.tables.problems import ignored_text, place_text, problems_text
from reperform.tables.recuts import recuts_table
from reperform.tables.sheets import sheet_text
from reperform.tables.words import direction_text, voice_text

__all__ = [
    "attempts_text",
    "direction_text",
    "edits_text",
    "engines_document",
    "engines_table",
    "findings_text",
    "ignored_text",
    "marks_text",
    "place_text",
    "plan_table",
    "problems_text",
    "recuts_table",
    "sheet_text",
    "takes_text",
    "voice_text",
]
