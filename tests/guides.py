"""A guide of docs/ that goes line by line: its rows, and the tests, files and pages it names."""

import re
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from flask import Flask

from freeco.module import Module

ROOT = Path(__file__).parent.parent


@dataclass(frozen=True)
class Guide:
    """The guide to a module: ``docs/NAME.md``, where files and tests are the module's."""

    name: str

    @property
    def folder(self) -> Path:
        """The module's folder."""
        return ROOT / "modules" / self.name

    @cached_property
    def text(self) -> str:
        """What it says."""
        return (ROOT / "docs" / f"{self.name}.md").read_text("utf-8")

    def rows(self, title: str) -> list[list[str]]:
        """Return the rows of the table below a title: feature, what is here, where, shown by."""
        section = self.text.split(f"### {title}\n")[1].split("\n#")[0]
        cells = [
            [cell.strip() for cell in line.strip("|").split("|")]
            for line in section.splitlines()
            if line.startswith("|")
        ]
        return cells[2:]

    @property
    def tests(self) -> list[tuple[str, str]]:
        """The tests it names, each with its file."""
        return sorted(set(re.findall(r"`([\w/]+\.py)::(\w+)`", self.text)))

    @property
    def files(self) -> list[str]:
        """The files and folders it names."""
        return sorted(set(re.findall(r"`([\w/]+(?:\.py|/))`", self.text)))

    @property
    def pages(self) -> set[str]:
        """The pages it names."""
        return set(re.findall(r"`(/[^`]+)`", self.text))

    def has_test(self, file: str, name: str) -> bool:
        """Whether a test that is named exists."""
        path = ROOT / file if "/" in file else self.folder / "tests" / file
        return bool(re.search(rf"^def {name}\(", path.read_text("utf-8"), re.MULTILINE))

    def has_file(self, file: str) -> bool:
        """Whether a file that is named exists, in the repository or in the module."""
        return (ROOT / file).exists() or (self.folder / f"freeco_{self.name}" / file).exists()


def pages_of(module: Module) -> set[str]:
    """Return the addresses of a module's pages, with <id> for whatever they take."""
    site = Flask("site")
    for blueprint in module.blueprints:
        site.register_blueprint(blueprint)
    for blueprint in module.api:
        site.register_blueprint(blueprint, url_prefix="/api")
    return {re.sub("<[^>]*>", "<id>", rule.rule) for rule in site.url_map.iter_rules()}


def has_its_test_or_its_reason(row: list[str], without: str) -> bool:
    """Whether a row says where it is and which test shows it, or why it is not there."""
    _feature, said, where, shown = row
    if said.startswith(without):
        return not shown and len(said) > len(without) + 2
    return bool(where) and "::test_" in shown
