"""The recurring basket keeps how many more a household takes to fill a case."""

import sqlalchemy as sa
from alembic import op

revision = "direct_sales_0017"
down_revision = "direct_sales_0016"
branch_labels = None
depends_on = None

LINE = "direct_sales_favourite_line"


def upgrade() -> None:
    """Apply this step."""
    with op.batch_alter_table(LINE, schema=None) as batch_op:
        batch_op.add_column(
            sa.Column("tolerance", sa.Integer(), nullable=False, server_default="0")
        )
        batch_op.create_check_constraint(batch_op.f(f"ck_{LINE}_tolerance"), "tolerance >= 0")
    with op.batch_alter_table(LINE, schema=None) as batch_op:
        batch_op.alter_column("tolerance", server_default=None)


def downgrade() -> None:
    """Take this step back."""
    with op.batch_alter_table(LINE, schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f(f"ck_{LINE}_tolerance"), type_="check")
        batch_op.drop_column("tolerance")
