"""Versions of the charter that a community's members voted."""

import sqlalchemy as sa
from alembic import op

revision = "core_0018"
down_revision = "core_0017"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply this step."""
    op.create_table(
        "voted_charter",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("community_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("text_id", sa.Integer(), nullable=False),
        sa.Column("decided", sa.String(), nullable=False),
        sa.Column("adopted_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["community_id"], ["community.id"], name=op.f("fk_voted_charter_community_id")
        ),
        sa.ForeignKeyConstraint(
            ["text_id"], ["charter_text.id"], name=op.f("fk_voted_charter_text_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_voted_charter")),
        sa.UniqueConstraint(
            "community_id", "number", name=op.f("uq_voted_charter_community_id_number")
        ),
        sa.UniqueConstraint("decided", name=op.f("uq_voted_charter_decided")),
    )
    op.create_index(op.f("ix_voted_charter_text_id"), "voted_charter", ["text_id"])


def downgrade() -> None:
    """Take this step back; the founding charter holds everywhere again."""
    op.drop_index(op.f("ix_voted_charter_text_id"), table_name="voted_charter")
    op.drop_table("voted_charter")
