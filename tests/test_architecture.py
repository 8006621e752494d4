"""Who may know whom: found by looking, not by a list that somebody keeps."""

import ast
import re
from collections.abc import Iterator
from importlib.metadata import entry_points
from pathlib import Path

import grimp
import pytest

ROOT = Path(__file__).parent.parent
MODULES = sorted(entry.value.split(".")[0] for entry in entry_points(group="freeco.modules"))
FACES = frozenset({"routes", "api", "cli", "commands", "jobs", "testing"})
OF_A_REQUEST = frozenset({"request", "session", "g"})
FLASK_FREE = frozenset({"models", "events", "errors"})


@pytest.fixture(scope="module")
def graph() -> grimp.ImportGraph:
    return grimp.build_graph("freeco", "freeco_charter", *MODULES, cache_dir=None)


def test_there_is_at_least_one_module() -> None:
    assert MODULES


def test_core_imports_no_module(graph: grimp.ImportGraph) -> None:
    for module in MODULES:
        assert graph.find_shortest_chains("freeco", module) == set()


def test_no_module_imports_another(graph: grimp.ImportGraph) -> None:
    for one in MODULES:
        for other in MODULES:
            if one != other:
                assert graph.find_shortest_chains(one, other) == set()


def test_the_mail_carries_letters_and_knows_nothing_of_notices(graph: grimp.ImportGraph) -> None:
    assert graph.find_shortest_chains("freeco.mail", "freeco.notifications") == set()


def test_the_charter_knows_nobody(graph: grimp.ImportGraph) -> None:
    assert graph.find_shortest_chains("freeco_charter", "freeco") == set()


def sources(package: str) -> Iterator[Path]:
    folder = "core/freeco" if package == "freeco" else f"modules/{package[7:]}/{package}"
    yield from sorted((ROOT / folder).rglob("*.py"))


def imports(file: Path) -> set[str]:
    found = set()
    for node in ast.walk(ast.parse(file.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found.add(node.module)
    return found


def taken_from(file: Path, package: str) -> set[str]:
    """Return the names that a file imports from a package, or from one whose name begins so."""
    return {
        alias.name
        for node in ast.walk(ast.parse(file.read_text("utf-8")))
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith(package)
        for alias in node.names
    }


def is_face(file: Path) -> bool:
    """Whether a file speaks with people, programs or tests, and so may commit."""
    return file.stem in FACES or file.stem.endswith(("_routes", "_api"))


@pytest.mark.parametrize("module", MODULES)
def test_a_module_s_models_events_and_errors_know_no_flask(module: str) -> None:
    for file in sources(module):
        if file.stem in FLASK_FREE or file.stem.endswith("_models"):
            assert not {name for name in imports(file) if name.split(".")[0] == "flask"}, file


def commits(file: Path) -> bool:
    return "session.commit()" in file.read_text("utf-8")


@pytest.mark.parametrize("module", MODULES)
def test_in_a_module_only_the_faces_commit(module: str) -> None:
    for file in sources(module):
        if commits(file):
            assert is_face(file), file


@pytest.mark.parametrize("module", MODULES)
def test_services_know_neither_requests_nor_routes(module: str, graph: grimp.ImportGraph) -> None:
    faces = {f"{module}.{file.stem}" for file in sources(module) if is_face(file)}
    for file in sources(module):
        name = f"{module}.{file.stem}"
        if is_face(file) or file.stem in {"plugin", "__init__"} or name not in graph.modules:
            continue
        assert not graph.find_modules_directly_imported_by(name) & faces, name
        assert not taken_from(file, "flask") & OF_A_REQUEST, f"{name} reads the request"


def test_nobody_takes_what_another_file_keeps_to_itself() -> None:
    for package in ("freeco", *MODULES):
        for file in sources(package):
            hidden = {name for name in taken_from(file, "freeco") if name[0] == "_" and name != "_"}
            assert not hidden, file


LEDGER = "freeco.accounting.ledger"
TABLES_OF_BOOKS = frozenset(
    {"Account", "AccountBalance", "Book", "BookYear", "Entry", "Journal", "Posting"}
)
HELD_BY_OTHERS = frozenset({"Book", "Entry"})
"""To say whose book it is, and which entry was written; never to write one."""
WRITING = frozenset({"insert", "update", "delete", "merge", "add", "add_all"})


def who_keeps_no_books() -> Iterator[Path]:
    """Yield the files that speak to the books only by what happened."""
    for package in ("freeco", *MODULES):
        for file in sources(package):
            own = file.is_relative_to(ROOT / "core/freeco/accounting")
            if not own and file != ROOT / "core/freeco/models.py":
                yield file


def writes_rows(tree: ast.AST, tables: set[str]) -> Iterator[int]:
    """Yield the lines that make a row of these tables, or write some by a statement."""
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call):
            continue
        called = node.func
        name = called.attr if isinstance(called, ast.Attribute) else getattr(called, "id", "")
        targets = {each.id for each in node.args if isinstance(each, ast.Name)}
        if name in tables or (name in WRITING and targets & tables):
            yield node.lineno


def test_the_books_are_written_by_what_happened_and_nothing_else() -> None:
    for file in who_keeps_no_books():
        assert LEDGER not in imports(file), file
        assert "ledger" not in taken_from(file, "freeco.accounting"), file
        taken = taken_from(file, "freeco.accounting.models") | taken_from(file, "freeco.models")
        tables = taken & TABLES_OF_BOOKS
        assert tables <= HELD_BY_OTHERS, f"{file}: ask freeco.accounting.reading"
        assert not list(writes_rows(ast.parse(file.read_text("utf-8")), tables)), file


@pytest.mark.parametrize(
    "written",
    ["Entry(number=1)", "insert(Entry)", "session.execute(update(Book).values())", "delete(Book)"],
)
def test_writing_into_the_books_is_seen_however_it_is_said(written: str) -> None:
    assert list(writes_rows(ast.parse(written), {"Entry", "Book"}))
    assert not list(writes_rows(ast.parse("select(Entry).where(Book.id == 1)"), {"Entry", "Book"}))


def test_nobody_outside_names_an_account_in_a_line() -> None:
    for file in who_keeps_no_books():
        made = {"debit", "credit", "Line"} & taken_from(file, "freeco.accounting")
        assert not made, f"{file}: a fact says it, in freeco.accounting.facts"


def test_nothing_uses_the_model_of_flask_sqlalchemy() -> None:
    for package in ("freeco", *MODULES):
        for file in sources(package):
            assert "(db.Model" not in file.read_text("utf-8"), file


def test_only_one_file_knows_pluggy_s_manager() -> None:
    users = {
        file.name
        for package in ("freeco", *MODULES)
        for file in sources(package)
        if "pluggy" in imports(file)
    }
    assert users == {"plugins.py", "hookspecs.py"}


def test_only_one_file_knows_flask_babel() -> None:
    users = {
        file.name
        for package in ("freeco", *MODULES)
        for file in sources(package)
        if "flask_babel" in imports(file)
    }
    assert users == {"i18n.py"}


@pytest.mark.parametrize("module", MODULES)
def test_what_a_module_gives_every_template_bears_its_name(module: str) -> None:
    given = re.compile(r'app_template_(?:filter|global|test)\("(\w+)"\)')
    for file in sources(module):
        for name in given.findall(file.read_text("utf-8")):
            assert name.startswith(f"{module[7:]}_"), name


def test_a_reader_can_hold_each_file_in_the_head() -> None:
    for package in ("freeco", *MODULES):
        for file in sources(package):
            lines = len(file.read_text("utf-8").splitlines())
            assert lines <= 400 or "versions" in file.parts or "migrations" in file.parts, file
