"""Sender identities say more; letters carry files; a text for those who come again can be given up."""

import sqlalchemy as sa
from alembic import op

revision = '0003'
down_revision = '0005'
branch_labels = None
depends_on = None

_TEXTS = ('name_en', 'role_en', 'lines', 'lines_en', 'replies')


def upgrade() -> None:
    op.create_table('letter_file',
    sa.Column('sha256', sa.String(), nullable=False),
    sa.Column('type', sa.String(), nullable=False),
    sa.Column('size', sa.Integer(), nullable=False),
    sa.Column('data', sa.LargeBinary(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint('sha256', name=op.f('pk_letter_file'))
    )
    with op.batch_alter_table('identity', schema=None) as batch_op:
        for name in _TEXTS:
            batch_op.add_column(sa.Column(name, sa.String(), nullable=False, server_default=''))
        batch_op.add_column(sa.Column('links', sa.JSON(), nullable=False, server_default='[]'))
        batch_op.add_column(sa.Column('photo', sa.String(), nullable=True))
        batch_op.create_foreign_key(batch_op.f('fk_identity_photo'), 'letter_file', ['photo'], ['sha256'])

    # Added in place: these tables are large, and a copy of them would take long.
    op.add_column('letter_version', sa.Column('files', sa.JSON(), nullable=False, server_default='[]'))
    op.add_column('letter_version', sa.Column('retired_at', sa.DateTime(timezone=True), nullable=True))
    op.add_column('message_content', sa.Column('files', sa.String(), nullable=False, server_default=''))


def downgrade() -> None:
    op.drop_column('message_content', 'files')
    op.drop_column('letter_version', 'retired_at')
    op.drop_column('letter_version', 'files')
    with op.batch_alter_table('identity', schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f('fk_identity_photo'), type_='foreignkey')
        for name in ('photo', 'links', *reversed(_TEXTS)):
            batch_op.drop_column(name)
    op.drop_table('letter_file')
