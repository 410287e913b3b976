"""Settings: what may be set, where from, and which source is trusted with what.

Strongest first: the command line, `REPERFORM_*` in the environment, the user's configuration file, `reperform.toml` beside the
timeline. The last came with the timeline and is trusted no more than it: see FOLDER_SETTINGS.
"""

from __future__ import annotations

import os
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from fractions import Fraction
from pathlib import Path
from typing import Any, Literal

import platformdirs
from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator

from reperform.errors import SettingsError
from reperform.model import PlanSettings, Problem, RateText, Thresholds

__all__ = ["FOLDER_SETTINGS", "Loaded", "Settings", "load", "user_file"]

FOLDER_SETTINGS = frozenset({"handles", "context", "seam", "name", "reel", "for_editor", "direction"})
"""What `reperform.toml` beside a timeline may set. It cannot name a program, an address, a paid engine, a ceiling or a permission."""

COMMAND_LINE, ENVIRONMENT = "command line", "environment"
"""Origins that are no file."""

Editor = Literal["otio", "resolve", "premiere", "kdenlive", "avid", "fcp"]
Style = Literal["references", "tracks", "timelines"]
List = Literal["edl", "ale"]


class Settings(BaseModel):
    """Every setting, with its default. Names are those of the command's options, `_` for `-`."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    engine: str = "preview"
    model: str | None = None
    """None is the engine's default."""
    like: str = "sync/react-1"
    handles: int = Field(default=12, ge=0, le=10_000)
    context: int = Field(default=6, ge=0, le=1000)
    seam: int = Field(default=4, ge=0, le=1000)
    mezzanine: Literal["prores", "dnxhr"] = "prores"
    composite: Literal["changed", "whole"] = "changed"
    """What of a returned picture a take shows: what the engine changed, or all."""
    matte: bool = False
    """Written beside each take: where it shows what came back."""
    match_sound: bool = False
    """Voices are brought to the loudness and broad spectrum of the production sound around them."""
    c2pa: bool = False
    """Takes are given C2PA content credentials; needs the extra `c2pa`."""
    c2pa_cert: Path | None = None
    """Who signs them: a chain of certificates (PEM). None: a self-signed one of this machine."""
    c2pa_key: Path | None = None
    """The private key of it (PEM)."""
    require_consent: bool = False
    """A cue without consent is not performed. The user's file can pin it."""
    reel: Literal["own", "same"] = "own"
    name: str | None = None
    """Template of a take's file name; None is STEM_HHMMSSFF_RP001."""
    takes_dir: Path | None = None
    for_editor: Editor | None = None
    """None is the dialect read."""
    takes: tuple[Style, ...] = ()
    lists: tuple[List, ...] = ()
    """Written beside OUT: lists of its takes."""
    sound: Literal["keep", "take"] | None = None
    direction: str | None = None
    """Default direction, in a marker's grammar, for what a mark leaves open."""
    send_rate: RateText | None = None
    label: bool = True
    drop: tuple[str, ...] = ()
    option: tuple[str, ...] = ()
    marker_color: tuple[str, ...] = ()
    marker_name: str | None = None
    voice_track: tuple[str, ...] = ()
    own_sound: tuple[str, ...] = ()
    media_root: tuple[Path, ...] = ()
    timeline: str | None = None
    rate: RateText | None = None
    """Of a timeline that does not say its own."""
    drop_frame: bool | None = None
    project: Path | None = None
    ffmpeg: Path | None = None
    jobs: int = Field(default=4, ge=1, le=64)
    """At once, of each engine."""
    partial: bool = False
    command: str | None = None
    """What the engine `command` runs, with its places in braces."""
    command_seconds: float = Field(default=3600, gt=0)
    """How long one job of the engine `command` may take."""
    base_url: str | None = None
    """An origin that stands for all hosts of the engines. None: they are asked themselves."""
    wait: float | None = Field(default=None, gt=0)
    """Seconds that a job is waited for. None: until it is done."""
    yes: bool = False
    """Nothing is asked before paying."""
    max_cost: float | None = Field(default=None, ge=0)
    """US dollars that a run and its resumes may cost. None: no ceiling."""
    allow_unknown_cost: bool = False
    retry_failed: bool = False
    resubmit_unknown: bool = False
    ledger: Literal["local", "shared"] | None = None
    """Whether other machines share the project. None: by the file system that it lies on."""
    checks: Thresholds = Thresholds()
    """How far a take may be off: the table `[checks]`, or `sync_ms=80,psnr=30`."""
    allowed_engines: tuple[str, ...] = ()
    """Engines that may be used; empty is all. The user's file pins it."""
    allowed_hosts: tuple[str, ...] = ()
    """File servers whose network paths may be opened."""

    @field_validator(
        "takes",
        "lists",
        "drop",
        "option",
        "marker_color",
        "voice_track",
        "own_sound",
        "allowed_engines",
        "allowed_hosts",
        "media_root",
        mode="before",
    )
    @classmethod
    def _listed(cls, value: object) -> object:
        """`A1,A2` as the environment and options write it."""
        if isinstance(value, str):
            return tuple(part.strip() for part in value.split(",") if part.strip())
        return value

    @field_validator("checks", mode="before")
    @classmethod
    def _thresholds(cls, value: object) -> object:
        """`sync_ms=80,failing=sync+black` as the environment writes it."""
        if not isinstance(value, str):
            return value
        pairs = (part.partition("=") for part in value.split(",") if part.strip())
        return {name.strip(): said.split("+") if name.strip() == "failing" else said.strip() for name, _, said in pairs}

    @field_validator("send_rate", "rate", mode="before")
    @classmethod
    def _rate(cls, value: object) -> object:
        from reperform.timing import exact_rate

        if not isinstance(value, str | int | float):
            return value
        try:
            return exact_rate(Fraction(value) if isinstance(value, str) and "/" in value else float(value))
        except (ValueError, ArithmeticError) as error:
            raise ValueError("It should be frames a second, such as 25, 23.976 or 24000/1001") from error

    @field_validator("takes_dir", "project", "ffmpeg", "c2pa_cert", "c2pa_key")
    @classmethod
    def _home(cls, value: Path | None) -> Path | None:
        return value.expanduser() if value else None

    def for_plan(self) -> PlanSettings:
        """The part that shapes a plan and travels with it."""
        from reperform.asking import is_loopback

        return PlanSettings(
            context_frames=self.context,
            handle_frames=self.handles,
            seam_frames=self.seam,
            like=self.like,
            mezzanine=self.mezzanine,
            composite=self.composite,
            matte=self.matte,
            match_sound=self.match_sound,
            c2pa=self.c2pa,
            checks=self.checks,
            reel=self.reel,
            name_template=self.name,
            takes_dir=self.takes_dir,
            label=self.label,
            send_rate=self.send_rate,
            drop=self.drop,
            marker_colors=self.marker_color,
            marker_name=self.marker_name,
            voice_tracks=self.voice_track,
            own_sound=self.own_sound,
            media_roots=self.media_root,
            timeline_name=self.timeline,
            timeline_rate=self.rate,
            options=_options(self.option),
            rehearsal=is_loopback(self.base_url),
        )


@dataclass(frozen=True)
class Loaded:
    """The settings in force, and where each one that is not a default came from."""

    settings: Settings
    origins: Mapping[str, str]
    problems: tuple[Problem, ...]


def user_file() -> Path:
    """The user's own settings."""
    return Path(platformdirs.user_config_dir("reperform", appauthor=False)) / "reperform.toml"


def load(
    given: Mapping[str, Any],
    *,
    beside: Path | None = None,
    environment: Mapping[str, str] | None = None,
    user: Path | None = None,
) -> Loaded:
    """Settings from all sources.

    Args:
        given: what the command line says; None means not said.
        beside: the timeline, or its folder; None where there is none.
        environment: default `os.environ`.
        user: default `user_file()`.

    Raises:
        SettingsError: an unknown name or a value that does not fit, in a source that is the user's own.

    """
    problems: list[Problem] = []
    layers = [(COMMAND_LINE, {name: value for name, value in given.items() if value not in (None, ())})]
    layers.append((ENVIRONMENT, _from_environment(os.environ if environment is None else environment, problems)))
    user = user or user_file()
    layers.append((str(user), _read(user)))
    if beside is not None:
        folder_file = (beside if beside.is_dir() else beside.parent) / "reperform.toml"
        layers.append((str(folder_file), _folder_settings(folder_file, problems)))
    values: dict[str, Any] = {}
    origins: dict[str, str] = {}
    for origin, layer in layers:
        _check(layer, origin)
        for name in layer.keys() - values.keys():
            values[name], origins[name] = layer[name], origin
    return Loaded(_pinned(Settings(**values), _read(user)), origins, tuple(problems))


def _pinned(settings: Settings, user: Mapping[str, Any]) -> Settings:
    """The user's file decides alone which engines may be used at all, and that consent is required."""
    pins = Settings(**{name: user[name] for name in ("allowed_engines", "require_consent") if name in user})
    pinned: dict[str, Any] = {"require_consent": True} if pins.require_consent else {}
    if pins.allowed_engines:
        pinned["allowed_engines"] = pins.allowed_engines
    return settings.model_copy(update=pinned)


def _check(layer: Mapping[str, Any], origin: str) -> None:
    for name in layer:
        if name not in Settings.model_fields:
            raise SettingsError(f"There is no setting `{name}` ({origin}).", fix=_near(name))
    try:
        Settings(**layer)
    except ValidationError as error:
        found = error.errors()[0]
        name = ".".join(map(str, found["loc"][:2])) if found["loc"][0] == "checks" else str(found["loc"][0])
        raise SettingsError(
            f"{_written(name, found['input'], origin)} does not fit.", fix=_should(found["msg"])
        ) from error


def _written(name: str, value: object, origin: str) -> str:
    """The setting as it was written there: an option, a variable, a line of a file."""
    said = "true" if value is True else "false" if value is False else str(value)
    if origin == COMMAND_LINE:
        return f"`--{'for' if name == 'for_editor' else name.replace('_', '-')} {said}`"
    if origin == ENVIRONMENT:
        return f"`REPERFORM_{name.upper()}={said}` in the environment"
    return f"`{name} = {said}` in {origin}"


def _should(message: str) -> str:
    """What a validator says, as a sentence on what to write."""
    sentence = message.removeprefix("Value error, ").replace("Input should be", "It should be").replace("'", "")
    for said, plain in _PLAIN.items():
        sentence = re.sub(said, plain, sentence)
    return f"{sentence}."


_PLAIN = {
    r"a valid integer.*": "a whole number",
    r"a valid boolean.*": "true or false",
    r"Extra inputs are not permitted": "There is no such name",
    r"greater than or equal to (\d+)": r"\1 or more",
    r"less than or equal to (\d+)": r"\1 or less",
}


def _from_environment(environment: Mapping[str, str], problems: list[Problem]) -> dict[str, Any]:
    """Settings among the variables. A name that is none may stand there for others: it is a warning."""
    prefix = "REPERFORM_"
    found = {name[len(prefix) :].lower(): value for name, value in environment.items() if name.startswith(prefix)}
    for name in sorted(found.keys() - Settings.model_fields.keys()):
        message = f"There is no setting `{name}`: {prefix}{name.upper()} in the environment is ignored."
        problems.append(Problem(severity="warning", message=message, fix=_near(name)))
    return {name: value for name, value in found.items() if value and name in Settings.model_fields}


def _near(name: str) -> str:
    near = get_close_matches(name, Settings.model_fields, 1)
    return f"Did you mean `{near[0]}`?" if near else "`reperform doctor` lists the settings."


def _read(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {}
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise SettingsError(f"{path} cannot be read: {error}.", fix="Correct or remove the file.") from error


def _folder_settings(path: Path, problems: list[Problem]) -> dict[str, Any]:
    """What the timeline's folder may say; the rest, and anything that does not fit, is a warning."""
    try:
        layer = _read(path)
        allowed = {name: layer[name] for name in layer if name in FOLDER_SETTINGS}
        _check(allowed, str(path))
    except SettingsError as error:
        problems.append(Problem(severity="warning", message=error.message, fix="It was ignored."))
        return {}
    refused = sorted(layer.keys() - allowed.keys())
    if refused:
        message = (
            f"{path} sets {', '.join(f'`{name}`' for name in refused)}, which a timeline's folder may not: ignored."
        )
        fix = f"If you want it, put it into {user_file()} or on the command line."
        problems.append(Problem(severity="warning", message=message, fix=fix))
    return allowed


def _options(pairs: tuple[str, ...]) -> dict[str, str]:
    """`engine.field=value` pairs."""
    options = {}
    for pair in pairs:
        name, equals, value = pair.partition("=")
        if not equals or "." not in name:
            raise SettingsError(
                f"`--option {pair}` is not ENGINE.FIELD=VALUE.", fix="For example `--option runware.ttl=86400`."
            )
        options[name.strip()] = value.strip()
    return options
