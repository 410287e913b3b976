"""The grammar in which editors write a direction into a marker: text to `Direction`, and back.

A direction is words and `key: value` pairs, separated by commas, semicolons or new lines. `line:` takes the rest of its
line. `#` at the start of a line, or after a space and not before a digit, begins a comment. A value in quotes is taken as
it stands; a quote inside is doubled.
"""

from reperform.grammar.parsing import LONGEST, Misread, Parsed, parse_mark, unknown_words
from reperform.grammar.words import KEYS
from reperform.grammar.writing import format_direction

__all__ = ["KEYS", "LONGEST", "Misread", "Parsed", "format_direction", "parse_mark", "unknown_words"]
