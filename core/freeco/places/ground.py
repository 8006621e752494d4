"""Where the files of the ground lie: names and outlines, prepared at set-up, never in git."""

from pathlib import Path

from flask import current_app, has_app_context

HERE = Path(__file__).parent / "prepared"
CENTRES = "centres.json.gz"
DEPARTMENTS = "departements.json.gz"


def folders() -> list[Path]:
    """Return where to look: what the operator prepared first, then what came with the package."""
    if not has_app_context():
        return [HERE]
    return [current_app.extensions["freeco"].settings.home / "ground", HERE]


def file(name: str) -> Path | None:
    """Return a file of the ground; None when it is not installed."""
    return next((folder / name for folder in folders() if (folder / name).is_file()), None)
