"""Where producers are, and where baskets are handed out."""

import sqlalchemy as sa
from alembic import op

revision = 'direct_sales_0002'
down_revision = 'direct_sales_0001'
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply this step."""
    op.create_table('direct_sales_position',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('community_id', sa.Integer(), nullable=False),
    sa.Column('producer_id', sa.Integer(), nullable=True),
    sa.Column('place', sa.String(), nullable=True),
    sa.Column('latitude', sa.Double(), nullable=False),
    sa.Column('longitude', sa.Double(), nullable=False),
    sa.CheckConstraint('(producer_id IS NULL) <> (place IS NULL)', name=op.f('ck_direct_sales_position_one_of_two')),
    sa.CheckConstraint('latitude BETWEEN -90 AND 90', name=op.f('ck_direct_sales_position_latitude')),
    sa.CheckConstraint('longitude BETWEEN -180 AND 180', name=op.f('ck_direct_sales_position_longitude')),
    sa.ForeignKeyConstraint(['community_id'], ['community.id'], name=op.f('fk_direct_sales_position_community_id')),
    sa.ForeignKeyConstraint(['producer_id'], ['direct_sales_producer.id'], name=op.f('fk_direct_sales_position_producer_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_direct_sales_position')),
    sa.UniqueConstraint('community_id', 'place', name=op.f('uq_direct_sales_position_community_id_place')),
    sa.UniqueConstraint('producer_id', name=op.f('uq_direct_sales_position_producer_id'))
    )


def downgrade() -> None:
    """Take this step back."""
    op.drop_table('direct_sales_position')
