"""Documents: invoices, credit notes, receipts, and their series."""

import sqlalchemy as sa
from alembic import op

from freeco.accounting.guards import lift_functions, set_guards

revision = 'core_0009'
down_revision = 'core_0008'
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply this step."""
    op.create_table('document_series',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('book_id', sa.Integer(), nullable=False),
    sa.Column('kind', sa.String(), nullable=False),
    sa.Column('year', sa.Integer(), nullable=False),
    sa.Column('last', sa.Integer(), nullable=False),
    sa.CheckConstraint('last >= 0', name=op.f('ck_document_series_last')),
    sa.ForeignKeyConstraint(['book_id'], ['book.id'], name=op.f('fk_document_series_book_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_document_series')),
    sa.UniqueConstraint('book_id', 'kind', 'year', name=op.f('uq_document_series_book_id_kind_year'))
    )
    op.create_table('document',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('book_id', sa.Integer(), nullable=False),
    sa.Column('series_id', sa.Integer(), nullable=False),
    sa.Column('kind', sa.String(), nullable=False),
    sa.Column('position', sa.Integer(), nullable=False),
    sa.Column('number', sa.String(), nullable=False),
    sa.Column('issued_on', sa.Date(), nullable=False),
    sa.Column('party', sa.String(), nullable=False),
    sa.Column('community_id', sa.Integer(), nullable=True),
    sa.Column('total', sa.BigInteger(), nullable=False),
    sa.Column('vat', sa.BigInteger(), nullable=False),
    sa.Column('content', sa.JSON(), nullable=False),
    sa.Column('key', sa.String(), nullable=False),
    sa.Column('sha256', sa.String(), nullable=False),
    sa.Column('xml', sa.LargeBinary(), nullable=False),
    sa.Column('corrects_id', sa.Integer(), nullable=True),
    sa.Column('entry_id', sa.Integer(), nullable=True),
    sa.Column('pdf', sa.LargeBinary(), nullable=True),
    sa.Column('issued_at', sa.DateTime(timezone=True), nullable=False),
    sa.CheckConstraint("kind IN ('invoice', 'credit_note', 'receipt', 'cancellation')", name=op.f('ck_document_kind')),
    sa.CheckConstraint('length(key) BETWEEN 1 AND 150', name=op.f('ck_document_key')),
    sa.CheckConstraint('length(sha256) = 64', name=op.f('ck_document_sha256')),
    sa.CheckConstraint('position >= 1', name=op.f('ck_document_position')),
    sa.CheckConstraint('total > 0 AND vat >= 0 AND vat < total', name=op.f('ck_document_amounts')),
    sa.ForeignKeyConstraint(['book_id'], ['book.id'], name=op.f('fk_document_book_id')),
    sa.ForeignKeyConstraint(['community_id'], ['community.id'], name=op.f('fk_document_community_id')),
    sa.ForeignKeyConstraint(['corrects_id'], ['document.id'], name=op.f('fk_document_corrects_id')),
    sa.ForeignKeyConstraint(['entry_id'], ['ledger_entry.id'], name=op.f('fk_document_entry_id')),
    sa.ForeignKeyConstraint(['series_id'], ['document_series.id'], name=op.f('fk_document_series_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_document')),
    sa.UniqueConstraint('book_id', 'key', name=op.f('uq_document_book_id_key')),
    sa.UniqueConstraint('book_id', 'number', name=op.f('uq_document_book_id_number')),
    sa.UniqueConstraint('series_id', 'position', name=op.f('uq_document_series_id_position'))
    )
    with op.batch_alter_table('document', schema=None) as batch_op:
        batch_op.create_index('ix_document_community_id', ['community_id'], unique=False)
        batch_op.create_index('ix_document_corrects_id', ['corrects_id'], unique=False)
        batch_op.create_index('ix_document_party', ['party', 'issued_on'], unique=False)

    set_guards(op.get_bind(), revision)


def downgrade() -> None:
    """Take this step back; the documents are lost."""
    with op.batch_alter_table('document', schema=None) as batch_op:
        batch_op.drop_index('ix_document_party')
        batch_op.drop_index('ix_document_corrects_id')
        batch_op.drop_index('ix_document_community_id')

    op.drop_table('document')
    op.drop_table('document_series')
    lift_functions(op.get_bind(), revision)
