"""A JSON-LD document of the DFC read as a flat list of things, whatever its shape.

PyLD writes every name in full (``dfc_context``), so that prefixes, nesting, lists and an expanded
form say the same; names of the standard are then written with its own prefixes again.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from freeco.i18n import _
from freeco.workbooks import UnreadableFile
from freeco_direct_sales.exchange import dfc_context
from freeco_direct_sales.exchange import dfc_terms as terms

NOTHING_OF_OURS = _(
    "Ce document ne nomme rien du standard DFC 1.16 : vérifiez son contexte (@context)."
)
FEW = 20
"""Values that are looked at where one is expected: many things may name the one that has them."""
_FULL = {iri: prefix for prefix, known in terms.PREFIXES.items() for iri in known}


@dataclass
class Node:
    """Something a document speaks of; ``number`` is its rank there, from 1."""

    number: int
    id: str
    """Its address; a name of our own for what has none."""
    types: dict[str, None] = field(default_factory=dict)
    """Its classes, in order."""
    values: dict[str, list[Any]] = field(default_factory=dict)
    """By property with its prefix: texts, numbers, and ids as ``{"@id": ...}``."""

    def texts(self, name: str, most: int | None = None) -> list[str]:
        """Return the values of a property as texts, or the first; links give their address."""
        found = (_scalar(each) for each in self.values.get(name, ())[:most])
        return [each for each in found if each is not None]

    def text(self, name: str) -> str:
        """Return the first value of a property, empty without one."""
        return next(iter(self.texts(name, FEW)), "")


def is_json(content: bytes) -> bool:
    """Whether a file looks like JSON rather than a table."""
    return content.lstrip(b"\xef\xbb\xbf \t\r\n")[:1] in {b"{", b"["}


def read_nodes(content: bytes) -> dict[str, Node]:
    """Return what a document speaks of, by id, in its order. Raises UnreadableFile."""
    try:
        document = json.loads(content, parse_float=Decimal, parse_constant=_refuse_constant)
    except (ValueError, RecursionError) as error:
        raise UnreadableFile(dfc_context.NOT_JSON_LD) from error
    reader = _Reader()
    for each in dfc_context.expand(document):
        reader.thing(each)
    if not any(_is_of_the_standard(each) for each in reader.nodes.values()):
        raise UnreadableFile(NOTHING_OF_OURS)
    return reader.nodes


def _refuse_constant(name: str) -> None:
    raise ValueError(name)


def _is_of_the_standard(node: Node) -> bool:
    return any(name.startswith("dfc-b:") for name in (*node.types, *node.values))


def _scalar(value: Any) -> str | None:
    if isinstance(value, Mapping):
        value = value.get("@id", value.get("@value"))
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, Decimal):
        return f"{value:f}" if value.is_finite() and abs(value.adjusted()) < 30 else None
    return str(value) if isinstance(value, str | int) else None


def short(name: str) -> str:
    """Write a full address of the ontology with its prefix."""
    for iri, prefix in _FULL.items():
        if name.startswith(iri):
            return f"{prefix}:{name[len(iri) :]}"
    return name


class _Reader:
    """Takes expanded things one after the other; the same address is the same thing."""

    def __init__(self) -> None:
        self.nodes: dict[str, Node] = {}

    def thing(self, found: Mapping[str, Any]) -> Node:
        """Take a thing, and all that stands inside it."""
        number = len(self.nodes) + 1
        name = found.get("@id") or f"_:freeco-{number}"
        node = self.nodes.setdefault(name, Node(number, name))
        node.types |= dict.fromkeys(short(each) for each in found.get("@type", ()))
        for key, values in found.items():
            if key in {"@graph", "@included"}:
                for each in values:
                    self.thing(each)
            elif key == "@reverse":
                self.reverse(node, values)
            elif not key.startswith("@"):
                node.values.setdefault(short(key), []).extend(self.values(values))
        return node

    def reverse(self, node: Node, links: Mapping[str, list[Mapping[str, Any]]]) -> None:
        """Take what others say of a thing, written inside it."""
        for key, others in links.items():
            for each in others:
                other = self.thing(each)
                other.values.setdefault(short(key), []).append({"@id": node.id})

    def values(self, values: list[Any]) -> Iterator[Any]:
        """Return texts, numbers and links; French before other languages."""
        for each in sorted(values, key=_speaks_another_language):
            if "@list" in each or "@set" in each:
                yield from self.values(each.get("@list", each.get("@set")))
            elif "@value" in each:
                value = each["@value"]
                yield short(value) if isinstance(value, str) else value
            elif set(each) == {"@id"}:
                yield {"@id": short(each["@id"])}
            else:
                yield {"@id": self.thing(each).id}


def _speaks_another_language(value: Mapping[str, Any]) -> bool:
    return not str(value.get("@language", "fr")).casefold().startswith("fr")
