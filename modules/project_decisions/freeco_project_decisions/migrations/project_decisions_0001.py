"""Polls, who may vote, open ballots, decisions."""

import sqlalchemy as sa
from alembic import op

revision = 'project_decisions_0001'
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply this step."""
    op.create_table('project_decisions_poll',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('community_id', sa.Integer(), nullable=False),
    sa.Column('author_id', sa.Integer(), nullable=True),
    sa.Column('title', sa.String(), nullable=False),
    sa.Column('text', sa.String(), nullable=False),
    sa.Column('method', sa.String(), nullable=False),
    sa.Column('opens_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('closes_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('secrecy', sa.String(), nullable=False),
    sa.Column('state', sa.String(), nullable=False),
    sa.Column('ready', sa.Boolean(), nullable=False),
    sa.Column('places', sa.Integer(), nullable=False),
    sa.Column('share_part', sa.Integer(), nullable=False),
    sa.Column('share_whole', sa.Integer(), nullable=False),
    sa.Column('more_than', sa.Boolean(), nullable=False),
    sa.Column('base', sa.String(), nullable=False),
    sa.Column('quorum_part', sa.Integer(), nullable=False),
    sa.Column('quorum_whole', sa.Integer(), nullable=False),
    sa.Column('tie', sa.String(), nullable=False),
    sa.Column('by_organisation', sa.Boolean(), nullable=False),
    sa.Column('most_proxies', sa.Integer(), nullable=False),
    sa.Column('extension_days', sa.Integer(), nullable=False),
    sa.Column('extensions_left', sa.Integer(), nullable=False),
    sa.Column('budget', sa.BigInteger(), nullable=True),
    sa.Column('asked_by', sa.String(), nullable=False),
    sa.Column('frozen_text', sa.String(), nullable=False),
    sa.Column('frozen_sha256', sa.String(), nullable=False),
    sa.Column('seed', sa.String(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('opened_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('closed_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('decided_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('cancelled_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('cancelled_reason', sa.String(), nullable=False),
    sa.CheckConstraint("base IN ('cast', 'present', 'enrolled')", name=op.f('ck_project_decisions_poll_base')),
    sa.CheckConstraint("method IN ('consent', 'hands', 'assent', 'approval', 'judgment', 'schulze', 'seats', 'shares', 'greedy', 'draw')", name=op.f('ck_project_decisions_poll_method')),
    sa.CheckConstraint("secrecy IN ('open', 'sealed', 'tokens')", name=op.f('ck_project_decisions_poll_secrecy')),
    sa.CheckConstraint("state = 'draft' OR frozen_sha256 <> ''", name=op.f('ck_project_decisions_poll_frozen')),
    sa.CheckConstraint("state IN ('draft', 'open', 'closed', 'decided', 'cancelled')", name=op.f('ck_project_decisions_poll_state')),
    sa.CheckConstraint("tie IN ('again', 'announced', 'drawn')", name=op.f('ck_project_decisions_poll_tie')),
    sa.CheckConstraint('extension_days >= 0 AND extensions_left >= 0', name=op.f('ck_project_decisions_poll_extension')),
    sa.CheckConstraint('most_proxies >= 0', name=op.f('ck_project_decisions_poll_most_proxies')),
    sa.CheckConstraint('opens_at < closes_at', name=op.f('ck_project_decisions_poll_hours')),
    sa.CheckConstraint('places >= 1', name=op.f('ck_project_decisions_poll_places')),
    sa.CheckConstraint('quorum_part >= 0 AND quorum_whole > 0 AND quorum_part <= quorum_whole', name=op.f('ck_project_decisions_poll_quorum')),
    sa.CheckConstraint('share_part >= 0 AND share_whole > 0 AND share_part <= share_whole', name=op.f('ck_project_decisions_poll_share')),
    sa.ForeignKeyConstraint(['author_id'], ['member.id'], name=op.f('fk_project_decisions_poll_author_id')),
    sa.ForeignKeyConstraint(['community_id'], ['community.id'], name=op.f('fk_project_decisions_poll_community_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_project_decisions_poll'))
    )
    with op.batch_alter_table('project_decisions_poll', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_project_decisions_poll_author_id'), ['author_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_project_decisions_poll_community_id'), ['community_id'], unique=False)
        batch_op.create_index('ix_project_decisions_poll_due', ['state', 'closes_at'], unique=False)

    op.create_table('project_decisions_college',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('poll_id', sa.Integer(), nullable=False),
    sa.Column('name', sa.String(), nullable=False),
    sa.Column('weight', sa.Integer(), nullable=False),
    sa.CheckConstraint('weight BETWEEN 1 AND 10000', name=op.f('ck_project_decisions_college_weight')),
    sa.ForeignKeyConstraint(['poll_id'], ['project_decisions_poll.id'], name=op.f('fk_project_decisions_college_poll_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_project_decisions_college')),
    sa.UniqueConstraint('poll_id', 'name', name=op.f('uq_project_decisions_college_poll_id_name'))
    )
    op.create_table('project_decisions_decision',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('community_id', sa.Integer(), nullable=False),
    sa.Column('poll_id', sa.Integer(), nullable=False),
    sa.Column('number', sa.Integer(), nullable=False),
    sa.Column('adopted', sa.Boolean(), nullable=False),
    sa.Column('outcome', sa.String(), nullable=False),
    sa.Column('sha256', sa.String(), nullable=False),
    sa.Column('minority', sa.String(), nullable=False),
    sa.Column('decided_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['community_id'], ['community.id'], name=op.f('fk_project_decisions_decision_community_id')),
    sa.ForeignKeyConstraint(['poll_id'], ['project_decisions_poll.id'], name=op.f('fk_project_decisions_decision_poll_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_project_decisions_decision')),
    sa.UniqueConstraint('community_id', 'number', name=op.f('uq_project_decisions_decision_community_id_number')),
    sa.UniqueConstraint('poll_id', name=op.f('uq_project_decisions_decision_poll_id'))
    )
    op.create_table('project_decisions_option',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('poll_id', sa.Integer(), nullable=False),
    sa.Column('place', sa.Integer(), nullable=False),
    sa.Column('text', sa.String(), nullable=False),
    sa.Column('detail', sa.String(), nullable=False),
    sa.Column('cost', sa.BigInteger(), nullable=True),
    sa.Column('about', sa.String(), nullable=False),
    sa.CheckConstraint('cost > 0', name=op.f('ck_project_decisions_option_cost')),
    sa.CheckConstraint('place >= 0', name=op.f('ck_project_decisions_option_place')),
    sa.ForeignKeyConstraint(['poll_id'], ['project_decisions_poll.id'], name=op.f('fk_project_decisions_option_poll_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_project_decisions_option')),
    sa.UniqueConstraint('poll_id', 'place', name=op.f('uq_project_decisions_option_poll_id_place'))
    )
    op.create_table('project_decisions_elector',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('poll_id', sa.Integer(), nullable=False),
    sa.Column('member_id', sa.Integer(), nullable=True),
    sa.Column('college_id', sa.Integer(), nullable=True),
    sa.Column('voice_id', sa.Integer(), nullable=True),
    sa.ForeignKeyConstraint(['college_id'], ['project_decisions_college.id'], name=op.f('fk_project_decisions_elector_college_id')),
    sa.ForeignKeyConstraint(['member_id'], ['member.id'], name=op.f('fk_project_decisions_elector_member_id')),
    sa.ForeignKeyConstraint(['poll_id'], ['project_decisions_poll.id'], name=op.f('fk_project_decisions_elector_poll_id')),
    sa.ForeignKeyConstraint(['voice_id'], ['member.id'], name=op.f('fk_project_decisions_elector_voice_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_project_decisions_elector')),
    sa.UniqueConstraint('poll_id', 'member_id', name=op.f('uq_project_decisions_elector_poll_id_member_id'))
    )
    with op.batch_alter_table('project_decisions_elector', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_project_decisions_elector_college_id'), ['college_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_project_decisions_elector_member_id'), ['member_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_project_decisions_elector_voice_id'), ['voice_id'], unique=False)

    op.create_table('project_decisions_open_ballot',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('elector_id', sa.Integer(), nullable=False),
    sa.Column('marks', sa.LargeBinary(), nullable=False),
    sa.Column('cast_by_id', sa.Integer(), nullable=True),
    sa.Column('way', sa.String(), nullable=False),
    sa.Column('cast_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['cast_by_id'], ['member.id'], name=op.f('fk_project_decisions_open_ballot_cast_by_id')),
    sa.ForeignKeyConstraint(['elector_id'], ['project_decisions_elector.id'], name=op.f('fk_project_decisions_open_ballot_elector_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_project_decisions_open_ballot')),
    sa.UniqueConstraint('elector_id', name=op.f('uq_project_decisions_open_ballot_elector_id'))
    )
    with op.batch_alter_table('project_decisions_open_ballot', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_project_decisions_open_ballot_cast_by_id'), ['cast_by_id'], unique=False)

    op.create_table('project_decisions_proxy',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('giver_id', sa.Integer(), nullable=False),
    sa.Column('holder_id', sa.Integer(), nullable=False),
    sa.Column('given_at', sa.DateTime(timezone=True), nullable=False),
    sa.CheckConstraint('giver_id <> holder_id', name=op.f('ck_project_decisions_proxy_another')),
    sa.ForeignKeyConstraint(['giver_id'], ['project_decisions_elector.id'], name=op.f('fk_project_decisions_proxy_giver_id')),
    sa.ForeignKeyConstraint(['holder_id'], ['project_decisions_elector.id'], name=op.f('fk_project_decisions_proxy_holder_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_project_decisions_proxy')),
    sa.UniqueConstraint('giver_id', name=op.f('uq_project_decisions_proxy_giver_id'))
    )
    with op.batch_alter_table('project_decisions_proxy', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_project_decisions_proxy_holder_id'), ['holder_id'], unique=False)

    op.create_table('project_decisions_objection',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('elector_id', sa.Integer(), nullable=False),
    sa.Column('argument', sa.String(), nullable=False),
    sa.Column('raised_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('answer', sa.String(), nullable=False),
    sa.Column('answered_by_id', sa.Integer(), nullable=True),
    sa.Column('answered_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('lifted_at', sa.DateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['answered_by_id'], ['member.id'], name=op.f('fk_project_decisions_objection_answered_by_id')),
    sa.ForeignKeyConstraint(['elector_id'], ['project_decisions_elector.id'], name=op.f('fk_project_decisions_objection_elector_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_project_decisions_objection')),
    sa.UniqueConstraint('elector_id', name=op.f('uq_project_decisions_objection_elector_id'))
    )
    with op.batch_alter_table('project_decisions_objection', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_project_decisions_objection_answered_by_id'), ['answered_by_id'], unique=False)


def downgrade() -> None:
    """Take this step back."""
    with op.batch_alter_table('project_decisions_objection', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_project_decisions_objection_answered_by_id'))

    op.drop_table('project_decisions_objection')
    with op.batch_alter_table('project_decisions_proxy', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_project_decisions_proxy_holder_id'))

    op.drop_table('project_decisions_proxy')
    with op.batch_alter_table('project_decisions_open_ballot', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_project_decisions_open_ballot_cast_by_id'))

    op.drop_table('project_decisions_open_ballot')
    with op.batch_alter_table('project_decisions_elector', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_project_decisions_elector_voice_id'))
        batch_op.drop_index(batch_op.f('ix_project_decisions_elector_member_id'))
        batch_op.drop_index(batch_op.f('ix_project_decisions_elector_college_id'))

    op.drop_table('project_decisions_elector')
    op.drop_table('project_decisions_option')
    op.drop_table('project_decisions_decision')
    op.drop_table('project_decisions_college')
    with op.batch_alter_table('project_decisions_poll', schema=None) as batch_op:
        batch_op.drop_index('ix_project_decisions_poll_due')
        batch_op.drop_index(batch_op.f('ix_project_decisions_poll_community_id'))
        batch_op.drop_index(batch_op.f('ix_project_decisions_poll_author_id'))

    op.drop_table('project_decisions_poll')
