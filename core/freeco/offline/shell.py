"""What a device keeps of the site itself, and the worker that keeps it."""

import json
from functools import cache
from hashlib import sha256
from pathlib import Path

import typst

WORKER = ("offline-queue.js", "offline-worker.js")
"""One script, in this order: pages load the first as well."""
ICON = Path(__file__).parent / "icon.typ"
ICON_SIZES = (180, 192, 512)
FONTS_AND_HTMX = ("npm/*.woff2", "npm/htmx.min.js")


@cache
def shell_files(static: Path) -> tuple[str, ...]:
    """Return the files every page is made of: styles, scripts, fonts; not those of the map."""
    patterns = ("*.css", "*.js", "*.svg", *FONTS_AND_HTMX)
    found = {file for pattern in patterns for file in static.glob(pattern)}
    return tuple(
        sorted(
            file.relative_to(static).as_posix()
            for file in found
            if file.name != "offline-worker.js"
        )
    )


@cache
def version(static: Path, page: Path) -> str:
    """Return a name that changes with any file of the shell, or with the page shown offline."""
    digest = sha256(page.read_bytes())
    for name in (*shell_files(static), "offline-worker.js"):
        digest.update(name.encode() + (static / name).read_bytes())
    return digest.hexdigest()[:16]


def worker(static: Path, page: Path, shell: list[str], offline_url: str, icon_url: str) -> str:
    """Return the worker's script with what it needs to know of this site."""
    known = json.dumps(
        {
            "version": version(static, page),
            "shell": [offline_url, *shell],
            "offline": offline_url,
            "icon": icon_url,
        }
    )
    scripts = [(static / name).read_text("utf-8") for name in WORKER]
    return "\n".join([f"const site = {known};", *scripts])


@cache
def icon(drawing: Path, size: int) -> bytes:
    """Draw the icon as a PNG of so many pixels."""
    return typst.compile(
        ICON,
        root=drawing.parent.parent.parent,
        format="png",
        ppi=72,
        ignore_system_fonts=True,
        sys_inputs={"size": str(size)},
    )
