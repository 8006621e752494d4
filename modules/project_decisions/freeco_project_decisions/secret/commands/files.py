"""Files that hold a secret, or that somebody must not lose: whole, for their owner alone."""

import os
from pathlib import Path

import click

FILE_MODE = 0o600


def write_new(file: Path, content: bytes) -> None:
    """Write a file that is not there yet, on disk for good.

    Raises ClickException for one that is: a key or a code that is written over is lost.
    """
    try:
        descriptor = os.open(file, os.O_CREAT | os.O_EXCL | os.O_WRONLY, FILE_MODE)
    except FileExistsError as there:
        raise click.ClickException(
            f"{file} existe déjà : rien n’est écrit par-dessus. Choisissez un autre endroit."
        ) from there
    with os.fdopen(descriptor, "wb") as opened:
        opened.write(content)
        opened.flush()
        os.fsync(opened.fileno())
