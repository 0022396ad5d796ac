"""Our keys: the newest that everybody has seen signs, and those before it stay known for a day.

LTI Security Framework 1.0, section 6.3: platforms read them at our address and may remember them. So a new
key is shown for an hour before it signs, and an old one for a day after it signed last.

Cryptography takes a while to import, which no start of a process is to wait for: so it is imported only where
it is used.
"""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from core import db
from core.tables import LtiKey

ALGORITHM = "RS256"
BITS = 2048
SHOWN_SECONDS = 3600
KEPT_SECONDS = 24 * 3600


def ensure(session: Session) -> LtiKey:
    """The key that signs; a first one is made, which does so at once."""
    return signing(session) or _make(session, waits=0)


def rotate(session: Session) -> LtiKey:
    """A new key, which is shown from now on and signs in an hour; the one before goes by itself."""
    ensure(session)
    return _make(session, waits=SHOWN_SECONDS)


def signing(session: Session) -> LtiKey | None:
    """The key that signs at present."""
    query = (
        sa.select(LtiKey)
        .where(LtiKey.signs_from <= db.now(session))
        .order_by(LtiKey.signs_from.desc(), LtiKey.kid)
        .limit(1)
    )
    return session.scalar(query)


def listed(session: Session) -> Sequence[LtiKey]:
    """All that may have signed something, or will; the newest first."""
    return session.scalars(sa.select(LtiKey).order_by(LtiKey.signs_from.desc(), LtiKey.kid)).all()


def public(session: Session) -> list[dict[str, Any]]:
    """The public halves, as a JSON Web Key Set lists them (RFC 7517)."""
    return [_public(key) for key in listed(session)]


def trim(session: Session) -> None:
    """Forgets keys whose successor has signed for a day."""
    at = db.now(session) - timedelta(seconds=KEPT_SECONDS)
    newest = sa.select(sa.func.max(LtiKey.signs_from)).where(LtiKey.signs_from <= at).scalar_subquery()
    session.execute(sa.delete(LtiKey).where(LtiKey.signs_from < newest))


def sign(key: LtiKey, claims: Mapping[str, Any]) -> str:
    """The claims as a JSON Web Token of ours."""
    import jwt

    return jwt.encode(dict(claims), key.private_pem, ALGORITHM, headers={"kid": key.kid})


def _make(session: Session, *, waits: int) -> LtiKey:
    from cryptography.hazmat.primitives import serialization
    from cryptography.hazmat.primitives.asymmetric import rsa

    private = rsa.generate_private_key(public_exponent=65537, key_size=BITS)
    pem = private.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    at = db.now(session)
    key = LtiKey(
        kid=db.new_id("key"),
        private_pem=pem.decode(),
        created_at=at,
        signs_from=at + timedelta(seconds=waits),
    )
    session.add(key)
    session.flush()
    return key


def _public(key: LtiKey) -> dict[str, Any]:
    from cryptography.hazmat.primitives import serialization
    from cryptography.hazmat.primitives.asymmetric import rsa
    from jwt.algorithms import RSAAlgorithm

    private = serialization.load_pem_private_key(key.private_pem.encode(), None)
    if not isinstance(private, rsa.RSAPrivateKey):
        raise TypeError(f"{key.kid} is no RSA key")
    told = RSAAlgorithm.to_jwk(private.public_key(), as_dict=True)
    return {name: told[name] for name in ("kty", "n", "e")} | {
        "kid": key.kid,
        "use": "sig",
        "alg": ALGORITHM,
    }
