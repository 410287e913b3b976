"""Every setting."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, field_validator

from reperform.errors import SettingsError
from reperform.model import InputLut, PlanSettings, RateText, Thresholds

__all__ = ["Settings"]

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
    input_lut: Path | None = None
    """A .cube file from the originals' colours to those of a display, for what is sent. None: they are made for display."""
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

    @field_validator("takes_dir", "project", "ffmpeg", "input_lut", "c2pa_cert", "c2pa_key")
    @classmethod
    def _home(cls, value: Path | None) -> Path | None:
        return value.expanduser() if value else None

    def for_plan(self) -> PlanSettings:
        """The part that shapes a plan and travels with it.

        Raises:
            SettingsError: the LUT is not there, or is none.

        """
        from reperform.asking import is_loopback

        return PlanSettings(
            context_frames=self.context,
            handle_frames=self.handles,
            seam_frames=self.seam,
            like=self.like,
            mezzanine=self.mezzanine,
            composite=self.composite,
            matte=self.matte,
            input_lut=self._lut(),
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

    def _lut(self) -> InputLut | None:
        if self.input_lut is None:
            return None
        from reperform.media.viewing.cube import described

        return described(self.input_lut.absolute())


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
