"""The HTML of an e-mail, made from its text: both parts say the same because one is the other.

Only addresses of this site become links: a sentence that somebody typed never makes one.
"""

import re
from dataclasses import dataclass, field
from functools import cache
from typing import Literal

from jinja2 import Environment, FileSystemLoader, Template

from freeco.mail.letters import FOOT, OWN_LETTERS

Kind = Literal["heading", "list", "text"]
_UNDERLINE = re.compile(r"-{3,}")


@dataclass(frozen=True)
class Piece:
    """A line: its words, and where it leads if it leads somewhere."""

    text: str
    url: str = ""
    colon: str = ""
    """What stands between the words and the address in the text part."""


@dataclass(frozen=True)
class Block:
    """A paragraph, a title or a list, in order."""

    kind: Kind
    lines: list[Piece] = field(default_factory=list)


def html_of(text: str, language: str, subject: str, site: str) -> str:
    """Return the page that says what the text says, in a language, for the address ``site``."""
    body, _line, foot = text.partition(f"\n{FOOT}\n")
    return _template().render(
        blocks=_blocks(body, site), foot=_blocks(foot, site), language=language, subject=subject
    )


def _blocks(text: str, site: str) -> list[Block]:
    paragraphs = [part.strip("\n").split("\n") for part in re.split(r"\n[ \t]*\n", text.strip())]
    return [block for lines in paragraphs if lines != [""] for block in _block(lines, site)]


def _block(lines: list[str], site: str) -> list[Block]:
    if len(lines) > 1 and _UNDERLINE.fullmatch(lines[1].strip()):
        rest = lines[2:]
        heading = Block("heading", [Piece(lines[0].strip())])
        return [heading, *(_block(rest, site) if rest else [])]
    cut = next((at for at, line in enumerate(lines) if line.startswith("- ")), len(lines))
    found = []
    if lines[:cut]:
        found.append(Block("text", [_piece(line, site) for line in lines[:cut]]))
    if lines[cut:]:
        # A long item may go on below, indented.
        joined = "\n".join(lines[cut:]).replace("\n  ", " ").split("\n")
        found.append(Block("list", [_piece(line.removeprefix("- "), site) for line in joined]))
    return found


def _piece(line: str, site: str) -> Piece:
    line = line.strip(" ")
    leads = re.fullmatch(rf"(?:(.+?)(\u00a0?: ))?({re.escape(site)}/\S*)", line)
    if leads is None:
        return Piece(line)
    words, colon, url = leads.groups()
    return Piece(words or url, url, colon or "")


@cache
def _template() -> Template:
    environment = Environment(
        loader=FileSystemLoader(OWN_LETTERS), autoescape=True, trim_blocks=True, lstrip_blocks=True
    )
    return environment.get_template("letter.html")
