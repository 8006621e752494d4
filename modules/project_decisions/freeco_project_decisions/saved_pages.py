"""Pages one saves to vote from: one file that fetches nothing, and runs what it names alone."""

from base64 import b64encode
from hashlib import sha256
from pathlib import Path
from urllib.parse import urlsplit

STATIC = Path(__file__).parent / "static"
LANGUAGE = "fr"
"""What is opened is one text for all, in the language it is written in."""


def read_static(*names: str) -> str:
    """Return the text of some of our scripts, or of a style, one after the other."""
    return "\n".join((STATIC / name).read_text("utf-8") for name in names)


def policy_of(script: str, style: str, cast: str) -> str:
    """Return the policy of such a page: its script and style by their digests, and the box.

    ``cast`` is the whole address of the ballot box; empty for a page that speaks to nobody.
    """
    box = urlsplit(cast)
    origin = f"{box.scheme}://{box.netloc}" if cast else "'none'"
    return (
        f"default-src 'none'; script-src {_named(script)}; style-src {_named(style)}; "
        f"connect-src {origin}; base-uri 'none'; form-action 'none'"
    )


def _named(content: str) -> str:
    return f"'sha256-{b64encode(sha256(content.encode()).digest()).decode()}'"
