"""Files that a page gives: shown by the browser, and named for whoever keeps them."""

from flask import Response


def pdf_answer(content: bytes, name: str) -> Response:
    """Answer with a PDF; ``name`` is that of the file, in plain letters."""
    answer = Response(content, content_type="application/pdf")
    answer.headers["Content-Disposition"] = f'inline; filename="{name}"'
    return answer
