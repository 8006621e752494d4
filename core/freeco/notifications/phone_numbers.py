"""Telephone numbers as a gateway wants them: E.164."""

import re

_LOCAL = re.compile(r"0[1-9][0-9]{8}")
_WORLD = re.compile(r"\+[1-9][0-9]{6,14}")


def international(typed: str) -> str:
    """Return a number as +33612345678, or nothing for one that cannot be dialled so.

    A number without a country is French: the ten digits people write.
    """
    digits = re.sub(r"[\s.\-()/\u00a0\u202f]", "", typed)
    if digits.startswith("00"):
        digits = f"+{digits[2:]}"
    if _LOCAL.fullmatch(digits):
        return f"+33{digits[1:]}"
    return digits if _WORLD.fullmatch(digits) else ""
