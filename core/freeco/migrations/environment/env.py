"""Run by Alembic for each history; everything it needs comes in ``config.attributes``."""

from typing import Any, Literal

from alembic import context
from alembic.autogenerate.api import AutogenContext
from sqlalchemy.types import TypeDecorator

attributes = context.config.attributes


def render_item(kind: str, item: Any, _autogenerate: AutogenContext) -> str | Literal[False]:
    """Write our own column types as what the database holds: a migration outlives the code."""
    if kind == "type" and isinstance(item, TypeDecorator):
        return f"sa.{item.impl_instance!r}"
    return False


context.configure(
    connection=attributes["connection"],
    target_metadata=attributes["metadata"],
    version_table=attributes["version_table"],
    include_object=attributes["include_object"],
    render_as_batch=True,
    render_item=render_item,
    compare_type=True,
    transactional_ddl=True,
)
with context.begin_transaction():
    context.run_migrations()
