"""returns."""

import sqlalchemy as sa
from alembic import op

revision = '0004'
down_revision = '0003'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('inbox',
    sa.Column('key', sa.String(), nullable=False),
    sa.Column('uidvalidity', sa.BigInteger(), nullable=True),
    sa.Column('last_uid', sa.BigInteger(), nullable=False),
    sa.Column('began_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('read_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('failing_since', sa.DateTime(timezone=True), nullable=True),
    sa.Column('last_error', sa.String(), nullable=False),
    sa.PrimaryKeyConstraint('key', name=op.f('pk_inbox'))
    )
    op.create_table('incoming',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('inbox', sa.String(), nullable=False),
    sa.Column('uidvalidity', sa.BigInteger(), nullable=False),
    sa.Column('uid', sa.BigInteger(), nullable=False),
    sa.Column('fingerprint', sa.String(), nullable=False),
    sa.Column('came_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('taken_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('kind', sa.String(), nullable=False),
    sa.Column('verdict', sa.String(), nullable=False),
    sa.Column('state', sa.String(), nullable=False),
    sa.Column('proof', sa.String(), nullable=False),
    sa.Column('office_id', sa.Integer(), nullable=False),
    sa.Column('client_id', sa.Integer(), nullable=True),
    sa.Column('message_id', sa.Integer(), nullable=True),
    sa.Column('sender', sa.String(), nullable=False),
    sa.Column('sender_name', sa.String(), nullable=False),
    sa.Column('subject', sa.String(), nullable=False),
    sa.Column('text', sa.String(), nullable=False),
    sa.Column('attachments', sa.JSON(), nullable=False),
    sa.Column('asks_stop', sa.String(), nullable=False),
    sa.Column('decided_by', sa.String(), nullable=False),
    sa.Column('decided_at', sa.DateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['client_id'], ['client.id'], name=op.f('fk_incoming_client_id')),
    sa.ForeignKeyConstraint(['message_id'], ['message.id'], name=op.f('fk_incoming_message_id')),
    sa.ForeignKeyConstraint(['office_id'], ['office.id'], name=op.f('fk_incoming_office_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_incoming')),
    sa.UniqueConstraint('fingerprint', name=op.f('uq_incoming_fingerprint')),
    sa.UniqueConstraint('inbox', 'uidvalidity', 'uid', name=op.f('uq_incoming_inbox_uidvalidity_uid'))
    )
    with op.batch_alter_table('incoming', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_incoming_client_id'), ['client_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_incoming_message_id'), ['message_id'], unique=False)
        batch_op.create_index('ix_incoming_new', ['id'], unique=False, sqlite_where=sa.text("state = 'new'"), postgresql_where=sa.text("state = 'new'"))
        batch_op.create_index('ix_incoming_office', ['office_id', 'kind', 'id'], unique=False)
        batch_op.create_index('ix_incoming_policy', ['taken_at'], unique=False, sqlite_where=sa.text("verdict = 'policy'"), postgresql_where=sa.text("verdict = 'policy'"))
        batch_op.create_index('ix_incoming_taken', ['taken_at'], unique=False)
        batch_op.create_index('ix_incoming_unsorted', ['office_id', 'id'], unique=False, sqlite_where=sa.text("state = 'unsorted'"), postgresql_where=sa.text("state = 'unsorted'"))



def downgrade() -> None:
    with op.batch_alter_table('incoming', schema=None) as batch_op:
        batch_op.drop_index('ix_incoming_unsorted', sqlite_where=sa.text("state = 'unsorted'"), postgresql_where=sa.text("state = 'unsorted'"))
        batch_op.drop_index('ix_incoming_taken')
        batch_op.drop_index('ix_incoming_policy', sqlite_where=sa.text("verdict = 'policy'"), postgresql_where=sa.text("verdict = 'policy'"))
        batch_op.drop_index('ix_incoming_office')
        batch_op.drop_index('ix_incoming_new', sqlite_where=sa.text("state = 'new'"), postgresql_where=sa.text("state = 'new'"))
        batch_op.drop_index(batch_op.f('ix_incoming_message_id'))
        batch_op.drop_index(batch_op.f('ix_incoming_client_id'))

    op.drop_table('incoming')
    op.drop_table('inbox')
