"""Who took their basket, as noted at the table."""

import sqlalchemy as sa
from alembic import op

revision = 'direct_sales_0003'
down_revision = 'direct_sales_0002'
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply this step."""
    op.create_table('direct_sales_collection',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('distribution_id', sa.Integer(), nullable=False),
    sa.Column('household_id', sa.Integer(), nullable=False),
    sa.Column('recorded_by_id', sa.Integer(), nullable=False),
    sa.Column('taken', sa.Boolean(), nullable=False),
    sa.Column('taken_by', sa.String(), nullable=False),
    sa.Column('note', sa.String(), nullable=False),
    sa.Column('device', sa.String(), nullable=False),
    sa.Column('recorded_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('received_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['distribution_id'], ['direct_sales_distribution.id'], name=op.f('fk_direct_sales_collection_distribution_id')),
    sa.ForeignKeyConstraint(['household_id'], ['household.id'], name=op.f('fk_direct_sales_collection_household_id')),
    sa.ForeignKeyConstraint(['recorded_by_id'], ['member.id'], name=op.f('fk_direct_sales_collection_recorded_by_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_direct_sales_collection'))
    )
    with op.batch_alter_table('direct_sales_collection', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_direct_sales_collection_household_id'), ['household_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_direct_sales_collection_recorded_by_id'), ['recorded_by_id'], unique=False)
        batch_op.create_index('ix_direct_sales_collection_distribution', ['distribution_id', 'household_id'], unique=False)


def downgrade() -> None:
    """Take this step back."""
    with op.batch_alter_table('direct_sales_collection', schema=None) as batch_op:
        batch_op.drop_index('ix_direct_sales_collection_distribution')
        batch_op.drop_index(batch_op.f('ix_direct_sales_collection_recorded_by_id'))
        batch_op.drop_index(batch_op.f('ix_direct_sales_collection_household_id'))

    op.drop_table('direct_sales_collection')
