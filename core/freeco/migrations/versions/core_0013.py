"""Years of the books, and accounts that the first chart had forgotten."""

import sqlalchemy as sa
from alembic import op

revision = 'core_0013'
down_revision = 'core_0012'
branch_labels = None
depends_on = None

FORGOTTEN = (
    ('1688', 'Intérêts courus sur emprunts'),
    ('404', 'Fournisseurs d’immobilisations'),
    ('44587', 'TVA sur factures et avoirs à établir'),
    ('619', 'Rabais, remises et ristournes obtenus sur services extérieurs'),
    ('629', 'Rabais, remises et ristournes obtenus sur autres services extérieurs'),
)


def upgrade() -> None:
    """Apply this step."""
    op.create_table('book_year',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('book_id', sa.Integer(), nullable=False),
    sa.Column('first_day', sa.Date(), nullable=False),
    sa.Column('last_day', sa.Date(), nullable=False),
    sa.Column('closed_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('closing_id', sa.Integer(), nullable=True),
    sa.CheckConstraint('first_day < last_day', name=op.f('ck_book_year_days')),
    sa.CheckConstraint('closing_id IS NULL OR closed_at IS NOT NULL', name=op.f('ck_book_year_closing')),
    sa.ForeignKeyConstraint(['book_id'], ['book.id'], name=op.f('fk_book_year_book_id')),
    sa.ForeignKeyConstraint(['closing_id'], ['ledger_entry.id'], name=op.f('fk_book_year_closing_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_book_year')),
    sa.UniqueConstraint('book_id', 'first_day', name=op.f('uq_book_year_book_id_first_day')),
    sa.UniqueConstraint('book_id', 'last_day', name=op.f('uq_book_year_book_id_last_day'))
    )
    for code, label in FORGOTTEN:
        op.get_bind().execute(
            sa.text(
                'INSERT INTO account (book_id, code, label, guard)'
                ' SELECT id, CAST(:code AS VARCHAR), CAST(:label AS VARCHAR), 0 FROM book'
                ' WHERE NOT EXISTS (SELECT 1 FROM account'
                ' WHERE book_id = book.id AND code = CAST(:code AS VARCHAR))'
            ),
            {'code': code, 'label': label},
        )


def downgrade() -> None:
    """Take this step back; an account stays, as the ledger's guards want it."""
    op.drop_table('book_year')
