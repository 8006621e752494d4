"""Answers that programs may ask for again."""

import sqlalchemy as sa
from alembic import op

revision = "direct_sales_0014"
down_revision = "direct_sales_0013"
branch_labels = None
depends_on = None

TABLE = "direct_sales_api_answer"


def upgrade() -> None:
    """Apply this step."""
    op.create_table(
        TABLE,
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("member_id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("status", sa.Integer(), nullable=False),
        sa.Column("body", sa.String(), nullable=False),
        sa.Column("given_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["member_id"], ["member.id"], name=op.f(f"fk_{TABLE}_member_id")),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{TABLE}")),
        sa.UniqueConstraint("member_id", "key", name=op.f(f"uq_{TABLE}_member_id_key")),
    )
    op.create_index(op.f(f"ix_{TABLE}_given_at"), TABLE, ["given_at"])


def downgrade() -> None:
    """Take this step back; programs may not ask again."""
    op.drop_index(op.f(f"ix_{TABLE}_given_at"), table_name=TABLE)
    op.drop_table(TABLE)
