"""Payers' account numbers, sealed: of no use to who copies the database without the site's key."""

import base64

from cryptography.fernet import Fernet, InvalidToken

from freeco.payments.debit_errors import SealBroken
from freeco.signing import drawn


def _fernet() -> Fernet:
    key = bytes.fromhex(drawn("core.debit_mandate.iban", length=64))
    return Fernet(base64.urlsafe_b64encode(key))


def seal(iban: str) -> str:
    """Return an account number as it is stored: AES and HMAC, by a key drawn from the site's."""
    return _fernet().encrypt(iban.encode()).decode()


def unseal(sealed: str) -> str:
    """Return the account number. Raises SealBroken when the site's key was changed."""
    try:
        return _fernet().decrypt(sealed.encode()).decode()
    except InvalidToken as error:
        raise SealBroken from error
