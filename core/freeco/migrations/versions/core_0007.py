"""The ledger: books, accounts, journals, entries and their lines, guarded by triggers."""

import sqlalchemy as sa
from alembic import op

from freeco.accounting.guards import lift_functions, set_guards

revision = 'core_0007'
down_revision = 'core_0006'
branch_labels = None
depends_on = None

CENTS = sa.BigInteger().with_variant(sa.Numeric(), 'postgresql')


def upgrade() -> None:
    """Apply this step."""
    op.create_table('book',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('organisation_id', sa.Integer(), nullable=True),
    sa.Column('chart', sa.String(), nullable=False),
    sa.Column('currency', sa.String(), nullable=False),
    sa.Column('rehearsal', sa.Boolean(), nullable=False),
    sa.Column('closed_through', sa.Date(), nullable=True),
    sa.Column('opened_at', sa.DateTime(timezone=True), nullable=False),
    sa.CheckConstraint('length(currency) = 3', name=op.f('ck_book_currency')),
    sa.CheckConstraint('organisation_id IS NOT NULL OR NOT rehearsal', name=op.f('ck_book_rehearsal')),
    sa.ForeignKeyConstraint(['organisation_id'], ['organisation.id'], name=op.f('fk_book_organisation_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_book')),
    sa.UniqueConstraint('organisation_id', 'rehearsal', name=op.f('uq_book_organisation_id_rehearsal'))
    )
    with op.batch_alter_table('book', schema=None) as batch_op:
        batch_op.create_index('uq_book_platform', ['rehearsal'], unique=True, sqlite_where=sa.text('organisation_id IS NULL'), postgresql_where=sa.text('organisation_id IS NULL'))

    op.create_table('account',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('book_id', sa.Integer(), nullable=False),
    sa.Column('code', sa.String(), nullable=False),
    sa.Column('label', sa.String(), nullable=False),
    sa.Column('guard', sa.Integer(), nullable=False),
    sa.CheckConstraint('guard IN (-1, 0, 1)', name=op.f('ck_account_guard')),
    sa.ForeignKeyConstraint(['book_id'], ['book.id'], name=op.f('fk_account_book_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_account')),
    sa.UniqueConstraint('book_id', 'code', name=op.f('uq_account_book_id_code'))
    )
    op.create_table('journal',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('book_id', sa.Integer(), nullable=False),
    sa.Column('code', sa.String(), nullable=False),
    sa.Column('label', sa.String(), nullable=False),
    sa.ForeignKeyConstraint(['book_id'], ['book.id'], name=op.f('fk_journal_book_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_journal')),
    sa.UniqueConstraint('book_id', 'code', name=op.f('uq_journal_book_id_code'))
    )
    op.create_table('account_balance',
    sa.Column('account_id', sa.Integer(), autoincrement=False, nullable=False),
    sa.Column('debit', CENTS, nullable=False),
    sa.Column('credit', CENTS, nullable=False),
    sa.Column('number', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['account_id'], ['account.id'], name=op.f('fk_account_balance_account_id')),
    sa.PrimaryKeyConstraint('account_id', name=op.f('pk_account_balance'))
    )
    op.create_table('ledger_entry',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('book_id', sa.Integer(), nullable=False),
    sa.Column('number', sa.Integer(), nullable=False),
    sa.Column('journal_id', sa.Integer(), nullable=False),
    sa.Column('day', sa.Date(), nullable=False),
    sa.Column('label', sa.String(), nullable=False),
    sa.Column('piece', sa.String(), nullable=False),
    sa.Column('piece_day', sa.Date(), nullable=False),
    sa.Column('key', sa.String(), nullable=False),
    sa.Column('reverses', sa.Integer(), nullable=True),
    sa.Column('sealed_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('previous', sa.String(), nullable=False),
    sa.Column('hash', sa.String(), nullable=False),
    sa.CheckConstraint('length(hash) = 64', name=op.f('ck_ledger_entry_hash')),
    sa.CheckConstraint('length(key) BETWEEN 1 AND 200', name=op.f('ck_ledger_entry_key')),
    sa.CheckConstraint('length(label) BETWEEN 1 AND 120', name=op.f('ck_ledger_entry_label')),
    sa.ForeignKeyConstraint(['book_id'], ['book.id'], name=op.f('fk_ledger_entry_book_id')),
    sa.ForeignKeyConstraint(['journal_id'], ['journal.id'], name=op.f('fk_ledger_entry_journal_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_ledger_entry')),
    sa.UniqueConstraint('book_id', 'key', name=op.f('uq_ledger_entry_book_id_key')),
    sa.UniqueConstraint('book_id', 'number', name=op.f('uq_ledger_entry_book_id_number')),
    sa.UniqueConstraint('book_id', 'reverses', name=op.f('uq_ledger_entry_book_id_reverses')),
    sa.UniqueConstraint('hash', name=op.f('uq_ledger_entry_hash'))
    )
    with op.batch_alter_table('ledger_entry', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_ledger_entry_journal_id'), ['journal_id'], unique=False)

    op.create_table('posting',
    sa.Column('book_id', sa.Integer(), autoincrement=False, nullable=False),
    sa.Column('number', sa.Integer(), autoincrement=False, nullable=False),
    sa.Column('line', sa.Integer(), autoincrement=False, nullable=False),
    sa.Column('account_id', sa.Integer(), nullable=False),
    sa.Column('party', sa.String(), nullable=False),
    sa.Column('amount', CENTS, nullable=False),
    sa.Column('currency', sa.String(), nullable=False),
    sa.CheckConstraint('amount <> 0 AND amount BETWEEN -1000000000000000 AND 1000000000000000', name=op.f('ck_posting_amount')),
    sa.CheckConstraint('amount = CAST(amount AS BIGINT)', name=op.f('ck_posting_whole')),
    sa.CheckConstraint('line >= 1', name=op.f('ck_posting_line')),
    sa.ForeignKeyConstraint(['account_id'], ['account.id'], name=op.f('fk_posting_account_id')),
    sa.ForeignKeyConstraint(['book_id', 'number'], ['ledger_entry.book_id', 'ledger_entry.number'], name=op.f('fk_posting_book_id_number'), initially='DEFERRED', deferrable=True),
    sa.PrimaryKeyConstraint('book_id', 'number', 'line', name=op.f('pk_posting'))
    )
    with op.batch_alter_table('posting', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_posting_account_id'), ['account_id'], unique=False)

    set_guards(op.get_bind(), revision)


def downgrade() -> None:
    """Take this step back; the books are lost."""
    with op.batch_alter_table('posting', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_posting_account_id'))

    op.drop_table('posting')
    with op.batch_alter_table('ledger_entry', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_ledger_entry_journal_id'))

    op.drop_table('ledger_entry')
    op.drop_table('account_balance')
    op.drop_table('journal')
    op.drop_table('account')
    with op.batch_alter_table('book', schema=None) as batch_op:
        batch_op.drop_index('uq_book_platform', sqlite_where=sa.text('organisation_id IS NULL'), postgresql_where=sa.text('organisation_id IS NULL'))

    op.drop_table('book')
    lift_functions(op.get_bind(), revision)
