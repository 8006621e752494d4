"""The public record, guarded by triggers; accords, and what changed which parameter."""

import sqlalchemy as sa
from alembic import op

from freeco.accounting.guards import lift_functions, set_guards

revision = 'core_0014'
down_revision = 'core_0013'
branch_labels = None
depends_on = None

GUARDS = 'freeco.record.guards'


def upgrade() -> None:
    """Apply this step."""
    op.create_table('record_alarm',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('origin', sa.String(), nullable=False),
    sa.Column('kind', sa.String(), nullable=False),
    sa.Column('found_by', sa.String(), nullable=False),
    sa.Column('digest', sa.String(), nullable=False),
    sa.Column('evidence', sa.String(), nullable=False),
    sa.Column('found_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('told_at', sa.DateTime(timezone=True), nullable=True),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_record_alarm')),
    sa.UniqueConstraint('origin', 'kind', 'digest', name=op.f('uq_record_alarm_origin_kind_digest'))
    )
    with op.batch_alter_table('record_alarm', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_record_alarm_origin'), ['origin'], unique=False)

    op.create_table('watched_log',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('origin', sa.String(), nullable=False),
    sa.Column('verifier', sa.String(), nullable=False),
    sa.Column('size', sa.BigInteger(), nullable=False),
    sa.Column('root', sa.LargeBinary(), nullable=True),
    sa.Column('note', sa.String(), nullable=False),
    sa.Column('seen_at', sa.DateTime(timezone=True), nullable=True),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_watched_log')),
    sa.UniqueConstraint('origin', name=op.f('uq_watched_log_origin'))
    )
    op.create_table('record_log',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('community_id', sa.Integer(), nullable=False),
    sa.Column('origin', sa.String(), nullable=False),
    sa.Column('size', sa.Integer(), nullable=False),
    sa.Column('opened_at', sa.DateTime(timezone=True), nullable=False),
    sa.CheckConstraint('size >= 0', name=op.f('ck_record_log_size')),
    sa.ForeignKeyConstraint(['community_id'], ['community.id'], name=op.f('fk_record_log_community_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_record_log')),
    sa.UniqueConstraint('community_id', name=op.f('uq_record_log_community_id')),
    sa.UniqueConstraint('origin', name=op.f('uq_record_log_origin'))
    )
    op.create_table('record_checkpoint',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('log_id', sa.Integer(), nullable=False),
    sa.Column('size', sa.Integer(), nullable=False),
    sa.Column('root', sa.LargeBinary(), nullable=False),
    sa.Column('note', sa.String(), nullable=False),
    sa.Column('signed_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['log_id'], ['record_log.id'], name=op.f('fk_record_checkpoint_log_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_record_checkpoint')),
    sa.UniqueConstraint('log_id', 'size', name=op.f('uq_record_checkpoint_log_id_size'))
    )
    op.create_table('record_entry',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('log_id', sa.Integer(), nullable=False),
    sa.Column('reference', sa.String(), nullable=False),
    sa.Column('key', sa.String(), nullable=False),
    sa.Column('kind', sa.String(), nullable=False),
    sa.Column('day', sa.Date(), nullable=False),
    sa.Column('entry', sa.LargeBinary(), nullable=False),
    sa.Column('leaf', sa.LargeBinary(), nullable=False),
    sa.Column('stated_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('leaf_index', sa.Integer(), nullable=True),
    sa.ForeignKeyConstraint(['log_id'], ['record_log.id'], name=op.f('fk_record_entry_log_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_record_entry')),
    sa.UniqueConstraint('log_id', 'key', name=op.f('uq_record_entry_log_id_key')),
    sa.UniqueConstraint('log_id', 'leaf_index', name=op.f('uq_record_entry_log_id_leaf_index')),
    sa.UniqueConstraint('reference', name=op.f('uq_record_entry_reference'))
    )
    with op.batch_alter_table('record_entry', schema=None) as batch_op:
        batch_op.create_index('ix_record_entry_read', ['log_id', 'kind', 'day'], unique=False)
        batch_op.create_index('ix_record_entry_days', ['log_id', 'day', 'leaf_index'], unique=False)
        batch_op.create_index('ix_record_entry_waiting', ['log_id', 'id'], unique=False, sqlite_where=sa.text('leaf_index IS NULL'), postgresql_where=sa.text('leaf_index IS NULL'))

    op.create_table('record_key',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('log_id', sa.Integer(), nullable=False),
    sa.Column('verifier', sa.String(), nullable=False),
    sa.Column('from_size', sa.Integer(), nullable=False),
    sa.Column('to_size', sa.Integer(), nullable=True),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['log_id'], ['record_log.id'], name=op.f('fk_record_key_log_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_record_key')),
    sa.UniqueConstraint('log_id', 'verifier', name=op.f('uq_record_key_log_id_verifier'))
    )
    op.create_table('record_tile',
    sa.Column('log_id', sa.Integer(), nullable=False),
    sa.Column('level', sa.Integer(), autoincrement=False, nullable=False),
    sa.Column('number', sa.Integer(), autoincrement=False, nullable=False),
    sa.Column('hashes', sa.LargeBinary(), nullable=False),
    sa.ForeignKeyConstraint(['log_id'], ['record_log.id'], name=op.f('fk_record_tile_log_id')),
    sa.PrimaryKeyConstraint('log_id', 'level', 'number', name=op.f('pk_record_tile'))
    )
    op.create_table('accord',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('community_id', sa.Integer(), nullable=False),
    sa.Column('proposer_id', sa.Integer(), nullable=False),
    sa.Column('other_id', sa.Integer(), nullable=False),
    sa.Column('title', sa.String(), nullable=False),
    sa.Column('text', sa.String(), nullable=False),
    sa.Column('about', sa.String(), nullable=False),
    sa.Column('proposed_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('proposed_by_id', sa.Integer(), nullable=True),
    sa.Column('agreed_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('agreed_by_id', sa.Integer(), nullable=True),
    sa.Column('declined_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('withdrawn_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('entry_id', sa.Integer(), nullable=True),
    sa.CheckConstraint('agreed_at IS NULL OR (declined_at IS NULL AND withdrawn_at IS NULL)', name=op.f('ck_accord_one_end')),
    sa.CheckConstraint('proposer_id <> other_id', name=op.f('ck_accord_two_parties')),
    sa.ForeignKeyConstraint(['agreed_by_id'], ['person.id'], name=op.f('fk_accord_agreed_by_id')),
    sa.ForeignKeyConstraint(['community_id'], ['community.id'], name=op.f('fk_accord_community_id')),
    sa.ForeignKeyConstraint(['entry_id'], ['record_entry.id'], name=op.f('fk_accord_entry_id')),
    sa.ForeignKeyConstraint(['other_id'], ['member.id'], name=op.f('fk_accord_other_id')),
    sa.ForeignKeyConstraint(['proposed_by_id'], ['person.id'], name=op.f('fk_accord_proposed_by_id')),
    sa.ForeignKeyConstraint(['proposer_id'], ['member.id'], name=op.f('fk_accord_proposer_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_accord'))
    )
    with op.batch_alter_table('accord', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_accord_other_id'), ['other_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_accord_proposer_id'), ['proposer_id'], unique=False)
        batch_op.create_index('uq_accord_about', ['community_id', 'about'], unique=True, sqlite_where=sa.text("about <> ''"), postgresql_where=sa.text("about <> ''"))

    op.create_table('parameter_change',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('community_id', sa.Integer(), nullable=False),
    sa.Column('name', sa.String(), nullable=False),
    sa.Column('before', sa.String(), nullable=False),
    sa.Column('after', sa.String(), nullable=False),
    sa.Column('reason', sa.String(), nullable=False),
    sa.Column('decided', sa.String(), nullable=False),
    sa.Column('changed_by_id', sa.Integer(), nullable=True),
    sa.Column('entry_id', sa.Integer(), nullable=True),
    sa.Column('changed_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['changed_by_id'], ['member.id'], name=op.f('fk_parameter_change_changed_by_id')),
    sa.ForeignKeyConstraint(['community_id'], ['community.id'], name=op.f('fk_parameter_change_community_id')),
    sa.ForeignKeyConstraint(['entry_id'], ['record_entry.id'], name=op.f('fk_parameter_change_entry_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_parameter_change'))
    )
    with op.batch_alter_table('parameter_change', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_parameter_change_community_id'), ['community_id'], unique=False)

    op.create_table('record_cosignature',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('checkpoint_id', sa.Integer(), nullable=False),
    sa.Column('witness', sa.String(), nullable=False),
    sa.Column('line', sa.String(), nullable=False),
    sa.Column('given_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['checkpoint_id'], ['record_checkpoint.id'], name=op.f('fk_record_cosignature_checkpoint_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_record_cosignature')),
    sa.UniqueConstraint('checkpoint_id', 'witness', name=op.f('uq_record_cosignature_checkpoint_id_witness'))
    )
    op.create_table('record_opening',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('entry_id', sa.Integer(), nullable=False),
    sa.Column('name', sa.String(), nullable=False),
    sa.Column('salt', sa.LargeBinary(), nullable=False),
    sa.Column('fields', sa.JSON(), nullable=False),
    sa.Column('member_id', sa.Integer(), nullable=True),
    sa.ForeignKeyConstraint(['entry_id'], ['record_entry.id'], name=op.f('fk_record_opening_entry_id')),
    sa.ForeignKeyConstraint(['member_id'], ['member.id'], name=op.f('fk_record_opening_member_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_record_opening')),
    sa.UniqueConstraint('entry_id', 'name', name=op.f('uq_record_opening_entry_id_name'))
    )
    with op.batch_alter_table('record_opening', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_record_opening_member_id'), ['member_id'], unique=False)

    set_guards(op.get_bind(), revision, GUARDS)


def downgrade() -> None:
    """Take this step back; the record is lost."""
    with op.batch_alter_table('record_opening', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_record_opening_member_id'))

    op.drop_table('record_opening')
    op.drop_table('record_cosignature')
    with op.batch_alter_table('parameter_change', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_parameter_change_community_id'))

    op.drop_table('parameter_change')
    with op.batch_alter_table('accord', schema=None) as batch_op:
        batch_op.drop_index('uq_accord_about', sqlite_where=sa.text("about <> ''"), postgresql_where=sa.text("about <> ''"))
        batch_op.drop_index(batch_op.f('ix_accord_proposer_id'))
        batch_op.drop_index(batch_op.f('ix_accord_other_id'))

    op.drop_table('accord')
    op.drop_table('record_tile')
    op.drop_table('record_key')
    with op.batch_alter_table('record_entry', schema=None) as batch_op:
        batch_op.drop_index('ix_record_entry_waiting', sqlite_where=sa.text('leaf_index IS NULL'), postgresql_where=sa.text('leaf_index IS NULL'))
        batch_op.drop_index('ix_record_entry_read')
        batch_op.drop_index('ix_record_entry_days')

    op.drop_table('record_entry')
    op.drop_table('record_checkpoint')
    op.drop_table('record_log')
    op.drop_table('watched_log')
    with op.batch_alter_table('record_alarm', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_record_alarm_origin'))

    op.drop_table('record_alarm')
    lift_functions(op.get_bind(), revision, GUARDS)
