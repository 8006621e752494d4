"""Cost price: items, keys, rates, shares and what is given back."""

import sqlalchemy as sa
from alembic import op

from freeco.accounting.guards import lift_functions, set_guards

revision = 'core_0010'
down_revision = 'core_0009'
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply this step."""
    op.create_table('cost_key',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('pool', sa.String(), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('basis', sa.String(), nullable=False),
    sa.Column('in_force_from', sa.Date(), nullable=False),
    sa.Column('published_at', sa.DateTime(timezone=True), nullable=False),
    sa.CheckConstraint("basis IN ('organisation', 'payment', 'document', 'euro', 'member')", name=op.f('ck_cost_key_basis')),
    sa.CheckConstraint("pool IN ('development', 'servers', 'geolocation', 'post', 'maintenance', 'insurance', 'audit')", name=op.f('ck_cost_key_pool')),
    sa.CheckConstraint('version > 0', name=op.f('ck_cost_key_version')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_cost_key')),
    sa.UniqueConstraint('pool', 'in_force_from', name=op.f('uq_cost_key_pool_in_force_from')),
    sa.UniqueConstraint('pool', 'version', name=op.f('uq_cost_key_pool_version'))
    )
    op.create_table('cost_rate',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('year', sa.Integer(), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('basis_points', sa.Integer(), nullable=False),
    sa.Column('in_force_from', sa.Date(), nullable=False),
    sa.Column('per_gift', sa.BigInteger(), nullable=False),
    sa.Column('published_at', sa.DateTime(timezone=True), nullable=False),
    sa.CheckConstraint('basis_points BETWEEN 0 AND 500', name=op.f('ck_cost_rate_basis_points')),
    sa.CheckConstraint('per_gift >= 0', name=op.f('ck_cost_rate_per_gift')),
    sa.CheckConstraint('version > 0', name=op.f('ck_cost_rate_version')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_cost_rate')),
    sa.UniqueConstraint('in_force_from', name=op.f('uq_cost_rate_in_force_from')),
    sa.UniqueConstraint('year', 'version', name=op.f('uq_cost_rate_year_version'))
    )
    op.create_table('cost_supplier',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('name', sa.String(), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_cost_supplier')),
    sa.UniqueConstraint('name', name=op.f('uq_cost_supplier_name'))
    )
    op.create_table('cost_true_up',
    sa.Column('year', sa.Integer(), autoincrement=False, nullable=False),
    sa.Column('real', sa.BigInteger(), nullable=False),
    sa.Column('collected', sa.BigInteger(), nullable=False),
    sa.Column('given_back', sa.BigInteger(), nullable=False),
    sa.Column('unshared', sa.BigInteger(), nullable=False),
    sa.Column('made_at', sa.DateTime(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint('year', name=op.f('pk_cost_true_up'))
    )
    op.create_table('cost_settlement',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('year', sa.Integer(), nullable=False),
    sa.Column('organisation_id', sa.Integer(), nullable=False),
    sa.Column('collected', sa.BigInteger(), nullable=False),
    sa.Column('carried_in', sa.BigInteger(), nullable=False),
    sa.Column('real', sa.BigInteger(), nullable=False),
    sa.Column('credit', sa.BigInteger(), nullable=False),
    sa.Column('carried', sa.BigInteger(), nullable=False),
    sa.Column('credit_vat', sa.BigInteger(), nullable=False),
    sa.CheckConstraint('collected + carried_in - real = credit + carried', name=op.f('ck_cost_settlement_whole')),
    sa.CheckConstraint('credit = 0 OR carried = 0', name=op.f('ck_cost_settlement_either')),
    sa.CheckConstraint('credit >= 0 AND carried <= 0 AND carried_in <= 0', name=op.f('ck_cost_settlement_signs')),
    sa.CheckConstraint('real >= 0', name=op.f('ck_cost_settlement_real')),
    sa.ForeignKeyConstraint(['organisation_id'], ['organisation.id'], name=op.f('fk_cost_settlement_organisation_id')),
    sa.ForeignKeyConstraint(['year'], ['cost_true_up.year'], name=op.f('fk_cost_settlement_year')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_cost_settlement')),
    sa.UniqueConstraint('year', 'organisation_id', name=op.f('uq_cost_settlement_year_organisation_id'))
    )
    op.create_table('cost_allocation',
    sa.Column('settlement_id', sa.Integer(), nullable=False),
    sa.Column('pool', sa.String(), nullable=False),
    sa.Column('basis', sa.String(), nullable=False),
    sa.Column('weight', sa.BigInteger(), nullable=False),
    sa.Column('amount', sa.BigInteger(), nullable=False),
    sa.CheckConstraint("basis IN ('organisation', 'payment', 'document', 'euro', 'member')", name=op.f('ck_cost_allocation_basis')),
    sa.CheckConstraint("pool IN ('development', 'servers', 'geolocation', 'post', 'maintenance', 'insurance', 'audit')", name=op.f('ck_cost_allocation_pool')),
    sa.CheckConstraint('amount >= 0', name=op.f('ck_cost_allocation_amount')),
    sa.ForeignKeyConstraint(['settlement_id'], ['cost_settlement.id'], name=op.f('fk_cost_allocation_settlement_id')),
    sa.PrimaryKeyConstraint('settlement_id', 'pool', 'basis', name=op.f('pk_cost_allocation'))
    )
    op.create_table('cost_hours',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('reference', sa.String(), nullable=False),
    sa.Column('pool', sa.String(), nullable=False),
    sa.Column('day', sa.Date(), nullable=False),
    sa.Column('minutes', sa.Integer(), nullable=False),
    sa.Column('worth', sa.BigInteger(), nullable=False),
    sa.Column('entry_id', sa.Integer(), nullable=True),
    sa.CheckConstraint("pool IN ('development', 'servers', 'geolocation', 'post', 'maintenance', 'insurance', 'audit')", name=op.f('ck_cost_hours_pool')),
    sa.CheckConstraint('minutes > 0', name=op.f('ck_cost_hours_minutes')),
    sa.CheckConstraint('worth >= 0', name=op.f('ck_cost_hours_worth')),
    sa.ForeignKeyConstraint(['entry_id'], ['ledger_entry.id'], name=op.f('fk_cost_hours_entry_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_cost_hours')),
    sa.UniqueConstraint('reference', name=op.f('uq_cost_hours_reference'))
    )
    op.create_table('cost_item',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('pool', sa.String(), nullable=False),
    sa.Column('supplier_id', sa.Integer(), nullable=False),
    sa.Column('reference', sa.String(), nullable=False),
    sa.Column('day', sa.Date(), nullable=False),
    sa.Column('amount', sa.BigInteger(), nullable=False),
    sa.Column('entry_id', sa.Integer(), nullable=False),
    sa.Column('vat', sa.BigInteger(), nullable=False),
    sa.Column('noted_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('taken_back_on', sa.Date(), nullable=True),
    sa.Column('taken_back_entry_id', sa.Integer(), nullable=True),
    sa.CheckConstraint("pool IN ('development', 'servers', 'geolocation', 'post', 'maintenance', 'insurance', 'audit')", name=op.f('ck_cost_item_pool')),
    sa.CheckConstraint('amount > 0', name=op.f('ck_cost_item_amount')),
    sa.CheckConstraint('vat >= 0 AND vat < amount', name=op.f('ck_cost_item_vat')),
    sa.ForeignKeyConstraint(['entry_id'], ['ledger_entry.id'], name=op.f('fk_cost_item_entry_id')),
    sa.ForeignKeyConstraint(['supplier_id'], ['cost_supplier.id'], name=op.f('fk_cost_item_supplier_id')),
    sa.ForeignKeyConstraint(['taken_back_entry_id'], ['ledger_entry.id'], name=op.f('fk_cost_item_taken_back_entry_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_cost_item')),
    sa.UniqueConstraint('supplier_id', 'reference', name=op.f('uq_cost_item_supplier_id_reference'))
    )
    op.create_table('cost_bill',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('organisation_id', sa.Integer(), nullable=False),
    sa.Column('month', sa.Date(), nullable=False),
    sa.Column('amount', sa.BigInteger(), nullable=False),
    sa.Column('vat', sa.BigInteger(), nullable=False),
    sa.Column('volume', sa.BigInteger(), nullable=False),
    sa.Column('document_id', sa.Integer(), nullable=True),
    sa.Column('made_at', sa.DateTime(timezone=True), nullable=False),
    sa.CheckConstraint('amount <> 0', name=op.f('ck_cost_bill_amount')),
    sa.ForeignKeyConstraint(['document_id'], ['document.id'], name=op.f('fk_cost_bill_document_id')),
    sa.ForeignKeyConstraint(['organisation_id'], ['organisation.id'], name=op.f('fk_cost_bill_organisation_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_cost_bill')),
    sa.UniqueConstraint('document_id', name=op.f('uq_cost_bill_document_id')),
    sa.UniqueConstraint('organisation_id', 'month', name=op.f('uq_cost_bill_organisation_id_month'))
    )
    op.create_table('cost_seller',
    sa.Column('organisation_id', sa.Integer(), autoincrement=False, nullable=False),
    sa.Column('number', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['organisation_id'], ['organisation.id'], name=op.f('fk_cost_seller_organisation_id')),
    sa.PrimaryKeyConstraint('organisation_id', name=op.f('pk_cost_seller')),
    sa.UniqueConstraint('number', name=op.f('uq_cost_seller_number'))
    )
    op.create_table('cost_payment',
    sa.Column('bill_id', sa.Integer(), autoincrement=False, nullable=False),
    sa.Column('day', sa.Date(), nullable=False),
    sa.Column('amount', sa.BigInteger(), nullable=False),
    sa.Column('entry_id', sa.Integer(), nullable=False),
    sa.Column('noted_at', sa.DateTime(timezone=True), nullable=False),
    sa.CheckConstraint('amount > 0', name=op.f('ck_cost_payment_amount')),
    sa.ForeignKeyConstraint(['bill_id'], ['cost_bill.id'], name=op.f('fk_cost_payment_bill_id')),
    sa.ForeignKeyConstraint(['entry_id'], ['ledger_entry.id'], name=op.f('fk_cost_payment_entry_id')),
    sa.PrimaryKeyConstraint('bill_id', name=op.f('pk_cost_payment'))
    )
    op.create_table('cost_share',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('subject', sa.String(), nullable=False),
    sa.Column('organisation_id', sa.Integer(), nullable=False),
    sa.Column('community_id', sa.Integer(), nullable=False),
    sa.Column('day', sa.Date(), nullable=False),
    sa.Column('base', sa.BigInteger(), nullable=False),
    sa.Column('producer', sa.BigInteger(), nullable=False),
    sa.Column('transport', sa.BigInteger(), nullable=False),
    sa.Column('solidarity', sa.BigInteger(), nullable=False),
    sa.Column('platform', sa.BigInteger(), nullable=False),
    sa.Column('payment_fee', sa.BigInteger(), nullable=False),
    sa.Column('gift', sa.Boolean(), nullable=False),
    sa.Column('rate_id', sa.Integer(), nullable=True),
    sa.Column('bill_id', sa.Integer(), nullable=True),
    sa.Column('given_back_on', sa.Date(), nullable=True),
    sa.Column('back_bill_id', sa.Integer(), nullable=True),
    sa.Column('noted_at', sa.DateTime(timezone=True), nullable=False),
    sa.CheckConstraint('base > 0', name=op.f('ck_cost_share_base')),
    sa.CheckConstraint('platform >= 0 AND platform * 20 <= base', name=op.f('ck_cost_share_platform')),
    sa.CheckConstraint('producer + transport + solidarity + platform + payment_fee = base', name=op.f('ck_cost_share_whole')),
    sa.CheckConstraint('producer >= 0 AND transport >= 0 AND solidarity >= 0 AND payment_fee >= 0', name=op.f('ck_cost_share_positive')),
    sa.ForeignKeyConstraint(['back_bill_id'], ['cost_bill.id'], name=op.f('fk_cost_share_back_bill_id')),
    sa.ForeignKeyConstraint(['bill_id'], ['cost_bill.id'], name=op.f('fk_cost_share_bill_id')),
    sa.ForeignKeyConstraint(['community_id'], ['community.id'], name=op.f('fk_cost_share_community_id')),
    sa.ForeignKeyConstraint(['organisation_id'], ['organisation.id'], name=op.f('fk_cost_share_organisation_id')),
    sa.ForeignKeyConstraint(['rate_id'], ['cost_rate.id'], name=op.f('fk_cost_share_rate_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_cost_share')),
    sa.UniqueConstraint('subject', name=op.f('uq_cost_share_subject'))
    )
    with op.batch_alter_table('cost_share', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_cost_share_back_bill_id'), ['back_bill_id'], unique=False)
        batch_op.create_index('ix_cost_share_bill', ['bill_id'], unique=False)
        batch_op.create_index('ix_cost_share_billing', ['organisation_id', 'bill_id', 'day'], unique=False)
        batch_op.create_index('ix_cost_share_community', ['community_id', 'day'], unique=False)

    set_guards(op.get_bind(), revision)


def downgrade() -> None:
    """Take this step back; the shares and what they rest on are lost."""
    op.drop_table('cost_share')
    op.drop_table('cost_payment')
    op.drop_table('cost_seller')
    op.drop_table('cost_bill')
    op.drop_table('cost_item')
    op.drop_table('cost_hours')
    op.drop_table('cost_allocation')
    op.drop_table('cost_settlement')
    op.drop_table('cost_true_up')
    op.drop_table('cost_supplier')
    op.drop_table('cost_rate')
    op.drop_table('cost_key')
    lift_functions(op.get_bind(), revision)
