"""Order sessions."""

import sqlalchemy as sa
from alembic import op

revision = 'direct_sales_0005'
down_revision = 'direct_sales_0004'
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply this step."""
    op.create_table('direct_sales_order_session',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('community_id', sa.Integer(), nullable=False),
    sa.Column('name', sa.String(), nullable=False),
    sa.Column('opens_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('closes_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('note', sa.String(), nullable=False),
    sa.Column('state', sa.String(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.CheckConstraint("state IN ('draft', 'open', 'closed', 'allotted', 'settled')", name=op.f('ck_direct_sales_order_session_state')),
    sa.CheckConstraint('opens_at < closes_at', name=op.f('ck_direct_sales_order_session_hours')),
    sa.ForeignKeyConstraint(['community_id'], ['community.id'], name=op.f('fk_direct_sales_order_session_community_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_direct_sales_order_session'))
    )
    with op.batch_alter_table('direct_sales_order_session', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_direct_sales_order_session_community_id'), ['community_id'], unique=False)

    op.create_table('direct_sales_pickup',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('session_id', sa.Integer(), nullable=False),
    sa.Column('distribution_id', sa.Integer(), nullable=False),
    sa.Column('capacity', sa.Integer(), nullable=True),
    sa.Column('taken', sa.Integer(), nullable=False),
    sa.CheckConstraint('capacity IS NULL OR taken <= capacity', name=op.f('ck_direct_sales_pickup_capacity')),
    sa.CheckConstraint('taken >= 0', name=op.f('ck_direct_sales_pickup_taken')),
    sa.ForeignKeyConstraint(['distribution_id'], ['direct_sales_distribution.id'], name=op.f('fk_direct_sales_pickup_distribution_id')),
    sa.ForeignKeyConstraint(['session_id'], ['direct_sales_order_session.id'], name=op.f('fk_direct_sales_pickup_session_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_direct_sales_pickup')),
    sa.UniqueConstraint('session_id', 'distribution_id', name=op.f('uq_direct_sales_pickup_session_id_distribution_id'))
    )
    with op.batch_alter_table('direct_sales_pickup', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_direct_sales_pickup_distribution_id'), ['distribution_id'], unique=False)

    op.create_table('direct_sales_order',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('session_id', sa.Integer(), nullable=False),
    sa.Column('household_id', sa.Integer(), nullable=False),
    sa.Column('pickup_id', sa.Integer(), nullable=False),
    sa.Column('placed_by_id', sa.Integer(), nullable=False),
    sa.Column('by_phone', sa.Boolean(), nullable=False),
    sa.Column('method', sa.String(), nullable=False),
    sa.Column('note', sa.String(), nullable=False),
    sa.Column('last_key', sa.String(), nullable=False),
    sa.Column('placed_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('changed_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('cancelled_at', sa.DateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['household_id'], ['household.id'], name=op.f('fk_direct_sales_order_household_id')),
    sa.ForeignKeyConstraint(['pickup_id'], ['direct_sales_pickup.id'], name=op.f('fk_direct_sales_order_pickup_id')),
    sa.ForeignKeyConstraint(['placed_by_id'], ['member.id'], name=op.f('fk_direct_sales_order_placed_by_id')),
    sa.ForeignKeyConstraint(['session_id'], ['direct_sales_order_session.id'], name=op.f('fk_direct_sales_order_session_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_direct_sales_order'))
    )
    with op.batch_alter_table('direct_sales_order', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_direct_sales_order_household_id'), ['household_id'], unique=False)
        batch_op.create_index('uq_direct_sales_order_standing', ['session_id', 'household_id'], unique=True, sqlite_where=sa.text('cancelled_at IS NULL'), postgresql_where=sa.text('cancelled_at IS NULL'))

    op.create_table('direct_sales_session_producer',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('session_id', sa.Integer(), nullable=False),
    sa.Column('producer_id', sa.Integer(), nullable=False),
    sa.Column('closes_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('least_total', sa.BigInteger(), nullable=False),
    sa.Column('comes', sa.Boolean(), nullable=True),
    sa.CheckConstraint('least_total >= 0', name=op.f('ck_direct_sales_session_producer_least_total')),
    sa.ForeignKeyConstraint(['producer_id'], ['direct_sales_producer.id'], name=op.f('fk_direct_sales_session_producer_producer_id')),
    sa.ForeignKeyConstraint(['session_id'], ['direct_sales_order_session.id'], name=op.f('fk_direct_sales_session_producer_session_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_direct_sales_session_producer')),
    sa.UniqueConstraint('session_id', 'producer_id', name=op.f('uq_direct_sales_session_producer_session_id_producer_id'))
    )
    with op.batch_alter_table('direct_sales_session_producer', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_direct_sales_session_producer_producer_id'), ['producer_id'], unique=False)

    op.create_table('direct_sales_favourite_line',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('household_id', sa.Integer(), nullable=False),
    sa.Column('product_id', sa.Integer(), nullable=False),
    sa.Column('quantity', sa.Integer(), nullable=False),
    sa.Column('wish', sa.String(), nullable=False),
    sa.CheckConstraint('quantity >= 1', name=op.f('ck_direct_sales_favourite_line_quantity')),
    sa.ForeignKeyConstraint(['household_id'], ['household.id'], name=op.f('fk_direct_sales_favourite_line_household_id')),
    sa.ForeignKeyConstraint(['product_id'], ['direct_sales_product.id'], name=op.f('fk_direct_sales_favourite_line_product_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_direct_sales_favourite_line')),
    sa.UniqueConstraint('household_id', 'product_id', name=op.f('uq_direct_sales_favourite_line_household_id_product_id'))
    )
    op.create_table('direct_sales_stock',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('product_id', sa.Integer(), nullable=False),
    sa.Column('on_hand', sa.Integer(), nullable=False),
    sa.Column('reserved', sa.Integer(), nullable=False),
    sa.Column('distribution_id', sa.Integer(), nullable=True),
    sa.Column('first_day', sa.Date(), nullable=True),
    sa.Column('last_day', sa.Date(), nullable=True),
    sa.CheckConstraint('(first_day IS NULL) = (last_day IS NULL) AND (first_day IS NULL OR first_day <= last_day)', name=op.f('ck_direct_sales_stock_days')),
    sa.CheckConstraint('distribution_id IS NULL OR (first_day IS NULL AND last_day IS NULL)', name=op.f('ck_direct_sales_stock_scope')),
    sa.CheckConstraint('reserved BETWEEN 0 AND on_hand', name=op.f('ck_direct_sales_stock_reserved')),
    sa.ForeignKeyConstraint(['distribution_id'], ['direct_sales_distribution.id'], name=op.f('fk_direct_sales_stock_distribution_id')),
    sa.ForeignKeyConstraint(['product_id'], ['direct_sales_product.id'], name=op.f('fk_direct_sales_stock_product_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_direct_sales_stock'))
    )
    with op.batch_alter_table('direct_sales_stock', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_direct_sales_stock_distribution_id'), ['distribution_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_direct_sales_stock_product_id'), ['product_id'], unique=False)

    op.create_table('direct_sales_offer',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('session_id', sa.Integer(), nullable=False),
    sa.Column('product_id', sa.Integer(), nullable=False),
    sa.Column('name', sa.String(), nullable=False),
    sa.Column('unit', sa.String(), nullable=False),
    sa.Column('price', sa.BigInteger(), nullable=False),
    sa.Column('vat_basis_points', sa.Integer(), nullable=False),
    sa.Column('pricing', sa.String(), nullable=False),
    sa.Column('grams', sa.Integer(), nullable=True),
    sa.Column('step', sa.Integer(), nullable=False),
    sa.Column('least', sa.Integer(), nullable=False),
    sa.Column('most', sa.Integer(), nullable=True),
    sa.Column('stock_id', sa.Integer(), nullable=True),
    sa.Column('coming', sa.Integer(), nullable=True),
    sa.Column('withdrawn_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('reason', sa.String(), nullable=False),
    sa.CheckConstraint("pricing = 'unit' OR grams > 0", name=op.f('ck_direct_sales_offer_weight')),
    sa.CheckConstraint("pricing IN ('unit', 'weight')", name=op.f('ck_direct_sales_offer_pricing')),
    sa.CheckConstraint('price >= 0', name=op.f('ck_direct_sales_offer_price')),
    sa.CheckConstraint('step >= 1 AND least >= 0', name=op.f('ck_direct_sales_offer_step')),
    sa.ForeignKeyConstraint(['product_id'], ['direct_sales_product.id'], name=op.f('fk_direct_sales_offer_product_id')),
    sa.ForeignKeyConstraint(['session_id'], ['direct_sales_order_session.id'], name=op.f('fk_direct_sales_offer_session_id')),
    sa.ForeignKeyConstraint(['stock_id'], ['direct_sales_stock.id'], name=op.f('fk_direct_sales_offer_stock_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_direct_sales_offer')),
    sa.UniqueConstraint('session_id', 'product_id', name=op.f('uq_direct_sales_offer_session_id_product_id'))
    )
    with op.batch_alter_table('direct_sales_offer', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_direct_sales_offer_product_id'), ['product_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_direct_sales_offer_stock_id'), ['stock_id'], unique=False)

    op.create_table('direct_sales_order_line',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('order_id', sa.Integer(), nullable=False),
    sa.Column('offer_id', sa.Integer(), nullable=False),
    sa.Column('ordered', sa.Integer(), nullable=False),
    sa.Column('unit_price', sa.BigInteger(), nullable=False),
    sa.Column('asked', sa.Integer(), nullable=False),
    sa.Column('wish', sa.String(), nullable=False),
    sa.Column('substitute_id', sa.Integer(), nullable=True),
    sa.Column('allotted', sa.Integer(), nullable=True),
    sa.Column('weighed_grams', sa.Integer(), nullable=True),
    sa.Column('instead_of_id', sa.Integer(), nullable=True),
    sa.CheckConstraint("wish IN ('less', 'nothing', 'substitute')", name=op.f('ck_direct_sales_order_line_wish')),
    sa.CheckConstraint('allotted >= 0', name=op.f('ck_direct_sales_order_line_allotted')),
    sa.CheckConstraint('ordered >= 0', name=op.f('ck_direct_sales_order_line_ordered')),
    sa.CheckConstraint('weighed_grams >= 0', name=op.f('ck_direct_sales_order_line_weighed')),
    sa.ForeignKeyConstraint(['instead_of_id'], ['direct_sales_order_line.id'], name=op.f('fk_direct_sales_order_line_instead_of_id')),
    sa.ForeignKeyConstraint(['offer_id'], ['direct_sales_offer.id'], name=op.f('fk_direct_sales_order_line_offer_id')),
    sa.ForeignKeyConstraint(['order_id'], ['direct_sales_order.id'], name=op.f('fk_direct_sales_order_line_order_id')),
    sa.ForeignKeyConstraint(['substitute_id'], ['direct_sales_offer.id'], name=op.f('fk_direct_sales_order_line_substitute_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_direct_sales_order_line')),
    sa.UniqueConstraint('order_id', 'offer_id', name=op.f('uq_direct_sales_order_line_order_id_offer_id'))
    )
    with op.batch_alter_table('direct_sales_order_line', schema=None) as batch_op:
        batch_op.create_index('ix_direct_sales_order_line_offer', ['offer_id'], unique=False)



def downgrade() -> None:
    """Take this step back."""
    with op.batch_alter_table('direct_sales_order_line', schema=None) as batch_op:
        batch_op.drop_index('ix_direct_sales_order_line_offer')

    op.drop_table('direct_sales_order_line')
    with op.batch_alter_table('direct_sales_offer', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_direct_sales_offer_stock_id'))
        batch_op.drop_index(batch_op.f('ix_direct_sales_offer_product_id'))

    op.drop_table('direct_sales_offer')
    with op.batch_alter_table('direct_sales_stock', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_direct_sales_stock_product_id'))
        batch_op.drop_index(batch_op.f('ix_direct_sales_stock_distribution_id'))

    op.drop_table('direct_sales_stock')
    op.drop_table('direct_sales_favourite_line')
    with op.batch_alter_table('direct_sales_session_producer', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_direct_sales_session_producer_producer_id'))

    op.drop_table('direct_sales_session_producer')
    with op.batch_alter_table('direct_sales_order', schema=None) as batch_op:
        batch_op.drop_index('uq_direct_sales_order_standing', sqlite_where=sa.text('cancelled_at IS NULL'), postgresql_where=sa.text('cancelled_at IS NULL'))
        batch_op.drop_index(batch_op.f('ix_direct_sales_order_household_id'))

    op.drop_table('direct_sales_order')
    with op.batch_alter_table('direct_sales_pickup', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_direct_sales_pickup_distribution_id'))

    op.drop_table('direct_sales_pickup')
    with op.batch_alter_table('direct_sales_order_session', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_direct_sales_order_session_community_id'))

    op.drop_table('direct_sales_order_session')
