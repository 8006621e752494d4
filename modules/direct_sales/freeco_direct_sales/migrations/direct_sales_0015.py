"""Handing over: notes between coordinators, charges given back on a day."""

import sqlalchemy as sa
from alembic import op

revision = "direct_sales_0015"
down_revision = "direct_sales_0014"
branch_labels = None
depends_on = None

NOTE = "direct_sales_handover_note"
HANDING = "direct_sales_handing_over"
REHEARSED = "direct_sales_rehearsed_season"
STANDING = "uq_direct_sales_handing_over_standing"


def upgrade() -> None:
    """Apply this step."""
    op.create_table(
        NOTE,
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("community_id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("words", sa.String(), nullable=False),
        sa.Column("written_by_id", sa.Integer(), nullable=False),
        sa.Column("written_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("version >= 1", name=op.f(f"ck_{NOTE}_version")),
        sa.ForeignKeyConstraint(
            ["community_id"], ["community.id"], name=op.f(f"fk_{NOTE}_community_id")
        ),
        sa.ForeignKeyConstraint(
            ["written_by_id"], ["member.id"], name=op.f(f"fk_{NOTE}_written_by_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{NOTE}")),
        sa.UniqueConstraint(
            "community_id", "version", name=op.f(f"uq_{NOTE}_community_id_version")
        ),
    )
    with op.batch_alter_table(NOTE, schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f(f"ix_{NOTE}_written_by_id"), ["written_by_id"], unique=False
        )
    op.create_table(
        HANDING,
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("community_id", sa.Integer(), nullable=False),
        sa.Column("from_member_id", sa.Integer(), nullable=False),
        sa.Column("to_member_id", sa.Integer(), nullable=False),
        sa.Column("permission", sa.String(), nullable=False),
        sa.Column("gives_back_on", sa.Date(), nullable=False),
        sa.Column("given_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("from_member_id <> to_member_id", name=op.f(f"ck_{HANDING}_two")),
        sa.ForeignKeyConstraint(
            ["community_id"], ["community.id"], name=op.f(f"fk_{HANDING}_community_id")
        ),
        sa.ForeignKeyConstraint(
            ["from_member_id"], ["member.id"], name=op.f(f"fk_{HANDING}_from_member_id")
        ),
        sa.ForeignKeyConstraint(
            ["to_member_id"], ["member.id"], name=op.f(f"fk_{HANDING}_to_member_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{HANDING}")),
    )
    with op.batch_alter_table(HANDING, schema=None) as batch_op:
        for column in ("community_id", "to_member_id"):
            batch_op.create_index(batch_op.f(f"ix_{HANDING}_{column}"), [column], unique=False)
        batch_op.create_index(
            STANDING,
            ["from_member_id", "permission"],
            unique=True,
            sqlite_where=sa.text("ended_at IS NULL"),
            postgresql_where=sa.text("ended_at IS NULL"),
        )
    op.create_table(
        REHEARSED,
        sa.Column("community_id", sa.Integer(), nullable=False),
        sa.Column("ready_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["community_id"], ["community.id"], name=op.f(f"fk_{REHEARSED}_community_id")
        ),
        sa.PrimaryKeyConstraint("community_id", name=op.f(f"pk_{REHEARSED}")),
    )


def downgrade() -> None:
    """Take this step back."""
    op.drop_table(REHEARSED)
    op.drop_table(HANDING)
    op.drop_table(NOTE)
