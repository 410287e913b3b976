"""A page that is one file, to look at and to send: it fetches nothing and runs nothing."""

from __future__ import annotations

from html import escape

__all__ = ["document"]

_POLICY = "default-src 'none'; img-src data:; style-src 'unsafe-inline'"


def document(body: str, *, title: str, style: str) -> str:
    """HTML. `body` and `title` are HTML themselves, `style` is CSS; pictures are `data:` URLs."""
    return f"""<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="{escape(_POLICY)}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="generator" content="reperform">
<title>{title}</title>
<style>
{style}</style>
</head>
<body>
{body}
</body>
</html>
"""
