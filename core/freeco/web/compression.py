"""Answers sent compressed: a page and all it draws on must be light on one bar of network.

The session's cookie is SameSite=Lax: another site cannot have pages of ours sent to somebody
again and again, to guess what is in them by how well they compress.

Ours rather than Flask-Compress 1.25, which compresses parts of a file (206), compresses for who
refuses it (``gzip;q=0``), and leaves the files it streams open: the tests say so.
"""

import gzip
from functools import lru_cache
from http import HTTPStatus

from flask import Flask, Response, request

SMALLEST = 700
"""Below this many bytes nothing is gained."""
IN_WORDS = (
    "text/",
    "application/javascript",
    "application/json",
    "application/ld+json",
    "application/manifest+json",
    "application/problem+json",
    "application/rss+xml",
    "image/svg+xml",
)


def init_compression(app: Flask) -> None:
    """Compress what is in words, for browsers that read gzip."""

    @app.after_request
    def _compress(answer: Response) -> Response:
        if not _gains(answer):
            return answer
        answer.vary.add("Accept-Encoding")
        if request.accept_encodings["gzip"]:
            _send_compressed(answer)
        return answer


def _gains(answer: Response) -> bool:
    whole = answer.status_code == HTTPStatus.OK and "Content-Encoding" not in answer.headers
    if not whole or not (answer.content_type or "").startswith(IN_WORDS):
        return False
    # A file has a length; what is written as it is sent has none, and stays as it is.
    return (answer.calculate_content_length() or answer.content_length or 0) >= SMALLEST


def _send_compressed(answer: Response) -> None:
    if answer.direct_passthrough:
        answer.direct_passthrough = False
        answer.set_data(_compressed_file(answer.get_data()))
    else:
        answer.set_data(gzip.compress(answer.get_data(), 6))
    answer.headers["Content-Encoding"] = "gzip"
    answer.headers.pop("Accept-Ranges", None)
    tag, _weak = answer.get_etag()
    if tag is not None:
        answer.set_etag(tag, weak=True)  # the same page, not the same bytes


@lru_cache(maxsize=64)
def _compressed_file(content: bytes) -> bytes:
    return gzip.compress(content, 9)
