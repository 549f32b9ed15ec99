"""personal links."""

import sqlalchemy as sa
from alembic import op

revision = '0002'
down_revision = '0006'
branch_labels = None
depends_on = None
GUARDED = ('audit_entry', 'consent_event', 'message_event', 'touch_event')


def upgrade() -> None:
    op.create_table('consent_text',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('kind', sa.String(), nullable=False),
    sa.Column('number', sa.Integer(), nullable=False),
    sa.Column('language', sa.String(), nullable=False),
    sa.Column('title', sa.String(), nullable=False),
    sa.Column('body', sa.String(), nullable=False),
    sa.Column('actor', sa.String(), nullable=False),
    sa.Column('published_at', sa.DateTime(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_consent_text')),
    sa.UniqueConstraint('kind', 'number', 'language', name=op.f('uq_consent_text_kind_number_language')),
    info={'append_only': True}
    )
    op.create_table('erasing',
    sa.Column('id', sa.Integer(), autoincrement=False, nullable=False),
    sa.Column('never', sa.Integer(), nullable=False),
    sa.CheckConstraint('id = 1 AND never = 2', name=op.f('ck_erasing_only_inside')),
    sa.ForeignKeyConstraint(['never'], ['erasing.id'], name=op.f('fk_erasing_never'), initially='DEFERRED', deferrable=True),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_erasing'))
    )
    op.create_table('personal_link',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('token_hash', sa.String(), nullable=False),
    sa.Column('purpose', sa.String(), nullable=False),
    sa.Column('client_id', sa.Integer(), nullable=False),
    sa.Column('channel', sa.String(), nullable=False),
    sa.Column('source', sa.String(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('expires_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('revoked_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('used_at', sa.DateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['client_id'], ['client.id'], name=op.f('fk_personal_link_client_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_personal_link')),
    sa.UniqueConstraint('token_hash', name=op.f('uq_personal_link_token_hash'))
    )
    with op.batch_alter_table('personal_link', schema=None) as batch_op:
        batch_op.create_index('ix_personal_link_client', ['client_id', 'purpose'], unique=False)

    with op.batch_alter_table('client', schema=None) as batch_op:
        batch_op.add_column(sa.Column('erased_at', sa.DateTime(timezone=True), nullable=True))

    with op.batch_alter_table('consent', schema=None) as batch_op:
        batch_op.add_column(sa.Column('trips_only', sa.Boolean(), nullable=False, server_default=sa.false()))

    with op.batch_alter_table('suppression', schema=None) as batch_op:
        batch_op.add_column(sa.Column('note', sa.String(), nullable=False, server_default=''))
        batch_op.add_column(sa.Column('actor', sa.String(), nullable=False, server_default=''))
        batch_op.add_column(sa.Column('lifted_by', sa.String(), nullable=False, server_default=''))
        batch_op.add_column(sa.Column('lift_reason', sa.String(), nullable=False, server_default=''))

    _drop_guards()


def _drop_guards() -> None:
    """The guards of histories now let the erasure of a person empty columns; those that are missing are made anew."""
    for name in GUARDED:
        if op.get_bind().dialect.name == 'sqlite':
            op.execute(f'DROP TRIGGER IF EXISTS {name}_update')
            op.execute(f'DROP TRIGGER IF EXISTS {name}_delete')
        else:
            op.execute(f'DROP TRIGGER IF EXISTS {name}_guard ON {name}')


def downgrade() -> None:
    _drop_guards()
    with op.batch_alter_table('suppression', schema=None) as batch_op:
        batch_op.drop_column('lift_reason')
        batch_op.drop_column('lifted_by')
        batch_op.drop_column('actor')
        batch_op.drop_column('note')

    with op.batch_alter_table('consent', schema=None) as batch_op:
        batch_op.drop_column('trips_only')

    with op.batch_alter_table('client', schema=None) as batch_op:
        batch_op.drop_column('erased_at')

    with op.batch_alter_table('personal_link', schema=None) as batch_op:
        batch_op.drop_index('ix_personal_link_client')

    op.drop_table('personal_link')
    op.drop_table('erasing')
    op.drop_table('consent_text')
