"""The site's own key for one vote: locked while tokens are given, destroyed once they are out.

As other secrets that must stand in the database: of no use to who copies it without the site's key.
"""

import base64

from cryptography.fernet import Fernet, InvalidToken
from cryptography.hazmat.primitives.asymmetric import rsa

from freeco.signing import drawn
from freeco_project_decisions.sealed.errors import Unsound
from freeco_project_decisions.tokens import blind
from freeco_project_decisions.tokens.errors import KeyLost
from freeco_project_decisions.tokens.models import TokenSigner


def _fernet(identifier: str) -> Fernet:
    key = bytes.fromhex(drawn("project_decisions.token_signer", identifier, length=64))
    return Fernet(base64.urlsafe_b64encode(key))


def locked(key: rsa.RSAPrivateKey, identifier: str) -> str:
    """Lock a key with the site's secret."""
    return _fernet(identifier).encrypt(blind.private_bytes(key)).decode()


def unlocked(signer: TokenSigner) -> rsa.RSAPrivateKey:
    """Return the site's key; raises ``KeyLost``."""
    try:
        content = _fernet(signer.votes.identifier).decrypt(signer.private.encode())
        return blind.read_private(content)
    except (InvalidToken, Unsound) as lost:
        raise KeyLost from lost
