"""The one JSON-LD context we know, given to PyLD by ourselves: nothing is ever fetched.

It is written from the terms used here, not copied: what stands for a link says so, and the
prefixes are the standard's. A document may carry contexts of its own, within bounds.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from pyld import jsonld

from freeco.i18n import _, said
from freeco.workbooks import UnreadableFile
from freeco_direct_sales.exchange import dfc_terms as terms

BASE = "https://document.invalid/"
"""What addresses without a site are beside: two of one document agree, and nothing stands there."""
DEEPEST = 40
MOST_NODES = 50_000
MOST_CONTEXTS = 200
MOST_LETTERS = 200_000_000
"""Of all addresses written in full: a long prefix, used often, would fill the memory."""
MOST_TERMS = 1_000_000
"""Of contexts within a term, counted for each thing: they are read anew for each."""
EACH_CONTEXT = 200
"""What reading a context anew costs besides its terms, in terms."""
BROKEN = (
    jsonld.JsonLdError,
    ValueError,
    TypeError,
    AttributeError,
    RecursionError,
    OverflowError,
)
"""What PyLD raises for a document that is none."""
TOO_DEEP = _("Ce document emboîte ses choses trop profondément.")
TOO_MANY = _("Ce document dit plus de 50 000 choses. Coupez-le en plusieurs pages.")
TOO_LONG = _("Les contextes de ce document sont trop longs ou trop nombreux.")
SECOND_VERSION = _(
    "Ce document suit la version 2 du standard DFC, qui n’est pas encore lue ici : demandez "
    "la version 1.16."
)
NOT_JSON_LD = _("Ce fichier n’est pas un document JSON-LD entier.")


def context() -> dict[str, Any]:
    """Return our own words for the context of the standard: its prefixes, and what is a link."""
    prefixes = {prefix: known[0] for prefix, known in terms.PREFIXES.items()}
    return {**prefixes, **{name: {"@type": "@id"} for name in sorted(terms.LINKS)}}


def expand(document: Any) -> list[dict[str, Any]]:
    """Return a document with every name in full (JSON-LD 1.1). Raises UnreadableFile.

    PyLD does the work; a context that is not ours is refused by its name, never fetched.
    """
    _Bounds().check(document)
    options = {
        "base": BASE,
        "documentLoader": _load,
        "extractAllScripts": False,
        "processingMode": "json-ld-1.1",
    }
    try:
        found: list[dict[str, Any]] = jsonld.expand(document, options)
    except BROKEN as error:
        raise UnreadableFile(NOT_JSON_LD) from error
    return found


def _load(url: str, _options: Any = None) -> dict[str, Any]:
    """Give PyLD the context, the only document it may ask for."""
    if url not in terms.CONTEXTS:
        raise jsonld.JsonLdError("refused", "jsonld.LoadDocumentError", {"url": url})
    return {
        "contentType": "application/ld+json",
        "contextUrl": None,
        "documentUrl": url,
        "document": {"@context": context()},
    }


class _Bounds:
    """What a document may ask of us, counted before anything is expanded."""

    def __init__(self) -> None:
        self.nodes = self.strings = self.contexts = self.chained = self.terms = 0
        self.scoped = False
        self.longest = max(len(iri) for known in terms.PREFIXES.values() for iri in known)

    def check(self, document: Any) -> None:
        """Raise UnreadableFile when a document is too much, or names a context not ours."""
        self._walk(document, 0)
        if self.strings * (self.longest + self.chained) > MOST_LETTERS:
            raise UnreadableFile(TOO_LONG)
        if self.scoped and (self.terms + EACH_CONTEXT) * self.nodes > MOST_TERMS:
            raise UnreadableFile(TOO_LONG)

    def _walk(self, value: Any, depth: int) -> None:
        if depth > DEEPEST:
            raise UnreadableFile(TOO_DEEP)
        if isinstance(value, Mapping):
            self._thing(value, depth)
        elif isinstance(value, list):
            for each in value:
                self._walk(each, depth + 1)
        elif isinstance(value, str):
            self.strings += 1

    def _thing(self, found: Mapping[str, Any], depth: int) -> None:
        self.nodes += "@value" not in found
        self.strings += len(found)
        if self.nodes > MOST_NODES:
            raise UnreadableFile(TOO_MANY)
        for key, each in found.items():
            walk = self._context if key == "@context" else self._walk
            walk(each, depth + 1)

    def _context(self, value: Any, depth: int) -> None:
        """Look through a context: those named are ours, those written here are short."""
        if depth > DEEPEST:
            raise UnreadableFile(TOO_DEEP)
        for each in value if isinstance(value, list) else [value]:
            self.contexts += 1
            if self.contexts > MOST_CONTEXTS:
                raise UnreadableFile(TOO_LONG)
            if isinstance(each, str):
                _refuse_foreign(each)
            elif isinstance(each, Mapping):
                self._terms(each, depth)
            elif each is not None:
                raise UnreadableFile(NOT_JSON_LD)

    def _terms(self, found: Mapping[str, Any], depth: int) -> None:
        if isinstance(imported := found.get("@import"), str):
            _refuse_foreign(imported)
        self.terms += len(found)
        for text, scoped in _said_by(found):
            if scoped is not None:
                self.scoped = True
                self._context(scoped, depth + 1)
            elif text.partition(":")[0] in found:
                self.chained += len(text)  # stands on another of these: their lengths add up
            else:
                self.longest = max(self.longest, len(text))


def _said_by(found: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    """Return what the terms of a context stand for, and the contexts within them."""
    for each in found.values():
        for name, value in each.items() if isinstance(each, Mapping) else [("@id", each)]:
            if name == "@context":
                yield "", value
            elif isinstance(value, str):
                yield value, None


def _refuse_foreign(url: str) -> None:
    if url in terms.CONTEXTS:
        return
    if "context_2" in url:
        raise UnreadableFile(SECOND_VERSION)
    reason = said("Le contexte « %(name)s » n’est pas celui du standard DFC 1.16.", name=url[:120])
    raise UnreadableFile(reason)
