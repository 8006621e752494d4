"""Write each distribution's catalogues from the French sentences of its sources.

``make i18n`` runs this, then compiles. A French sentence is its own message id, no-break
spaces included. Translations that exist are kept, those whose sentence is gone are dropped,
new sentences wait with an empty ``msgstr`` (``tests/test_translations.py`` names those that
English lacks). A language is added by its code in ``freeco.i18n.LANGUAGES`` and in LANGUAGES here.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import Any

from babel.messages.catalog import Catalog
from babel.messages.extract import extract
from babel.messages.pofile import read_po, write_po
from jinja2.ext import babel_extract

ROOT = Path(__file__).resolve().parent.parent
LANGUAGES = {"en": "English", "es": "Spanish"}
KEYWORDS: dict[str, Any] = {
    "_": None,
    "said": (1,),
    "counted": (1, 2),
    "gettext": None,
    "ngettext": (1, 2),
}
NOT_OURS = frozenset({"node_modules", "static"})
# As the application reads them: the same text between tags must give the same message id.
PAGE = {"newstyle_gettext": "true", "silent": "false"}
LETTER = {"trim_blocks": "true", "lstrip_blocks": "true", "silent": "false"}
METHODS: Mapping[str, tuple[str | Callable[..., Any], dict[str, str]]] = {
    ".py": ("python", {"encoding": "utf-8"}),
    ".html": (babel_extract, PAGE),
    ".txt": (babel_extract, LETTER),
}
KEPT_HEADERS = ("MIME", "Content", "Language:", "Plural")


@dataclass(frozen=True)
class Distribution:
    """A folder of sources with catalogues of its own."""

    name: str
    package: Path

    def catalogue(self, language: str) -> Path:
        """Return where its sentences in another language are kept."""
        return self.package / "translations" / language / "LC_MESSAGES" / "messages.po"


def distributions(root: Path = ROOT) -> list[Distribution]:
    """Return core and every module of the repository."""
    packages = [root / "core" / "freeco", *sorted(root.glob("modules/*/freeco_*"))]
    return [Distribution(each.name.replace("_", "-"), each) for each in packages]


def sources(package: Path) -> Iterator[Path]:
    """Return the files that may hold a sentence, in order."""
    for file in sorted(package.rglob("*")):
        if file.suffix in METHODS and not NOT_OURS.intersection(file.parts):
            yield file


def extracted(distribution: Distribution, language: str = "en") -> Catalog:
    """Return the sentences of the sources, without translations."""
    comment = f"# {LANGUAGES[language]} of {distribution.name}."
    catalog = Catalog(locale=language, header_comment=comment, fuzzy=False)
    for file in sources(distribution.package):
        method, options = METHODS[file.suffix]
        with file.open("rb") as content:
            for line, message, _comments, context in extract(
                method, content, keywords=KEYWORDS, options=options
            ):
                place = (file.relative_to(distribution.package).as_posix(), line)
                catalog.add(message, None, [place], context=context)
    return catalog


def existing(distribution: Distribution, language: str = "en") -> Catalog | None:
    """Return the catalogue as it was written last; none before the first time."""
    file = distribution.catalogue(language)
    if not file.exists():
        return None
    with file.open("rb") as content:
        return read_po(content, locale=language)


def updated(distribution: Distribution, language: str = "en") -> Catalog:
    """Return today's sentences with the translations that exist."""
    catalog, before = extracted(distribution, language), existing(distribution, language)
    for message in catalog if before is not None else ():
        known = before.get(message.id, message.context) if before is not None else None
        if message.id and known is not None:
            message.string = known.string
    return catalog


def written(catalog: Catalog) -> bytes:
    """Return the file's bytes: sorted, unwrapped, without places or dates that move."""
    buffer = BytesIO()
    write_po(buffer, catalog, width=0, no_location=True, sort_output=True, ignore_obsolete=True)
    return b"".join(_without_noise(buffer.getvalue().splitlines(keepends=True)))


def _without_noise(lines: Iterable[bytes]) -> Iterator[bytes]:
    in_header = True
    for line in lines:
        in_header = in_header and line != b"\n"
        if not in_header or not line.startswith(b'"') or line.decode()[1:].startswith(KEPT_HEADERS):
            yield line


if __name__ == "__main__":
    for each in distributions():
        for code in LANGUAGES:
            each.catalogue(code).parent.mkdir(parents=True, exist_ok=True)
            each.catalogue(code).write_bytes(written(updated(each, code)))
