"""What was just done, said with the button that undoes it."""

from collections.abc import Mapping

from flask import flash


def done(said: object, undo: str, fields: Mapping[str, object] | None = None) -> None:
    """Say that something is done on the next page shown, with « Annuler » beside it.

    ``undo`` is the address of the inverse act, a POST of the same guard as the act itself;
    ``fields`` go with it. The inverse act must be harmless twice: people press twice.
    """
    values = {name: str(value) for name, value in (fields or {}).items()}
    flash({"said": str(said), "undo": undo, "fields": values}, "good")  # type: ignore[arg-type]
