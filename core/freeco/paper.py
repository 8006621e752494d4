"""Paper is a first-class screen: a typst template and some content make a PDF."""

import json
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from functools import cache
from io import BytesIO
from pathlib import Path
from typing import Any

import typst
from PIL import Image

from freeco import clock

SHADES = 16
"""Colours of a thumbnail: letters stay smooth, a photograph recognisable."""


class PaperFailed(RuntimeError):
    """Typst would not set the page; the message is its own."""


def render_pdf(
    template: Path,
    content: Mapping[str, object],
    *,
    fonts: Sequence[Path] = (),
    made_at: datetime | None = None,
    standard: str = "",
) -> bytes:
    """Set a template with its content, and return the PDF.

    The content travels as JSON, and the template reads it with `json(bytes(sys.inputs.content))`:
    a name is never part of the template's source, so `#` or `*` in it prints as typed. The
    template sees its own folder only. The machine's fonts are left aside, so that a paper
    looks the same wherever it is made: typst's own fonts, and the TTF or OTF files of the
    folders in `fonts`.

    The same content at the same instant (aware; the clock's, unless told) gives the same bytes.
    ``standard`` names one that the PDF must keep to, such as ``a-3b``.
    """
    kept = {"pdf_standards": [standard]} if standard else {}
    return _set(template, content, fonts, made_at, format="pdf", **kept)


def render_thumbnail(
    template: Path, content: Mapping[str, object], *, points_per_inch: int = 34
) -> bytes:
    """Set a template of one page with its content, and return it small, as PNG."""
    drawn = _set(template, content, (), None, format="png", ppi=points_per_inch)
    light = BytesIO()
    # A third of the weight: a page on a slow line shows two of them.
    Image.open(BytesIO(drawn)).convert("RGB").quantize(SHADES).save(light, "PNG", optimize=True)
    return light.getvalue()


@cache
def _own_fonts() -> typst.Fonts:
    """Return typst's own fonts, read once: that takes as long as a short page."""
    return typst.Fonts(include_system_fonts=False)


def _set(
    template: Path,
    content: Mapping[str, object],
    fonts: Sequence[Path],
    made_at: datetime | None,
    **shape: Any,
) -> bytes:
    instant = clock.now() if made_at is None else made_at
    if instant.tzinfo is None:
        raise ValueError("an instant must be aware")
    try:
        made: bytes = typst.compile(
            template,
            root=template.parent,
            font_paths=list(fonts) or _own_fonts(),
            ignore_system_fonts=True,
            sys_inputs={"content": json.dumps(content)},
            timestamp=instant.astimezone(UTC).replace(microsecond=0),
            **shape,
        )
    except typst.TypstError as error:
        raise PaperFailed(error.diagnostic or error.message) from error
    return made
