"""What was typed without network."""

import sqlalchemy as sa
from alembic import op

revision = 'core_0006'
down_revision = 'core_0005'
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply this step."""
    op.create_table('offline_action',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('community_id', sa.Integer(), nullable=False),
    sa.Column('member_id', sa.Integer(), nullable=False),
    sa.Column('device', sa.String(), nullable=False),
    sa.Column('key', sa.String(), nullable=False),
    sa.Column('position', sa.Integer(), nullable=False),
    sa.Column('kind', sa.String(), nullable=False),
    sa.Column('values', sa.JSON(), nullable=False),
    sa.Column('recorded_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('outcome', sa.String(), nullable=False),
    sa.Column('sentence', sa.String(), nullable=False),
    sa.Column('received_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('settled_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('settled_by_id', sa.Integer(), nullable=True),
    sa.CheckConstraint("outcome IN ('applied', 'refused', 'conflict')", name=op.f('ck_offline_action_outcome')),
    sa.CheckConstraint('position >= 0', name=op.f('ck_offline_action_position')),
    sa.ForeignKeyConstraint(['community_id'], ['community.id'], name=op.f('fk_offline_action_community_id')),
    sa.ForeignKeyConstraint(['member_id'], ['member.id'], name=op.f('fk_offline_action_member_id')),
    sa.ForeignKeyConstraint(['settled_by_id'], ['member.id'], name=op.f('fk_offline_action_settled_by_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_offline_action')),
    sa.UniqueConstraint('community_id', 'device', 'key', name=op.f('uq_offline_action_community_id_device_key'))
    )
    with op.batch_alter_table('offline_action', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_offline_action_member_id'), ['member_id'], unique=False)
        batch_op.create_index('ix_offline_action_received', ['community_id', 'received_at'], unique=False)


def downgrade() -> None:
    """Take this step back."""
    with op.batch_alter_table('offline_action', schema=None) as batch_op:
        batch_op.drop_index('ix_offline_action_received')
        batch_op.drop_index(batch_op.f('ix_offline_action_member_id'))

    op.drop_table('offline_action')
