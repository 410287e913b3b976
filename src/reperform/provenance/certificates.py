"""Who signs a take: the user's own certificate, or one that this machine makes for itself, and that says so."""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

from reperform.errors import SettingsError
from reperform.files import atomic_output

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["Certificate", "chosen", "is_installed", "self_signed_file"]

SELF_SIGNED = "reperform, self-signed: nobody vouches for it"
_YEARS = timedelta(days=3650)
_LEFT = timedelta(days=30)
_VARIABLES = ("REPERFORM_C2PA_CERT", "REPERFORM_C2PA_KEY")
_EXTRA = 'Install it with: pip install "reperform[c2pa]".'


@dataclass(frozen=True, kw_only=True)
class Certificate:
    """A chain of certificates and the private key of its first, as PEM."""

    chain: bytes
    key: bytes = field(repr=False)
    algorithm: str
    """As C2PA names it, such as `es256`."""
    name: str
    """Whom it names."""
    self_signed: bool


def is_installed() -> bool:
    """Whether the extra `c2pa` is there."""
    from importlib.util import find_spec

    return find_spec("c2pa") is not None and find_spec("cryptography") is not None


def chosen(environment: Mapping[str, str] | None = None) -> Certificate:
    """The certificate that the settings name; where they name none, this machine's own, made now if it has none.

    Raises:
        SettingsError: the extra is not installed; a file cannot be read, is not what it should be, or is out of date.

    """
    if not is_installed():
        raise SettingsError("content credentials need the extra `c2pa`, which is not installed", fix=_EXTRA)
    environment = os.environ if environment is None else environment
    cert, key = (environment.get(name) for name in _VARIABLES)
    if bool(cert) != bool(key):
        missing = "--c2pa-key" if cert else "--c2pa-cert"
        raise SettingsError(
            f"a certificate and its key go together: {missing} is not given",
            fix=f"Give {missing} too, or neither: then takes are self-signed.",
        )
    if cert and key:
        return _loaded(Path(cert), Path(key), self_signed=False)
    return _own()


def self_signed_file() -> Path:
    """Where this machine keeps the certificate that it made, with its key: only its user may read it."""
    import platformdirs

    return Path(platformdirs.user_state_dir("reperform", appauthor=False)) / "content-credentials.pem"


def _own() -> Certificate:
    path = self_signed_file()
    if not path.exists():
        _write(path)
    try:
        return _loaded(path, path, self_signed=True)
    except SettingsError:
        _write(path)
        return _loaded(path, path, self_signed=True)


def _write(path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with atomic_output(path) as temporary:
        descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0), 0o600)
        with os.fdopen(descriptor, "wb") as file:
            file.write(_made())


def _loaded(cert: Path, key: Path, *, self_signed: bool) -> Certificate:
    from cryptography import x509
    from cryptography.hazmat.primitives import serialization

    try:
        chain = x509.load_pem_x509_certificates(cert.read_bytes())
        private = serialization.load_pem_private_key(key.read_bytes(), password=None)
    except OSError as error:
        raise SettingsError(
            f"{error.filename} cannot be read: {error.strerror}", fix="Check --c2pa-cert and --c2pa-key."
        ) from error
    except (ValueError, TypeError) as error:
        raise SettingsError(
            f"{cert.name} and {key.name} are no certificate and key for content credentials",
            cause=str(error).splitlines()[0] if str(error) else None,
            fix="Both are PEM: the chain of certificates, its own first, and a private key without a password.",
        ) from error
    if _public(chain[0].public_key()) != _public(private.public_key()):
        raise SettingsError(f"{key.name} is not the key of {cert.name}", fix="Give the key that belongs to it.")
    if chain[0].not_valid_after_utc < datetime.now(UTC) + (_LEFT if self_signed else timedelta(0)):
        raise SettingsError(
            f"{cert.name} is out of date since {chain[0].not_valid_after_utc:%Y-%m-%d}", fix="Renew it."
        )
    pem = serialization.Encoding.PEM
    return Certificate(
        chain=b"".join(each.public_bytes(pem) for each in chain),
        key=private.private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()),
        algorithm=_algorithm(private),
        name=_name(chain[0]),
        self_signed=self_signed,
    )


def _public(key: Any) -> bytes:
    from cryptography.hazmat.primitives import serialization

    found: bytes = key.public_bytes(serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)
    return found


def _name(certificate: Any) -> str:
    from cryptography.x509.oid import NameOID

    names = [
        *certificate.subject.get_attributes_for_oid(NameOID.COMMON_NAME),
        *certificate.subject.get_attributes_for_oid(NameOID.ORGANIZATION_NAME),
    ]
    return str(names[0].value) if names else certificate.subject.rfc4514_string()


def _algorithm(key: Any) -> str:
    from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa

    if isinstance(key, ec.EllipticCurvePrivateKey):
        curves = {"secp256r1": "es256", "secp384r1": "es384", "secp521r1": "es512"}
        if key.curve.name in curves:
            return curves[key.curve.name]
    if isinstance(key, rsa.RSAPrivateKey):
        return "ps256"
    if isinstance(key, ed25519.Ed25519PrivateKey):
        return "ed25519"
    raise SettingsError("a key of this kind cannot sign content credentials", fix="Use ECDSA (P-256), RSA or Ed25519.")


def _made() -> bytes:
    """A key, its certificate, and the authority that issued it: C2PA takes none that issued itself. The authority's key is dropped."""
    from cryptography.hazmat.primitives import serialization
    from cryptography.hazmat.primitives.asymmetric import ec

    authority, own = ec.generate_private_key(ec.SECP256R1()), ec.generate_private_key(ec.SECP256R1())
    issuer = _issued("reperform, this machine's own authority", None, authority, authority)
    leaf = _issued(SELF_SIGNED, issuer.subject, own, authority)
    pem = serialization.Encoding.PEM
    key = own.private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    return b"".join([leaf.public_bytes(pem), issuer.public_bytes(pem), key])


def _issued(name: str, issuer: Any, key: Any, by: Any) -> Any:
    """A certificate of `key`, signed by the key `by`; an authority's where it has no issuer but itself."""
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes
    from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

    authority = issuer is None
    organisation = x509.NameAttribute(NameOID.ORGANIZATION_NAME, "self-signed by reperform")
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name), organisation])
    now = datetime.now(UTC)
    usage = dict.fromkeys(
        ("content_commitment", "key_encipherment", "data_encipherment", "key_agreement", "encipher_only", "decipher_only"),
        False,
    )  # fmt: skip
    builder = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject if authority else issuer)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + _YEARS)
        .add_extension(x509.BasicConstraints(ca=authority, path_length=None), critical=True)
        .add_extension(
            x509.KeyUsage(digital_signature=not authority, key_cert_sign=authority, crl_sign=authority, **usage),
            critical=True,
        )
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(by.public_key()), critical=False)
    )
    if not authority:
        builder = builder.add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.EMAIL_PROTECTION]), critical=False)
    return builder.sign(by, hashes.SHA256())
