"""Styles and scripts that modules bring, in the ``static`` folder beside their ``plugin.py``."""

from pathlib import Path

from flask import Blueprint, send_from_directory
from flask.typing import ResponseReturnValue

from freeco.doors import public
from freeco.errors import Absent
from freeco.kernel import kernel

pages = Blueprint("module_files", __name__)


def folder_of(module: str) -> Path | None:
    """Return where an installed module keeps its files; None when it brings none."""
    folder = kernel().plugins.folder(module)
    return folder / "static" if folder is not None else None


@pages.get("/fichiers/<module>/<path:filename>")
@public
def file(module: str, filename: str) -> ResponseReturnValue:
    """Give a file, the same to everybody, whether the module is open anywhere or not."""
    folder = folder_of(module)
    if folder is None:
        raise Absent
    return send_from_directory(folder, filename)
