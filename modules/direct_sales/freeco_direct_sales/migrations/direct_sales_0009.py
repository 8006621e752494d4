"""Orders settled."""

import sqlalchemy as sa
from alembic import op

revision = 'direct_sales_0009'
down_revision = 'direct_sales_0008'
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply this step."""
    op.create_table('direct_sales_order_sale',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('order_id', sa.Integer(), nullable=False),
    sa.Column('producer_id', sa.Integer(), nullable=False),
    sa.Column('amount', sa.BigInteger(), nullable=False),
    sa.Column('document_id', sa.Integer(), nullable=True),
    sa.Column('sold_at', sa.DateTime(timezone=True), nullable=False),
    sa.CheckConstraint('amount > 0', name=op.f('ck_direct_sales_order_sale_amount')),
    sa.ForeignKeyConstraint(['order_id'], ['direct_sales_order.id'], name=op.f('fk_direct_sales_order_sale_order_id')),
    sa.ForeignKeyConstraint(['producer_id'], ['direct_sales_producer.id'], name=op.f('fk_direct_sales_order_sale_producer_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_direct_sales_order_sale')),
    sa.UniqueConstraint('order_id', 'producer_id', name=op.f('uq_direct_sales_order_sale_order_id_producer_id'))
    )
    with op.batch_alter_table('direct_sales_order_sale', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_direct_sales_order_sale_producer_id'), ['producer_id'], unique=False)
    with op.batch_alter_table('direct_sales_order', schema=None) as batch_op:
        batch_op.add_column(sa.Column('settled_at', sa.DateTime(timezone=True), nullable=True))


def downgrade() -> None:
    """Take this step back."""
    with op.batch_alter_table('direct_sales_order', schema=None) as batch_op:
        batch_op.drop_column('settled_at')
    op.drop_table('direct_sales_order_sale')
