"""The browser's library of blind signatures, which ``make front`` copies among our own files."""

from pathlib import Path

from flask import current_app

LIBRARY = "npm/blindrsa/blindrsa.js"


def library_is_there() -> bool:
    """Whether browsers can be given what they hide tokens with."""
    return (Path(current_app.static_folder or "") / LIBRARY).is_file()
