"""What each reader wants to be told."""

import sqlalchemy as sa
from alembic import op

revision = 'core_0003'
down_revision = 'core_0002'
branch_labels = None
depends_on = None

TABLES = (
    'turn',
    'digest_time',
    'failing_address',
    'suppressed_address',
    'outgoing_signal',
    'push_device',
    'channel_choice',
    'topic_choice',
    'notice',
)


def upgrade() -> None:
    """Apply this step."""
    op.create_table('notice',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('member_id', sa.Integer(), nullable=False),
    sa.Column('topic', sa.String(), nullable=False),
    sa.Column('key', sa.String(), nullable=False),
    sa.Column('subject', sa.String(), nullable=False),
    sa.Column('body', sa.String(), nullable=False),
    sa.Column('url', sa.String(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('told_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('said_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('said_by_id', sa.Integer(), nullable=True),
    sa.ForeignKeyConstraint(['member_id'], ['member.id'], name=op.f('fk_notice_member_id')),
    sa.ForeignKeyConstraint(['said_by_id'], ['member.id'], name=op.f('fk_notice_said_by_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_notice')),
    sa.UniqueConstraint('member_id', 'key', name=op.f('uq_notice_member_id_key'))
    )
    op.create_index('ix_notice_member_id_created_at', 'notice', ['member_id', 'created_at'], unique=False)
    op.create_table('topic_choice',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('member_id', sa.Integer(), nullable=False),
    sa.Column('topic', sa.String(), nullable=False),
    sa.Column('rhythm', sa.String(), nullable=False),
    sa.CheckConstraint("rhythm IN ('at_once', 'weekly', 'never')", name=op.f('ck_topic_choice_rhythm')),
    sa.ForeignKeyConstraint(['member_id'], ['member.id'], name=op.f('fk_topic_choice_member_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_topic_choice')),
    sa.UniqueConstraint('member_id', 'topic', name=op.f('uq_topic_choice_member_id_topic'))
    )
    op.create_table('channel_choice',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('member_id', sa.Integer(), nullable=False),
    sa.Column('channel', sa.String(), nullable=False),
    sa.Column('agreed', sa.Boolean(), nullable=False),
    sa.Column('chosen_at', sa.DateTime(timezone=True), nullable=False),
    sa.CheckConstraint("channel IN ('email', 'sms', 'push', 'phone')", name=op.f('ck_channel_choice_channel')),
    sa.ForeignKeyConstraint(['member_id'], ['member.id'], name=op.f('fk_channel_choice_member_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_channel_choice')),
    sa.UniqueConstraint('member_id', 'channel', name=op.f('uq_channel_choice_member_id_channel'))
    )
    op.create_table('push_device',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('member_id', sa.Integer(), nullable=False),
    sa.Column('endpoint', sa.String(), nullable=False),
    sa.Column('public_key', sa.String(), nullable=False),
    sa.Column('secret', sa.String(), nullable=False),
    sa.Column('name', sa.String(), nullable=False),
    sa.Column('added_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['member_id'], ['member.id'], name=op.f('fk_push_device_member_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_push_device')),
    sa.UniqueConstraint('member_id', 'endpoint', name=op.f('uq_push_device_member_id_endpoint'))
    )
    op.create_table('outgoing_signal',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('channel', sa.String(), nullable=False),
    sa.Column('member_id', sa.Integer(), nullable=False),
    sa.Column('topic', sa.String(), nullable=False),
    sa.Column('title', sa.String(), nullable=False),
    sa.Column('url', sa.String(), nullable=False),
    sa.Column('phone', sa.String(), nullable=False),
    sa.Column('device_id', sa.Integer(), nullable=True),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('next_try_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('tries', sa.Integer(), nullable=False),
    sa.Column('sent_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('last_error', sa.String(), nullable=False),
    sa.CheckConstraint("channel IN ('sms', 'push')", name=op.f('ck_outgoing_signal_channel')),
    sa.ForeignKeyConstraint(['device_id'], ['push_device.id'], name=op.f('fk_outgoing_signal_device_id')),
    sa.ForeignKeyConstraint(['member_id'], ['member.id'], name=op.f('fk_outgoing_signal_member_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_outgoing_signal'))
    )
    op.create_index(op.f('ix_outgoing_signal_member_id'), 'outgoing_signal', ['member_id'], unique=False)
    op.create_index('ix_outgoing_signal_waiting', 'outgoing_signal', ['sent_at', 'next_try_at'], unique=False)
    op.create_table('suppressed_address',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('address_hash', sa.String(), nullable=False),
    sa.Column('since', sa.DateTime(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_suppressed_address')),
    sa.UniqueConstraint('address_hash', name=op.f('uq_suppressed_address_address_hash'))
    )
    op.create_table('failing_address',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('address', sa.String(), nullable=False),
    sa.Column('reason', sa.String(), nullable=False),
    sa.Column('since', sa.DateTime(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_failing_address')),
    sa.UniqueConstraint('address', name=op.f('uq_failing_address_address'))
    )
    op.create_table('digest_time',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('community_id', sa.Integer(), nullable=False),
    sa.Column('weekday', sa.Integer(), nullable=False),
    sa.Column('hour', sa.Integer(), nullable=False),
    sa.Column('chosen_at', sa.DateTime(timezone=True), nullable=False),
    sa.CheckConstraint('hour BETWEEN 0 AND 23', name=op.f('ck_digest_time_hour')),
    sa.CheckConstraint('weekday BETWEEN 0 AND 6', name=op.f('ck_digest_time_weekday')),
    sa.ForeignKeyConstraint(['community_id'], ['community.id'], name=op.f('fk_digest_time_community_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_digest_time')),
    sa.UniqueConstraint('community_id', name=op.f('uq_digest_time_community_id'))
    )
    op.create_table('turn',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('member_id', sa.Integer(), nullable=False),
    sa.Column('sweep', sa.String(), nullable=False),
    sa.Column('slot', sa.Integer(), nullable=False),
    sa.Column('ran_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['member_id'], ['member.id'], name=op.f('fk_turn_member_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_turn')),
    sa.UniqueConstraint('member_id', 'sweep', 'slot', name=op.f('uq_turn_member_id_sweep_slot'))
    )
    with op.batch_alter_table('outgoing_mail') as batch_op:
        batch_op.add_column(sa.Column('refused_at', sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column('language', sa.String(), nullable=False, server_default='fr'))
        batch_op.add_column(sa.Column('community_id', sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column('member_id', sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column('topic', sa.String(), nullable=False, server_default=''))
        batch_op.add_column(sa.Column('unsubscribe', sa.String(), nullable=False, server_default=''))
        batch_op.create_foreign_key(op.f('fk_outgoing_mail_community_id'), 'community', ['community_id'], ['id'])
        batch_op.create_foreign_key(op.f('fk_outgoing_mail_member_id'), 'member', ['member_id'], ['id'])
        batch_op.create_index(op.f('ix_outgoing_mail_community_id'), ['community_id'], unique=False)
        batch_op.create_index(op.f('ix_outgoing_mail_member_id'), ['member_id'], unique=False)


def downgrade() -> None:
    """Take this step back."""
    with op.batch_alter_table('outgoing_mail') as batch_op:
        batch_op.drop_index(op.f('ix_outgoing_mail_member_id'))
        batch_op.drop_index(op.f('ix_outgoing_mail_community_id'))
        batch_op.drop_constraint(op.f('fk_outgoing_mail_member_id'), type_='foreignkey')
        batch_op.drop_constraint(op.f('fk_outgoing_mail_community_id'), type_='foreignkey')
        for column in ('unsubscribe', 'topic', 'member_id', 'community_id', 'language', 'refused_at'):
            batch_op.drop_column(column)
    for table in TABLES:
        op.drop_table(table)
