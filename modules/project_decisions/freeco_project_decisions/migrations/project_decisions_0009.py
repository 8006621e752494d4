"""Votes by tokens: the page one saves to vote from without network."""

import sqlalchemy as sa
from alembic import op

revision = "project_decisions_0009"
down_revision = "project_decisions_0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply this step."""
    # Votes opened before have no such page: the record has no digest of one.
    empty = "X''" if op.get_bind().dialect.name == "sqlite" else "''::bytea"
    with op.batch_alter_table("project_decisions_token_poll") as batch_op:
        batch_op.add_column(
            sa.Column("page", sa.LargeBinary(), nullable=False, server_default=sa.text(empty))
        )
    with op.batch_alter_table("project_decisions_token_poll") as batch_op:
        batch_op.alter_column("page", server_default=None)


def downgrade() -> None:
    """Take this step back; the record still has the digests of the pages."""
    with op.batch_alter_table("project_decisions_token_poll") as batch_op:
        batch_op.drop_column("page")
