"""What was just done, said with a link to what came of it."""

from flask import flash


def done(said: object, link: str, action: object) -> None:
    """Say that something is done on the next page shown; ``action`` is the words of the link."""
    flash({"said": str(said), "link": link, "action": str(action)}, "good")  # type: ignore[arg-type]
