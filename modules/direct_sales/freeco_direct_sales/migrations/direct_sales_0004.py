"""Cheques become payments like any other; what is committed and sold is kept for the books.

What was held or banked before stays noted so; its entry is written when it is next touched.
"""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = 'direct_sales_0004'
down_revision = 'direct_sales_0003'
branch_labels = None
depends_on = None

CHEQUES = """
SELECT cheque.id, cheque.amount, cheque.due_on, cheque.state, cheque.handed_over_at,
    cheque.banked_at, subscription.id AS subscription_id, subscription.household_id,
    subscription.withdrawn_at, subscription.subscribed_at, contract.community_id,
    producer.organisation_id
FROM direct_sales_cheque AS cheque
JOIN direct_sales_subscription AS subscription ON subscription.id = cheque.subscription_id
JOIN direct_sales_season_contract AS contract ON contract.id = subscription.contract_id
JOIN direct_sales_producer AS producer ON producer.id = contract.producer_id
WHERE NOT EXISTS (SELECT 1 FROM payment
    WHERE payment.purpose = 'direct_sales:subscription:' || CAST(subscription.id AS VARCHAR))
ORDER BY cheque.id
"""
SELLERS = """
UPDATE direct_sales_producer SET organisation_id = (SELECT MAX(payment.beneficiary_id)
    FROM payment
    JOIN direct_sales_subscription AS subscription
        ON payment.purpose = 'direct_sales:subscription:' || CAST(subscription.id AS VARCHAR)
    JOIN direct_sales_season_contract AS contract ON contract.id = subscription.contract_id
    WHERE contract.producer_id = direct_sales_producer.id)
"""
BACK = """
INSERT INTO direct_sales_cheque
    (subscription_id, amount, due_on, state, handed_over_at, banked_at)
SELECT subscription.id, SUM(payment.amount - payment.refunded), payment.due_on,
    CASE WHEN SUM(CASE WHEN payment.state = 'expected' THEN 1 ELSE 0 END) > 0 THEN 'due'
        WHEN SUM(CASE WHEN payment.state = 'settled' THEN 0 ELSE 1 END) > 0 THEN 'held'
        ELSE 'banked' END,
    MAX(payment.received_at), MAX(payment.settled_at)
FROM payment
JOIN direct_sales_subscription AS subscription
    ON payment.purpose = 'direct_sales:subscription:' || CAST(subscription.id AS VARCHAR)
WHERE payment.method = 'cheque'
    AND payment.state IN ('expected', 'held', 'handed', 'settled')
GROUP BY subscription.id, payment.due_on
HAVING SUM(payment.amount - payment.refunded) > 0
ORDER BY subscription.id, payment.due_on
"""
"""A cheque a day and a subscription, as they were: payments by other means stay in core alone."""
STATES = {'due': 'expected', 'held': 'held', 'banked': 'settled'}
PAYMENT = sa.table(
    'payment',
    sa.column('community_id', sa.Integer()),
    sa.column('beneficiary_id', sa.Integer()),
    sa.column('payer', sa.String()),
    sa.column('purpose', sa.String()),
    sa.column('amount', sa.BigInteger()),
    sa.column('method', sa.String()),
    sa.column('due_on', sa.Date()),
    sa.column('reference', sa.String()),
    sa.column('state', sa.String()),
    sa.column('fee', sa.BigInteger()),
    sa.column('refunded', sa.BigInteger()),
    sa.column('steps_taken', sa.Integer()),
    sa.column('created_at', sa.DateTime(timezone=True)),
    sa.column('received_at', sa.DateTime(timezone=True)),
    sa.column('settled_at', sa.DateTime(timezone=True)),
)
OLD_CHEQUE = sa.text(CHEQUES).columns(
    amount=sa.BigInteger(),
    due_on=sa.Date(),
    handed_over_at=sa.DateTime(timezone=True),
    banked_at=sa.DateTime(timezone=True),
    withdrawn_at=sa.DateTime(timezone=True),
    subscribed_at=sa.DateTime(timezone=True),
)


def upgrade() -> None:
    """Apply this step."""
    with op.batch_alter_table('direct_sales_producer', schema=None) as batch_op:
        batch_op.add_column(sa.Column('organisation_id', sa.Integer(), nullable=True))
        batch_op.create_index(batch_op.f('ix_direct_sales_producer_organisation_id'), ['organisation_id'], unique=False)
        batch_op.create_foreign_key(batch_op.f('fk_direct_sales_producer_organisation_id'), 'organisation', ['organisation_id'], ['id'])
    op.create_table('direct_sales_committed',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('subscription_id', sa.Integer(), nullable=False),
    sa.Column('number', sa.Integer(), nullable=False),
    sa.Column('amount', sa.BigInteger(), nullable=False),
    sa.Column('committed_at', sa.DateTime(timezone=True), nullable=False),
    sa.CheckConstraint('amount <> 0', name=op.f('ck_direct_sales_committed_amount')),
    sa.ForeignKeyConstraint(['subscription_id'], ['direct_sales_subscription.id'], name=op.f('fk_direct_sales_committed_subscription_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_direct_sales_committed')),
    sa.UniqueConstraint('subscription_id', 'number', name=op.f('uq_direct_sales_committed_subscription_id_number'))
    )
    op.create_table('direct_sales_delivered',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('subscription_id', sa.Integer(), nullable=False),
    sa.Column('month', sa.Date(), nullable=False),
    sa.Column('amount', sa.BigInteger(), nullable=False),
    sa.Column('document_id', sa.Integer(), nullable=True),
    sa.Column('sold_at', sa.DateTime(timezone=True), nullable=False),
    sa.CheckConstraint('amount > 0', name=op.f('ck_direct_sales_delivered_amount')),
    sa.ForeignKeyConstraint(['subscription_id'], ['direct_sales_subscription.id'], name=op.f('fk_direct_sales_delivered_subscription_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_direct_sales_delivered')),
    sa.UniqueConstraint('subscription_id', 'month', name=op.f('uq_direct_sales_delivered_subscription_id_month'))
    )
    connection = op.get_bind()
    _give_sellers(connection)
    rows = [_payment(row) for row in connection.execute(OLD_CHEQUE).mappings()]
    taken = set(connection.scalars(sa.text("SELECT reference FROM payment")))
    for row in rows:
        row['reference'] = _reference(int(row.pop('cheque')), taken)
    if rows:
        connection.execute(sa.insert(PAYMENT), rows)
    connection.execute(sa.text(
        "UPDATE permission_grant SET permission = 'core.treasurer'"
        " WHERE permission = 'direct_sales.treasure' AND member_id NOT IN"
        " (SELECT member_id FROM permission_grant WHERE permission = 'core.treasurer')"
    ))
    connection.execute(sa.text("DELETE FROM permission_grant WHERE permission = 'direct_sales.treasure'"))
    op.drop_table('direct_sales_cheque')


def _give_sellers(connection: sa.Connection) -> None:
    """Name the organisation of each producer whose cheques are kept."""
    connection.execute(sa.text(SELLERS))
    connection.execute(sa.text(
        "UPDATE direct_sales_producer SET organisation_id = (SELECT member.organisation_id"
        " FROM member WHERE member.id = direct_sales_producer.member_id)"
        " WHERE organisation_id IS NULL"
    ))
    without = connection.execute(sa.text(
        "SELECT id, name, siret FROM direct_sales_producer WHERE organisation_id IS NULL AND id IN"
        " (SELECT producer_id FROM direct_sales_season_contract WHERE state <> 'draft')"
    )).mappings().all()
    organisation = sa.table(
        'organisation',
        sa.column('id', sa.Integer()),
        *(sa.column(name, sa.String()) for name in (
            'kind', 'name', 'siren', 'siret', 'rna', 'address', 'postal_code', 'commune', 'commune_insee'
        )),
        sa.column('created_at', sa.DateTime(timezone=True)),
    )
    for each in without:
        made = connection.execute(
            sa.insert(organisation).values(
                kind='independent', name=each['name'], siren=each['siret'][:9], siret=each['siret'], rna='',
                address='', postal_code='', commune='', commune_insee='', created_at=sa.func.now(),
            ).returning(organisation.c.id)
        ).scalar_one()
        connection.execute(
            sa.text("UPDATE direct_sales_producer SET organisation_id = :made WHERE id = :id"),
            {'made': made, 'id': each['id']},
        )


def _payment(cheque: sa.RowMapping) -> dict[str, Any]:
    state = 'cancelled' if cheque['withdrawn_at'] is not None else STATES[cheque['state']]
    return {
        'community_id': cheque['community_id'],
        'beneficiary_id': cheque['organisation_id'],
        'payer': f"core:household:{cheque['household_id']}",
        'purpose': f"direct_sales:subscription:{cheque['subscription_id']}",
        'amount': cheque['amount'],
        'method': 'cheque',
        'due_on': cheque['due_on'],
        'cheque': cheque['id'],
        'state': state,
        'fee': 0,
        'refunded': 0,
        'steps_taken': 0,
        'created_at': cheque['subscribed_at'],
        'received_at': cheque['handed_over_at'],
        'settled_at': cheque['banked_at'],
    }


def _reference(number: int, taken: set[str]) -> str:
    """Return an ISO 11649 reference that no payment has: RF, two check digits, letters."""
    while True:
        letters = f'CHQ{number:08d}'
        digits = ''.join(str(int(each, 36)) for each in letters + 'RF00')
        found = f'RF{98 - int(digits) % 97:02d}{letters}'
        if found not in taken:
            taken.add(found)
            return found
        number += 10_000_000


def downgrade() -> None:
    """Take this step back; payments that are not cheques, and what came of them, are left behind.

    Those that are stay payments too: taking the step again finds them, and adds none.
    """
    op.create_table('direct_sales_cheque',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('subscription_id', sa.Integer(), nullable=False),
    sa.Column('amount', sa.BigInteger(), nullable=False),
    sa.Column('due_on', sa.Date(), nullable=False),
    sa.Column('state', sa.String(), nullable=False),
    sa.Column('handed_over_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('banked_at', sa.DateTime(timezone=True), nullable=True),
    sa.CheckConstraint("state IN ('due', 'held', 'banked')", name=op.f('ck_direct_sales_cheque_state')),
    sa.CheckConstraint('amount > 0', name=op.f('ck_direct_sales_cheque_amount')),
    sa.ForeignKeyConstraint(['subscription_id'], ['direct_sales_subscription.id'], name=op.f('fk_direct_sales_cheque_subscription_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_direct_sales_cheque')),
    sa.UniqueConstraint('subscription_id', 'due_on', name=op.f('uq_direct_sales_cheque_subscription_id_due_on'))
    )
    connection = op.get_bind()
    connection.execute(sa.text(BACK))
    connection.execute(sa.text(
        "UPDATE permission_grant SET permission = 'direct_sales.treasure' WHERE permission = 'core.treasurer'"
    ))
    op.drop_table('direct_sales_delivered')
    op.drop_table('direct_sales_committed')
    with op.batch_alter_table('direct_sales_producer', schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f('fk_direct_sales_producer_organisation_id'), type_='foreignkey')
        batch_op.drop_index(batch_op.f('ix_direct_sales_producer_organisation_id'))
        batch_op.drop_column('organisation_id')
