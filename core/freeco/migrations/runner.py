"""One Alembic history and one version table for core and for each module.

A module that is uninstalled leaves its tables and its version table behind; nothing else
notices, and it comes back where it was.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine, Table, inspect
from sqlalchemy.schema import SchemaItem

from freeco.models import Model
from freeco.plugins import Plugins

HERE = Path(__file__).parent


@dataclass(frozen=True)
class History:
    """The migrations of core, or of one module."""

    name: str
    folder: Path
    """Holds the revision files, such as ``direct_sales_0001_season.py``."""

    @property
    def version_table(self) -> str:
        """Where this history notes how far it has come."""
        return f"alembic_version_{self.name}"


@dataclass(frozen=True)
class Standing:
    """How far a history has come in a database."""

    history: History
    current: str | None
    head: str | None

    @property
    def is_behind(self) -> bool:
        """Whether ``freeco db upgrade`` has something to do."""
        return self.current != self.head


def histories(plugins: Plugins) -> list[History]:
    """Return core's history first, then every installed module's, open or not."""
    found = [History("core", HERE / "versions")]
    for name in sorted(plugins.modules):
        folder = plugins.folder(name)
        if folder is not None and (folder / "migrations").is_dir():
            found.append(History(name, folder / "migrations"))
    return found


def owner(table: str, modules: Sequence[str]) -> str:
    """Return whose table this is: the longest installed module name that prefixes it, or core."""
    owners = [name for name in modules if table.startswith(f"{name}_")]
    return max(owners, key=len, default="core")


def _config(history: History, modules: Sequence[str], connection: Connection | None) -> Config:
    config = Config()
    config.set_main_option("script_location", str(HERE / "environment"))
    config.set_main_option("version_locations", str(history.folder))
    config.set_main_option("path_separator", "newline")
    config.set_main_option("file_template", "%%(rev)s")
    config.attributes.update(
        connection=connection,
        version_table=history.version_table,
        metadata=Model.metadata,
        include_object=_only_tables_of(history.name, modules),
    )
    return config


def _only_tables_of(name: str, modules: Sequence[str]):  # type: ignore[no-untyped-def]
    def include(
        item: SchemaItem, item_name: str | None, kind: str, reflected: bool, other: object
    ) -> bool:
        table = item if isinstance(item, Table) else getattr(item, "table", None)
        if table is None or owner(table.name, modules) != name:
            return False
        # Never propose to drop a table: it may belong to a module that is away.
        return not (kind == "table" and reflected and other is None)

    return include


def standing(engine: Engine, plugins: Plugins) -> list[Standing]:
    """Return how far each history has come; reads only."""
    found = []
    with engine.connect() as connection:
        for history in histories(plugins):
            context = MigrationContext.configure(
                connection, opts={"version_table": history.version_table}
            )
            script = ScriptDirectory.from_config(_config(history, list(plugins.modules), None))
            found.append(
                Standing(history, context.get_current_revision(), script.get_current_head())
            )
    return found


def upgrade(engine: Engine, plugins: Plugins) -> list[Standing]:
    """Bring core, then each module, to its head; return what was behind before."""
    before = [each for each in standing(engine, plugins) if each.is_behind]
    for each in before:
        _run(engine, each.history, list(plugins.modules), "head", downgrade=False)
    return before


def downgrade(engine: Engine, plugins: Plugins, name: str, revision: str = "base") -> None:
    """Take one module's tables back to a revision; its data in dropped tables is lost."""
    for history in histories(plugins):
        if history.name == name:
            _run(engine, history, list(plugins.modules), revision, downgrade=True)


def _run(
    engine: Engine, history: History, modules: list[str], revision: str, *, downgrade: bool
) -> None:
    with engine.connect() as connection:
        sqlite = connection.dialect.name == "sqlite"
        if sqlite:
            # A rebuilt table fires ON DELETE on its children: off, outside any transaction.
            connection.exec_driver_sql("COMMIT")
            connection.exec_driver_sql("PRAGMA foreign_keys=OFF")
            connection.exec_driver_sql("BEGIN IMMEDIATE")
        config = _config(history, modules, connection)
        (command.downgrade if downgrade else command.upgrade)(config, revision)
        if sqlite:
            broken = connection.exec_driver_sql("PRAGMA foreign_key_check").all()
            if broken:
                raise RuntimeError(f"{history.name}: broken references after migration: {broken}")
        connection.commit()
        if sqlite:
            connection.exec_driver_sql("COMMIT")
            connection.exec_driver_sql("PRAGMA foreign_keys=ON")
            connection.exec_driver_sql("BEGIN")


def write_revision(
    engine: Engine, plugins: Plugins, name: str, identifier: str, message: str
) -> Path:
    """Write a revision file from the difference between models and database, for its author."""
    history = next(each for each in histories(plugins) if each.name == name)
    with engine.connect() as connection:
        config = _config(history, list(plugins.modules), connection)
        script = command.revision(config, message=message, autogenerate=True, rev_id=identifier)
    if script is None or isinstance(script, list):
        raise RuntimeError("one revision was expected")
    return Path(script.path)


def differences(engine: Engine, plugins: Plugins, name: str) -> list[object]:
    """Return what autogenerate would change for core or a module; empty when all agree."""
    with engine.connect() as connection:
        context = MigrationContext.configure(
            connection,
            opts={
                "version_table": History(name, HERE).version_table,
                "include_object": _only_tables_of(name, list(plugins.modules)),
                "compare_type": True,
            },
        )
        return list(compare_metadata(context, Model.metadata))


def orphan_tables(engine: Engine, plugins: Plugins) -> list[str]:
    """Return the tables that no installed distribution maps: left by a module that is away."""
    known = set(Model.metadata.tables)
    with engine.connect() as connection:
        names = inspect(connection).get_table_names()
        versions = {history.version_table for history in histories(plugins)}
    return sorted(set(names) - known - versions)
