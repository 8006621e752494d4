"""The forms of a page, filled in and sent as a browser without JavaScript does."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from html.parser import HTMLParser

from werkzeug.test import TestResponse

from freeco.testing.visitor import Visitor

Typed = Mapping[str, str | Sequence[str]]
Attributes = list[tuple[str, str | None]]
NOT_SENT_UNLESS_TICKED = frozenset({"checkbox", "radio"})


@dataclass
class PageForm:
    """A form as it stands on the page."""

    action: str
    method: str
    values: dict[str, list[str]] = field(default_factory=dict)
    """What would be sent if nothing was typed; an empty list for a box that is not ticked."""


def forms_of(answer: TestResponse) -> list[PageForm]:
    """Return the forms of a page, in their order."""
    reader = _Reader(answer.request.path)
    reader.feed(answer.text)
    return reader.forms


def form_of(answer: TestResponse, ending: str) -> PageForm:
    """Return the one form of a page whose address ends so."""
    found = [each for each in forms_of(answer) if each.action.partition("?")[0].endswith(ending)]
    assert len(found) == 1, f"{len(found)} forms end with {ending!r} on {answer.request.path}"
    return found[0]


def fill_in(
    client: Visitor, answer: TestResponse, ending: str, typed: Typed | None = None
) -> TestResponse:
    """Type in the form whose address ends so, and send it with the token of the page."""
    form = form_of(answer, ending)
    data: dict[str, object] = {name: list(values) for name, values in form.values.items()}
    for name, value in (typed or {}).items():
        assert name in form.values, f"no field {name!r} to type in"
        data[name] = value
    return client.open(form.action, method=form.method, data=data, token=False)


class _Reader(HTMLParser):
    """Reads inputs, selects and textareas inside their form."""

    def __init__(self, path: str) -> None:
        super().__init__()
        self.forms: list[PageForm] = []
        self._path = path
        self._form: PageForm | None = None
        self._select = ""
        self._text: tuple[str, list[str]] | None = None

    def handle_starttag(self, tag: str, attrs: Attributes) -> None:
        """Begin a form, or note one of its fields."""
        found = {name: value or "" for name, value in attrs}
        name = found.get("name", "")
        if tag == "form":
            method = found.get("method", "get").upper()
            self._form = PageForm(found.get("action") or self._path, method)
            self.forms.append(self._form)
        elif self._form is None:
            return
        elif tag == "input" and name:
            self._input(self._form, name, found)
        elif tag == "select":
            self._select = name
            self._form.values[name] = []
        elif tag == "option" and self._select:
            self._option(self._form.values[self._select], found)
        elif tag == "textarea":
            self._text = (name, [])

    def _input(self, form: PageForm, name: str, found: dict[str, str]) -> None:
        values = form.values.setdefault(name, [])
        if found.get("type") not in NOT_SENT_UNLESS_TICKED or "checked" in found:
            values.append(found.get("value", "on" if "checked" in found else ""))

    def _option(self, chosen: list[str], found: dict[str, str]) -> None:
        if not chosen or "selected" in found:
            chosen[:] = [found.get("value", "")]

    def handle_data(self, data: str) -> None:
        """Gather the text of a textarea."""
        if self._text is not None:
            self._text[1].append(data)

    def handle_endtag(self, tag: str) -> None:
        """End a form, a select or a textarea."""
        if tag == "form":
            self._form = None
        elif tag == "select":
            self._select = ""
        elif tag == "textarea" and self._text is not None and self._form is not None:
            name, parts = self._text
            self._form.values[name] = ["".join(parts).removeprefix("\n")]
            self._text = None
