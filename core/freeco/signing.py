"""Secrets that nobody keeps: drawn from the site's key, the same each time they are asked for."""

import hmac
import json

from freeco.kernel import kernel


def drawn(purpose: str, *words: str | int, length: int) -> str:
    """Return ``length`` hexadecimal digits, 64 at most, that only this site can draw.

    What is drawn for one purpose says nothing of another, even from the same words. Whoever
    compares it with what came from outside does so with ``hmac.compare_digest``.
    """
    # As JSON, so that no purpose or word can pass for the beginning of the next.
    named = json.dumps([purpose, *words]).encode()
    key = kernel().settings.secret_key.encode()
    return hmac.new(key, named, "sha256").hexdigest()[:length]
