"""Letters in a community's own words."""

import sqlalchemy as sa
from alembic import op

revision = "core_0015"
down_revision = "core_0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply this step."""
    op.create_table(
        "letter_wording",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("community_id", sa.Integer(), nullable=False),
        sa.Column("letter", sa.String(), nullable=False),
        sa.Column("language", sa.String(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("subject", sa.String(), nullable=False),
        sa.Column("body", sa.String(), nullable=False),
        sa.Column("written_by_id", sa.Integer(), nullable=True),
        sa.Column("written_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("version >= 1", name=op.f("ck_letter_wording_version")),
        sa.CheckConstraint("(subject = '') = (body = '')", name=op.f("ck_letter_wording_whole")),
        sa.ForeignKeyConstraint(
            ["community_id"],
            ["community.id"],
            name=op.f("fk_letter_wording_community_id"),
        ),
        sa.ForeignKeyConstraint(
            ["written_by_id"], ["member.id"], name=op.f("fk_letter_wording_written_by_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_letter_wording")),
        sa.UniqueConstraint(
            "community_id",
            "letter",
            "language",
            "version",
            name=op.f("uq_letter_wording_community_id_letter_language_version"),
        ),
    )
    with op.batch_alter_table("letter_wording", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_letter_wording_written_by_id"), ["written_by_id"], unique=False
        )


def downgrade() -> None:
    """Take this step back."""
    with op.batch_alter_table("letter_wording", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_letter_wording_written_by_id"))
    op.drop_table("letter_wording")
