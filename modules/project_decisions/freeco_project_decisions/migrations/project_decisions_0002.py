"""Discussions, proposals by paragraphs, amendments, objections before the vote."""

import sqlalchemy as sa
from alembic import op

revision = 'project_decisions_0002'
down_revision = 'project_decisions_0001'
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply this step."""
    op.create_table('project_decisions_discussion',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('community_id', sa.Integer(), nullable=False),
    sa.Column('author_id', sa.Integer(), nullable=True),
    sa.Column('title', sa.String(), nullable=False),
    sa.Column('text', sa.String(), nullable=False),
    sa.Column('about', sa.String(), nullable=False),
    sa.Column('state', sa.String(), nullable=False),
    sa.Column('until', sa.DateTime(timezone=True), nullable=True),
    sa.Column('extension_days', sa.Integer(), nullable=False),
    sa.Column('extended_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('opened_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('latest_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('closed_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('closed_by_id', sa.Integer(), nullable=True),
    sa.Column('closed_reason', sa.String(), nullable=False),
    sa.CheckConstraint("state = 'open' OR closed_at IS NOT NULL", name=op.f('ck_project_decisions_discussion_closed')),
    sa.CheckConstraint("state IN ('open', 'closed')", name=op.f('ck_project_decisions_discussion_state')),
    sa.CheckConstraint('extension_days >= 0', name=op.f('ck_project_decisions_discussion_extension')),
    sa.ForeignKeyConstraint(['author_id'], ['member.id'], name=op.f('fk_project_decisions_discussion_author_id')),
    sa.ForeignKeyConstraint(['closed_by_id'], ['member.id'], name=op.f('fk_project_decisions_discussion_closed_by_id')),
    sa.ForeignKeyConstraint(['community_id'], ['community.id'], name=op.f('fk_project_decisions_discussion_community_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_project_decisions_discussion'))
    )
    with op.batch_alter_table('project_decisions_discussion', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_project_decisions_discussion_about'), ['about'], unique=False)
        batch_op.create_index(batch_op.f('ix_project_decisions_discussion_author_id'), ['author_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_project_decisions_discussion_closed_by_id'), ['closed_by_id'], unique=False)
        batch_op.create_index('ix_project_decisions_discussion_latest', ['community_id', 'latest_at'], unique=False)

    op.create_table('project_decisions_follow',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('discussion_id', sa.Integer(), nullable=False),
    sa.Column('member_id', sa.Integer(), nullable=False),
    sa.Column('reply_key', sa.String(), nullable=False),
    sa.Column('rhythm', sa.String(), nullable=False),
    sa.Column('told_up_to', sa.Integer(), nullable=False),
    sa.CheckConstraint("rhythm IN ('each', 'weekly', 'muted')", name=op.f('ck_project_decisions_follow_rhythm')),
    sa.ForeignKeyConstraint(['discussion_id'], ['project_decisions_discussion.id'], name=op.f('fk_project_decisions_follow_discussion_id')),
    sa.ForeignKeyConstraint(['member_id'], ['member.id'], name=op.f('fk_project_decisions_follow_member_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_project_decisions_follow')),
    sa.UniqueConstraint('discussion_id', 'member_id', name=op.f('uq_project_decisions_follow_discussion_id_member_id')),
    sa.UniqueConstraint('reply_key', name=op.f('uq_project_decisions_follow_reply_key'))
    )
    with op.batch_alter_table('project_decisions_follow', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_project_decisions_follow_member_id'), ['member_id'], unique=False)

    op.create_table('project_decisions_message',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('discussion_id', sa.Integer(), nullable=False),
    sa.Column('author_id', sa.Integer(), nullable=True),
    sa.Column('text', sa.String(), nullable=False),
    sa.Column('answers_id', sa.Integer(), nullable=True),
    sa.Column('way', sa.String(), nullable=False),
    sa.Column('mail_sha256', sa.String(), nullable=True),
    sa.Column('written_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('changed_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('hidden_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('hidden_by_id', sa.Integer(), nullable=True),
    sa.Column('hidden_reason', sa.String(), nullable=False),
    sa.CheckConstraint("hidden_at IS NULL OR hidden_reason <> ''", name=op.f('ck_project_decisions_message_hidden')),
    sa.CheckConstraint("way IN ('page', 'mail')", name=op.f('ck_project_decisions_message_way')),
    sa.ForeignKeyConstraint(['answers_id'], ['project_decisions_message.id'], name=op.f('fk_project_decisions_message_answers_id')),
    sa.ForeignKeyConstraint(['author_id'], ['member.id'], name=op.f('fk_project_decisions_message_author_id')),
    sa.ForeignKeyConstraint(['discussion_id'], ['project_decisions_discussion.id'], name=op.f('fk_project_decisions_message_discussion_id')),
    sa.ForeignKeyConstraint(['hidden_by_id'], ['member.id'], name=op.f('fk_project_decisions_message_hidden_by_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_project_decisions_message')),
    sa.UniqueConstraint('mail_sha256', name=op.f('uq_project_decisions_message_mail_sha256'))
    )
    with op.batch_alter_table('project_decisions_message', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_project_decisions_message_answers_id'), ['answers_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_project_decisions_message_author_id'), ['author_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_project_decisions_message_hidden_by_id'), ['hidden_by_id'], unique=False)
        batch_op.create_index('ix_project_decisions_message_in_order', ['discussion_id', 'written_at'], unique=False)

    op.create_table('project_decisions_proposal',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('community_id', sa.Integer(), nullable=False),
    sa.Column('discussion_id', sa.Integer(), nullable=True),
    sa.Column('title', sa.String(), nullable=False),
    sa.Column('text', sa.String(), nullable=False),
    sa.Column('about', sa.String(), nullable=False),
    sa.Column('stage', sa.String(), nullable=False),
    sa.Column('amend_until', sa.DateTime(timezone=True), nullable=True),
    sa.Column('vote_on', sa.DateTime(timezone=True), nullable=True),
    sa.Column('extension_days', sa.Integer(), nullable=False),
    sa.Column('extended_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('poll_id', sa.Integer(), nullable=True),
    sa.Column('withdrawn_reason', sa.String(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('published_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('ended_at', sa.DateTime(timezone=True), nullable=True),
    sa.CheckConstraint("stage IN ('draft', 'amending', 'settled', 'voting', 'decided', 'withdrawn')", name=op.f('ck_project_decisions_proposal_stage')),
    sa.CheckConstraint('extension_days >= 0', name=op.f('ck_project_decisions_proposal_extension')),
    sa.ForeignKeyConstraint(['community_id'], ['community.id'], name=op.f('fk_project_decisions_proposal_community_id')),
    sa.ForeignKeyConstraint(['discussion_id'], ['project_decisions_discussion.id'], name=op.f('fk_project_decisions_proposal_discussion_id')),
    sa.ForeignKeyConstraint(['poll_id'], ['project_decisions_poll.id'], name=op.f('fk_project_decisions_proposal_poll_id'), ondelete='SET NULL'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_project_decisions_proposal')),
    sa.UniqueConstraint('poll_id', name=op.f('uq_project_decisions_proposal_poll_id'))
    )
    with op.batch_alter_table('project_decisions_proposal', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_project_decisions_proposal_about'), ['about'], unique=False)
        batch_op.create_index(batch_op.f('ix_project_decisions_proposal_community_id'), ['community_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_project_decisions_proposal_discussion_id'), ['discussion_id'], unique=False)
        batch_op.create_index('ix_project_decisions_proposal_due', ['stage', 'amend_until'], unique=False)

    op.create_table('project_decisions_summary',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('discussion_id', sa.Integer(), nullable=False),
    sa.Column('author_id', sa.Integer(), nullable=True),
    sa.Column('text', sa.String(), nullable=False),
    sa.Column('messages', sa.Integer(), nullable=False),
    sa.Column('written_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['author_id'], ['member.id'], name=op.f('fk_project_decisions_summary_author_id')),
    sa.ForeignKeyConstraint(['discussion_id'], ['project_decisions_discussion.id'], name=op.f('fk_project_decisions_summary_discussion_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_project_decisions_summary'))
    )
    with op.batch_alter_table('project_decisions_summary', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_project_decisions_summary_author_id'), ['author_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_project_decisions_summary_discussion_id'), ['discussion_id'], unique=False)

    op.create_table('project_decisions_message_version',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('message_id', sa.Integer(), nullable=False),
    sa.Column('text', sa.String(), nullable=False),
    sa.Column('replaced_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['message_id'], ['project_decisions_message.id'], name=op.f('fk_project_decisions_message_version_message_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_project_decisions_message_version'))
    )
    with op.batch_alter_table('project_decisions_message_version', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_project_decisions_message_version_message_id'), ['message_id'], unique=False)

    op.create_table('project_decisions_paragraph',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('proposal_id', sa.Integer(), nullable=False),
    sa.Column('number', sa.Integer(), nullable=False),
    sa.Column('title', sa.String(), nullable=False),
    sa.Column('text', sa.String(), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('removed_at', sa.DateTime(timezone=True), nullable=True),
    sa.CheckConstraint('number > 0', name=op.f('ck_project_decisions_paragraph_number')),
    sa.CheckConstraint('version > 0', name=op.f('ck_project_decisions_paragraph_version')),
    sa.ForeignKeyConstraint(['proposal_id'], ['project_decisions_proposal.id'], name=op.f('fk_project_decisions_paragraph_proposal_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_project_decisions_paragraph'))
    )
    with op.batch_alter_table('project_decisions_paragraph', schema=None) as batch_op:
        batch_op.create_index('ix_project_decisions_paragraph_place', ['proposal_id', 'number'], unique=False)

    op.create_table('project_decisions_proposal_author',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('proposal_id', sa.Integer(), nullable=False),
    sa.Column('member_id', sa.Integer(), nullable=True),
    sa.ForeignKeyConstraint(['member_id'], ['member.id'], name=op.f('fk_project_decisions_proposal_author_member_id')),
    sa.ForeignKeyConstraint(['proposal_id'], ['project_decisions_proposal.id'], name=op.f('fk_project_decisions_proposal_author_proposal_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_project_decisions_proposal_author')),
    sa.UniqueConstraint('proposal_id', 'member_id', name=op.f('uq_project_decisions_proposal_author_proposal_id_member_id'))
    )
    with op.batch_alter_table('project_decisions_proposal_author', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_project_decisions_proposal_author_member_id'), ['member_id'], unique=False)

    op.create_table('project_decisions_amendment',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('proposal_id', sa.Integer(), nullable=False),
    sa.Column('paragraph_id', sa.Integer(), nullable=True),
    sa.Column('author_id', sa.Integer(), nullable=True),
    sa.Column('kind', sa.String(), nullable=False),
    sa.Column('title', sa.String(), nullable=False),
    sa.Column('text', sa.String(), nullable=False),
    sa.Column('reason', sa.String(), nullable=False),
    sa.Column('on_version', sa.Integer(), nullable=False),
    sa.Column('state', sa.String(), nullable=False),
    sa.Column('written_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('answer', sa.String(), nullable=False),
    sa.Column('answered_by_id', sa.Integer(), nullable=True),
    sa.Column('answered_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('poll_id', sa.Integer(), nullable=True),
    sa.CheckConstraint("kind = 'add' OR paragraph_id IS NOT NULL", name=op.f('ck_project_decisions_amendment_paragraph')),
    sa.CheckConstraint("kind IN ('change', 'strike', 'add')", name=op.f('ck_project_decisions_amendment_kind')),
    sa.CheckConstraint("state IN ('open', 'accepted', 'refused', 'withdrawn', 'voting')", name=op.f('ck_project_decisions_amendment_state')),
    sa.ForeignKeyConstraint(['answered_by_id'], ['member.id'], name=op.f('fk_project_decisions_amendment_answered_by_id')),
    sa.ForeignKeyConstraint(['author_id'], ['member.id'], name=op.f('fk_project_decisions_amendment_author_id')),
    sa.ForeignKeyConstraint(['paragraph_id'], ['project_decisions_paragraph.id'], name=op.f('fk_project_decisions_amendment_paragraph_id')),
    sa.ForeignKeyConstraint(['poll_id'], ['project_decisions_poll.id'], name=op.f('fk_project_decisions_amendment_poll_id'), ondelete='SET NULL'),
    sa.ForeignKeyConstraint(['proposal_id'], ['project_decisions_proposal.id'], name=op.f('fk_project_decisions_amendment_proposal_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_project_decisions_amendment')),
    sa.UniqueConstraint('poll_id', name=op.f('uq_project_decisions_amendment_poll_id'))
    )
    with op.batch_alter_table('project_decisions_amendment', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_project_decisions_amendment_answered_by_id'), ['answered_by_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_project_decisions_amendment_author_id'), ['author_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_project_decisions_amendment_paragraph_id'), ['paragraph_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_project_decisions_amendment_proposal_id'), ['proposal_id'], unique=False)

    op.create_table('project_decisions_proposal_objection',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('proposal_id', sa.Integer(), nullable=False),
    sa.Column('author_id', sa.Integer(), nullable=True),
    sa.Column('argument', sa.String(), nullable=False),
    sa.Column('paragraph_id', sa.Integer(), nullable=True),
    sa.Column('raised_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('answer', sa.String(), nullable=False),
    sa.Column('answered_by_id', sa.Integer(), nullable=True),
    sa.Column('answered_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('lifted_at', sa.DateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['answered_by_id'], ['member.id'], name=op.f('fk_project_decisions_proposal_objection_answered_by_id')),
    sa.ForeignKeyConstraint(['author_id'], ['member.id'], name=op.f('fk_project_decisions_proposal_objection_author_id')),
    sa.ForeignKeyConstraint(['paragraph_id'], ['project_decisions_paragraph.id'], name=op.f('fk_project_decisions_proposal_objection_paragraph_id')),
    sa.ForeignKeyConstraint(['proposal_id'], ['project_decisions_proposal.id'], name=op.f('fk_project_decisions_proposal_objection_proposal_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_project_decisions_proposal_objection'))
    )
    with op.batch_alter_table('project_decisions_proposal_objection', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_project_decisions_proposal_objection_answered_by_id'), ['answered_by_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_project_decisions_proposal_objection_author_id'), ['author_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_project_decisions_proposal_objection_paragraph_id'), ['paragraph_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_project_decisions_proposal_objection_proposal_id'), ['proposal_id'], unique=False)

    op.create_table('project_decisions_paragraph_version',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('paragraph_id', sa.Integer(), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('title', sa.String(), nullable=False),
    sa.Column('text', sa.String(), nullable=False),
    sa.Column('author_id', sa.Integer(), nullable=True),
    sa.Column('amendment_id', sa.Integer(), nullable=True),
    sa.Column('written_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['amendment_id'], ['project_decisions_amendment.id'], name=op.f('fk_project_decisions_paragraph_version_amendment_id')),
    sa.ForeignKeyConstraint(['author_id'], ['member.id'], name=op.f('fk_project_decisions_paragraph_version_author_id')),
    sa.ForeignKeyConstraint(['paragraph_id'], ['project_decisions_paragraph.id'], name=op.f('fk_project_decisions_paragraph_version_paragraph_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_project_decisions_paragraph_version')),
    sa.UniqueConstraint('paragraph_id', 'version', name=op.f('uq_project_decisions_paragraph_version_paragraph_id_version'))
    )
    with op.batch_alter_table('project_decisions_paragraph_version', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_project_decisions_paragraph_version_amendment_id'), ['amendment_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_project_decisions_paragraph_version_author_id'), ['author_id'], unique=False)



def downgrade() -> None:
    """Take this step back."""
    with op.batch_alter_table('project_decisions_paragraph_version', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_project_decisions_paragraph_version_author_id'))
        batch_op.drop_index(batch_op.f('ix_project_decisions_paragraph_version_amendment_id'))

    op.drop_table('project_decisions_paragraph_version')
    with op.batch_alter_table('project_decisions_proposal_objection', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_project_decisions_proposal_objection_proposal_id'))
        batch_op.drop_index(batch_op.f('ix_project_decisions_proposal_objection_paragraph_id'))
        batch_op.drop_index(batch_op.f('ix_project_decisions_proposal_objection_author_id'))
        batch_op.drop_index(batch_op.f('ix_project_decisions_proposal_objection_answered_by_id'))

    op.drop_table('project_decisions_proposal_objection')
    with op.batch_alter_table('project_decisions_amendment', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_project_decisions_amendment_proposal_id'))
        batch_op.drop_index(batch_op.f('ix_project_decisions_amendment_paragraph_id'))
        batch_op.drop_index(batch_op.f('ix_project_decisions_amendment_author_id'))
        batch_op.drop_index(batch_op.f('ix_project_decisions_amendment_answered_by_id'))

    op.drop_table('project_decisions_amendment')
    with op.batch_alter_table('project_decisions_proposal_author', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_project_decisions_proposal_author_member_id'))

    op.drop_table('project_decisions_proposal_author')
    with op.batch_alter_table('project_decisions_paragraph', schema=None) as batch_op:
        batch_op.drop_index('ix_project_decisions_paragraph_place')

    op.drop_table('project_decisions_paragraph')
    with op.batch_alter_table('project_decisions_message_version', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_project_decisions_message_version_message_id'))

    op.drop_table('project_decisions_message_version')
    with op.batch_alter_table('project_decisions_summary', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_project_decisions_summary_discussion_id'))
        batch_op.drop_index(batch_op.f('ix_project_decisions_summary_author_id'))

    op.drop_table('project_decisions_summary')
    with op.batch_alter_table('project_decisions_proposal', schema=None) as batch_op:
        batch_op.drop_index('ix_project_decisions_proposal_due')
        batch_op.drop_index(batch_op.f('ix_project_decisions_proposal_discussion_id'))
        batch_op.drop_index(batch_op.f('ix_project_decisions_proposal_community_id'))
        batch_op.drop_index(batch_op.f('ix_project_decisions_proposal_about'))

    op.drop_table('project_decisions_proposal')
    with op.batch_alter_table('project_decisions_message', schema=None) as batch_op:
        batch_op.drop_index('ix_project_decisions_message_in_order')
        batch_op.drop_index(batch_op.f('ix_project_decisions_message_hidden_by_id'))
        batch_op.drop_index(batch_op.f('ix_project_decisions_message_author_id'))
        batch_op.drop_index(batch_op.f('ix_project_decisions_message_answers_id'))

    op.drop_table('project_decisions_message')
    with op.batch_alter_table('project_decisions_follow', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_project_decisions_follow_member_id'))

    op.drop_table('project_decisions_follow')
    with op.batch_alter_table('project_decisions_discussion', schema=None) as batch_op:
        batch_op.drop_index('ix_project_decisions_discussion_latest')
        batch_op.drop_index(batch_op.f('ix_project_decisions_discussion_closed_by_id'))
        batch_op.drop_index(batch_op.f('ix_project_decisions_discussion_author_id'))
        batch_op.drop_index(batch_op.f('ix_project_decisions_discussion_about'))

    op.drop_table('project_decisions_discussion')
