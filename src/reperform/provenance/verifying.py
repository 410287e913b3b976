"""Content credentials read again: whether a take is still the file that was signed."""

from __future__ import annotations

from pathlib import Path

from reperform.errors import MediaError
from reperform.model import Check, TakeCredentials
from reperform.provenance.certificates import is_installed

__all__ = ["check_credentials"]

_NAME = "content credentials"
_AGAIN = "Delete the file and run the timeline again: it is made of the results that are kept, and signed, at no cost."


def check_credentials(take: Path, credentials: TakeCredentials) -> Check:
    """A take that was signed is what was signed, to the byte; credentials that are gone, or of another take, are a failure.

    Without the extra c2pa nothing can be said, which is a remark.
    """
    if not is_installed():
        fix = 'pip install "reperform[c2pa]"'
        return Check(
            name=_NAME, passed=True, noticed=True, detail="they cannot be read without the extra c2pa", fix=fix
        )
    from reperform.provenance.signing import read_again

    try:
        store = read_again(take, beside=credentials.place == "sidecar")
    except MediaError as error:
        detail = error.message + (f": {error.cause}" if error.cause else "")
        return Check(name=_NAME, passed=False, detail=detail, fix=_AGAIN)
    if store["active_manifest"] != credentials.manifest:
        return Check(name=_NAME, passed=False, detail="they are not those that the take was given", fix=_AGAIN)
    named = f"valid, signed by {credentials.signer}"
    return Check(name=_NAME, passed=True, detail=f"{named}, self-signed" if credentials.self_signed else named)
