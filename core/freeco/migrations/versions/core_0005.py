"""The first run, and the rehearsal."""

import sqlalchemy as sa
from alembic import op

revision = 'core_0005'
down_revision = 'core_0004'
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply this step."""
    with op.batch_alter_table('community', schema=None) as batch_op:
        batch_op.add_column(sa.Column('rehearsal_of_id', sa.Integer(), nullable=True))
        batch_op.create_unique_constraint(op.f('uq_community_rehearsal_of_id'), ['rehearsal_of_id'])
        batch_op.create_foreign_key(op.f('fk_community_rehearsal_of_id'), 'community', ['rehearsal_of_id'], ['id'])
        batch_op.create_check_constraint(op.f('ck_community_rehearsal'), "rehearsal_of_id IS NULL OR admission = 'invitation'")
    op.create_table('founding_draft',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('nonce', sa.String(), nullable=False),
    sa.Column('answers', sa.JSON(), nullable=False),
    sa.Column('password_hash', sa.String(), nullable=True),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('expires_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('community_id', sa.Integer(), nullable=True),
    sa.ForeignKeyConstraint(['community_id'], ['community.id'], name=op.f('fk_founding_draft_community_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_founding_draft')),
    sa.UniqueConstraint('nonce', name=op.f('uq_founding_draft_nonce'))
    )


def downgrade() -> None:
    """Take this step back."""
    op.drop_table('founding_draft')
    with op.batch_alter_table('community', schema=None) as batch_op:
        batch_op.drop_constraint(op.f('ck_community_rehearsal'), type_='check')
        batch_op.drop_constraint(op.f('fk_community_rehearsal_of_id'), type_='foreignkey')
        batch_op.drop_constraint(op.f('uq_community_rehearsal_of_id'), type_='unique')
        batch_op.drop_column('rehearsal_of_id')
