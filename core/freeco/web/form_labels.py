"""The words beside the fields of a page of ours: what a kept answer was the answer to."""

from contextvars import Context
from dataclasses import dataclass, field
from html.parser import HTMLParser

from flask import current_app, request
from werkzeug.datastructures import Headers
from werkzeug.test import EnvironBuilder, run_wsgi_app

Attributes = list[tuple[str, str | None]]
Fields = tuple[tuple[str, str], ...]
TICKED = frozenset({"checkbox", "radio"})
READ_AGAIN = "freeco.read_again"
"""Marks, in its environment, a page that is read for its words and sent to nobody."""


@dataclass
class Labels:
    """What a page says of the fields of one form."""

    names: dict[str, str] = field(default_factory=dict)
    choices: dict[tuple[str, str], str] = field(default_factory=dict)
    numbers: set[str] = field(default_factory=set)

    def of(self, fields: Fields) -> list[tuple[str, str]]:
        """Return label and answer for each field that a person filled in, in their order."""
        found = []
        for name, value in fields:
            text = self.choices.get((name, value), value)
            left_alone = name in self.numbers and value == "0"
            if text.strip() and not left_alone and name in self.names:
                found.append((self.names[name], text))
        return found


def labels_for(fields: Fields, addresses: list[str]) -> Labels:
    """Read the pages of this site, as this reader sees them, until one knows these fields."""
    if READ_AGAIN in request.environ:
        return Labels()  # else a page that shows kept answers would read itself without end
    names = {name for name, _value in fields}
    for address in addresses:
        reader = _Reader()
        reader.feed(_read(address))
        best = max(reader.forms, key=lambda each: len(names & each.names.keys()), default=Labels())
        if names & best.names.keys():
            return best
    return Labels()


def _read(address: str) -> str:
    """Return a page as a reader with the same cookies gets it; nothing when it is not there."""
    headers = {
        name: request.headers[name]
        for name in ("Cookie", "Accept-Language")
        if name in request.headers
    }
    asked = EnvironBuilder(path=address, base_url=request.host_url, headers=Headers(headers))
    environment = {**asked.get_environ(), READ_AGAIN: True}
    # Apart from this request: the page is answered in a context and a session of its own.
    content, status, found = Context().run(
        run_wsgi_app, current_app.wsgi_app, environment, buffered=True
    )
    if not status.startswith("200") or "html" not in found.get("Content-Type", ""):
        return ""
    return b"".join(content).decode(errors="replace")


class _Reader(HTMLParser):
    """Reads the labels, legends and options of every form of a page."""

    def __init__(self) -> None:
        super().__init__()
        self.forms: list[Labels] = []
        self._names: dict[str, str] = {}
        self._choice: tuple[str, str] | None = None
        self._select = ""
        self._legend = ""
        self._for: str | None = None
        self._muted = ""
        self._text: list[str] = []

    def handle_starttag(self, tag: str, attrs: Attributes) -> None:
        """Note a field, or begin to gather the words beside one."""
        found = {name: value or "" for name, value in attrs}
        if tag == "form":
            self.forms.append(Labels())
            self._names.clear()
        elif tag in {"label", "legend"}:
            self._for, self._choice, self._text = found.get("for"), None, []
        elif tag == "small" or "hint" in found.get("class", ""):
            self._muted = self._muted or tag
        elif tag == "option":
            self._choice, self._text = (self._select, found.get("value", "")), []
        elif self.forms and tag in {"input", "select", "textarea"} and found.get("name"):
            self._field(self.forms[-1], tag, found)

    def _field(self, form: Labels, tag: str, found: dict[str, str]) -> None:
        name, kind = found["name"], found.get("type", "")
        if kind == "number":
            form.numbers.add(name)
        if tag == "select":
            self._select = name
        if kind in TICKED:
            self._choice = name, found.get("value", "on")
            if self._legend:
                form.names[name] = self._legend
        elif found.get("id") in self._names:
            form.names[name] = self._names[found["id"]]

    def handle_data(self, data: str) -> None:
        """Gather words, but not the hints."""
        if not self._muted:
            self._text.append(data)

    def handle_endtag(self, tag: str) -> None:
        """Tie the words that were gathered to their field."""
        text = " ".join("".join(self._text).split())
        if tag == self._muted:
            self._muted = ""
        elif tag == "legend":
            self._legend = text
        elif tag == "fieldset":
            self._legend = ""
        elif tag == "select":
            self._select = ""
        elif self.forms and tag in {"label", "option"} and self._choice:
            self._chosen(self.forms[-1], self._choice, text)
            self._choice = None
        elif tag == "label" and self._for:
            self._names[self._for] = text

    def _chosen(self, form: Labels, choice: tuple[str, str], text: str) -> None:
        form.choices[choice] = text
        form.names.setdefault(choice[0], "")
