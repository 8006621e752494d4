"""When producers are told what to bring, what they were told, and what is missing."""

import sqlalchemy as sa
from alembic import op

revision = 'direct_sales_0010'
down_revision = 'direct_sales_0009'
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply this step."""
    op.create_table('direct_sales_harvest_wish',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('producer_id', sa.Integer(), nullable=False),
    sa.Column('wanted', sa.Boolean(), nullable=False),
    sa.Column('days_before', sa.Integer(), nullable=False),
    sa.Column('hour', sa.Integer(), nullable=False),
    sa.Column('changes_wanted', sa.Boolean(), nullable=False),
    sa.Column('changes_days_before', sa.Integer(), nullable=False),
    sa.Column('changes_hour', sa.Integer(), nullable=False),
    sa.Column('changed_at', sa.DateTime(timezone=True), nullable=False),
    sa.CheckConstraint('changes_days_before BETWEEN 0 AND 7 AND changes_hour BETWEEN 0 AND 23', name=op.f('ck_direct_sales_harvest_wish_changes')),
    sa.CheckConstraint('days_before BETWEEN 0 AND 7 AND hour BETWEEN 0 AND 23', name=op.f('ck_direct_sales_harvest_wish_list')),
    sa.ForeignKeyConstraint(['producer_id'], ['direct_sales_producer.id'], name=op.f('fk_direct_sales_harvest_wish_producer_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_direct_sales_harvest_wish')),
    sa.UniqueConstraint('producer_id', name=op.f('uq_direct_sales_harvest_wish_producer_id'))
    )
    op.create_table('direct_sales_shortage',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('producer_id', sa.Integer(), nullable=False),
    sa.Column('said_by_id', sa.Integer(), nullable=True),
    sa.Column('key', sa.String(), nullable=False),
    sa.Column('how', sa.String(), nullable=False),
    sa.Column('words', sa.String(), nullable=False),
    sa.Column('instead', sa.String(), nullable=False),
    sa.Column('instead_product_id', sa.Integer(), nullable=True),
    sa.Column('instead_quantity', sa.Integer(), nullable=True),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('said_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('changed_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('taken_back_at', sa.DateTime(timezone=True), nullable=True),
    sa.CheckConstraint("how IN ('none', 'less', 'otherwise')", name=op.f('ck_direct_sales_shortage_how')),
    sa.CheckConstraint('instead_quantity >= 1', name=op.f('ck_direct_sales_shortage_instead')),
    sa.CheckConstraint('version >= 1', name=op.f('ck_direct_sales_shortage_version')),
    sa.ForeignKeyConstraint(['instead_product_id'], ['direct_sales_product.id'], name=op.f('fk_direct_sales_shortage_instead_product_id')),
    sa.ForeignKeyConstraint(['producer_id'], ['direct_sales_producer.id'], name=op.f('fk_direct_sales_shortage_producer_id')),
    sa.ForeignKeyConstraint(['said_by_id'], ['member.id'], name=op.f('fk_direct_sales_shortage_said_by_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_direct_sales_shortage')),
    sa.UniqueConstraint('key', name=op.f('uq_direct_sales_shortage_key'))
    )
    with op.batch_alter_table('direct_sales_shortage', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_direct_sales_shortage_producer_id'), ['producer_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_direct_sales_shortage_said_by_id'), ['said_by_id'], unique=False)

    op.create_table('direct_sales_telling',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('producer_id', sa.Integer(), nullable=False),
    sa.Column('kind', sa.String(), nullable=False),
    sa.Column('distribution_id', sa.Integer(), nullable=True),
    sa.Column('session_id', sa.Integer(), nullable=True),
    sa.Column('print_id', sa.Integer(), nullable=True),
    sa.Column('digest', sa.String(), nullable=False),
    sa.Column('reached', sa.Boolean(), nullable=False),
    sa.Column('told_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('said_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('said_by_id', sa.Integer(), nullable=True),
    sa.CheckConstraint("(kind = 'closing') = (session_id IS NOT NULL)", name=op.f('ck_direct_sales_telling_session')),
    sa.CheckConstraint("kind IN ('list', 'changes', 'closing')", name=op.f('ck_direct_sales_telling_kind')),
    sa.CheckConstraint('(distribution_id IS NULL) <> (session_id IS NULL)', name=op.f('ck_direct_sales_telling_about')),
    sa.ForeignKeyConstraint(['distribution_id'], ['direct_sales_distribution.id'], name=op.f('fk_direct_sales_telling_distribution_id')),
    sa.ForeignKeyConstraint(['print_id'], ['direct_sales_print.id'], name=op.f('fk_direct_sales_telling_print_id')),
    sa.ForeignKeyConstraint(['producer_id'], ['direct_sales_producer.id'], name=op.f('fk_direct_sales_telling_producer_id')),
    sa.ForeignKeyConstraint(['said_by_id'], ['member.id'], name=op.f('fk_direct_sales_telling_said_by_id')),
    sa.ForeignKeyConstraint(['session_id'], ['direct_sales_order_session.id'], name=op.f('fk_direct_sales_telling_session_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_direct_sales_telling')),
    sa.UniqueConstraint('distribution_id', 'producer_id', 'kind', name=op.f('uq_direct_sales_telling_distribution_id_producer_id_kind')),
    sa.UniqueConstraint('session_id', 'producer_id', name=op.f('uq_direct_sales_telling_session_id_producer_id'))
    )
    with op.batch_alter_table('direct_sales_telling', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_direct_sales_telling_producer_id'), ['producer_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_direct_sales_telling_said_by_id'), ['said_by_id'], unique=False)

    op.create_table('direct_sales_shortage_date',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('shortage_id', sa.Integer(), nullable=False),
    sa.Column('distribution_id', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['distribution_id'], ['direct_sales_distribution.id'], name=op.f('fk_direct_sales_shortage_date_distribution_id')),
    sa.ForeignKeyConstraint(['shortage_id'], ['direct_sales_shortage.id'], name=op.f('fk_direct_sales_shortage_date_shortage_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_direct_sales_shortage_date')),
    sa.UniqueConstraint('shortage_id', 'distribution_id', name=op.f('uq_direct_sales_shortage_date_shortage_id_distribution_id'))
    )
    with op.batch_alter_table('direct_sales_shortage_date', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_direct_sales_shortage_date_distribution_id'), ['distribution_id'], unique=False)

    op.create_table('direct_sales_shortage_product',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('shortage_id', sa.Integer(), nullable=False),
    sa.Column('product_id', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['product_id'], ['direct_sales_product.id'], name=op.f('fk_direct_sales_shortage_product_product_id')),
    sa.ForeignKeyConstraint(['shortage_id'], ['direct_sales_shortage.id'], name=op.f('fk_direct_sales_shortage_product_shortage_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_direct_sales_shortage_product')),
    sa.UniqueConstraint('shortage_id', 'product_id', name=op.f('uq_direct_sales_shortage_product_shortage_id_product_id'))
    )


def downgrade() -> None:
    """Take this step back."""
    op.drop_table('direct_sales_shortage_product')
    with op.batch_alter_table('direct_sales_shortage_date', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_direct_sales_shortage_date_distribution_id'))

    op.drop_table('direct_sales_shortage_date')
    with op.batch_alter_table('direct_sales_telling', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_direct_sales_telling_said_by_id'))
        batch_op.drop_index(batch_op.f('ix_direct_sales_telling_producer_id'))

    op.drop_table('direct_sales_telling')
    with op.batch_alter_table('direct_sales_shortage', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_direct_sales_shortage_said_by_id'))
        batch_op.drop_index(batch_op.f('ix_direct_sales_shortage_producer_id'))

    op.drop_table('direct_sales_shortage')
    op.drop_table('direct_sales_harvest_wish')
