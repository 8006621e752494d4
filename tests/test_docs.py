"""What the documents say is so: hooks, commands, settings, links, the example module."""

import ast
import dataclasses
import inspect
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import click
import pytest

from freeco import config, hookspecs, module
from freeco.cli import add_module_commands, freeco
from freeco.module import Module
from freeco.plugins import Plugins

ROOT = Path(__file__).parent.parent
EXAMPLE = ROOT / "docs" / "example_module"
DOCUMENTS = sorted(
    file
    for pattern in ("*.md", "docs/*.md", "core/*.md", "charter/*.md", "modules/*/*.md")
    for file in ROOT.glob(pattern)
)
HOOKS = {name for name in vars(hookspecs) if name.startswith("freeco_")}
VALUES = [each for each in vars(module).values() if dataclasses.is_dataclass(each)]
FENCE = re.compile(r"^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def read(name: str) -> str:
    return (ROOT / name).read_text("utf-8")


def hook_sections() -> dict[str, str]:
    parts = re.split(r"^## (freeco_\w+)$", read("docs/hooks.md"), flags=re.MULTILINE)
    return dict(zip(parts[1::2], parts[2::2], strict=True))


def test_every_hook_has_a_section_and_every_section_a_hook() -> None:
    assert set(hook_sections()) == HOOKS


@pytest.mark.parametrize("hook", sorted(HOOKS))
def test_a_hook_s_section_says_what_an_author_needs(hook: str) -> None:
    section = hook_sections()[hook]
    for word in ("Arguments", "Returns", "When", "Errors"):
        assert f"- **{word}**: " in section


@pytest.mark.parametrize("hook", sorted(HOOKS))
def test_a_hook_s_example_answers_that_hook(hook: str) -> None:
    example = next(code for kind, code in FENCE.findall(hook_sections()[hook]) if kind == "python")
    function = ast.parse(example).body[0]
    assert isinstance(function, ast.FunctionDef)
    assert function.name == hook
    asked = inspect.signature(getattr(hookspecs, hook))
    assert [each.arg for each in function.args.args] == list(asked.parameters)
    for parameter in asked.parameters:
        assert f"`{parameter}`" in hook_sections()[hook]


def test_every_field_of_a_module_is_explained() -> None:
    table = read("docs/hooks.md").split("## freeco_module")[0]
    rows = re.findall(r"^\| (`.*?) \|", table, re.MULTILINE)
    explained = [name for row in rows if "field" not in row for name in re.findall(r"`(\w+)`", row)]
    assert explained == list(Module.__dataclass_fields__)


@pytest.mark.parametrize("value", VALUES)
def test_every_field_of_what_modules_give_is_explained(value: type) -> None:
    quoted = re.findall(r"`([^`]+)`", FENCE.sub("", read("docs/hooks.md")))
    words = set(re.findall(r"\w+", " ".join(quoted)))
    assert set(value.__dataclass_fields__) - words == set()


def leaves(group: click.Group, before: tuple[str, ...] = ()) -> Iterator[str]:
    for name, command in group.commands.items():
        if isinstance(command, click.Group):
            yield from leaves(command, (*before, name))
        elif not command.hidden:
            yield " ".join((*before, name))


def test_the_table_of_commands_is_the_command_line() -> None:
    add_module_commands(freeco, Plugins.installed())
    rows = re.findall(r"^\| `freeco ((?:[a-z]+(?:-[a-z]+)* ?)+)", read("README.md"), re.MULTILINE)
    assert sorted(row.strip() for row in rows) == sorted(leaves(freeco))


def test_the_options_of_the_table_exist() -> None:
    add_module_commands(freeco, Plugins.installed())
    for row in re.findall(r"^\| `freeco (.*?)` \|", read("README.md"), re.MULTILINE):
        command: click.Command = freeco
        for word in re.findall(r"^[a-z]+(?:[ -][a-z]+)*", row)[0].split():
            assert isinstance(command, click.Group)
            command = command.commands[word]
        known = {option for each in command.params for option in each.opts}
        assert set(re.findall(r"--[a-z-]+", row)) <= known, row


def test_the_table_of_settings_is_the_configuration() -> None:
    source = inspect.getsource(config)
    known = set(re.findall(r'values\.get\("(FREECO_[A-Z_]+)"', source))
    assert known
    assert set(re.findall(r"FREECO_[A-Z_]+", read("README.md"))) == known
    assert set(re.findall(r"^\| `(FREECO_[A-Z_]+)`", read("README.md"), re.MULTILINE)) == known


def test_every_target_of_make_that_is_named_exists() -> None:
    targets = set(re.findall(r"^([a-z0-9-]+):", read("Makefile"), re.MULTILINE))
    for file in DOCUMENTS:
        named = re.findall(r"(?:`|^)make ([a-z0-9-]+)", file.read_text("utf-8"), re.MULTILINE)
        assert set(named) <= targets, file


@pytest.mark.parametrize("file", DOCUMENTS, ids=lambda file: str(file.relative_to(ROOT)))
def test_every_link_leads_somewhere(file: Path) -> None:
    for target in re.findall(r"\]\(([^)#]+)", file.read_text("utf-8")):
        assert (file.parent / target).exists(), target


def test_every_model_of_direct_sales_and_core_stands_in_its_readme() -> None:
    for folder in ("core", "modules/direct_sales"):
        sources = (file.read_text("utf-8") for file in (ROOT / folder).rglob("*models.py"))
        tables = {name for text in sources for name in re.findall(r'__tablename__ = "(\w+)"', text)}
        assert tables
        assert tables <= set(re.findall(r"`(\w+)`", read(f"{folder}/README.md")))


def test_the_guide_quotes_the_example_module_to_the_letter() -> None:
    quoted = {code for _kind, code in FENCE.findall(read("CONTRIBUTING.md"))}
    for name in (
        "pyproject.toml",
        "freeco_library/plugin.py",
        "freeco_library/routes.py",
        "freeco_library/templates/library/home.html",
        "tests/test_library.py",
    ):
        assert (EXAMPLE / name).read_text("utf-8") in quoted, name


def run_example(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, *arguments],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(EXAMPLE), "PYTHONDONTWRITEBYTECODE": "1"},
        capture_output=True,
        text=True,
        check=False,
    )


def test_the_example_module_loads() -> None:
    """In a process of its own: its pages and tables must not join those of the other tests."""
    code = (
        "from freeco.plugins import Plugins; from freeco_library import plugin; "
        "plugins = Plugins(); plugins.add('library', plugin); plugins.check(); "
        "print(*plugins.modules)"
    )
    done = run_example("-c", code)
    assert done.stdout.strip() == "library", done.stderr


def test_the_example_module_passes_its_own_tests() -> None:
    done = run_example("-m", "pytest", "docs/example_module/tests", "-q", "-p", "no:cacheprovider")
    assert done.returncode == 0, done.stdout + done.stderr
