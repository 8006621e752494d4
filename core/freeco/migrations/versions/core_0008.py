"""Payments, their steps, and how organisations are paid."""

import sqlalchemy as sa
from alembic import op

revision = 'core_0008'
down_revision = 'core_0007'
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply this step."""
    op.create_table('remittance_slip',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('community_id', sa.Integer(), nullable=False),
    sa.Column('beneficiary_id', sa.Integer(), nullable=False),
    sa.Column('number', sa.Integer(), nullable=False),
    sa.Column('day', sa.Date(), nullable=False),
    sa.Column('made_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['beneficiary_id'], ['organisation.id'], name=op.f('fk_remittance_slip_beneficiary_id')),
    sa.ForeignKeyConstraint(['community_id'], ['community.id'], name=op.f('fk_remittance_slip_community_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_remittance_slip')),
    sa.UniqueConstraint('beneficiary_id', 'number', name=op.f('uq_remittance_slip_beneficiary_id_number'))
    )
    op.create_table('organisation_billing',
    sa.Column('organisation_id', sa.Integer(), nullable=False),
    sa.Column('iban', sa.String(), nullable=False),
    sa.Column('bic', sa.String(), nullable=False),
    sa.Column('vat_regime', sa.String(), nullable=False),
    sa.Column('vat_number', sa.String(), nullable=False),
    sa.Column('creditor_identifier', sa.String(), nullable=False),
    sa.Column('self_billing_since', sa.Date(), nullable=True),
    sa.Column('self_billing_by_id', sa.Integer(), nullable=True),
    sa.Column('gift_receipts_since', sa.Date(), nullable=True),
    sa.Column('gift_receipts_proof', sa.String(), nullable=False),
    sa.Column('changed_at', sa.DateTime(timezone=True), nullable=True),
    sa.CheckConstraint("vat_regime IN ('franchise', 'charged', 'outside')", name=op.f('ck_organisation_billing_vat_regime')),
    sa.ForeignKeyConstraint(['organisation_id'], ['organisation.id'], name=op.f('fk_organisation_billing_organisation_id')),
    sa.ForeignKeyConstraint(['self_billing_by_id'], ['member.id'], name=op.f('fk_organisation_billing_self_billing_by_id')),
    sa.PrimaryKeyConstraint('organisation_id', name=op.f('pk_organisation_billing'))
    )
    op.create_table('payment',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('community_id', sa.Integer(), nullable=False),
    sa.Column('beneficiary_id', sa.Integer(), nullable=False),
    sa.Column('payer', sa.String(), nullable=False),
    sa.Column('purpose', sa.String(), nullable=False),
    sa.Column('amount', sa.BigInteger(), nullable=False),
    sa.Column('method', sa.String(), nullable=False),
    sa.Column('due_on', sa.Date(), nullable=False),
    sa.Column('reference', sa.String(), nullable=False),
    sa.Column('state', sa.String(), nullable=False),
    sa.Column('fee', sa.BigInteger(), nullable=False),
    sa.Column('refunded', sa.BigInteger(), nullable=False),
    sa.Column('steps_taken', sa.Integer(), nullable=False),
    sa.Column('replaces_id', sa.Integer(), nullable=True),
    sa.Column('slip_id', sa.Integer(), nullable=True),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('received_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('settled_at', sa.DateTime(timezone=True), nullable=True),
    sa.CheckConstraint("method IN ('cheque', 'transfer', 'cash', 'debit', 'card')", name=op.f('ck_payment_method')),
    sa.CheckConstraint("state IN ('expected', 'held', 'handed', 'pending', 'unknown', 'settled', 'failed', 'cancelled')", name=op.f('ck_payment_state')),
    sa.CheckConstraint('amount > 0', name=op.f('ck_payment_amount')),
    sa.CheckConstraint('fee >= 0', name=op.f('ck_payment_fee')),
    sa.CheckConstraint('refunded >= 0 AND refunded <= amount', name=op.f('ck_payment_refunded')),
    sa.ForeignKeyConstraint(['beneficiary_id'], ['organisation.id'], name=op.f('fk_payment_beneficiary_id')),
    sa.ForeignKeyConstraint(['community_id'], ['community.id'], name=op.f('fk_payment_community_id')),
    sa.ForeignKeyConstraint(['replaces_id'], ['payment.id'], name=op.f('fk_payment_replaces_id')),
    sa.ForeignKeyConstraint(['slip_id'], ['remittance_slip.id'], name=op.f('fk_payment_slip_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_payment')),
    sa.UniqueConstraint('reference', name=op.f('uq_payment_reference')),
    sa.UniqueConstraint('replaces_id', name=op.f('uq_payment_replaces_id'))
    )
    with op.batch_alter_table('payment', schema=None) as batch_op:
        batch_op.create_index('ix_payment_beneficiary', ['beneficiary_id', 'state', 'due_on'], unique=False)
        batch_op.create_index('ix_payment_payer', ['payer'], unique=False)
        batch_op.create_index('ix_payment_purpose', ['purpose'], unique=False)
        batch_op.create_index(batch_op.f('ix_payment_slip_id'), ['slip_id'], unique=False)
        batch_op.create_index('ix_payment_state', ['community_id', 'state', 'due_on'], unique=False)

    op.create_table('payment_refund',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('payment_id', sa.Integer(), nullable=False),
    sa.Column('key', sa.String(), nullable=False),
    sa.Column('amount', sa.BigInteger(), nullable=False),
    sa.Column('method', sa.String(), nullable=False),
    sa.Column('entry_id', sa.Integer(), nullable=True),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.CheckConstraint('amount > 0', name=op.f('ck_payment_refund_amount')),
    sa.ForeignKeyConstraint(['entry_id'], ['ledger_entry.id'], name=op.f('fk_payment_refund_entry_id')),
    sa.ForeignKeyConstraint(['payment_id'], ['payment.id'], name=op.f('fk_payment_refund_payment_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_payment_refund')),
    sa.UniqueConstraint('payment_id', 'key', name=op.f('uq_payment_refund_payment_id_key'))
    )
    op.create_table('payment_step',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('payment_id', sa.Integer(), nullable=False),
    sa.Column('number', sa.Integer(), nullable=False),
    sa.Column('before', sa.String(), nullable=False),
    sa.Column('after', sa.String(), nullable=False),
    sa.Column('entry_id', sa.Integer(), nullable=True),
    sa.Column('reason', sa.String(), nullable=False),
    sa.Column('by_id', sa.Integer(), nullable=True),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['by_id'], ['member.id'], name=op.f('fk_payment_step_by_id')),
    sa.ForeignKeyConstraint(['entry_id'], ['ledger_entry.id'], name=op.f('fk_payment_step_entry_id')),
    sa.ForeignKeyConstraint(['payment_id'], ['payment.id'], name=op.f('fk_payment_step_payment_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_payment_step')),
    sa.UniqueConstraint('payment_id', 'number', name=op.f('uq_payment_step_payment_id_number'))
    )


def downgrade() -> None:
    """Take this step back."""
    op.drop_table('payment_step')
    op.drop_table('payment_refund')
    with op.batch_alter_table('payment', schema=None) as batch_op:
        batch_op.drop_index('ix_payment_state')
        batch_op.drop_index(batch_op.f('ix_payment_slip_id'))
        batch_op.drop_index('ix_payment_purpose')
        batch_op.drop_index('ix_payment_payer')
        batch_op.drop_index('ix_payment_beneficiary')

    op.drop_table('payment')
    op.drop_table('organisation_billing')
    op.drop_table('remittance_slip')
