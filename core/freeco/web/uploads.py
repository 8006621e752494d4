"""A file between its preview and its import: kept a day on the disk, under an unguessable name."""

import os
import re
import secrets
from contextlib import suppress
from pathlib import Path

from freeco.clock import now
from freeco.errors import Refusal
from freeco.i18n import _

KEPT_SECONDS = 24 * 3600
NAME = re.compile(r"[A-Za-z0-9_-]{43}\.[a-z]{1,5}")


class UploadGone(Refusal):
    """The file was kept long enough."""

    reason = _("Ce fichier n’est plus là : choisissez-le de nouveau.")


class NoFile(Refusal):
    """The button was pressed before a file was chosen."""

    reason = _("Choisissez d’abord un fichier.")
    status = 422


def keep(home: Path, name: str, content: bytes) -> str:
    """Keep an uploaded file; return the token a form carries. Raises NoFile."""
    if not name or not content:
        raise NoFile
    folder = home / "uploads"
    folder.mkdir(parents=True, exist_ok=True)
    forget_old(home)
    suffix = re.sub(r"[^a-z]", "", Path(name).suffix.lower())[:5] or "csv"
    token = f"{secrets.token_urlsafe(32)}.{suffix}"
    descriptor = os.open(folder / token, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)
    return token


def read(home: Path, token: str) -> tuple[str, bytes]:
    """Return the name and content of a kept file. Raises UploadGone."""
    file = home / "uploads" / token
    if not NAME.fullmatch(token) or not file.is_file():
        raise UploadGone
    return token, file.read_bytes()


def forget(home: Path, token: str) -> None:
    """Delete a file that has been imported."""
    if NAME.fullmatch(token):
        (home / "uploads" / token).unlink(missing_ok=True)


def forget_old(home: Path) -> None:
    """Delete the files that were kept long enough; the worker sees to it too."""
    folder = home / "uploads"
    for file in folder.iterdir() if folder.is_dir() else ():
        with suppress(FileNotFoundError):
            if now().timestamp() - file.stat().st_mtime > KEPT_SECONDS:
                file.unlink()
