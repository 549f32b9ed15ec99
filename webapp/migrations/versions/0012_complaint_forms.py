"""Complaints sent by the public form, and files that wait for it."""

import sqlalchemy as sa
from alembic import op

revision = '0012'
down_revision = '0011'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('complaint_entry',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('key_hash', sa.String(), nullable=False),
    sa.Column('token_hash', sa.String(), nullable=False),
    sa.Column('number', sa.String(), nullable=False),
    sa.Column('office_id', sa.Integer(), nullable=True),
    sa.Column('story', sa.String(), nullable=False),
    sa.Column('wants', sa.String(), nullable=False),
    sa.Column('trip_words', sa.String(), nullable=False),
    sa.Column('name', sa.String(), nullable=False),
    sa.Column('phone', sa.String(), nullable=False),
    sa.Column('email', sa.String(), nullable=False),
    sa.Column('said', sa.JSON(), nullable=False),
    sa.Column('language', sa.String(), nullable=False),
    sa.Column('data_text', sa.String(), nullable=False),
    sa.Column('address', sa.String(), nullable=False),
    sa.Column('address_hash', sa.String(), nullable=False),
    sa.Column('contact_hash', sa.String(), nullable=False),
    sa.Column('content_hash', sa.String(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('looked_at', sa.DateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['office_id'], ['office.id'], name=op.f('fk_complaint_entry_office_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_complaint_entry')),
    sa.UniqueConstraint('key_hash', name=op.f('uq_complaint_entry_key_hash')),
    sa.UniqueConstraint('number', name=op.f('uq_complaint_entry_number')),
    sa.UniqueConstraint('token_hash', name=op.f('uq_complaint_entry_token_hash'))
    )
    with op.batch_alter_table('complaint_entry', schema=None) as batch_op:
        batch_op.create_index('ix_complaint_entry_address', ['address_hash', 'created_at'], unique=False)
        batch_op.create_index('ix_complaint_entry_contact', ['contact_hash', 'created_at'], unique=False)
        batch_op.create_index('ix_complaint_entry_waiting', ['id'], unique=False, sqlite_where=sa.text('looked_at IS NULL'), postgresql_where=sa.text('looked_at IS NULL'))

    op.create_table('complaint_upload',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('bag', sa.String(), nullable=False),
    sa.Column('entry_id', sa.Integer(), nullable=True),
    sa.Column('token', sa.String(), nullable=False),
    sa.Column('name', sa.String(), nullable=False),
    sa.Column('type', sa.String(), nullable=False),
    sa.Column('size', sa.Integer(), nullable=False),
    sa.Column('sha256', sa.String(), nullable=False),
    sa.Column('address_hash', sa.String(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('data', sa.LargeBinary(), nullable=False),
    sa.ForeignKeyConstraint(['entry_id'], ['complaint_entry.id'], name=op.f('fk_complaint_upload_entry_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_complaint_upload')),
    sa.UniqueConstraint('token', name=op.f('uq_complaint_upload_token'))
    )
    with op.batch_alter_table('complaint_upload', schema=None) as batch_op:
        batch_op.create_index('ix_complaint_upload_address', ['address_hash', 'created_at'], unique=False)
        batch_op.create_index('ix_complaint_upload_bag', ['bag'], unique=False)
        batch_op.create_index('ix_complaint_upload_entry', ['entry_id'], unique=False)



def downgrade() -> None:
    with op.batch_alter_table('complaint_upload', schema=None) as batch_op:
        batch_op.drop_index('ix_complaint_upload_entry')
        batch_op.drop_index('ix_complaint_upload_bag')
        batch_op.drop_index('ix_complaint_upload_address')

    op.drop_table('complaint_upload')
    with op.batch_alter_table('complaint_entry', schema=None) as batch_op:
        batch_op.drop_index('ix_complaint_entry_waiting', sqlite_where=sa.text('looked_at IS NULL'), postgresql_where=sa.text('looked_at IS NULL'))
        batch_op.drop_index('ix_complaint_entry_contact')
        batch_op.drop_index('ix_complaint_entry_address')

    op.drop_table('complaint_entry')
