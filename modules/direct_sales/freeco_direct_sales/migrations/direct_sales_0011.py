"""Seasons of a farm."""

import sqlalchemy as sa
from alembic import op

revision = 'direct_sales_0011'
down_revision = 'direct_sales_0010'
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply this step."""
    with op.batch_alter_table('direct_sales_product', schema=None) as batch_op:
        batch_op.add_column(sa.Column('is_service', sa.Boolean(), server_default=sa.false(), nullable=False))
    with op.batch_alter_table('direct_sales_order_sale', schema=None) as batch_op:
        batch_op.add_column(sa.Column('line_id', sa.Integer(), nullable=True))
        batch_op.drop_constraint(batch_op.f('uq_direct_sales_order_sale_order_id_producer_id'), type_='unique')
        batch_op.create_foreign_key(batch_op.f('fk_direct_sales_order_sale_line_id'), 'direct_sales_order_line', ['line_id'], ['id'])
        batch_op.create_unique_constraint(batch_op.f('uq_direct_sales_order_sale_line_id'), ['line_id'])
        batch_op.create_index('uq_direct_sales_order_sale_goods', ['order_id', 'producer_id'], unique=True, sqlite_where=sa.text('line_id IS NULL'), postgresql_where=sa.text('line_id IS NULL'))
    op.create_table('direct_sales_product_month',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('product_id', sa.Integer(), nullable=False),
    sa.Column('month', sa.Integer(), nullable=False),
    sa.CheckConstraint('month BETWEEN 1 AND 12', name=op.f('ck_direct_sales_product_month_month')),
    sa.ForeignKeyConstraint(['product_id'], ['direct_sales_product.id'], name=op.f('fk_direct_sales_product_month_product_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_direct_sales_product_month')),
    sa.UniqueConstraint('product_id', 'month', name=op.f('uq_direct_sales_product_month_product_id_month'))
    )
    op.create_table('direct_sales_planned_crop',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('producer_id', sa.Integer(), nullable=False),
    sa.Column('name', sa.String(), nullable=False),
    sa.Column('first_on', sa.Date(), nullable=False),
    sa.Column('last_on', sa.Date(), nullable=False),
    sa.Column('sown_on', sa.Date(), nullable=True),
    sa.Column('plot', sa.String(), nullable=False),
    sa.Column('quantity', sa.Integer(), nullable=True),
    sa.Column('unit', sa.String(), nullable=False),
    sa.Column('note', sa.String(), nullable=False),
    sa.CheckConstraint('first_on <= last_on', name=op.f('ck_direct_sales_planned_crop_harvest')),
    sa.CheckConstraint('quantity >= 1', name=op.f('ck_direct_sales_planned_crop_quantity')),
    sa.CheckConstraint('sown_on <= first_on', name=op.f('ck_direct_sales_planned_crop_sown')),
    sa.ForeignKeyConstraint(['producer_id'], ['direct_sales_producer.id'], name=op.f('fk_direct_sales_planned_crop_producer_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_direct_sales_planned_crop'))
    )
    with op.batch_alter_table('direct_sales_planned_crop', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_direct_sales_planned_crop_producer_id'), ['producer_id'], unique=False)
    op.create_table('direct_sales_season_notice',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('producer_id', sa.Integer(), nullable=False),
    sa.Column('kind', sa.String(), nullable=False),
    sa.Column('happened_on', sa.Date(), nullable=False),
    sa.Column('words', sa.String(), nullable=False),
    sa.Column('consequence', sa.String(), nullable=False),
    sa.Column('noted_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('over_at', sa.DateTime(timezone=True), nullable=True),
    sa.CheckConstraint("kind IN ('hail', 'frost', 'drought', 'flood', 'disease', 'pest', 'human', 'other')", name=op.f('ck_direct_sales_season_notice_kind')),
    sa.ForeignKeyConstraint(['producer_id'], ['direct_sales_producer.id'], name=op.f('fk_direct_sales_season_notice_producer_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_direct_sales_season_notice'))
    )
    with op.batch_alter_table('direct_sales_season_notice', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_direct_sales_season_notice_producer_id'), ['producer_id'], unique=False)
    op.create_table('direct_sales_visit',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('producer_id', sa.Integer(), nullable=False),
    sa.Column('visited_on', sa.Date(), nullable=False),
    sa.Column('charter_version', sa.String(), nullable=False),
    sa.Column('seen', sa.String(), nullable=False),
    sa.Column('asked', sa.String(), nullable=False),
    sa.Column('next_due_on', sa.Date(), nullable=True),
    sa.Column('published_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('answer', sa.String(), nullable=False),
    sa.Column('answered_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('shown_since', sa.DateTime(timezone=True), nullable=True),
    sa.CheckConstraint('next_due_on > visited_on', name=op.f('ck_direct_sales_visit_next_due')),
    sa.CheckConstraint('shown_since IS NULL OR published_at IS NOT NULL', name=op.f('ck_direct_sales_visit_shown')),
    sa.ForeignKeyConstraint(['producer_id'], ['direct_sales_producer.id'], name=op.f('fk_direct_sales_visit_producer_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_direct_sales_visit'))
    )
    with op.batch_alter_table('direct_sales_visit', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_direct_sales_visit_producer_id'), ['producer_id'], unique=False)
    op.create_table('direct_sales_visit_point',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('visit_id', sa.Integer(), nullable=False),
    sa.Column('article', sa.Integer(), nullable=False),
    sa.Column('title', sa.String(), nullable=False),
    sa.Column('words', sa.String(), nullable=False),
    sa.ForeignKeyConstraint(['visit_id'], ['direct_sales_visit.id'], name=op.f('fk_direct_sales_visit_point_visit_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_direct_sales_visit_point')),
    sa.UniqueConstraint('visit_id', 'article', name=op.f('uq_direct_sales_visit_point_visit_id_article'))
    )
    op.create_table('direct_sales_visitor',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('visit_id', sa.Integer(), nullable=False),
    sa.Column('member_id', sa.Integer(), nullable=False),
    sa.Column('agreed_at', sa.DateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['member_id'], ['member.id'], name=op.f('fk_direct_sales_visitor_member_id')),
    sa.ForeignKeyConstraint(['visit_id'], ['direct_sales_visit.id'], name=op.f('fk_direct_sales_visitor_visit_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_direct_sales_visitor')),
    sa.UniqueConstraint('visit_id', 'member_id', name=op.f('uq_direct_sales_visitor_visit_id_member_id'))
    )
    with op.batch_alter_table('direct_sales_visitor', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_direct_sales_visitor_member_id'), ['member_id'], unique=False)
    op.create_table('direct_sales_visit_addition',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('visit_id', sa.Integer(), nullable=False),
    sa.Column('by_farm', sa.Boolean(), nullable=False),
    sa.Column('words', sa.String(), nullable=False),
    sa.Column('added_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['visit_id'], ['direct_sales_visit.id'], name=op.f('fk_direct_sales_visit_addition_visit_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_direct_sales_visit_addition'))
    )
    with op.batch_alter_table('direct_sales_visit_addition', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_direct_sales_visit_addition_visit_id'), ['visit_id'], unique=False)
    op.create_table('direct_sales_service',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('line_id', sa.Integer(), nullable=False),
    sa.Column('agreed_on', sa.Date(), nullable=True),
    sa.Column('household_done_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('producer_done_at', sa.DateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['line_id'], ['direct_sales_order_line.id'], name=op.f('fk_direct_sales_service_line_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_direct_sales_service')),
    sa.UniqueConstraint('line_id', name=op.f('uq_direct_sales_service_line_id'))
    )
    op.create_table('direct_sales_farm_picture',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('producer_id', sa.Integer(), nullable=False),
    sa.Column('content', sa.LargeBinary(), nullable=False),
    sa.Column('width', sa.Integer(), nullable=False),
    sa.Column('height', sa.Integer(), nullable=False),
    sa.Column('sha256', sa.String(), nullable=False),
    sa.Column('words', sa.String(), nullable=False),
    sa.ForeignKeyConstraint(['producer_id'], ['direct_sales_producer.id'], name=op.f('fk_direct_sales_farm_picture_producer_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_direct_sales_farm_picture')),
    sa.UniqueConstraint('producer_id', name=op.f('uq_direct_sales_farm_picture_producer_id'))
    )


def downgrade() -> None:
    """Take this step back. What was sold as a service stays in the books, and leaves its table."""
    op.drop_table('direct_sales_farm_picture')
    op.drop_table('direct_sales_service')
    op.drop_table('direct_sales_visit_addition')
    op.drop_table('direct_sales_visitor')
    op.drop_table('direct_sales_visit_point')
    op.drop_table('direct_sales_visit')
    op.drop_table('direct_sales_season_notice')
    op.drop_table('direct_sales_planned_crop')
    op.drop_table('direct_sales_product_month')
    op.execute('DELETE FROM direct_sales_order_sale WHERE line_id IS NOT NULL')
    with op.batch_alter_table('direct_sales_order_sale', schema=None) as batch_op:
        batch_op.drop_index('uq_direct_sales_order_sale_goods')
        batch_op.drop_constraint(batch_op.f('uq_direct_sales_order_sale_line_id'), type_='unique')
        batch_op.drop_constraint(batch_op.f('fk_direct_sales_order_sale_line_id'), type_='foreignkey')
        batch_op.create_unique_constraint(batch_op.f('uq_direct_sales_order_sale_order_id_producer_id'), ['order_id', 'producer_id'])
        batch_op.drop_column('line_id')
    with op.batch_alter_table('direct_sales_product', schema=None) as batch_op:
        batch_op.drop_column('is_service')
