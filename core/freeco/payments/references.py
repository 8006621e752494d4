"""Transfer references: ISO 11649 (``RF``, two check digits, then ours), short enough to copy."""

import secrets

from sqlalchemy import select
from stdnum import iso11649
from stdnum.iso7064 import mod_97_10

from freeco.db import db
from freeco.payments.models import Payment

SIGNS = "CDFHJKMNPQRTVWXY34679"
"""No vowel, so that no word appears, and no two signs that a hand writes alike."""
LENGTH = 8
"""Of ours: 21 to the 8th is 38 thousand million; the check digits catch a sign misread."""


def draw() -> str:
    """Return a reference that no payment has, such as ``RF47K7MR4TPX``."""
    while True:
        own = "".join(secrets.choice(SIGNS) for _each in range(LENGTH))
        found = f"RF{mod_97_10.calc_check_digits(own + 'RF')}{own}"
        if db.session.scalar(select(Payment.id).where(Payment.reference == found)) is None:
            return found


def spaced(reference: str) -> str:
    """Return a reference as people read it: by fours."""
    return str(iso11649.format(reference))


def normal(typed: str) -> str:
    """Return the reference that was typed, or nothing when it is none."""
    return str(iso11649.compact(typed)).upper() if iso11649.is_valid(typed.upper()) else ""
