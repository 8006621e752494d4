"""How often electors were asked to make their codes: who made one before is told again."""

import sqlalchemy as sa
from alembic import op

revision = "project_decisions_0008"
down_revision = "project_decisions_0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply this step; lists that are noted already were announced once."""
    with op.batch_alter_table("project_decisions_sealed_poll") as batch_op:
        batch_op.add_column(
            sa.Column("code_rounds", sa.Integer(), nullable=False, server_default="0")
        )
        batch_op.create_check_constraint(
            op.f("ck_project_decisions_sealed_poll_code_rounds"), "code_rounds >= 0"
        )
    with op.batch_alter_table("project_decisions_sealed_poll") as batch_op:
        batch_op.alter_column("code_rounds", server_default=None)
    op.execute(
        "UPDATE project_decisions_sealed_poll SET code_rounds = 1 WHERE announced_at IS NOT NULL"
    )


def downgrade() -> None:
    """Take this step back."""
    with op.batch_alter_table("project_decisions_sealed_poll") as batch_op:
        batch_op.drop_constraint(
            op.f("ck_project_decisions_sealed_poll_code_rounds"), type_="check"
        )
        batch_op.drop_column("code_rounds")
