"""Decisions that execute; colleges, voices, and questions put to the vote again."""

import sqlalchemy as sa
from alembic import op

revision = "project_decisions_0007"
down_revision = "project_decisions_0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply this step."""
    with op.batch_alter_table("project_decisions_poll") as batch_op:
        batch_op.add_column(sa.Column("binds", sa.String(), nullable=False, server_default=""))
        batch_op.add_column(sa.Column("subject", sa.String(), nullable=False, server_default=""))
        batch_op.add_column(
            sa.Column("rests_months", sa.Integer(), nullable=False, server_default="0")
        )
        batch_op.add_column(sa.Column("earlier_id", sa.Integer(), nullable=True))
        batch_op.create_check_constraint(
            op.f("ck_project_decisions_poll_rests_months"), "rests_months >= 0"
        )
        batch_op.create_foreign_key(
            op.f("fk_project_decisions_poll_earlier_id"),
            "project_decisions_poll",
            ["earlier_id"],
            ["id"],
        )
        batch_op.create_index(op.f("ix_project_decisions_poll_earlier_id"), ["earlier_id"])
    with op.batch_alter_table("project_decisions_poll") as batch_op:
        for name in ("binds", "subject", "rests_months"):
            batch_op.alter_column(name, server_default=None)
    with op.batch_alter_table("project_decisions_college") as batch_op:
        batch_op.add_column(
            sa.Column("belongs", sa.String(), nullable=False, server_default="chosen")
        )
    with op.batch_alter_table("project_decisions_college") as batch_op:
        batch_op.alter_column("belongs", server_default=None)
    op.create_table(
        "project_decisions_college_member",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("college_id", sa.Integer(), nullable=False),
        sa.Column("member_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["college_id"],
            ["project_decisions_college.id"],
            name=op.f("fk_project_decisions_college_member_college_id"),
        ),
        sa.ForeignKeyConstraint(
            ["member_id"],
            ["member.id"],
            name=op.f("fk_project_decisions_college_member_member_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_project_decisions_college_member")),
        sa.UniqueConstraint(
            "college_id",
            "member_id",
            name=op.f("uq_project_decisions_college_member_college_id_member_id"),
        ),
    )
    op.create_index(
        op.f("ix_project_decisions_college_member_member_id"),
        "project_decisions_college_member",
        ["member_id"],
    )
    op.create_table(
        "project_decisions_voice",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("member_id", sa.Integer(), nullable=False),
        sa.Column("voice_id", sa.Integer(), nullable=False),
        sa.Column("named_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["member_id"], ["member.id"], name=op.f("fk_project_decisions_voice_member_id")
        ),
        sa.ForeignKeyConstraint(
            ["voice_id"], ["member.id"], name=op.f("fk_project_decisions_voice_voice_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_project_decisions_voice")),
        sa.UniqueConstraint("member_id", name=op.f("uq_project_decisions_voice_member_id")),
    )
    op.create_index(
        op.f("ix_project_decisions_voice_voice_id"), "project_decisions_voice", ["voice_id"]
    )
    op.create_table(
        "project_decisions_effect",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("poll_id", sa.Integer(), nullable=False),
        sa.Column("decision_id", sa.Integer(), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("before", sa.String(), nullable=False),
        sa.Column("after", sa.String(), nullable=False),
        sa.Column("applies_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("settled_by_id", sa.Integer(), nullable=True),
        sa.CheckConstraint("place >= 0", name=op.f("ck_project_decisions_effect_place")),
        sa.CheckConstraint(
            "state IN ('waiting', 'applied', 'held', 'dropped')",
            name=op.f("ck_project_decisions_effect_state"),
        ),
        sa.CheckConstraint(
            "state <> 'dropped' OR reason <> ''",
            name=op.f("ck_project_decisions_effect_dropped"),
        ),
        sa.ForeignKeyConstraint(
            ["poll_id"],
            ["project_decisions_poll.id"],
            name=op.f("fk_project_decisions_effect_poll_id"),
        ),
        sa.ForeignKeyConstraint(
            ["decision_id"],
            ["project_decisions_decision.id"],
            name=op.f("fk_project_decisions_effect_decision_id"),
        ),
        sa.ForeignKeyConstraint(
            ["settled_by_id"],
            ["member.id"],
            name=op.f("fk_project_decisions_effect_settled_by_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_project_decisions_effect")),
        sa.UniqueConstraint(
            "decision_id", "place", name=op.f("uq_project_decisions_effect_decision_id_place")
        ),
    )
    for columns in (["poll_id"], ["settled_by_id"]):
        name = f"ix_project_decisions_effect_{columns[0]}"
        op.create_index(op.f(name), "project_decisions_effect", columns)
    op.create_index(
        "ix_project_decisions_effect_due", "project_decisions_effect", ["state", "applies_at"]
    )


def downgrade() -> None:
    """Take this step back; what was applied stays applied."""
    op.drop_table("project_decisions_effect")
    op.drop_table("project_decisions_voice")
    op.drop_table("project_decisions_college_member")
    with op.batch_alter_table("project_decisions_college") as batch_op:
        batch_op.drop_column("belongs")
    with op.batch_alter_table("project_decisions_poll") as batch_op:
        batch_op.drop_index(op.f("ix_project_decisions_poll_earlier_id"))
        batch_op.drop_constraint(op.f("fk_project_decisions_poll_earlier_id"), type_="foreignkey")
        batch_op.drop_constraint(op.f("ck_project_decisions_poll_rests_months"), type_="check")
        batch_op.drop_column("earlier_id")
        batch_op.drop_column("rests_months")
        batch_op.drop_column("subject")
        batch_op.drop_column("binds")
