"""Paper is a first-class screen: a typst template and some content make a PDF."""

import json
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path

import typst

from freeco import clock


class PaperFailed(RuntimeError):
    """Typst would not set the page; the message is its own."""


def render_pdf(
    template: Path,
    content: Mapping[str, object],
    *,
    fonts: Sequence[Path] = (),
    made_at: datetime | None = None,
) -> bytes:
    """Set a template with its content, and return the PDF.

    The content travels as JSON, and the template reads it with `json(bytes(sys.inputs.content))`:
    a name is never part of the template's source, so `#` or `*` in it prints as typed. The
    template sees its own folder only. The machine's fonts are left aside, so that a paper
    looks the same wherever it is made: typst's own fonts, and the TTF or OTF files of the
    folders in `fonts`.

    The same content at the same instant (aware; the clock's, unless told) gives the same bytes.
    """
    instant = clock.now() if made_at is None else made_at
    if instant.tzinfo is None:
        raise ValueError("an instant must be aware")
    try:
        return typst.compile(
            template,
            root=template.parent,
            font_paths=list(fonts),
            ignore_system_fonts=True,
            format="pdf",
            sys_inputs={"content": json.dumps(content)},
            timestamp=instant.astimezone(UTC).replace(microsecond=0),
        )
    except typst.TypstError as error:
        raise PaperFailed(error.diagnostic or error.message) from error
