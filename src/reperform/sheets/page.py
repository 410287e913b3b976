"""The sheet as a page: one file with all that it needs, to read, to send, to print on A4 or Letter."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Mapping
from html import escape
from importlib.resources import files

from reperform.one_file_page import document
from reperform.planning.costs import dollars
from reperform.sheets.rows import Row, Sheet

__all__ = ["page"]

_COLUMNS = ("cue", "picture", "record", "words", "source", "status", "notes")
_HEADS = ("Cue", "Picture", "Record", "Character, line and direction", "Source", "Status", "Notes")


def page(sheet: Sheet, pictures: Mapping[int, str]) -> str:
    """HTML. `pictures` are `data:` URLs by the position of the row."""
    style = files("reperform.sheets").joinpath("page.css").read_text(encoding="utf-8")
    title = f"{sheet.title}: ADR cue sheet"
    body = "\n".join(_row(row, pictures.get(position)) for position, row in enumerate(sheet.rows))
    heads = "".join(f'<th scope="col">{head}</th>' for head in _HEADS)
    columns = "".join(f'<col class="{name}">' for name in _COLUMNS)
    empty = "" if sheet.rows else '<p class="empty">There are no cues in this timeline.</p>'
    whole = f"""<header>
<h1><bdi>{_text(sheet.title)}</bdi></h1>
<p class="kind">ADR cue sheet</p>
<dl>{"".join(_fact(name, value) for name, value in _facts(sheet))}</dl>
</header>
<table>
<caption>{_count(len(sheet.rows), "cue")} in record order. Outs are the first frame after the cue.</caption>
<colgroup>{columns}</colgroup>
<thead><tr>{heads}</tr></thead>
<tbody>
{body}
</tbody>
</table>
{empty}"""
    return document(whole, title=_text(title), style=style)


def _facts(sheet: Sheet) -> Iterator[tuple[str, str]]:
    rate = f"{float(sheet.rate):.3f}".rstrip("0").rstrip(".")
    yield "Reel", _text(sheet.reel)
    yield "Starts at", f'<span class="tc">{_text(sheet.start)}</span>'
    yield "Rate", f"{rate} fps"
    yield "Cues", f"{len(sheet.rows)}, {sheet.seconds:.1f} s"
    if sheet.characters:
        yield "Characters", ", ".join(f"<bdi>{_text(name)}</bdi>" for name in sheet.characters)
    if sheet.cost_usd:
        yield "Cost", dollars(sheet.cost_usd)


def _fact(name: str, value: str) -> str:
    return f"<div><dt>{name}</dt><dd>{value}</dd></div>"


def _row(row: Row, picture: str | None) -> str:
    cells = (
        f'<th scope="row">{row.cue}</th>',
        f'<td class="picture">{_picture(row, picture)}</td>',
        f'<td class="record">{_times(row.record_in, row.record_out)}{_length(row)}</td>',
        f'<td class="words">{_words(row)}</td>',
        f'<td class="source">{_source(row)}</td>',
        f'<td class="status">{_status(row)}</td>',
        f'<td class="notes">{_bdi(row.note)}</td>',
    )
    return f"<tr>{''.join(cells)}</tr>"


def _picture(row: Row, picture: str | None) -> str:
    if picture is None:
        return '<span class="none">no picture</span>'
    return f'<img src="{escape(picture)}" alt="{_text(f"Cue {row.cue}: {row.clip}")}">'


def _times(first: str, last: str) -> str:
    if not first:
        return ""
    times = "".join(
        f'<span class="tc"><abbr>{name}</abbr>{_text(value)}</span>' for name, value in (("in", first), ("out", last))
    )
    return f'<span class="times">{times}</span>'


def _length(row: Row) -> str:
    return "" if row.seconds is None else f'<span class="quiet">{row.seconds:.2f} s</span>'


def _words(row: Row) -> str:
    parts = [
        f'<span class="character">{_bdi(row.character)}</span>' if row.character else "",
        f'<q class="line">{_bdi(row.line)}</q>' if row.line else "",
        f'<span class="direction">{_bdi(row.direction)}</span>' if row.direction else "",
        f'<span class="wrong">{_bdi(row.problem)}</span>' if row.problem else "",
    ]
    return "".join(parts)


def _source(row: Row) -> str:
    name = f'<span class="file">{_bdi(row.source)}</span>' if row.source else ""
    place = " · ".join(_bdi(part) for part in (row.track, row.clip) if part)
    return f'{name}{_times(row.source_in, row.source_out)}<span class="quiet">{place}</span>'


def _status(row: Row) -> str:
    known = row.status if row.status.isalpha() else "other"
    parts = [f'<span class="state {known}">{_text(row.status)}</span>']
    if row.take and row.take != row.status:
        parts.append(f'<span class="file">{_bdi(row.take)}</span>')
    if row.cost_usd:
        parts.append(f'<span class="quiet">{dollars(row.cost_usd)}</span>')
    elif row.estimate_usd and row.cost_usd is None:
        parts.append(f'<span class="quiet">about {dollars(row.estimate_usd)}</span>')
    return "".join(parts)


def _bdi(text: str) -> str:
    """Somebody else's words: whichever way they run, they turn nothing around them."""
    return f"<bdi>{_text(text)}</bdi>" if text else ""


def _text(text: str) -> str:
    return escape("".join(letter for letter in text if unicodedata.category(letter) not in ("Cc", "Cs")))


def _count(number: int, word: str) -> str:
    return f"{number} {word}{'' if number == 1 else 's'}"
