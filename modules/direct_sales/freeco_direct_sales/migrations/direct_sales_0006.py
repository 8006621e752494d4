"""Contracts as people live them: skips, shared baskets, waiting lists."""

import sqlalchemy as sa
from alembic import op

revision = 'direct_sales_0006'
down_revision = 'direct_sales_0005'
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply this step."""
    op.create_table('direct_sales_contract_rules',
    sa.Column('contract_id', sa.Integer(), nullable=False),
    sa.Column('most_skips', sa.Integer(), nullable=False),
    sa.Column('notice_days', sa.Integer(), nullable=False),
    sa.Column('skip_rule', sa.String(), nullable=False),
    sa.Column('may_move', sa.Boolean(), nullable=False),
    sa.Column('most_per_delivery', sa.Integer(), nullable=True),
    sa.Column('may_share', sa.Boolean(), nullable=False),
    sa.Column('edit_days', sa.Integer(), nullable=True),
    sa.Column('least_per_date', sa.BigInteger(), nullable=False),
    sa.Column('least_per_season', sa.BigInteger(), nullable=False),
    sa.Column('trial_deliveries', sa.Integer(), nullable=False),
    sa.Column('reserve_days', sa.Integer(), nullable=False),
    sa.Column('renews_id', sa.Integer(), nullable=True),
    sa.CheckConstraint("skip_rule IN ('lost', 'credited')", name=op.f('ck_direct_sales_contract_rules_skip_rule')),
    sa.CheckConstraint('edit_days BETWEEN 0 AND 60', name=op.f('ck_direct_sales_contract_rules_edit_days')),
    sa.CheckConstraint('least_per_date >= 0 AND least_per_season >= 0', name=op.f('ck_direct_sales_contract_rules_least')),
    sa.CheckConstraint('most_per_delivery >= 1', name=op.f('ck_direct_sales_contract_rules_most_per_delivery')),
    sa.CheckConstraint('most_skips BETWEEN 0 AND 60', name=op.f('ck_direct_sales_contract_rules_most_skips')),
    sa.CheckConstraint('notice_days BETWEEN 0 AND 60', name=op.f('ck_direct_sales_contract_rules_notice_days')),
    sa.CheckConstraint('reserve_days BETWEEN 1 AND 30', name=op.f('ck_direct_sales_contract_rules_reserve_days')),
    sa.CheckConstraint('trial_deliveries BETWEEN 0 AND 12', name=op.f('ck_direct_sales_contract_rules_trial_deliveries')),
    sa.ForeignKeyConstraint(['contract_id'], ['direct_sales_season_contract.id'], name=op.f('fk_direct_sales_contract_rules_contract_id')),
    sa.ForeignKeyConstraint(['renews_id'], ['direct_sales_season_contract.id'], name=op.f('fk_direct_sales_contract_rules_renews_id')),
    sa.PrimaryKeyConstraint('contract_id', name=op.f('pk_direct_sales_contract_rules'))
    )
    with op.batch_alter_table('direct_sales_contract_rules', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_direct_sales_contract_rules_renews_id'), ['renews_id'], unique=False)

    op.create_table('direct_sales_waiting_wish',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('contract_id', sa.Integer(), nullable=False),
    sa.Column('household_id', sa.Integer(), nullable=False),
    sa.Column('asked_by_id', sa.Integer(), nullable=False),
    sa.Column('rank', sa.Integer(), nullable=False),
    sa.Column('wished_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('reserved_until', sa.DateTime(timezone=True), nullable=True),
    sa.Column('ended_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('outcome', sa.String(), nullable=False),
    sa.CheckConstraint('rank >= 1', name=op.f('ck_direct_sales_waiting_wish_rank')),
    sa.ForeignKeyConstraint(['asked_by_id'], ['member.id'], name=op.f('fk_direct_sales_waiting_wish_asked_by_id')),
    sa.ForeignKeyConstraint(['contract_id'], ['direct_sales_season_contract.id'], name=op.f('fk_direct_sales_waiting_wish_contract_id')),
    sa.ForeignKeyConstraint(['household_id'], ['household.id'], name=op.f('fk_direct_sales_waiting_wish_household_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_direct_sales_waiting_wish'))
    )
    with op.batch_alter_table('direct_sales_waiting_wish', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_direct_sales_waiting_wish_asked_by_id'), ['asked_by_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_direct_sales_waiting_wish_household_id'), ['household_id'], unique=False)
        batch_op.create_index('uq_direct_sales_waiting_wish_standing', ['contract_id', 'household_id'], unique=True, sqlite_where=sa.text('ended_at IS NULL'), postgresql_where=sa.text('ended_at IS NULL'))

    op.create_table('direct_sales_absence',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('subscription_id', sa.Integer(), nullable=False),
    sa.Column('delivery_id', sa.Integer(), nullable=False),
    sa.Column('kind', sa.String(), nullable=False),
    sa.Column('basket', sa.JSON(), nullable=False),
    sa.Column('asked_by_id', sa.Integer(), nullable=False),
    sa.Column('to_delivery_id', sa.Integer(), nullable=True),
    sa.Column('to_household_id', sa.Integer(), nullable=True),
    sa.Column('asked_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('agreed_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('undone_at', sa.DateTime(timezone=True), nullable=True),
    sa.CheckConstraint("kind IN ('lost', 'credited', 'moved', 'lent', 'given')", name=op.f('ck_direct_sales_absence_kind')),
    sa.ForeignKeyConstraint(['asked_by_id'], ['member.id'], name=op.f('fk_direct_sales_absence_asked_by_id')),
    sa.ForeignKeyConstraint(['delivery_id'], ['direct_sales_delivery.id'], name=op.f('fk_direct_sales_absence_delivery_id')),
    sa.ForeignKeyConstraint(['subscription_id'], ['direct_sales_subscription.id'], name=op.f('fk_direct_sales_absence_subscription_id')),
    sa.ForeignKeyConstraint(['to_delivery_id'], ['direct_sales_delivery.id'], name=op.f('fk_direct_sales_absence_to_delivery_id')),
    sa.ForeignKeyConstraint(['to_household_id'], ['household.id'], name=op.f('fk_direct_sales_absence_to_household_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_direct_sales_absence'))
    )
    with op.batch_alter_table('direct_sales_absence', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_direct_sales_absence_asked_by_id'), ['asked_by_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_direct_sales_absence_delivery_id'), ['delivery_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_direct_sales_absence_to_delivery_id'), ['to_delivery_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_direct_sales_absence_to_household_id'), ['to_household_id'], unique=False)
        batch_op.create_index('uq_direct_sales_absence_standing', ['subscription_id', 'delivery_id'], unique=True, sqlite_where=sa.text('undone_at IS NULL'), postgresql_where=sa.text('undone_at IS NULL'))

    op.create_table('direct_sales_shared_basket',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('contract_id', sa.Integer(), nullable=False),
    sa.Column('way', sa.String(), nullable=False),
    sa.Column('basket', sa.JSON(), nullable=False),
    sa.Column('payments', sa.Integer(), nullable=False),
    sa.Column('first_household_id', sa.Integer(), nullable=False),
    sa.Column('asked_by_id', sa.Integer(), nullable=False),
    sa.Column('signed_by', sa.String(), nullable=False),
    sa.Column('second_household_id', sa.Integer(), nullable=False),
    sa.Column('charter_text_id', sa.Integer(), nullable=True),
    sa.Column('method', sa.String(), nullable=False),
    sa.Column('first_id', sa.Integer(), nullable=True),
    sa.Column('second_id', sa.Integer(), nullable=True),
    sa.Column('asked_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('ended_at', sa.DateTime(timezone=True), nullable=True),
    sa.CheckConstraint("way IN ('turns', 'halves')", name=op.f('ck_direct_sales_shared_basket_way')),
    sa.ForeignKeyConstraint(['asked_by_id'], ['member.id'], name=op.f('fk_direct_sales_shared_basket_asked_by_id')),
    sa.ForeignKeyConstraint(['charter_text_id'], ['charter_text.id'], name=op.f('fk_direct_sales_shared_basket_charter_text_id')),
    sa.ForeignKeyConstraint(['contract_id'], ['direct_sales_season_contract.id'], name=op.f('fk_direct_sales_shared_basket_contract_id')),
    sa.ForeignKeyConstraint(['first_household_id'], ['household.id'], name=op.f('fk_direct_sales_shared_basket_first_household_id')),
    sa.ForeignKeyConstraint(['first_id'], ['direct_sales_subscription.id'], name=op.f('fk_direct_sales_shared_basket_first_id')),
    sa.ForeignKeyConstraint(['second_household_id'], ['household.id'], name=op.f('fk_direct_sales_shared_basket_second_household_id')),
    sa.ForeignKeyConstraint(['second_id'], ['direct_sales_subscription.id'], name=op.f('fk_direct_sales_shared_basket_second_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_direct_sales_shared_basket'))
    )
    with op.batch_alter_table('direct_sales_shared_basket', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_direct_sales_shared_basket_asked_by_id'), ['asked_by_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_direct_sales_shared_basket_contract_id'), ['contract_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_direct_sales_shared_basket_first_household_id'), ['first_household_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_direct_sales_shared_basket_first_id'), ['first_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_direct_sales_shared_basket_second_household_id'), ['second_household_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_direct_sales_shared_basket_second_id'), ['second_id'], unique=False)

    op.create_table('direct_sales_trial',
    sa.Column('subscription_id', sa.Integer(), nullable=False),
    sa.Column('rest', sa.JSON(), nullable=False),
    sa.Column('decide_by', sa.DateTime(timezone=True), nullable=False),
    sa.Column('confirmed_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('dropped_at', sa.DateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['subscription_id'], ['direct_sales_subscription.id'], name=op.f('fk_direct_sales_trial_subscription_id')),
    sa.PrimaryKeyConstraint('subscription_id', name=op.f('pk_direct_sales_trial'))
    )


def downgrade() -> None:
    """Take this step back."""
    op.drop_table('direct_sales_trial')
    with op.batch_alter_table('direct_sales_shared_basket', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_direct_sales_shared_basket_second_id'))
        batch_op.drop_index(batch_op.f('ix_direct_sales_shared_basket_second_household_id'))
        batch_op.drop_index(batch_op.f('ix_direct_sales_shared_basket_first_id'))
        batch_op.drop_index(batch_op.f('ix_direct_sales_shared_basket_first_household_id'))
        batch_op.drop_index(batch_op.f('ix_direct_sales_shared_basket_contract_id'))
        batch_op.drop_index(batch_op.f('ix_direct_sales_shared_basket_asked_by_id'))

    op.drop_table('direct_sales_shared_basket')
    with op.batch_alter_table('direct_sales_absence', schema=None) as batch_op:
        batch_op.drop_index('uq_direct_sales_absence_standing', sqlite_where=sa.text('undone_at IS NULL'), postgresql_where=sa.text('undone_at IS NULL'))
        batch_op.drop_index(batch_op.f('ix_direct_sales_absence_to_household_id'))
        batch_op.drop_index(batch_op.f('ix_direct_sales_absence_to_delivery_id'))
        batch_op.drop_index(batch_op.f('ix_direct_sales_absence_delivery_id'))
        batch_op.drop_index(batch_op.f('ix_direct_sales_absence_asked_by_id'))

    op.drop_table('direct_sales_absence')
    with op.batch_alter_table('direct_sales_waiting_wish', schema=None) as batch_op:
        batch_op.drop_index('uq_direct_sales_waiting_wish_standing', sqlite_where=sa.text('ended_at IS NULL'), postgresql_where=sa.text('ended_at IS NULL'))
        batch_op.drop_index(batch_op.f('ix_direct_sales_waiting_wish_household_id'))
        batch_op.drop_index(batch_op.f('ix_direct_sales_waiting_wish_asked_by_id'))

    op.drop_table('direct_sales_waiting_wish')
    with op.batch_alter_table('direct_sales_contract_rules', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_direct_sales_contract_rules_renews_id'))

    op.drop_table('direct_sales_contract_rules')
