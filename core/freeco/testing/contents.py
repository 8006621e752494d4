"""What a page of HTML holds, as far as a machine that reads pages asks."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from html.parser import HTMLParser
from urllib.parse import urlencode, urljoin

VOID = frozenset(
    ["area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track"]
)
TELLING = ("type", "role", "scope", "rel")
"""Attributes whose value changes what a page is made of; of the others only the name counts."""
TOLD = frozenset(["hidden", "tabindex", "disabled", "required"])
TYPED = frozenset(["text", "search"])
WORDS = "mar"
"""What is typed where a form asks for words and says none."""
DRAWN = frozenset(["src", "href", "poster", "hx-get"])
SHOWN = re.compile("data-|value$")
ELSEWHERE = re.compile(r"#|(mailto|tel|data|javascript|webcal|sms|geo|blob):", re.IGNORECASE)


@dataclass(frozen=True)
class Answer:
    """What the site gave for an address."""

    address: str
    """Where it came to, after redirects: path and question, without the host."""
    status: int
    kind: str
    """Content type, without its charset."""
    body: bytes

    @property
    def text(self) -> str:
        """The body as words; empty for a file."""
        textual = self.kind.startswith("text/") or self.kind.endswith(("json", "xml"))
        return self.body.decode("utf-8", errors="replace") if textual else ""


@dataclass
class Contents(HTMLParser):
    """What a page of HTML holds, as far as a gate asks."""

    address: str = ""
    language: str = ""
    title: str = ""
    headings: list[str] = field(default_factory=list)
    """The words of each h1."""
    primaries: list[str] = field(default_factory=list)
    """The words of each primary button in the page's own part."""
    links: list[str] = field(default_factory=list)
    """Where a reader can go, forms that only ask included."""
    sources: list[str] = field(default_factory=list)
    """What the page may draw on: pictures, feeds, what its scripts ask for or it shows to copy."""
    shapes: set[str] = field(default_factory=set)
    """Each element as the names of those it stands in: two pages alike in shape are alike."""

    def __post_init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self._open: list[tuple[str, str]] = []
        self._question: dict[str, str] | None = None
        self._typed: dict[str, str] = {}
        self._action = ""
        self._words: list[str] | None = None
        self._until = ""

    @classmethod
    def of(cls, answer: Answer) -> "Contents":
        """Read an answer."""
        contents = cls(answer.address)
        contents.feed(answer.text)
        contents.close()
        return contents

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note an element, its shape, and where it leads."""
        values = {name: value or "" for name, value in attrs}
        name = _name(tag, values)
        self.shapes.add(" ".join([*(each for _tag, each in self._open), name]))
        self._note(tag, values)
        if tag not in VOID:
            self._open.append((tag, name))

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note an element that closes itself, as in a drawing."""
        self.handle_starttag(tag, attrs)
        if tag not in VOID:
            self.handle_endtag(tag)

    def handle_endtag(self, tag: str) -> None:
        """Leave an element, and those left open in it."""
        if tag == "form" and self._question is not None:
            self._lead(f"{self._action}?{urlencode(self._question)}")
            self._lead(f"{self._action}?{urlencode({**self._question, **self._typed})}")
            self._question = None
        for place in range(len(self._open) - 1, -1, -1):
            if self._open[place][0] == tag:
                del self._open[place:]
                break
        if tag == self._until:
            self._words = None

    def handle_data(self, data: str) -> None:
        """Add words to the title or heading we are in."""
        if self._words is not None and data.strip():
            self._words[-1] = " ".join(f"{self._words[-1]} {data}".split())
        if self._open and self._open[-1][0] == "title" and not self._inside("svg"):
            self.title = " ".join(f"{self.title} {data}".split())

    def _inside(self, tag: str) -> bool:
        return any(each == tag for each, _name in self._open)

    def _is_hidden(self) -> bool:
        """Whether a script shows it later, in the place of something else."""
        return any("[hidden]" in name for _tag, name in self._open)

    def _note(self, tag: str, values: Mapping[str, str]) -> None:
        if tag == "html":
            self.language = values.get("lang", "")
        elif tag == "h1":
            self._listen(self.headings, tag)
        elif tag in {"a", "area"} and "href" in values:
            self._lead(values["href"])
        else:
            self.sources += [
                urljoin(self.address, value)
                for name, value in values.items()
                if name in DRAWN or (SHOWN.match(name) and value.startswith(("/", "http")))
            ]
        self._ask(tag, values)
        main = tag in {"a", "button"} and self._inside("main") and not self._is_hidden()
        if main and "primary" in values.get("class", "").split():
            self._listen(self.primaries, tag)

    def _ask(self, tag: str, values: Mapping[str, str]) -> None:
        """Note a form that only asks, and what it asks as it stands."""
        if tag == "form" and values.get("method", "get").lower() == "get":
            self._action, self._question = values.get("action", "").partition("?")[0], {}
            self._typed = {}
        elif self._question is not None and "name" in values and tag != "meta":
            self._question[values["name"]] = values.get("value", "")
            if values.get("type", "text") in TYPED and tag == "input":
                self._typed[values["name"]] = values.get("value") or WORDS

    def _listen(self, words: list[str], until: str) -> None:
        words.append("")
        self._words, self._until = words, until

    def _lead(self, href: str) -> None:
        if not ELSEWHERE.match(href):
            self.links.append(urljoin(self.address, href))


def _name(tag: str, values: Mapping[str, str]) -> str:
    parts = [tag, *(f".{each}" for each in sorted(values.get("class", "").split()))]
    for name in sorted(values):
        if name in TELLING:
            parts.append(f"[{name}={values[name]}]")
        elif name.startswith("aria-") or name in TOLD:
            parts.append(f"[{name}]")
    return "".join(parts)
