"""The text of a mark cut into items, before anything is understood: separators, quotes, comments."""

from __future__ import annotations

import re
from collections.abc import Iterator

__all__ = ["items", "one_line", "quoted", "quoted_line", "unquoted"]

_QUOTES = {'"': '"', "“": "”", "„": "“”", "”": "”", "«": "»", "»": "«", "'": "'", "‘": "’", "’": "’"}
_APOSTROPHES = "'‘’"
_NEW_LINE = re.compile(r"\r\n|[\r\n\u2028\u2029]")
_COMMENT = re.compile(r"(?:^|(?<=\s))#(?!\d)|^\s*#")
_AFTER_QUOTE = r"\s*(?:$|[,;#@])"
_AFTER_LINE = r"\s*(?:$|\s#)"
_LINE = re.compile(r"\s*line\s*[:=]", re.IGNORECASE)
_SPEAKER = re.compile(r"\s*speaker\s*[:=]\s*\(?\s*\d+\s*[,x× ]\s*\d+\s*\)?(?=\s*(?:[,;#]|$))", re.IGNORECASE)
_TIMECODE_SO_FAR = re.compile(r"\d\d?:\d\d:\d\d$")
_SPECIAL = re.compile(rf"[,;#{''.join(_QUOTES)}]")
_PLAIN = re.compile(r"[\w.!?/\\+&()*-](?:[\w .!?/\\+&'’()*-]*[\w.!?/\\+&()*-])?")


def items(text: str) -> Iterator[str]:
    """The items of the text, without comments; `line:` takes the rest of its line."""
    for line in _NEW_LINE.split(text):
        position = 0
        while position < len(line):
            end, after = _end_of_item(line, position)
            item = line[position:end].strip()
            if item:
                yield item
            position = after


def _end_of_item(line: str, start: int) -> tuple[int, int]:
    """Where the item ends, and where the next one starts."""
    if _LINE.match(line, start):
        return _end_of_spoken_line(line, start), len(line)
    if speaker := _SPEAKER.match(line, start):
        return speaker.end(), speaker.end() + 1
    position = start
    while special := _SPECIAL.search(line, position):
        position = special.start()
        character = line[position]
        if (close := _quotation_end(line, start, position)) is not None:
            position = close
        elif character == "#" and _COMMENT.match(line, position):
            return position, len(line)
        elif character == "," or (character == ";" and not _inside_timecode(line, position)):
            return position, position + 1
        position += 1
    return len(line), len(line)


def _end_of_spoken_line(line: str, start: int) -> int:
    match = _LINE.match(line, start)
    begins = match.end() if match else start
    while begins < len(line) and line[begins].isspace():
        begins += 1
    close = _closing(line, begins, after=_AFTER_LINE)
    comment = _COMMENT.search(line, begins if close is None else close + 1)
    return comment.start() if comment else len(line)


def _inside_timecode(line: str, position: int) -> bool:
    """Whether the semicolon there is one of drop-frame timecode."""
    return line[position + 1 : position + 3].isdigit() and bool(
        _TIMECODE_SO_FAR.search(line[max(0, position - 8) : position])
    )


def _quotation_end(line: str, start: int, position: int) -> int | None:
    """Where the quotation that opens there closes; None where none opens. An apostrophe quotes only a whole value."""
    character = line[position]
    if character not in _QUOTES:
        return None
    before = line[start:position]
    if not before.strip() or before.rstrip()[-1] in ":=":
        close = _closing(line, position, after=_AFTER_QUOTE)
        if close is not None:
            return close
    elif not before[-1].isspace():
        return None
    if character in _APOSTROPHES:
        return None
    return next((at for at in range(position + 1, len(line)) if line[at] in _QUOTES[character]), None)


def _closing(text: str, start: int, *, after: str) -> int | None:
    """Where the quotation that begins at `start` and is followed by `after` ends; None where there is no such."""
    if start >= len(text) or text[start] not in _QUOTES:
        return None
    closers = _QUOTES[text[start]]
    if text[start] in _APOSTROPHES:
        found = re.compile(rf"[{closers}](?={after})").search(text, start + 1)
        return found.start() if found else None
    # A doubled closer is a quote inside, so the first single one has to be the end.
    found = re.compile(rf"(?:[^{closers}]|([{closers}])\1)*+(?P<close>[{closers}])(?={after})").match(text, start + 1)
    return found.start("close") if found else None


def unquoted(value: str) -> tuple[str, bool]:
    """The value without the quotes around it, and whether it had any."""
    if len(value) < 2 or _closing(value, 0, after="$") != len(value) - 1:
        return value, False
    closer = value[-1]
    return value[1:-1].replace(closer * 2, closer), True


def one_line(text: str) -> str:
    """The text with spaces for its line breaks."""
    return _NEW_LINE.sub(" ", text)


def quoted(text: str) -> str:
    """The text as the value of a key: in quotes where it needs them."""
    text = one_line(text)
    return text if _PLAIN.fullmatch(text) else _in_quotes(text)


def quoted_line(text: str) -> str:
    """The text as the value of `line`: in quotes where it needs them."""
    text = one_line(text)
    plain = text == text.strip() and not text.startswith(tuple(_QUOTES)) and not _COMMENT.search(text)
    return text if plain else _in_quotes(text)


def _in_quotes(text: str) -> str:
    return '"' + text.replace('"', '""') + '"'
