from __future__ import annotations

import hashlib
import stat
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding

from armband.server.certificate import load_certificate, make_certificate, tls_context

NOW_MS = 1_655_000_000_000


def test_the_certificate_names_loopback_and_lasts_ten_years(tmp_path: Path) -> None:
    made = make_certificate(tmp_path, "lianhu", NOW_MS)
    parsed = x509.load_pem_x509_certificate(made.certificate_path.read_bytes())
    names = parsed.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    assert names.get_values_for_type(x509.DNSName) == ["localhost"]
    addresses = [str(address) for address in names.get_values_for_type(x509.IPAddress)]
    assert addresses == ["127.0.0.1", "::1"]
    assert isinstance(parsed.public_key(), ec.EllipticCurvePublicKey)
    assert (parsed.not_valid_after_utc - parsed.not_valid_before_utc).days >= 3650
    assert made.fingerprint == hashlib.sha256(parsed.public_bytes(Encoding.DER)).digest()


def test_the_key_is_its_owners_alone_and_fits_the_certificate(tmp_path: Path) -> None:
    made = make_certificate(tmp_path, "lianhu", NOW_MS)
    assert stat.S_IMODE(made.key_path.stat().st_mode) == 0o600
    tls_context(made)
    assert load_certificate(tmp_path) == made


def test_an_existing_key_is_never_overwritten(tmp_path: Path) -> None:
    first = make_certificate(tmp_path, "lianhu", NOW_MS)
    with pytest.raises(FileExistsError):
        make_certificate(tmp_path, "lianhu", NOW_MS)
    assert load_certificate(tmp_path) == first
