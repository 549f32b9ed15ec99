"""Files of strangers are counted by rows that stay when the files have gone."""

import sqlalchemy as sa
from alembic import op

revision = '0013'
down_revision = '0012'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('complaint_taken',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('address_hash', sa.String(), nullable=False),
    sa.Column('size', sa.Integer(), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_complaint_taken'))
    )
    with op.batch_alter_table('complaint_taken', schema=None) as batch_op:
        batch_op.create_index('ix_complaint_taken_address', ['address_hash', 'at'], unique=False)
        batch_op.create_index('ix_complaint_taken_at', ['at'], unique=False)

    with op.batch_alter_table('complaint_upload', schema=None) as batch_op:
        batch_op.drop_index('ix_complaint_upload_address')
        batch_op.drop_column('address_hash')


def downgrade() -> None:
    with op.batch_alter_table('complaint_upload', schema=None) as batch_op:
        batch_op.add_column(sa.Column('address_hash', sa.String(), nullable=False, server_default=''))
        batch_op.create_index('ix_complaint_upload_address', ['address_hash', 'created_at'], unique=False)

    with op.batch_alter_table('complaint_taken', schema=None) as batch_op:
        batch_op.drop_index('ix_complaint_taken_at')
        batch_op.drop_index('ix_complaint_taken_address')

    op.drop_table('complaint_taken')
