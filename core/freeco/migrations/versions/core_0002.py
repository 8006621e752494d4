"""Where organisations and communities stand on the map."""

import sqlalchemy as sa
from alembic import op

revision = 'core_0002'
down_revision = 'core_0001'
branch_labels = None
depends_on = None

PLACED = ("community", "organisation")


def upgrade() -> None:
    """Apply this step."""
    for table in PLACED:
        with op.batch_alter_table(table) as batch_op:
            batch_op.add_column(
                sa.Column("commune_insee", sa.String(), nullable=False, server_default="")
            )
            batch_op.add_column(sa.Column("latitude", sa.Double(), nullable=True))
            batch_op.add_column(sa.Column("longitude", sa.Double(), nullable=True))
    for table in PLACED:
        with op.batch_alter_table(table) as batch_op:
            batch_op.alter_column("commune_insee", server_default=None)


def downgrade() -> None:
    """Take this step back."""
    for table in PLACED:
        with op.batch_alter_table(table) as batch_op:
            batch_op.drop_column("longitude")
            batch_op.drop_column("latitude")
            batch_op.drop_column("commune_insee")
