"""Card payments: accounts, intents, the inbox and the mirror of the provider's movements."""

import sqlalchemy as sa
from alembic import op

revision = 'core_0011'
down_revision = 'core_0010'
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply this step."""
    op.create_table('provider_inbox',
    sa.Column('provider', sa.String(), nullable=False),
    sa.Column('event_id', sa.String(), nullable=False),
    sa.Column('account', sa.String(), nullable=False),
    sa.Column('type', sa.String(), nullable=False),
    sa.Column('body', sa.JSON(), nullable=False),
    sa.Column('received_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('next_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('handled_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('attempts', sa.Integer(), nullable=False),
    sa.Column('outcome', sa.String(), nullable=False),
    sa.PrimaryKeyConstraint('provider', 'event_id', name=op.f('pk_provider_inbox'))
    )
    with op.batch_alter_table('provider_inbox', schema=None) as batch_op:
        batch_op.create_index('ix_provider_inbox_waiting', ['handled_at', 'next_at'], unique=False)

    op.create_table('provider_account',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('organisation_id', sa.Integer(), nullable=False),
    sa.Column('community_id', sa.Integer(), nullable=False),
    sa.Column('provider', sa.String(), nullable=False),
    sa.Column('ref', sa.String(), nullable=True),
    sa.Column('ready', sa.Boolean(), nullable=False),
    sa.Column('requirements', sa.JSON(), nullable=False),
    sa.Column('asked_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('checked_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('read_through', sa.DateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['community_id'], ['community.id'], name=op.f('fk_provider_account_community_id')),
    sa.ForeignKeyConstraint(['organisation_id'], ['organisation.id'], name=op.f('fk_provider_account_organisation_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_provider_account')),
    sa.UniqueConstraint('organisation_id', 'provider', name=op.f('uq_provider_account_organisation_id_provider')),
    sa.UniqueConstraint('ref', name=op.f('uq_provider_account_ref'))
    )
    op.create_table('provider_intent',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('payment_id', sa.Integer(), nullable=False),
    sa.Column('account_id', sa.Integer(), nullable=False),
    sa.Column('attempt', sa.Integer(), nullable=False),
    sa.Column('key', sa.String(), nullable=False),
    sa.Column('amount', sa.BigInteger(), nullable=False),
    sa.Column('back', sa.String(), nullable=False),
    sa.Column('capture', sa.String(), nullable=False),
    sa.Column('state', sa.String(), nullable=False),
    sa.Column('session_ref', sa.String(), nullable=True),
    sa.Column('provider_ref', sa.String(), nullable=True),
    sa.Column('url', sa.String(), nullable=False),
    sa.Column('reason', sa.String(), nullable=False),
    sa.Column('attempts', sa.Integer(), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('asked_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('expires_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('next_check_at', sa.DateTime(timezone=True), nullable=True),
    sa.CheckConstraint("capture IN ('automatic', 'manual')", name=op.f('ck_provider_intent_capture')),
    sa.CheckConstraint("state IN ('created', 'asked', 'pending', 'requires_action', 'authorised', 'succeeded', 'failed', 'cancelled', 'unknown')", name=op.f('ck_provider_intent_state')),
    sa.CheckConstraint('amount > 0', name=op.f('ck_provider_intent_amount')),
    sa.ForeignKeyConstraint(['account_id'], ['provider_account.id'], name=op.f('fk_provider_intent_account_id')),
    sa.ForeignKeyConstraint(['payment_id'], ['payment.id'], name=op.f('fk_provider_intent_payment_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_provider_intent')),
    sa.UniqueConstraint('key', name=op.f('uq_provider_intent_key')),
    sa.UniqueConstraint('payment_id', 'attempt', name=op.f('uq_provider_intent_payment_id_attempt')),
    sa.UniqueConstraint('provider_ref', name=op.f('uq_provider_intent_provider_ref')),
    sa.UniqueConstraint('session_ref', name=op.f('uq_provider_intent_session_ref'))
    )
    with op.batch_alter_table('provider_intent', schema=None) as batch_op:
        batch_op.create_index('ix_provider_intent_next', ['next_check_at'], unique=False)

    op.create_table('provider_movement',
    sa.Column('id', sa.String(), nullable=False),
    sa.Column('account_id', sa.Integer(), nullable=False),
    sa.Column('type', sa.String(), nullable=False),
    sa.Column('source', sa.String(), nullable=False),
    sa.Column('gross', sa.BigInteger(), nullable=False),
    sa.Column('fee', sa.BigInteger(), nullable=False),
    sa.Column('net', sa.BigInteger(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('available_on', sa.DateTime(timezone=True), nullable=False),
    sa.Column('payout', sa.String(), nullable=False),
    sa.Column('entry_id', sa.Integer(), nullable=True),
    sa.CheckConstraint('net = gross - fee', name=op.f('ck_provider_movement_net')),
    sa.ForeignKeyConstraint(['account_id'], ['provider_account.id'], name=op.f('fk_provider_movement_account_id')),
    sa.ForeignKeyConstraint(['entry_id'], ['ledger_entry.id'], name=op.f('fk_provider_movement_entry_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_provider_movement')),
    sa.UniqueConstraint('entry_id', name=op.f('uq_provider_movement_entry_id'))
    )
    with op.batch_alter_table('provider_movement', schema=None) as batch_op:
        batch_op.create_index('ix_provider_movement_account', ['account_id', 'created_at'], unique=False)
        batch_op.create_index('ix_provider_movement_payout', ['payout'], unique=False)

    op.create_table('provider_refund',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('intent_id', sa.Integer(), nullable=False),
    sa.Column('key', sa.String(), nullable=False),
    sa.Column('amount', sa.BigInteger(), nullable=False),
    sa.Column('state', sa.String(), nullable=False),
    sa.Column('provider_ref', sa.String(), nullable=True),
    sa.Column('reason', sa.String(), nullable=False),
    sa.Column('asked_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('attempts', sa.Integer(), nullable=False),
    sa.Column('next_check_at', sa.DateTime(timezone=True), nullable=True),
    sa.CheckConstraint("state IN ('created', 'asked', 'pending', 'requires_action', 'authorised', 'succeeded', 'failed', 'cancelled', 'unknown')", name=op.f('ck_provider_refund_state')),
    sa.CheckConstraint('amount > 0', name=op.f('ck_provider_refund_amount')),
    sa.ForeignKeyConstraint(['intent_id'], ['provider_intent.id'], name=op.f('fk_provider_refund_intent_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_provider_refund')),
    sa.UniqueConstraint('intent_id', 'key', name=op.f('uq_provider_refund_intent_id_key')),
    sa.UniqueConstraint('provider_ref', name=op.f('uq_provider_refund_provider_ref'))
    )
    with op.batch_alter_table('provider_refund', schema=None) as batch_op:
        batch_op.create_index('ix_provider_refund_next', ['next_check_at'], unique=False)



def downgrade() -> None:
    """Take this step back."""
    with op.batch_alter_table('provider_refund', schema=None) as batch_op:
        batch_op.drop_index('ix_provider_refund_next')

    op.drop_table('provider_refund')
    with op.batch_alter_table('provider_movement', schema=None) as batch_op:
        batch_op.drop_index('ix_provider_movement_payout')
        batch_op.drop_index('ix_provider_movement_account')

    op.drop_table('provider_movement')
    with op.batch_alter_table('provider_intent', schema=None) as batch_op:
        batch_op.drop_index('ix_provider_intent_next')

    op.drop_table('provider_intent')
    op.drop_table('provider_account')
    with op.batch_alter_table('provider_inbox', schema=None) as batch_op:
        batch_op.drop_index('ix_provider_inbox_waiting')

    op.drop_table('provider_inbox')
