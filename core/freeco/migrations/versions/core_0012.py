"""Bank statements, and direct debits."""

import sqlalchemy as sa
from alembic import op

revision = 'core_0012'
down_revision = 'core_0011'
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply this step."""
    op.create_table('debit_collection',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('community_id', sa.Integer(), nullable=False),
    sa.Column('organisation_id', sa.Integer(), nullable=False),
    sa.Column('number', sa.Integer(), nullable=False),
    sa.Column('collects_on', sa.Date(), nullable=False),
    sa.Column('state', sa.String(), nullable=False),
    sa.Column('announced_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('sent_at', sa.DateTime(timezone=True), nullable=True),
    sa.CheckConstraint("state IN ('announced', 'sent', 'credited', 'dropped')", name=op.f('ck_debit_collection_state')),
    sa.ForeignKeyConstraint(['community_id'], ['community.id'], name=op.f('fk_debit_collection_community_id')),
    sa.ForeignKeyConstraint(['organisation_id'], ['organisation.id'], name=op.f('fk_debit_collection_organisation_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_debit_collection')),
    sa.UniqueConstraint('organisation_id', 'number', name=op.f('uq_debit_collection_organisation_id_number'))
    )
    with op.batch_alter_table('debit_collection', schema=None) as batch_op:
        batch_op.create_index('ix_debit_collection_organisation', ['community_id', 'organisation_id'], unique=False)

    op.create_table('debit_mandate',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('community_id', sa.Integer(), nullable=False),
    sa.Column('organisation_id', sa.Integer(), nullable=False),
    sa.Column('payer', sa.String(), nullable=False),
    sa.Column('reference', sa.String(), nullable=False),
    sa.Column('holder', sa.String(), nullable=False),
    sa.Column('iban_sealed', sa.String(), nullable=False),
    sa.Column('iban_end', sa.String(), nullable=False),
    sa.Column('kind', sa.String(), nullable=False),
    sa.Column('signed_on', sa.Date(), nullable=False),
    sa.Column('notice_days', sa.Integer(), nullable=False),
    sa.Column('revoked_on', sa.Date(), nullable=True),
    sa.Column('last_used_on', sa.Date(), nullable=True),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.CheckConstraint("kind IN ('recurrent', 'once')", name=op.f('ck_debit_mandate_kind')),
    sa.CheckConstraint('notice_days BETWEEN 1 AND 60', name=op.f('ck_debit_mandate_notice_days')),
    sa.ForeignKeyConstraint(['community_id'], ['community.id'], name=op.f('fk_debit_mandate_community_id')),
    sa.ForeignKeyConstraint(['organisation_id'], ['organisation.id'], name=op.f('fk_debit_mandate_organisation_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_debit_mandate')),
    sa.UniqueConstraint('organisation_id', 'reference', name=op.f('uq_debit_mandate_organisation_id_reference'))
    )
    with op.batch_alter_table('debit_mandate', schema=None) as batch_op:
        batch_op.create_index('ix_debit_mandate_payer', ['community_id', 'organisation_id', 'payer'], unique=False)

    op.create_table('bank_statement',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('community_id', sa.Integer(), nullable=False),
    sa.Column('organisation_id', sa.Integer(), nullable=False),
    sa.Column('kind', sa.String(), nullable=False),
    sa.Column('first_day', sa.Date(), nullable=False),
    sa.Column('last_day', sa.Date(), nullable=False),
    sa.Column('line_count', sa.Integer(), nullable=False),
    sa.Column('by_id', sa.Integer(), nullable=True),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('own', sa.Boolean(), nullable=False),
    sa.ForeignKeyConstraint(['by_id'], ['member.id'], name=op.f('fk_bank_statement_by_id')),
    sa.ForeignKeyConstraint(['community_id'], ['community.id'], name=op.f('fk_bank_statement_community_id')),
    sa.ForeignKeyConstraint(['organisation_id'], ['organisation.id'], name=op.f('fk_bank_statement_organisation_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_bank_statement'))
    )
    with op.batch_alter_table('bank_statement', schema=None) as batch_op:
        batch_op.create_index('ix_bank_statement_organisation', ['community_id', 'organisation_id'], unique=False)

    op.create_table('bank_line',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('community_id', sa.Integer(), nullable=False),
    sa.Column('organisation_id', sa.Integer(), nullable=False),
    sa.Column('statement_id', sa.Integer(), nullable=False),
    sa.Column('sequence', sa.Integer(), nullable=False),
    sa.Column('day', sa.Date(), nullable=False),
    sa.Column('amount', sa.BigInteger(), nullable=False),
    sa.Column('label', sa.String(), nullable=False),
    sa.Column('fingerprint', sa.String(), nullable=False),
    sa.Column('return_code', sa.String(), nullable=False),
    sa.Column('state', sa.String(), nullable=False),
    sa.Column('match', sa.String(), nullable=True),
    sa.Column('payment_id', sa.Integer(), nullable=True),
    sa.Column('slip_id', sa.Integer(), nullable=True),
    sa.Column('collection_id', sa.Integer(), nullable=True),
    sa.Column('noted', sa.Boolean(), nullable=False),
    sa.Column('aside', sa.String(), nullable=True),
    sa.Column('dealt_by_id', sa.Integer(), nullable=True),
    sa.Column('dealt_at', sa.DateTime(timezone=True), nullable=True),
    sa.CheckConstraint("(CASE WHEN payment_id IS NULL THEN 0 ELSE 1 END) + (CASE WHEN slip_id IS NULL THEN 0 ELSE 1 END) + (CASE WHEN collection_id IS NULL THEN 0 ELSE 1 END) = (CASE WHEN state = 'matched' THEN 1 ELSE 0 END)", name=op.f('ck_bank_line_one_thing')),
    sa.CheckConstraint("state IN ('open', 'matched', 'aside')", name=op.f('ck_bank_line_state')),
    sa.CheckConstraint('amount <> 0', name=op.f('ck_bank_line_amount')),
    sa.ForeignKeyConstraint(['collection_id'], ['debit_collection.id'], name=op.f('fk_bank_line_collection_id')),
    sa.ForeignKeyConstraint(['community_id'], ['community.id'], name=op.f('fk_bank_line_community_id')),
    sa.ForeignKeyConstraint(['dealt_by_id'], ['member.id'], name=op.f('fk_bank_line_dealt_by_id')),
    sa.ForeignKeyConstraint(['organisation_id'], ['organisation.id'], name=op.f('fk_bank_line_organisation_id')),
    sa.ForeignKeyConstraint(['payment_id'], ['payment.id'], name=op.f('fk_bank_line_payment_id')),
    sa.ForeignKeyConstraint(['slip_id'], ['remittance_slip.id'], name=op.f('fk_bank_line_slip_id')),
    sa.ForeignKeyConstraint(['statement_id'], ['bank_statement.id'], name=op.f('fk_bank_line_statement_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_bank_line')),
    sa.UniqueConstraint('collection_id', name=op.f('uq_bank_line_collection_id')),
    sa.UniqueConstraint('community_id', 'organisation_id', 'fingerprint', name=op.f('uq_bank_line_community_id_organisation_id_fingerprint')),
    sa.UniqueConstraint('payment_id', 'match', name=op.f('uq_bank_line_payment_id_match')),
    sa.UniqueConstraint('slip_id', name=op.f('uq_bank_line_slip_id'))
    )
    with op.batch_alter_table('bank_line', schema=None) as batch_op:
        batch_op.create_index('ix_bank_line_fingerprint', ['fingerprint'], unique=False)
        batch_op.create_index('ix_bank_line_open', ['community_id', 'organisation_id', 'state', 'day'], unique=False)
        batch_op.create_index(batch_op.f('ix_bank_line_statement_id'), ['statement_id'], unique=False)

    op.create_table('debit_item',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('collection_id', sa.Integer(), nullable=False),
    sa.Column('payment_id', sa.Integer(), nullable=False),
    sa.Column('mandate_id', sa.Integer(), nullable=False),
    sa.Column('sequence', sa.String(), nullable=False),
    sa.Column('state', sa.String(), nullable=False),
    sa.Column('returned_on', sa.Date(), nullable=True),
    sa.Column('return_code', sa.String(), nullable=False),
    sa.Column('fee', sa.BigInteger(), nullable=False),
    sa.Column('after_refund', sa.Boolean(), nullable=False),
    sa.Column('noted_by_id', sa.Integer(), nullable=True),
    sa.CheckConstraint("sequence IN ('RCUR', 'OOFF')", name=op.f('ck_debit_item_sequence')),
    sa.CheckConstraint("state IN ('announced', 'sent', 'credited', 'returned')", name=op.f('ck_debit_item_state')),
    sa.CheckConstraint('fee >= 0', name=op.f('ck_debit_item_fee')),
    sa.ForeignKeyConstraint(['collection_id'], ['debit_collection.id'], name=op.f('fk_debit_item_collection_id')),
    sa.ForeignKeyConstraint(['mandate_id'], ['debit_mandate.id'], name=op.f('fk_debit_item_mandate_id')),
    sa.ForeignKeyConstraint(['noted_by_id'], ['member.id'], name=op.f('fk_debit_item_noted_by_id')),
    sa.ForeignKeyConstraint(['payment_id'], ['payment.id'], name=op.f('fk_debit_item_payment_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_debit_item')),
    sa.UniqueConstraint('payment_id', name=op.f('uq_debit_item_payment_id'))
    )
    with op.batch_alter_table('debit_item', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_debit_item_collection_id'), ['collection_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_debit_item_mandate_id'), ['mandate_id'], unique=False)

    op.create_table('bank_refused_match',
    sa.Column('line_id', sa.Integer(), nullable=False),
    sa.Column('target', sa.String(), nullable=False),
    sa.ForeignKeyConstraint(['line_id'], ['bank_line.id'], name=op.f('fk_bank_refused_match_line_id')),
    sa.PrimaryKeyConstraint('line_id', 'target', name=op.f('pk_bank_refused_match'))
    )


def downgrade() -> None:
    """Take this step back."""
    op.drop_table('bank_refused_match')
    with op.batch_alter_table('debit_item', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_debit_item_mandate_id'))
        batch_op.drop_index(batch_op.f('ix_debit_item_collection_id'))

    op.drop_table('debit_item')
    with op.batch_alter_table('bank_line', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_bank_line_statement_id'))
        batch_op.drop_index('ix_bank_line_open')
        batch_op.drop_index('ix_bank_line_fingerprint')

    op.drop_table('bank_line')
    with op.batch_alter_table('bank_statement', schema=None) as batch_op:
        batch_op.drop_index('ix_bank_statement_organisation')

    op.drop_table('bank_statement')
    with op.batch_alter_table('debit_mandate', schema=None) as batch_op:
        batch_op.drop_index('ix_debit_mandate_payer')

    op.drop_table('debit_mandate')
    with op.batch_alter_table('debit_collection', schema=None) as batch_op:
        batch_op.drop_index('ix_debit_collection_organisation')

    op.drop_table('debit_collection')
