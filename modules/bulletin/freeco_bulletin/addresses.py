"""The address of a notice as it is printed: a code to photograph, and letters to type."""

import re
from io import BytesIO

import segno


def code(address: str) -> str:
    """Return the QR code of an address, as SVG; a corner torn off does not matter."""
    file = BytesIO()
    segno.make_qr(address, error="m").save(file, kind="svg", xmldecl=False, border=4)
    return file.getvalue().decode()


def in_letters(address: str) -> str:
    """Return an address as one reads it out: without what browsers add by themselves."""
    return re.sub(r"^https?://(www\.)?", "", address).rstrip("/")
