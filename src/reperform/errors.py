"""Every error that reperform raises, as one tree.

ReperformError
├── InputError                  the timeline, its marks, its media or the call is wrong; nothing was sent   exit 2
│   ├── TimelineError           the timeline cannot be read
│   ├── PlanError               the plan cannot be read, or no longer fits its timeline
│   ├── MediaRefused            a file that is not media we open, or not media we can use
│   │   └── CameraRaw           only its maker's software develops it; a transcode may stand for it
│   └── SettingsError           a setting that is not understood
├── MediaError                  reading or making media failed                                              exit 1
│   ├── FFmpegMissing           no FFmpeg found anywhere                                                     exit 2
│   ├── FFmpegFailed            FFmpeg ended with an error
│   └── ConformError            what came back cannot be made into a take
├── EngineError                 an engine failed on one job                                                 exit 1
│   ├── NotSubmitted            the request certainly never arrived; it may be sent again
│   │   ├── OutOfReach          the engine could not be asked or given media; nothing is lost by asking again
│   │   └── RateLimited         the engine takes no more for now; it may say when
│   ├── SubmissionUnknown       the request may have arrived; it is reconciled, never silently sent again
│   ├── Rejected                the engine refused this job, and will refuse it again
│   ├── JobFailed               the engine accepted the job and failed
│   │   └── JobStopped          it was cancelled, by us or in the account
│   ├── Expired                 the engine no longer has the job, or its result
│   ├── NotGenuine              a message in an engine's name that cannot be shown to be the engine's
│   └── AccessRefused           key, plan or credit                                                          exit 4
├── CostCeiling                 going on would cost more than allowed                                       exit 3
├── LedgerError                 the project's record cannot be read or written                              exit 2
└── Interrupted                 stopped by the user; can be resumed                                         exit 130

A message says what is wrong and where; `fix` says what to do. An error without a message of its own says its docstring.
"""

from __future__ import annotations

__all__ = [
    "EXIT_CODES",
    "AccessRefused",
    "CameraRaw",
    "ConformError",
    "CostCeiling",
    "EngineError",
    "Expired",
    "FFmpegFailed",
    "FFmpegMissing",
    "InputError",
    "Interrupted",
    "JobFailed",
    "JobStopped",
    "LedgerError",
    "MediaError",
    "MediaRefused",
    "NotGenuine",
    "NotSubmitted",
    "OutOfReach",
    "PlanError",
    "RateLimited",
    "Rejected",
    "ReperformError",
    "SettingsError",
    "SubmissionUnknown",
    "TimelineError",
    "exit_code",
]


_DEVELOP = (
    "Transcode it to ProRes, DNxHR or H.264 with the same timecode and reel (Resolve's proxies are that), and give"
    " --media-root DIR where that lies under the same name, or relink the clip to it."
)


class ReperformError(Exception):
    """Something went wrong."""

    def __init__(self, message: str | None = None, *, cause: str | None = None, fix: str | None = None) -> None:
        self.message = message or (type(self).__doc__ or "").strip()
        self.cause = cause
        """What lay behind it, such as the end of FFmpeg's output. None where the message says all."""
        self.fix = fix
        """What the user can do. None where there is nothing to do."""
        super().__init__(self.message)

    def to_dict(self) -> dict[str, str | None]:
        """The error as `--json` prints it."""
        return {"error": type(self).__name__, "message": self.message, "cause": self.cause, "fix": self.fix}


class InputError(ReperformError):
    """The input is wrong; nothing was sent."""


class TimelineError(InputError):
    """The timeline cannot be read."""


class PlanError(InputError):
    """The plan cannot be read, or no longer fits its timeline."""


class MediaRefused(InputError):
    """This file is not media that reperform opens."""


class CameraRaw(MediaRefused):
    """The media is camera raw, which only its maker's software develops."""

    def __init__(self, message: str | None = None, *, cause: str | None = None, fix: str | None = None) -> None:
        super().__init__(message, cause=cause, fix=fix or _DEVELOP)


class SettingsError(InputError):
    """A setting is not understood."""


class MediaError(ReperformError):
    """Reading or making media failed."""


class FFmpegMissing(MediaError):
    """No FFmpeg was found."""


class FFmpegFailed(MediaError):
    """FFmpeg ended with an error."""


class ConformError(MediaError):
    """What came back cannot be made into a take."""


class EngineError(ReperformError):
    """The engine failed on this job."""


class NotSubmitted(EngineError):
    """The request never reached the engine; it may be sent again."""

    def __init__(
        self,
        message: str | None = None,
        *,
        cause: str | None = None,
        fix: str | None = None,
        retry_after_seconds: float | None = None,
    ) -> None:
        self.retry_after_seconds = retry_after_seconds
        """When the engine says to come back. None where it does not say."""
        super().__init__(message, cause=cause, fix=fix)


class OutOfReach(NotSubmitted):
    """The engine could not be reached; it can be asked again."""


class RateLimited(NotSubmitted):
    """The engine takes no more requests for now; it may be sent again."""


class SubmissionUnknown(EngineError):
    """The request may or may not have reached the engine; it is reconciled, not sent again."""


class Rejected(EngineError):
    """The engine refused this job."""


class JobFailed(EngineError):
    """The engine accepted the job and failed."""

    def __init__(
        self,
        message: str | None = None,
        *,
        cause: str | None = None,
        fix: str | None = None,
        temporary: bool = False,
        billed: bool | None = None,
    ) -> None:
        self.temporary = temporary
        """Whether the engine says that the same request may succeed later."""
        self.billed = billed
        """Whether the engine charges for it. None where it does not say."""
        super().__init__(message, cause=cause, fix=fix)


class JobStopped(JobFailed):
    """The job was cancelled, by us or in the engine's account."""


class Expired(EngineError):
    """The engine no longer has this job, or its result."""


class NotGenuine(EngineError):
    """A message in an engine's name cannot be shown to be the engine's."""


class AccessRefused(EngineError):
    """The engine refused us: key, plan or credit."""


class CostCeiling(ReperformError):
    """Going on would cost more than allowed."""


class LedgerError(ReperformError):
    """The project's ledger cannot be read or written."""


class Interrupted(ReperformError):
    """Stopped; `reperform resume` goes on from here."""


EXIT_CODES: dict[type[ReperformError], int] = {
    Interrupted: 130,
    AccessRefused: 4,
    CostCeiling: 3,
    FFmpegMissing: 2,
    LedgerError: 2,
    InputError: 2,
    ReperformError: 1,
}
"""The most specific class that fits decides. 0 is success."""


def exit_code(error: ReperformError) -> int:
    """The exit status of the command that ends with this error."""
    return next(EXIT_CODES[kind] for kind in type(error).__mro__ if kind in EXIT_CODES)
