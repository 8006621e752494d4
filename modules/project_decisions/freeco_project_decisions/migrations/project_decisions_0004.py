"""Secret polls: trustees, codes, ballots and files."""

import sqlalchemy as sa
from alembic import op

revision = "project_decisions_0004"
down_revision = "project_decisions_0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply this step."""
    op.create_table('project_decisions_archive_piece',
    sa.Column('poll_id', sa.Integer(), nullable=False),
    sa.Column('place', sa.Integer(), autoincrement=False, nullable=False),
    sa.Column('content', sa.LargeBinary(), nullable=False),
    sa.ForeignKeyConstraint(['poll_id'], ['project_decisions_poll.id'], name=op.f('fk_project_decisions_archive_piece_poll_id')),
    sa.PrimaryKeyConstraint('poll_id', 'place', name=op.f('pk_project_decisions_archive_piece'))
    )
    op.create_table('project_decisions_published_ballot',
    sa.Column('poll_id', sa.Integer(), nullable=False),
    sa.Column('sha256', sa.String(), nullable=False),
    sa.Column('credential', sa.String(), nullable=False),
    sa.Column('choices', sa.String(), nullable=False),
    sa.Column('batch', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['poll_id'], ['project_decisions_poll.id'], name=op.f('fk_project_decisions_published_ballot_poll_id')),
    sa.PrimaryKeyConstraint('poll_id', 'sha256', name=op.f('pk_project_decisions_published_ballot')),
    sa.UniqueConstraint('poll_id', 'choices', name=op.f('uq_project_decisions_published_ballot_poll_id_choices')),
    sqlite_with_rowid=False
    )
    op.create_table('project_decisions_sealed_codes',
    sa.Column('poll_id', sa.Integer(), nullable=False),
    sa.Column('halves', sa.LargeBinary(), nullable=False),
    sa.Column('registered', sa.LargeBinary(), nullable=False),
    sa.ForeignKeyConstraint(['poll_id'], ['project_decisions_poll.id'], name=op.f('fk_project_decisions_sealed_codes_poll_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('poll_id', name=op.f('pk_project_decisions_sealed_codes'))
    )
    op.create_table('project_decisions_sealed_poll',
    sa.Column('poll_id', sa.Integer(), nullable=False),
    sa.Column('identifier', sa.String(), nullable=False),
    sa.Column('way', sa.String(), nullable=False),
    sa.Column('authority', sa.String(), nullable=False),
    sa.Column('announced_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('election', sa.String(), nullable=False),
    sa.Column('setup', sa.String(), nullable=False),
    sa.Column('page', sa.LargeBinary(), nullable=False),
    sa.Column('page_sha256', sa.String(), nullable=False),
    sa.Column('began', sa.Integer(), nullable=False),
    sa.Column('last_event', sa.String(), nullable=False),
    sa.Column('batches', sa.Integer(), nullable=False),
    sa.Column('tally', sa.String(), nullable=False),
    sa.Column('ballots', sa.Integer(), nullable=True),
    sa.Column('alarm', sa.String(), nullable=False),
    sa.Column('result', sa.String(), nullable=False),
    sa.Column('archive_sha256', sa.String(), nullable=False),
    sa.CheckConstraint("way IN ('authority', 'envelopes', 'site')", name=op.f('ck_project_decisions_sealed_poll_way')),
    sa.CheckConstraint('batches >= 0', name=op.f('ck_project_decisions_sealed_poll_batches')),
    sa.ForeignKeyConstraint(['poll_id'], ['project_decisions_poll.id'], name=op.f('fk_project_decisions_sealed_poll_poll_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('poll_id', name=op.f('pk_project_decisions_sealed_poll')),
    sa.UniqueConstraint('identifier', name=op.f('uq_project_decisions_sealed_poll_identifier'))
    )
    op.create_table('project_decisions_trustee_group',
    sa.Column('poll_id', sa.Integer(), nullable=False),
    sa.Column('identifier', sa.String(), nullable=False),
    sa.Column('threshold', sa.Integer(), nullable=False),
    sa.Column('text', sa.String(), nullable=False),
    sa.Column('election', sa.String(), nullable=False),
    sa.Column('sums', sa.String(), nullable=False),
    sa.CheckConstraint('threshold >= 1', name=op.f('ck_project_decisions_trustee_group_threshold')),
    sa.ForeignKeyConstraint(['poll_id'], ['project_decisions_poll.id'], name=op.f('fk_project_decisions_trustee_group_poll_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('poll_id', name=op.f('pk_project_decisions_trustee_group')),
    sa.UniqueConstraint('identifier', name=op.f('uq_project_decisions_trustee_group_identifier'))
    )
    op.create_table('project_decisions_waiting_ballot',
    sa.Column('poll_id', sa.Integer(), nullable=False),
    sa.Column('sha256', sa.String(), nullable=False),
    sa.Column('credential', sa.String(), nullable=False),
    sa.Column('turn', sa.Integer(), nullable=False),
    sa.Column('choices', sa.String(), nullable=False),
    sa.Column('text', sa.String(), nullable=False),
    sa.ForeignKeyConstraint(['poll_id'], ['project_decisions_poll.id'], name=op.f('fk_project_decisions_waiting_ballot_poll_id')),
    sa.PrimaryKeyConstraint('poll_id', 'sha256', name=op.f('pk_project_decisions_waiting_ballot')),
    sa.UniqueConstraint('poll_id', 'choices', name=op.f('uq_project_decisions_waiting_ballot_poll_id_choices')),
    sa.UniqueConstraint('poll_id', 'credential', 'turn', name=op.f('uq_project_decisions_waiting_ballot_poll_id_credential_turn')),
    sqlite_with_rowid=False
    )
    op.create_table('project_decisions_trustee',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('group_id', sa.Integer(), nullable=False),
    sa.Column('place', sa.Integer(), nullable=False),
    sa.Column('member_id', sa.Integer(), nullable=True),
    sa.Column('name', sa.String(), nullable=False),
    sa.Column('email', sa.String(), nullable=False),
    sa.Column('token_sha256', sa.String(), nullable=True),
    sa.Column('certificate', sa.String(), nullable=False),
    sa.Column('coefficients', sa.String(), nullable=False),
    sa.Column('parts', sa.String(), nullable=False),
    sa.Column('key', sa.String(), nullable=False),
    sa.Column('opening', sa.String(), nullable=False),
    sa.Column('invited_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('reminded_at', sa.DateTime(timezone=True), nullable=True),
    sa.CheckConstraint('place >= 1', name=op.f('ck_project_decisions_trustee_place')),
    sa.ForeignKeyConstraint(['group_id'], ['project_decisions_trustee_group.poll_id'], name=op.f('fk_project_decisions_trustee_group_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['member_id'], ['member.id'], name=op.f('fk_project_decisions_trustee_member_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_project_decisions_trustee')),
    sa.UniqueConstraint('group_id', 'member_id', name=op.f('uq_project_decisions_trustee_group_id_member_id')),
    sa.UniqueConstraint('group_id', 'place', name=op.f('uq_project_decisions_trustee_group_id_place')),
    sa.UniqueConstraint('token_sha256', name=op.f('uq_project_decisions_trustee_token_sha256'))
    )
    with op.batch_alter_table('project_decisions_trustee', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_project_decisions_trustee_member_id'), ['member_id'], unique=False)


def downgrade() -> None:
    """Take this step back."""
    with op.batch_alter_table('project_decisions_trustee', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_project_decisions_trustee_member_id'))

    op.drop_table('project_decisions_trustee')
    op.drop_table('project_decisions_waiting_ballot')
    op.drop_table('project_decisions_trustee_group')
    op.drop_table('project_decisions_sealed_poll')
    op.drop_table('project_decisions_sealed_codes')
    op.drop_table('project_decisions_published_ballot')
    op.drop_table('project_decisions_archive_piece')
