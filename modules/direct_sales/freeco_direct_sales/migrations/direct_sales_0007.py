"""Shifts at the distributions, incidents and leftovers."""

import sqlalchemy as sa
from alembic import op

revision = 'direct_sales_0007'
down_revision = 'direct_sales_0006'
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply this step."""
    op.create_table('direct_sales_partner',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('community_id', sa.Integer(), nullable=False),
    sa.Column('name', sa.String(), nullable=False),
    sa.Column('contact', sa.String(), nullable=False),
    sa.Column('email', sa.String(), nullable=False),
    sa.Column('phone', sa.String(), nullable=False),
    sa.Column('address', sa.String(), nullable=False),
    sa.Column('retired_at', sa.DateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['community_id'], ['community.id'], name=op.f('fk_direct_sales_partner_community_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_direct_sales_partner')),
    sa.UniqueConstraint('community_id', 'name', name=op.f('uq_direct_sales_partner_community_id_name'))
    )
    op.create_table('direct_sales_shift_role',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('community_id', sa.Integer(), nullable=False),
    sa.Column('name', sa.String(), nullable=False),
    sa.Column('explanation', sa.String(), nullable=False),
    sa.Column('retired_at', sa.DateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['community_id'], ['community.id'], name=op.f('fk_direct_sales_shift_role_community_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_direct_sales_shift_role')),
    sa.UniqueConstraint('community_id', 'name', name=op.f('uq_direct_sales_shift_role_community_id_name'))
    )
    op.create_table('direct_sales_shift_season',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('community_id', sa.Integer(), nullable=False),
    sa.Column('starts_on', sa.Date(), nullable=False),
    sa.Column('ends_on', sa.Date(), nullable=False),
    sa.Column('quota', sa.Integer(), nullable=False),
    sa.CheckConstraint('quota >= 0', name=op.f('ck_direct_sales_shift_season_quota')),
    sa.CheckConstraint('starts_on <= ends_on', name=op.f('ck_direct_sales_shift_season_days')),
    sa.ForeignKeyConstraint(['community_id'], ['community.id'], name=op.f('fk_direct_sales_shift_season_community_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_direct_sales_shift_season'))
    )
    with op.batch_alter_table('direct_sales_shift_season', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_direct_sales_shift_season_community_id'), ['community_id'], unique=False)

    op.create_table('direct_sales_leftover',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('distribution_id', sa.Integer(), nullable=False),
    sa.Column('offered_by_id', sa.Integer(), nullable=False),
    sa.Column('words', sa.String(), nullable=False),
    sa.Column('offered_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('until', sa.DateTime(timezone=True), nullable=False),
    sa.Column('partner_id', sa.Integer(), nullable=True),
    sa.Column('taken_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('given', sa.String(), nullable=False),
    sa.Column('noted_at', sa.DateTime(timezone=True), nullable=True),
    sa.CheckConstraint('offered_at < until', name=op.f('ck_direct_sales_leftover_hours')),
    sa.ForeignKeyConstraint(['distribution_id'], ['direct_sales_distribution.id'], name=op.f('fk_direct_sales_leftover_distribution_id')),
    sa.ForeignKeyConstraint(['offered_by_id'], ['member.id'], name=op.f('fk_direct_sales_leftover_offered_by_id')),
    sa.ForeignKeyConstraint(['partner_id'], ['direct_sales_partner.id'], name=op.f('fk_direct_sales_leftover_partner_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_direct_sales_leftover'))
    )
    with op.batch_alter_table('direct_sales_leftover', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_direct_sales_leftover_distribution_id'), ['distribution_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_direct_sales_leftover_offered_by_id'), ['offered_by_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_direct_sales_leftover_partner_id'), ['partner_id'], unique=False)

    op.create_table('direct_sales_shift',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('distribution_id', sa.Integer(), nullable=False),
    sa.Column('role_id', sa.Integer(), nullable=False),
    sa.Column('starts_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('ends_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('places', sa.Integer(), nullable=False),
    sa.Column('changes', sa.Integer(), nullable=False),
    sa.Column('changed_at', sa.DateTime(timezone=True), nullable=True),
    sa.CheckConstraint('places >= 0', name=op.f('ck_direct_sales_shift_places')),
    sa.CheckConstraint('starts_at < ends_at', name=op.f('ck_direct_sales_shift_hours')),
    sa.ForeignKeyConstraint(['distribution_id'], ['direct_sales_distribution.id'], name=op.f('fk_direct_sales_shift_distribution_id')),
    sa.ForeignKeyConstraint(['role_id'], ['direct_sales_shift_role.id'], name=op.f('fk_direct_sales_shift_role_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_direct_sales_shift')),
    sa.UniqueConstraint('distribution_id', 'role_id', name=op.f('uq_direct_sales_shift_distribution_id_role_id'))
    )
    with op.batch_alter_table('direct_sales_shift', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_direct_sales_shift_role_id'), ['role_id'], unique=False)

    op.create_table('direct_sales_incident',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('distribution_id', sa.Integer(), nullable=False),
    sa.Column('household_id', sa.Integer(), nullable=False),
    sa.Column('producer_id', sa.Integer(), nullable=False),
    sa.Column('reported_by_id', sa.Integer(), nullable=False),
    sa.Column('kind', sa.String(), nullable=False),
    sa.Column('words', sa.String(), nullable=False),
    sa.Column('state', sa.String(), nullable=False),
    sa.Column('reported_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('settled_at', sa.DateTime(timezone=True), nullable=True),
    sa.CheckConstraint("kind IN ('missing', 'damaged', 'wrong', 'other')", name=op.f('ck_direct_sales_incident_kind')),
    sa.CheckConstraint("state IN ('open', 'answered', 'settled')", name=op.f('ck_direct_sales_incident_state')),
    sa.ForeignKeyConstraint(['distribution_id'], ['direct_sales_distribution.id'], name=op.f('fk_direct_sales_incident_distribution_id')),
    sa.ForeignKeyConstraint(['household_id'], ['household.id'], name=op.f('fk_direct_sales_incident_household_id')),
    sa.ForeignKeyConstraint(['producer_id'], ['direct_sales_producer.id'], name=op.f('fk_direct_sales_incident_producer_id')),
    sa.ForeignKeyConstraint(['reported_by_id'], ['member.id'], name=op.f('fk_direct_sales_incident_reported_by_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_direct_sales_incident'))
    )
    with op.batch_alter_table('direct_sales_incident', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_direct_sales_incident_distribution_id'), ['distribution_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_direct_sales_incident_household_id'), ['household_id'], unique=False)
        batch_op.create_index('ix_direct_sales_incident_producer', ['producer_id', 'state'], unique=False)
        batch_op.create_index(batch_op.f('ix_direct_sales_incident_reported_by_id'), ['reported_by_id'], unique=False)

    op.create_table('direct_sales_shift_signup',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('shift_id', sa.Integer(), nullable=False),
    sa.Column('member_id', sa.Integer(), nullable=False),
    sa.Column('household_id', sa.Integer(), nullable=False),
    sa.Column('instead_of_id', sa.Integer(), nullable=True),
    sa.Column('offered_to_id', sa.Integer(), nullable=True),
    sa.Column('signed_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('withdrawn_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('missed_at', sa.DateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['household_id'], ['household.id'], name=op.f('fk_direct_sales_shift_signup_household_id')),
    sa.ForeignKeyConstraint(['instead_of_id'], ['direct_sales_shift_signup.id'], name=op.f('fk_direct_sales_shift_signup_instead_of_id')),
    sa.ForeignKeyConstraint(['member_id'], ['member.id'], name=op.f('fk_direct_sales_shift_signup_member_id')),
    sa.ForeignKeyConstraint(['offered_to_id'], ['member.id'], name=op.f('fk_direct_sales_shift_signup_offered_to_id')),
    sa.ForeignKeyConstraint(['shift_id'], ['direct_sales_shift.id'], name=op.f('fk_direct_sales_shift_signup_shift_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_direct_sales_shift_signup')),
    sa.UniqueConstraint('instead_of_id', name=op.f('uq_direct_sales_shift_signup_instead_of_id'))
    )
    with op.batch_alter_table('direct_sales_shift_signup', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_direct_sales_shift_signup_household_id'), ['household_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_direct_sales_shift_signup_member_id'), ['member_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_direct_sales_shift_signup_offered_to_id'), ['offered_to_id'], unique=False)
        batch_op.create_index('ix_direct_sales_shift_signup_shift', ['shift_id'], unique=False)
        batch_op.create_index('uq_direct_sales_shift_signup_standing', ['shift_id', 'member_id'], unique=True, sqlite_where=sa.text('withdrawn_at IS NULL'), postgresql_where=sa.text('withdrawn_at IS NULL'))

    op.create_table('direct_sales_incident_answer',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('incident_id', sa.Integer(), nullable=False),
    sa.Column('member_id', sa.Integer(), nullable=False),
    sa.Column('words', sa.String(), nullable=False),
    sa.Column('answered_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['incident_id'], ['direct_sales_incident.id'], name=op.f('fk_direct_sales_incident_answer_incident_id')),
    sa.ForeignKeyConstraint(['member_id'], ['member.id'], name=op.f('fk_direct_sales_incident_answer_member_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_direct_sales_incident_answer'))
    )
    with op.batch_alter_table('direct_sales_incident_answer', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_direct_sales_incident_answer_incident_id'), ['incident_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_direct_sales_incident_answer_member_id'), ['member_id'], unique=False)


def downgrade() -> None:
    """Take this step back."""
    with op.batch_alter_table('direct_sales_incident_answer', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_direct_sales_incident_answer_member_id'))
        batch_op.drop_index(batch_op.f('ix_direct_sales_incident_answer_incident_id'))

    op.drop_table('direct_sales_incident_answer')
    with op.batch_alter_table('direct_sales_shift_signup', schema=None) as batch_op:
        batch_op.drop_index('uq_direct_sales_shift_signup_standing', sqlite_where=sa.text('withdrawn_at IS NULL'), postgresql_where=sa.text('withdrawn_at IS NULL'))
        batch_op.drop_index('ix_direct_sales_shift_signup_shift')
        batch_op.drop_index(batch_op.f('ix_direct_sales_shift_signup_offered_to_id'))
        batch_op.drop_index(batch_op.f('ix_direct_sales_shift_signup_member_id'))
        batch_op.drop_index(batch_op.f('ix_direct_sales_shift_signup_household_id'))

    op.drop_table('direct_sales_shift_signup')
    with op.batch_alter_table('direct_sales_incident', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_direct_sales_incident_reported_by_id'))
        batch_op.drop_index('ix_direct_sales_incident_producer')
        batch_op.drop_index(batch_op.f('ix_direct_sales_incident_household_id'))
        batch_op.drop_index(batch_op.f('ix_direct_sales_incident_distribution_id'))

    op.drop_table('direct_sales_incident')
    with op.batch_alter_table('direct_sales_shift', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_direct_sales_shift_role_id'))

    op.drop_table('direct_sales_shift')
    with op.batch_alter_table('direct_sales_leftover', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_direct_sales_leftover_partner_id'))
        batch_op.drop_index(batch_op.f('ix_direct_sales_leftover_offered_by_id'))
        batch_op.drop_index(batch_op.f('ix_direct_sales_leftover_distribution_id'))

    op.drop_table('direct_sales_leftover')
    with op.batch_alter_table('direct_sales_shift_season', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_direct_sales_shift_season_community_id'))

    op.drop_table('direct_sales_shift_season')
    op.drop_table('direct_sales_shift_role')
    op.drop_table('direct_sales_partner')
