"""Friends who came by an invitation wait for the worker."""

import sqlalchemy as sa
from alembic import op

revision = '0008'
down_revision = '0007'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('friend_knock',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('inviter_id', sa.Integer(), nullable=False),
    sa.Column('name', sa.String(), nullable=False),
    sa.Column('phone', sa.String(), nullable=False),
    sa.Column('wish', sa.String(), nullable=False),
    sa.Column('news', sa.String(), nullable=False),
    sa.Column('address', sa.String(), nullable=False),
    sa.Column('language', sa.String(), nullable=False),
    sa.Column('data_text', sa.String(), nullable=False),
    sa.Column('news_text', sa.String(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('looked_at', sa.DateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['inviter_id'], ['client.id'], name=op.f('fk_friend_knock_inviter_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_friend_knock'))
    )
    with op.batch_alter_table('friend_knock', schema=None) as batch_op:
        batch_op.create_index('ix_friend_knock_inviter', ['inviter_id', 'created_at'], unique=False)
        batch_op.create_index('ix_friend_knock_waiting', ['id'], unique=False, sqlite_where=sa.text('looked_at IS NULL'), postgresql_where=sa.text('looked_at IS NULL'))



def downgrade() -> None:
    with op.batch_alter_table('friend_knock', schema=None) as batch_op:
        batch_op.drop_index('ix_friend_knock_waiting', sqlite_where=sa.text('looked_at IS NULL'), postgresql_where=sa.text('looked_at IS NULL'))
        batch_op.drop_index('ix_friend_knock_inviter')

    op.drop_table('friend_knock')
