"""The editors that takes are written for: what each of them imports of a timeline, and in which form."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from reperform.errors import SettingsError

__all__ = ["EDITORS", "FORMATS", "STYLES", "Editor", "Format", "Style", "editor_for", "pairing", "styles_for"]

Style = Literal["references", "tracks", "timelines"]
STYLES: tuple[Style, ...] = ("references", "tracks", "timelines")

Form = Literal["near", "native", "url", "plain"]
"""How media are addressed. `near`: relative to the timeline where that is short, else a URL. `native`: a bare path as the
system spells it. `url`: `file:` and the whole path, percent-encoded. `plain`: a whole path, in which only what a URL would
take for something else is percent-encoded."""


@dataclass(frozen=True, kw_only=True)
class Editor:
    """What an editor can use of takes, and of a timeline."""

    title: str
    styles: tuple[Style, ...]
    address: Form
    plays: Literal["chosen", "original"]
    """What a clip with takes shows itself; where it is the original, the chosen take is on a track above."""
    endings: tuple[str, ...]
    """The files of ours that it imports, the best first."""
    see: str
    """How to see the takes in it."""
    reads_enabled: bool = True
    """Whether a disabled clip or track is disabled after the import."""
    edge: Literal["gap", "empty gap", "none"] = "gap"
    """What stands on the far side of a transition that has a clip on one side only; `none`: there is no such transition."""
    top_down: bool = False
    """Its files have the uppermost track first; OpenTimelineIO has it last."""
    schemas: tuple[tuple[str, int], ...] = ()
    """The newest schemas that it is known to read."""


_OTIO = (".otio", ".otioz", ".otiod")
_KNOWN_SCHEMAS = (("Clip", 2), ("Marker", 2), ("Track", 1), ("Timeline", 1), ("Stack", 1))
"""As their own exports have them. `Clip.1` would keep one reference a clip: no editor is known to need it."""

EDITORS: dict[str, Editor] = {
    "otio": Editor(
        title="OpenTimelineIO",
        styles=("references",),
        address="near",
        plays="chosen",
        endings=_OTIO,
        see="Open {out}: each clip plays its chosen take; the others are its further media references.",
    ),
    "resolve": Editor(
        title="DaVinci Resolve",
        styles=("references", "tracks"),
        address="native",
        plays="original",
        endings=(".otio", ".otioz", ".xml"),
        see="In Resolve: File > Import > Timeline, {out}. The tracks “Takes …” lie above the shots; enable a clip (D) to see its take.",
        schemas=_KNOWN_SCHEMAS,
    ),
    "premiere": Editor(
        title="Premiere Pro",
        styles=("references", "tracks"),
        address="url",
        plays="original",
        endings=(".otio", ".xml"),
        see="In Premiere: File > Import, {out}. The tracks “Takes …” lie above the shots; enable a clip (Clip > Enable) to see its take.",
        edge="empty gap",
        schemas=_KNOWN_SCHEMAS,
    ),
    "kdenlive": Editor(
        title="Kdenlive",
        styles=("references", "tracks"),
        address="plain",
        plays="original",
        endings=(".otio",),
        see="In Kdenlive: File > OpenTimelineIO Import, {out}. The chosen takes lie above the shots; hide a track “Takes …” with its"
        " eye to see what is below.",
        reads_enabled=False,
        edge="none",
        top_down=True,
        schemas=_KNOWN_SCHEMAS,
    ),
    "avid": Editor(
        title="Avid Media Composer",
        styles=("tracks",),
        address="url",
        plays="original",
        endings=(".aaf", ".otio"),
        see="In Media Composer: File > Input > Import Sequence, {out}, and link the takes' media. The tracks above the shots hold the"
        " takes: monitor a track to see its take.",
        reads_enabled=False,
        schemas=_KNOWN_SCHEMAS,
    ),
    "fcp": Editor(
        title="Final Cut Pro",
        styles=("references",),
        address="url",
        plays="chosen",
        endings=(".fcpxml",),
        see="In Final Cut Pro: File > Import > XML, {out}. Each shot is an audition: select it and press Y to see its takes.",
    ),
}
"""Whom a timeline can be written for."""

_BY_DIALECT = {"fcp7": "premiere", "fcpx": "fcp", "fcpxml": "fcp", "edl": "avid", "ale": "avid", "aaf": "avid"}


@dataclass(frozen=True, kw_only=True)
class Format:
    """A kind of file that timelines are written as."""

    title: str
    styles: tuple[Style, ...]
    editors: tuple[str, ...]
    """Who imports it, its own editor first."""
    switched: str = ""
    """How the choice of a take is changed in it; empty where `select` does that."""


_ALL_OTIO = tuple(name for name, editor in EDITORS.items() if ".otio" in editor.endings)
_AGAIN = "or choose in an .otio of the same cut with `reperform select`, and run again with this file as -o"

FORMATS: dict[str, Format] = {
    **{ending: Format(title="OpenTimelineIO", styles=STYLES, editors=_ALL_OTIO) for ending in _OTIO},
    ".fcpxml": Format(
        title="FCPXML",
        styles=STYLES,
        editors=("fcp",),
        switched=f"Switch auditions in Final Cut Pro (select the shot, press Y); {_AGAIN}.",
    ),
    ".xml": Format(
        title="Final Cut Pro 7 XML",
        styles=("tracks", "timelines"),
        editors=("premiere", "resolve"),
        switched=f"Enable the clip of the take, and disable the others, in the editor; {_AGAIN}.",
    ),
    ".aaf": Format(
        title="AAF",
        styles=("tracks", "timelines"),
        editors=("avid",),
        switched=f"Monitor the track of the take in Media Composer; {_AGAIN}.",
    ),
}
"""By the ending of OUT."""


def editor_for(dialect: str, ending: str, asked: str | None = None) -> str:
    """Whom a timeline is written for: who is asked for; else who wrote it, where they import such a file; else whose file it is."""
    if asked is not None:
        return asked
    editor = _BY_DIALECT.get(dialect, dialect if dialect in EDITORS else "otio")
    found = FORMATS.get(ending.lower())
    return editor if found is None or editor in found.editors else found.editors[0]


def pairing(for_: str, ending: str) -> tuple[str, Format]:
    """The editor's name and the format of OUT.

    Raises:
        SettingsError: an editor that is not known, or one that does not import such a file.

    """
    editor = "otio" if for_ == "generic" else for_
    if editor not in EDITORS:
        raise SettingsError(f"--for {for_} is not known", fix=f"Choose one of: {', '.join(EDITORS)}.")
    found = FORMATS.get(ending.lower(), FORMATS[".otio"])
    if editor not in found.editors:
        ours = EDITORS[editor]
        raise SettingsError(
            f"--for {editor} and a {ending} do not go together: {ours.title} does not import {found.title} from here",
            fix=f"Write OUT as {' or '.join(ours.endings)}, or say --for {' or '.join(found.editors)}.",
        )
    return editor, found


def styles_for(editor: str, found: Format, asked: Sequence[str] | None) -> tuple[Style, ...]:
    """The styles in which takes are written: those asked for, else those that this editor can use and this format holds.

    Raises:
        SettingsError: a style that is not known, or that the format cannot hold.

    """
    if asked is None:
        return tuple(style for style in EDITORS[editor].styles if style in found.styles) or ("tracks",)
    unknown = [style for style in asked if style not in STYLES]
    if unknown or not asked:
        said = f"--takes {unknown[0]} is not known" if unknown else "--takes needs a style"
        raise SettingsError(said, fix=f"Choose from: {', '.join(STYLES)}.")
    lost = [style for style in asked if style not in found.styles]
    if lost:
        raise SettingsError(
            f"--takes {lost[0]}: {found.title} holds one medium a clip",
            fix=f"Choose from: {', '.join(found.styles)}.",
        )
    return tuple(style for style in STYLES if style in asked)
