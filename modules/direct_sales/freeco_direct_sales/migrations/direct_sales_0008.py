"""Solidarity between households."""

import sqlalchemy as sa
from alembic import op

revision = 'direct_sales_0008'
down_revision = 'direct_sales_0007'
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply this step."""
    op.create_table('direct_sales_solidarity_pool',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('community_id', sa.Integer(), nullable=False),
    sa.Column('holder_id', sa.Integer(), nullable=True),
    sa.Column('alarm_below', sa.BigInteger(), nullable=False),
    sa.ForeignKeyConstraint(['community_id'], ['community.id'], name=op.f('fk_direct_sales_solidarity_pool_community_id')),
    sa.ForeignKeyConstraint(['holder_id'], ['organisation.id'], name=op.f('fk_direct_sales_solidarity_pool_holder_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_direct_sales_solidarity_pool')),
    sa.UniqueConstraint('community_id', name=op.f('uq_direct_sales_solidarity_pool_community_id'))
    )
    op.create_table('direct_sales_solidarity_declaration',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('household_id', sa.Integer(), nullable=False),
    sa.Column('member_id', sa.Integer(), nullable=False),
    sa.Column('sealed', sa.String(), nullable=False),
    sa.Column('expires_on', sa.Date(), nullable=False),
    sa.Column('declared_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['household_id'], ['household.id'], name=op.f('fk_direct_sales_solidarity_declaration_household_id')),
    sa.ForeignKeyConstraint(['member_id'], ['member.id'], name=op.f('fk_direct_sales_solidarity_declaration_member_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_direct_sales_solidarity_declaration')),
    sa.UniqueConstraint('household_id', name=op.f('uq_direct_sales_solidarity_declaration_household_id'))
    )
    with op.batch_alter_table('direct_sales_solidarity_declaration', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_direct_sales_solidarity_declaration_member_id'), ['member_id'], unique=False)

    op.create_table('direct_sales_solidarity_flow',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('pool_id', sa.Integer(), nullable=False),
    sa.Column('key', sa.String(), nullable=False),
    sa.Column('source', sa.String(), nullable=False),
    sa.Column('amount', sa.BigInteger(), nullable=False),
    sa.Column('day', sa.Date(), nullable=False),
    sa.CheckConstraint('amount <> 0', name=op.f('ck_direct_sales_solidarity_flow_amount')),
    sa.ForeignKeyConstraint(['pool_id'], ['direct_sales_solidarity_pool.id'], name=op.f('fk_direct_sales_solidarity_flow_pool_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_direct_sales_solidarity_flow')),
    sa.UniqueConstraint('key', name=op.f('uq_direct_sales_solidarity_flow_key'))
    )
    with op.batch_alter_table('direct_sales_solidarity_flow', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_direct_sales_solidarity_flow_pool_id'), ['pool_id'], unique=False)

    op.create_table('direct_sales_solidarity_month',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('pool_id', sa.Integer(), nullable=False),
    sa.Column('month', sa.Date(), nullable=False),
    sa.Column('came_in', sa.BigInteger(), nullable=False),
    sa.Column('went_out', sa.BigInteger(), nullable=False),
    sa.Column('balance', sa.BigInteger(), nullable=False),
    sa.ForeignKeyConstraint(['pool_id'], ['direct_sales_solidarity_pool.id'], name=op.f('fk_direct_sales_solidarity_month_pool_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_direct_sales_solidarity_month')),
    sa.UniqueConstraint('pool_id', 'month', name=op.f('uq_direct_sales_solidarity_month_pool_id_month'))
    )
    op.create_table('direct_sales_solidarity_oath',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('member_id', sa.Integer(), nullable=False),
    sa.Column('sworn_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['member_id'], ['member.id'], name=op.f('fk_direct_sales_solidarity_oath_member_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_direct_sales_solidarity_oath')),
    sa.UniqueConstraint('member_id', name=op.f('uq_direct_sales_solidarity_oath_member_id'))
    )
    op.create_table('direct_sales_suspended_basket',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('pool_id', sa.Integer(), nullable=False),
    sa.Column('household_id', sa.Integer(), nullable=True),
    sa.Column('amount', sa.BigInteger(), nullable=False),
    sa.Column('promised_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('received_on', sa.Date(), nullable=True),
    sa.Column('given_on', sa.Date(), nullable=True),
    sa.CheckConstraint('amount > 0', name=op.f('ck_direct_sales_suspended_basket_amount')),
    sa.ForeignKeyConstraint(['household_id'], ['household.id'], name=op.f('fk_direct_sales_suspended_basket_household_id')),
    sa.ForeignKeyConstraint(['pool_id'], ['direct_sales_solidarity_pool.id'], name=op.f('fk_direct_sales_suspended_basket_pool_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_direct_sales_suspended_basket'))
    )
    with op.batch_alter_table('direct_sales_suspended_basket', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_direct_sales_suspended_basket_household_id'), ['household_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_direct_sales_suspended_basket_pool_id'), ['pool_id'], unique=False)

    op.create_table('direct_sales_suspended_need',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('household_id', sa.Integer(), nullable=False),
    sa.Column('asked_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('drawn_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('amount', sa.BigInteger(), nullable=False),
    sa.ForeignKeyConstraint(['household_id'], ['household.id'], name=op.f('fk_direct_sales_suspended_need_household_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_direct_sales_suspended_need'))
    )
    with op.batch_alter_table('direct_sales_suspended_need', schema=None) as batch_op:
        batch_op.create_index('uq_direct_sales_suspended_need_waiting', ['household_id'], unique=True, sqlite_where=sa.text('drawn_at IS NULL'), postgresql_where=sa.text('drawn_at IS NULL'))

    op.create_table('direct_sales_solidarity_choice',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('contract_id', sa.Integer(), nullable=False),
    sa.Column('household_id', sa.Integer(), nullable=False),
    sa.Column('basis_points', sa.Integer(), nullable=False),
    sa.Column('chosen_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['contract_id'], ['direct_sales_season_contract.id'], name=op.f('fk_direct_sales_solidarity_choice_contract_id')),
    sa.ForeignKeyConstraint(['household_id'], ['household.id'], name=op.f('fk_direct_sales_solidarity_choice_household_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_direct_sales_solidarity_choice')),
    sa.UniqueConstraint('contract_id', 'household_id', name=op.f('uq_direct_sales_solidarity_choice_contract_id_household_id'))
    )
    with op.batch_alter_table('direct_sales_solidarity_choice', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_direct_sales_solidarity_choice_household_id'), ['household_id'], unique=False)

    op.create_table('direct_sales_solidarity_rule',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('contract_id', sa.Integer(), nullable=False),
    sa.Column('kind', sa.String(), nullable=False),
    sa.Column('least', sa.Integer(), nullable=False),
    sa.Column('most', sa.Integer(), nullable=False),
    sa.Column('floor', sa.BigInteger(), nullable=False),
    sa.Column('ceiling', sa.BigInteger(), nullable=False),
    sa.Column('fixed_at', sa.DateTime(timezone=True), nullable=True),
    sa.CheckConstraint("kind IN ('free', 'means')", name=op.f('ck_direct_sales_solidarity_rule_kind')),
    sa.CheckConstraint('floor <= ceiling', name=op.f('ck_direct_sales_solidarity_rule_incomes')),
    sa.CheckConstraint('least BETWEEN 0 AND 10000 AND most >= 10000', name=op.f('ck_direct_sales_solidarity_rule_bounds')),
    sa.ForeignKeyConstraint(['contract_id'], ['direct_sales_season_contract.id'], name=op.f('fk_direct_sales_solidarity_rule_contract_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_direct_sales_solidarity_rule')),
    sa.UniqueConstraint('contract_id', name=op.f('uq_direct_sales_solidarity_rule_contract_id'))
    )
    op.create_table('direct_sales_solidarity_adjustment',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('subscription_id', sa.Integer(), nullable=False),
    sa.Column('amount', sa.BigInteger(), nullable=False),
    sa.Column('source', sa.String(), nullable=False),
    sa.Column('in_pool', sa.Boolean(), nullable=False),
    sa.Column('in_books', sa.Boolean(), nullable=False),
    sa.Column('made_at', sa.DateTime(timezone=True), nullable=False),
    sa.CheckConstraint('amount <> 0', name=op.f('ck_direct_sales_solidarity_adjustment_amount')),
    sa.ForeignKeyConstraint(['subscription_id'], ['direct_sales_subscription.id'], name=op.f('fk_direct_sales_solidarity_adjustment_subscription_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_direct_sales_solidarity_adjustment'))
    )
    with op.batch_alter_table('direct_sales_solidarity_adjustment', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_direct_sales_solidarity_adjustment_subscription_id'), ['subscription_id'], unique=False)


def downgrade() -> None:
    """Take this step back."""
    with op.batch_alter_table('direct_sales_solidarity_adjustment', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_direct_sales_solidarity_adjustment_subscription_id'))

    op.drop_table('direct_sales_solidarity_adjustment')
    op.drop_table('direct_sales_solidarity_rule')
    with op.batch_alter_table('direct_sales_solidarity_choice', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_direct_sales_solidarity_choice_household_id'))

    op.drop_table('direct_sales_solidarity_choice')
    with op.batch_alter_table('direct_sales_suspended_need', schema=None) as batch_op:
        batch_op.drop_index('uq_direct_sales_suspended_need_waiting', sqlite_where=sa.text('drawn_at IS NULL'), postgresql_where=sa.text('drawn_at IS NULL'))

    op.drop_table('direct_sales_suspended_need')
    with op.batch_alter_table('direct_sales_suspended_basket', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_direct_sales_suspended_basket_pool_id'))
        batch_op.drop_index(batch_op.f('ix_direct_sales_suspended_basket_household_id'))

    op.drop_table('direct_sales_suspended_basket')
    op.drop_table('direct_sales_solidarity_oath')
    op.drop_table('direct_sales_solidarity_month')
    with op.batch_alter_table('direct_sales_solidarity_flow', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_direct_sales_solidarity_flow_pool_id'))

    op.drop_table('direct_sales_solidarity_flow')
    with op.batch_alter_table('direct_sales_solidarity_declaration', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_direct_sales_solidarity_declaration_member_id'))

    op.drop_table('direct_sales_solidarity_declaration')
    op.drop_table('direct_sales_solidarity_pool')
