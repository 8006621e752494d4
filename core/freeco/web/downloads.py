"""Files that a page gives: shown by the browser, and named for whoever keeps them."""

from flask import Response

from freeco.listings import CONTENT_TYPES, Format, Listing, written


def pdf_answer(content: bytes, name: str) -> Response:
    """Answer with a PDF; ``name`` is that of the file, in plain letters."""
    answer = Response(content, content_type="application/pdf")
    answer.headers["Content-Disposition"] = f'inline; filename="{name}"'
    return answer


def list_answer(listing: Listing, form: Format) -> Response:
    """Answer with a list as a file."""
    return file_answer(written(listing, form), CONTENT_TYPES[form], f"{listing.name}.{form}")


def file_answer(content: bytes, content_type: str, name: str) -> Response:
    """Answer with a file to keep; ``name`` is in plain letters."""
    answer = Response(content, content_type=content_type)
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer
