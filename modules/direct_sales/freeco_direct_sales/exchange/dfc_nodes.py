"""A JSON-LD document of the DFC read as a flat list of things, without network.

No package on PyPI brings the context, and PyLD would fetch it: our own reader knows the one
context by its addresses and takes the compact form strictly. What it does not know it refuses.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from freeco.i18n import _, said
from freeco.workbooks import UnreadableFile
from freeco_direct_sales.exchange import dfc_terms as terms

MOST_NODES = 50_000
NOT_JSON = _("Ce fichier n’est pas un document JSON-LD entier.")
SECOND_VERSION = _(
    "Ce document suit la version 2 du standard DFC, qui n’est pas encore lue ici : demandez "
    "la version 1.16."
)
TOO_MANY = _("Ce document dit plus de 50 000 choses. Coupez-le en plusieurs pages.")


@dataclass
class Node:
    """Something a document speaks of; ``number`` is its rank there, from 1."""

    number: int
    id: str
    """Its address; a name of our own for what has none."""
    types: list[str] = field(default_factory=list)
    values: dict[str, list[Any]] = field(default_factory=dict)
    """By property with its prefix: texts, numbers, and ids as ``{"@id": ...}``."""

    def texts(self, name: str) -> list[str]:
        """Return the values of a property as texts; links give their address."""
        found = (_scalar(each) for each in self.values.get(name, ()))
        return [each for each in found if each is not None]

    def text(self, name: str) -> str:
        """Return the first value of a property, empty without one."""
        return next(iter(self.texts(name)), "")


def is_json(content: bytes) -> bool:
    """Whether a file looks like JSON rather than a table."""
    return content.lstrip(b"\xef\xbb\xbf \t\r\n")[:1] in {b"{", b"["}


def read_nodes(content: bytes) -> dict[str, Node]:
    """Return what a document speaks of, by id, in its order. Raises UnreadableFile."""
    try:
        document = json.loads(content, parse_float=Decimal, parse_constant=_refuse_constant)
        reader = _Reader()
        for each in document if isinstance(document, list) else [document]:
            reader.document(each)
    except (ValueError, RecursionError) as error:
        raise UnreadableFile(NOT_JSON) from error
    return reader.nodes


def _refuse_constant(name: str) -> None:
    raise ValueError(name)


def _scalar(value: Any) -> str | None:
    if isinstance(value, Mapping):
        value = value.get("@id", value.get("@value"))
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, Decimal):
        return f"{value:f}" if value.is_finite() and abs(value.adjusted()) < 30 else None
    return str(value) if isinstance(value, str | int) else None


class _Reader:
    def __init__(self) -> None:
        self.nodes: dict[str, Node] = {}
        self.prefixes: dict[str, str] = {}

    def document(self, document: Any) -> None:
        if not isinstance(document, dict):
            raise UnreadableFile(NOT_JSON)
        self.prefixes = {iri: prefix for prefix, known in terms.PREFIXES.items() for iri in known}
        self.check_context(document.get("@context"))
        graph = document.get("@graph")
        if graph is None:
            self.node(document)
            return
        if not isinstance(graph, list):
            raise UnreadableFile(NOT_JSON)
        for each in graph:
            if not isinstance(each, dict):
                raise UnreadableFile(NOT_JSON)
            self.node(each)

    def check_context(self, context: Any) -> None:
        """Refuse a document whose prefixes may stand for something else."""
        for each in context if isinstance(context, list) else [context]:
            if isinstance(each, str) and each in terms.CONTEXTS:
                continue
            if isinstance(each, dict) and self.knows(each):
                continue
            if isinstance(each, str) and "context_2" in each:
                raise UnreadableFile(SECOND_VERSION)
            name = each[:120] if isinstance(each, str) else "@context"
            raise UnreadableFile(
                said("Le contexte « %(name)s » n’est pas celui du standard DFC 1.16.", name=name)
            )

    def knows(self, context: Mapping[str, Any]) -> bool:
        return "dfc-b" in context and all(
            context.get(prefix, known[0]) in known for prefix, known in terms.PREFIXES.items()
        )

    def node(self, found: Mapping[str, Any]) -> Node:
        name = found.get("@id")
        if name is not None and not isinstance(name, str):
            raise UnreadableFile(NOT_JSON)
        if len(self.nodes) >= MOST_NODES:
            raise UnreadableFile(TOO_MANY)
        number = len(self.nodes) + 1
        node = self.nodes.setdefault(
            name or f"_:freeco-{number}", Node(number, name or f"_:freeco-{number}")
        )
        node.types += [each for each in self.types(found.get("@type")) if each not in node.types]
        for key, value in found.items():
            if not key.startswith("@"):
                node.values.setdefault(self.short(key), []).extend(self.all(value))
        return node

    def types(self, value: Any) -> Iterator[str]:
        for each in value if isinstance(value, list) else [value]:
            if isinstance(each, str):
                yield self.short(each)
            elif each is not None:
                raise UnreadableFile(NOT_JSON)

    def all(self, value: Any) -> Iterator[Any]:
        for each in value if isinstance(value, list) else [value]:
            if isinstance(each, list):
                raise UnreadableFile(NOT_JSON)
            if isinstance(each, dict) and "@value" not in each:
                if set(each) == {"@list"} or set(each) == {"@set"}:
                    yield from self.all(next(iter(each.values())))
                elif set(each) == {"@id"} and isinstance(each["@id"], str):
                    yield {"@id": self.short(each["@id"])}
                else:
                    yield {"@id": self.node(each).id}
            elif isinstance(each, str):
                yield self.short(each)
            elif each is not None:
                yield each

    def short(self, name: str) -> str:
        """Write a full address of the ontology with its prefix."""
        for iri, prefix in self.prefixes.items():
            if name.startswith(iri):
                return f"{prefix}:{name[len(iri) :]}"
        return name
