"""Content credentials put on a take and found valid. Its media stays as it is, byte for byte, and nothing is asked of a network."""

from __future__ import annotations

import json
import os
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from reperform.errors import MediaError
from reperform.files import atomic_output, write_atomically
from reperform.model import TakeCredentials
from reperform.provenance.manifest import ingredient_of, manifest_of

if TYPE_CHECKING:
    from reperform.provenance.certificates import Certificate
    from reperform.provenance.documents import Provenance

__all__ = ["credentials_path", "has_credentials", "read_again", "sign"]

_EMBEDDED = {".mov": "video/quicktime", ".mp4": "video/mp4", ".m4v": "video/mp4"}
_ANY = "application/octet-stream"
_C2PA_BOX = bytes.fromhex("d8fec3d61b0e483c92975828877ec481")
_BLOCK = 1 << 20
_LIBRARY = {
    "core": {"backing_store_memory_threshold_in_mb": 64},
    "verify": {"remote_manifest_fetch": False, "ocsp_fetch": False},
    "builder": {"thumbnail": {"enabled": False}},
}
"""Its settings: nothing is fetched, and large takes are kept on the disk while they are signed."""
_VALID = ("Valid", "Trusted")


def credentials_path(take: Path) -> Path:
    """Where they stand when they cannot be in the take's file: STEM.c2pa."""
    return take.with_suffix(".c2pa")


def sign(take: Path, said: Provenance, *, certificate: Certificate, original: Path | None = None) -> TakeCredentials:
    """Gives a take its credentials: in a MOV or MP4, complete or not at all; else in a file beside it.

    Credentials of the `original` are kept with them as those of their parent; None: it has none that could be read.

    Raises:
        MediaError: they could not be made, were not found valid, or the media would have changed. The take is as it was.

    """
    import c2pa

    try:
        place, store = _signed(take, said, certificate, original)
    except c2pa.C2paError as error:
        raise MediaError(
            f"{take.name} could not be given content credentials",
            cause=str(error),
            fix="Check the certificate: C2PA asks for one with the key usage digital signature, and its chain.",
        ) from error
    return TakeCredentials(
        place="embedded" if place == take else "sidecar",
        signer=certificate.name,
        self_signed=certificate.self_signed,
        manifest=store["active_manifest"],
    )


def read_again(take: Path, *, beside: bool) -> dict[str, Any]:
    """The credentials in a take's file, or `beside` it, as c2pa's manifest store.

    Raises:
        MediaError: there are none, or they are not valid for the file as it is.

    """
    import c2pa

    context = c2pa.Context.from_dict(_LIBRARY)
    try:
        store = credentials_path(take).read_bytes() if beside else None
        kind = _ANY if beside else _EMBEDDED.get(take.suffix.lower(), _ANY)
        with take.open("rb") as file:
            return _validated(c2pa.Reader(kind, file, store, context=context), take)
    except (c2pa.C2paError, OSError) as error:
        raise MediaError(f"{take.name} has no content credentials that can be read", cause=str(error)) from error


def _signed(
    take: Path, said: Provenance, certificate: Certificate, original: Path | None
) -> tuple[Path, dict[str, Any]]:
    import c2pa

    context = c2pa.Context.from_dict(_LIBRARY)
    builder = _builder(said, original, context)
    info = c2pa.C2paSignerInfo(
        alg=certificate.algorithm.encode(), sign_cert=certificate.chain, private_key=certificate.key, ta_url=None
    )
    signer = c2pa.Signer.from_info(info)
    kind = _EMBEDDED.get(take.suffix.lower())
    if kind is None:
        return _beside(take, builder, signer, context)
    with atomic_output(take) as temporary:
        with take.open("rb") as source, temporary.open("w+b") as written:
            builder.sign(signer, kind, source, written)
        with temporary.open("rb") as file:
            store = _validated(c2pa.Reader(kind, file, context=context), take)
        _refuse_other_media(take, temporary)
    return take, store


def _beside(take: Path, builder: Any, signer: Any, context: Any) -> tuple[Path, dict[str, Any]]:
    import c2pa

    builder.set_no_embed()
    with take.open("rb") as source, tempfile.TemporaryFile(dir=take.parent) as copy:
        manifest = builder.sign(signer, _ANY, source, copy)
    with take.open("rb") as file:
        store = _validated(c2pa.Reader(_ANY, file, manifest, context=context), take)
    write_atomically(credentials_path(take), manifest)
    return credentials_path(take), store


def _builder(said: Provenance, original: Path | None, context: Any) -> Any:
    import c2pa

    kind = _EMBEDDED.get(original.suffix.lower()) if original else None
    if original is None or kind is None or not has_credentials(original):
        return c2pa.Builder(manifest_of(said, with_ingredient=True), context)
    builder = c2pa.Builder(manifest_of(said, with_ingredient=False), context)
    with original.open("rb") as file:
        builder.add_ingredient(ingredient_of(said), kind, file)
    return builder


def _validated(reader: Any, take: Path) -> dict[str, Any]:
    state = reader.get_validation_state()
    store: dict[str, Any] = json.loads(reader.json())
    reader.close()
    if state not in _VALID:
        codes = [each["code"] for each in store.get("validation_status", ())]
        raise MediaError(f"the content credentials of {take.name} were not found valid", cause=", ".join(codes))
    return store


def has_credentials(path: Path) -> bool:
    """Whether a MOV or MP4 carries C2PA credentials, valid or not."""
    return any(kind == b"uuid" and _at(path, start, len(_C2PA_BOX)) == _C2PA_BOX for kind, start, _ in _boxes(path))


def _refuse_other_media(before: Path, after: Path) -> None:
    """The payloads of both files' `mdat` boxes, in order, must be the same bytes."""
    ranges = [[(start, end) for kind, start, end in _boxes(path) if kind == b"mdat"] for path in (before, after)]
    same = [end - start for start, end in ranges[0]] == [end - start for start, end in ranges[1]]
    with before.open("rb") as one, after.open("rb") as other:
        for (first, end), (second, _) in zip(*ranges, strict=False):
            one.seek(first)
            other.seek(second)
            for at in range(first, end, _BLOCK):
                length = min(_BLOCK, end - at)
                same = same and one.read(length) == other.read(length)
    if not same:
        raise MediaError(f"{before.name} would have changed when its credentials were put in")


def _boxes(path: Path) -> Iterator[tuple[bytes, int, int]]:
    """The boxes of a file one after the other: kind, and where its payload starts and ends."""
    size, at = path.stat().st_size, 0
    with path.open("rb") as file:
        while at + 8 <= size:
            file.seek(at)
            head = file.read(16)
            length, payload = int.from_bytes(head[:4], "big"), 8
            if length == 1:
                length, payload = int.from_bytes(head[8:16], "big"), 16
            end = size if length == 0 else at + length
            if end < at + payload or end > size:
                return
            yield head[4:8], at + payload, end
            at = end


def _at(path: Path, start: int, length: int) -> bytes:
    with path.open("rb") as file:
        file.seek(start, os.SEEK_SET)
        return file.read(length)
