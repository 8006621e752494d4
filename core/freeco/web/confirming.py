"""Ask once before what cannot be undone, on a page of its own when there is no JavaScript.

A form that carries ``a_confirmer`` (the question, then the words of the button) is answered by
that page; its button sends the same form without it. With JavaScript the question is asked in
a dialog, which leaves the field out: see ``button_form(..., page=true)`` in _macros.html.
"""

from flask import Flask, g, render_template, request
from flask.typing import ResponseReturnValue

FIELD = "a_confirmer"


def init_confirming(app: Flask) -> None:
    """Put the question before the act, and after the check that our own page sent it."""

    @app.before_request
    def _ask() -> ResponseReturnValue | None:
        # Flask-WTF leaves this mark; without it, another site would choose our words.
        checked = g.get("csrf_valid", False)
        asked = request.form.getlist(FIELD) if checked and request.method == "POST" else []
        if not asked:
            return None
        fields = [
            (name, value)
            for name, values in request.form.lists()
            for value in values
            if name not in {FIELD, "csrf_token"}
        ]
        return render_template(
            "confirm.html",
            question=asked[0],
            label=asked[-1],
            address=request.full_path.rstrip("?"),
            fields=fields,
        )
