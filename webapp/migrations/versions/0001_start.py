"""start."""

import sqlalchemy as sa
from alembic import op

revision = '0001'
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('form_key',
    sa.Column('key', sa.String(), nullable=False),
    sa.Column('made_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('content', sa.String(), nullable=False),
    sa.Column('result', sa.Integer(), nullable=True),
    sa.PrimaryKeyConstraint('key', name=op.f('pk_form_key'))
    )
    with op.batch_alter_table('form_key', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_form_key_made_at'), ['made_at'], unique=False)

    op.create_table('heartbeat',
    sa.Column('worker', sa.String(), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint('worker', name=op.f('pk_heartbeat'))
    )
    op.create_table('job_run',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('job', sa.String(), nullable=False),
    sa.Column('slot', sa.DateTime(timezone=True), nullable=False),
    sa.Column('started_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('ended_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('result', sa.JSON(), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_job_run')),
    sa.UniqueConstraint('job', 'slot', name=op.f('uq_job_run_job_slot'))
    )
    op.create_table('letter',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('code', sa.String(), nullable=False),
    sa.Column('channel', sa.String(), nullable=False),
    sa.Column('klass', sa.String(), nullable=False),
    sa.Column('identity', sa.String(), nullable=False),
    sa.Column('requires', sa.JSON(), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_letter')),
    sa.UniqueConstraint('code', name=op.f('uq_letter_code'))
    )
    op.create_table('login_throttle',
    sa.Column('key', sa.String(), nullable=False),
    sa.Column('fails', sa.Integer(), nullable=False),
    sa.Column('last_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('wait_until', sa.DateTime(timezone=True), nullable=True),
    sa.PrimaryKeyConstraint('key', name=op.f('pk_login_throttle'))
    )
    op.create_table('office',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('code', sa.String(), nullable=False),
    sa.Column('name', sa.String(), nullable=False),
    sa.Column('timezone', sa.String(), nullable=False),
    sa.Column('city', sa.String(), nullable=False),
    sa.Column('address', sa.String(), nullable=False),
    sa.Column('phone', sa.String(), nullable=False),
    sa.Column('email', sa.String(), nullable=False),
    sa.Column('country', sa.String(), nullable=False),
    sa.Column('hours', sa.JSON(), nullable=False),
    sa.Column('closed_on', sa.DateTime(timezone=True), nullable=True),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_office')),
    sa.UniqueConstraint('code', name=op.f('uq_office_code'))
    )
    op.create_table('plan',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('code', sa.String(), nullable=False),
    sa.Column('kind', sa.String(), nullable=False),
    sa.Column('name', sa.String(), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_plan')),
    sa.UniqueConstraint('code', name=op.f('uq_plan_code'))
    )
    with op.batch_alter_table('plan', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_plan_kind'), ['kind'], unique=False)

    op.create_table('provider',
    sa.Column('name', sa.String(), nullable=False),
    sa.Column('failing_since', sa.DateTime(timezone=True), nullable=True),
    sa.Column('probe_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('last_error', sa.String(), nullable=False),
    sa.Column('last_error_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('balance', sa.BigInteger(), nullable=True),
    sa.Column('balance_at', sa.DateTime(timezone=True), nullable=True),
    sa.PrimaryKeyConstraint('name', name=op.f('pk_provider'))
    )
    op.create_table('setting',
    sa.Column('key', sa.String(), nullable=False),
    sa.Column('value', sa.JSON(), nullable=False),
    sa.PrimaryKeyConstraint('key', name=op.f('pk_setting'))
    )
    op.create_table('staff_user',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('email', sa.String(), nullable=False),
    sa.Column('name', sa.String(), nullable=False),
    sa.Column('phone', sa.String(), nullable=False),
    sa.Column('role', sa.String(), nullable=False),
    sa.Column('is_admin', sa.Boolean(), nullable=False),
    sa.Column('is_network', sa.Boolean(), nullable=False),
    sa.Column('password_hash', sa.String(), nullable=False),
    sa.Column('language', sa.String(), nullable=False),
    sa.Column('theme', sa.String(), nullable=False),
    sa.Column('keys_on', sa.Boolean(), nullable=False),
    sa.Column('session_version', sa.Integer(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('last_seen_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('dismissed_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('totp_secret', sa.String(), nullable=False),
    sa.Column('totp_last', sa.Integer(), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_staff_user')),
    sa.UniqueConstraint('email', name=op.f('uq_staff_user_email'))
    )
    op.create_table('suppression',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('address_hash', sa.String(), nullable=False),
    sa.Column('channel', sa.String(), nullable=False),
    sa.Column('klass', sa.String(), nullable=False),
    sa.Column('reason', sa.String(), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('lifted_at', sa.DateTime(timezone=True), nullable=True),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_suppression'))
    )
    with op.batch_alter_table('suppression', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_suppression_address_hash'), ['address_hash'], unique=False)

    op.create_table('absence',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('user_id', sa.Integer(), nullable=False),
    sa.Column('substitute_id', sa.Integer(), nullable=False),
    sa.Column('first_day', sa.Date(), nullable=False),
    sa.Column('last_day', sa.Date(), nullable=False),
    sa.Column('note', sa.String(), nullable=False),
    sa.Column('ended_at', sa.DateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['substitute_id'], ['staff_user.id'], name=op.f('fk_absence_substitute_id')),
    sa.ForeignKeyConstraint(['user_id'], ['staff_user.id'], name=op.f('fk_absence_user_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_absence'))
    )
    with op.batch_alter_table('absence', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_absence_substitute_id'), ['substitute_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_absence_user_id'), ['user_id'], unique=False)

    op.create_table('api_token',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('office_id', sa.Integer(), nullable=False),
    sa.Column('name', sa.String(), nullable=False),
    sa.Column('token_hash', sa.String(), nullable=False),
    sa.Column('tail', sa.String(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('created_by', sa.String(), nullable=False),
    sa.Column('last_used_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('revoked_at', sa.DateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['office_id'], ['office.id'], name=op.f('fk_api_token_office_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_api_token')),
    sa.UniqueConstraint('token_hash', name=op.f('uq_api_token_token_hash'))
    )
    with op.batch_alter_table('api_token', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_api_token_office_id'), ['office_id'], unique=False)

    op.create_table('audit_entry',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('actor', sa.String(), nullable=False),
    sa.Column('user_id', sa.Integer(), nullable=True),
    sa.Column('office_id', sa.Integer(), nullable=True),
    sa.Column('verb', sa.String(), nullable=False),
    sa.Column('subject', sa.String(), nullable=False),
    sa.Column('subject_id', sa.Integer(), nullable=True),
    sa.Column('facts', sa.JSON(), nullable=False),
    sa.ForeignKeyConstraint(['office_id'], ['office.id'], name=op.f('fk_audit_entry_office_id')),
    sa.ForeignKeyConstraint(['user_id'], ['staff_user.id'], name=op.f('fk_audit_entry_user_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_audit_entry')),
    info={'append_only': True}
    )
    with op.batch_alter_table('audit_entry', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_audit_entry_at'), ['at'], unique=False)
        batch_op.create_index('ix_audit_entry_subject', ['subject', 'subject_id'], unique=False)

    op.create_table('batch',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('kind', sa.String(), nullable=False),
    sa.Column('office_id', sa.Integer(), nullable=False),
    sa.Column('user_id', sa.Integer(), nullable=True),
    sa.Column('actor', sa.String(), nullable=False),
    sa.Column('file_name', sa.String(), nullable=False),
    sa.Column('file_path', sa.String(), nullable=False),
    sa.Column('state', sa.String(), nullable=False),
    sa.Column('mapping', sa.JSON(), nullable=False),
    sa.Column('totals', sa.JSON(), nullable=False),
    sa.Column('done_rows', sa.Integer(), nullable=False),
    sa.Column('all_rows', sa.Integer(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('started_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('ended_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('lease_until', sa.DateTime(timezone=True), nullable=True),
    sa.Column('lease_token', sa.String(), nullable=False),
    sa.Column('claims', sa.Integer(), nullable=False),
    sa.Column('error', sa.String(), nullable=False),
    sa.ForeignKeyConstraint(['office_id'], ['office.id'], name=op.f('fk_batch_office_id')),
    sa.ForeignKeyConstraint(['user_id'], ['staff_user.id'], name=op.f('fk_batch_user_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_batch'))
    )
    with op.batch_alter_table('batch', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_batch_office_id'), ['office_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_batch_state'), ['state'], unique=False)

    op.create_table('client',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('office_id', sa.Integer(), nullable=False),
    sa.Column('manager_id', sa.Integer(), nullable=True),
    sa.Column('last_name', sa.String(), nullable=False),
    sa.Column('first_name', sa.String(), nullable=False),
    sa.Column('middle_name', sa.String(), nullable=False),
    sa.Column('name_key', sa.String(), nullable=False),
    sa.Column('gender', sa.String(), nullable=False),
    sa.Column('greeting', sa.String(), nullable=False),
    sa.Column('birthday', sa.Date(), nullable=True),
    sa.Column('language', sa.String(), nullable=False),
    sa.Column('timezone', sa.String(), nullable=False),
    sa.Column('city', sa.String(), nullable=False),
    sa.Column('note', sa.String(), nullable=False),
    sa.Column('source', sa.String(), nullable=False),
    sa.Column('write_nothing', sa.Boolean(), nullable=False),
    sa.Column('preferences', sa.JSON(), nullable=False),
    sa.Column('passport_until', sa.Date(), nullable=True),
    sa.Column('find_text', sa.String(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['manager_id'], ['staff_user.id'], name=op.f('fk_client_manager_id')),
    sa.ForeignKeyConstraint(['office_id'], ['office.id'], name=op.f('fk_client_office_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_client'))
    )
    with op.batch_alter_table('client', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_client_manager_id'), ['manager_id'], unique=False)
        batch_op.create_index('ix_client_name_key', ['name_key'], unique=False, postgresql_ops={'name_key': 'text_pattern_ops'})
        batch_op.create_index(batch_op.f('ix_client_office_id'), ['office_id'], unique=False)

    op.create_table('day_off',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('office_id', sa.Integer(), nullable=False),
    sa.Column('day', sa.Date(), nullable=False),
    sa.Column('working', sa.Boolean(), nullable=False),
    sa.Column('note', sa.String(), nullable=False),
    sa.ForeignKeyConstraint(['office_id'], ['office.id'], name=op.f('fk_day_off_office_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_day_off')),
    sa.UniqueConstraint('office_id', 'day', name=op.f('uq_day_off_office_id_day'))
    )
    op.create_table('identity',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('code', sa.String(), nullable=False),
    sa.Column('office_id', sa.Integer(), nullable=True),
    sa.Column('name', sa.String(), nullable=False),
    sa.Column('role', sa.String(), nullable=False),
    sa.Column('email', sa.String(), nullable=False),
    sa.Column('phone', sa.String(), nullable=False),
    sa.ForeignKeyConstraint(['office_id'], ['office.id'], name=op.f('fk_identity_office_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_identity')),
    sa.UniqueConstraint('code', 'office_id', name=op.f('uq_identity_code_office_id'))
    )
    op.create_table('invitation',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('token_hash', sa.String(), nullable=False),
    sa.Column('user_id', sa.Integer(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('expires_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('used_at', sa.DateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['user_id'], ['staff_user.id'], name=op.f('fk_invitation_user_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_invitation')),
    sa.UniqueConstraint('token_hash', name=op.f('uq_invitation_token_hash'))
    )
    with op.batch_alter_table('invitation', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_invitation_user_id'), ['user_id'], unique=False)

    op.create_table('letter_version',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('letter_id', sa.Integer(), nullable=False),
    sa.Column('language', sa.String(), nullable=False),
    sa.Column('variant', sa.String(), nullable=False),
    sa.Column('number', sa.Integer(), nullable=False),
    sa.Column('title', sa.String(), nullable=False),
    sa.Column('subject', sa.String(), nullable=False),
    sa.Column('body', sa.String(), nullable=False),
    sa.Column('parts', sa.JSON(), nullable=False),
    sa.Column('author', sa.String(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('published_at', sa.DateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['letter_id'], ['letter.id'], name=op.f('fk_letter_version_letter_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_letter_version')),
    sa.UniqueConstraint('letter_id', 'language', 'variant', 'number', name=op.f('uq_letter_version_letter_id_language_variant_number'))
    )
    with op.batch_alter_table('letter_version', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_letter_version_letter_id'), ['letter_id'], unique=False)

    op.create_table('plan_version',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('plan_id', sa.Integer(), nullable=False),
    sa.Column('number', sa.Integer(), nullable=False),
    sa.Column('author', sa.String(), nullable=False),
    sa.Column('published_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['plan_id'], ['plan.id'], name=op.f('fk_plan_version_plan_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_plan_version')),
    sa.UniqueConstraint('plan_id', 'number', name=op.f('uq_plan_version_plan_id_number'))
    )
    op.create_table('recovery_code',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('user_id', sa.Integer(), nullable=False),
    sa.Column('code_hash', sa.String(), nullable=False),
    sa.Column('used_at', sa.DateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['user_id'], ['staff_user.id'], name=op.f('fk_recovery_code_user_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_recovery_code'))
    )
    with op.batch_alter_table('recovery_code', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_recovery_code_user_id'), ['user_id'], unique=False)

    op.create_table('user_office',
    sa.Column('user_id', sa.Integer(), nullable=False),
    sa.Column('office_id', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['office_id'], ['office.id'], name=op.f('fk_user_office_office_id')),
    sa.ForeignKeyConstraint(['user_id'], ['staff_user.id'], name=op.f('fk_user_office_user_id')),
    sa.PrimaryKeyConstraint('user_id', 'office_id', name=op.f('pk_user_office'))
    )
    op.create_table('user_session',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('token_hash', sa.String(), nullable=False),
    sa.Column('user_id', sa.Integer(), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('seen_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('agent', sa.String(), nullable=False),
    sa.ForeignKeyConstraint(['user_id'], ['staff_user.id'], name=op.f('fk_user_session_user_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_user_session')),
    sa.UniqueConstraint('token_hash', name=op.f('uq_user_session_token_hash'))
    )
    with op.batch_alter_table('user_session', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_user_session_user_id'), ['user_id'], unique=False)

    op.create_table('batch_row',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('batch_id', sa.Integer(), nullable=False),
    sa.Column('line', sa.Integer(), nullable=False),
    sa.Column('cells', sa.JSON(), nullable=False),
    sa.Column('outcome', sa.String(), nullable=False),
    sa.Column('problems', sa.JSON(), nullable=False),
    sa.Column('subject_id', sa.Integer(), nullable=True),
    sa.ForeignKeyConstraint(['batch_id'], ['batch.id'], name=op.f('fk_batch_row_batch_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_batch_row')),
    sa.UniqueConstraint('batch_id', 'line', name=op.f('uq_batch_row_batch_id_line'))
    )
    with op.batch_alter_table('batch_row', schema=None) as batch_op:
        batch_op.create_index('ix_batch_row_outcome', ['batch_id', 'outcome'], unique=False)

    op.create_table('consent',
    sa.Column('client_id', sa.Integer(), nullable=False),
    sa.Column('channel', sa.String(), nullable=False),
    sa.Column('marketing', sa.Boolean(), nullable=False),
    sa.Column('stopped', sa.Boolean(), nullable=False),
    sa.Column('since', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['client_id'], ['client.id'], name=op.f('fk_consent_client_id')),
    sa.PrimaryKeyConstraint('client_id', 'channel', name=op.f('pk_consent'))
    )
    op.create_table('consent_event',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('client_id', sa.Integer(), nullable=False),
    sa.Column('channel', sa.String(), nullable=False),
    sa.Column('scope', sa.String(), nullable=False),
    sa.Column('given', sa.Boolean(), nullable=False),
    sa.Column('text_version', sa.String(), nullable=False),
    sa.Column('how', sa.String(), nullable=False),
    sa.Column('actor', sa.String(), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('address', sa.String(), nullable=False),
    sa.ForeignKeyConstraint(['client_id'], ['client.id'], name=op.f('fk_consent_event_client_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_consent_event')),
    info={'append_only': True}
    )
    with op.batch_alter_table('consent_event', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_consent_event_client_id'), ['client_id'], unique=False)

    op.create_table('email',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('client_id', sa.Integer(), nullable=False),
    sa.Column('address', sa.String(), nullable=False),
    sa.Column('note', sa.String(), nullable=False),
    sa.Column('position', sa.Integer(), nullable=False),
    sa.Column('broken_at', sa.DateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['client_id'], ['client.id'], name=op.f('fk_email_client_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_email')),
    sa.UniqueConstraint('client_id', 'address', name=op.f('uq_email_client_id_address'))
    )
    with op.batch_alter_table('email', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_email_address'), ['address'], unique=False)

    op.create_table('hold',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('client_id', sa.Integer(), nullable=True),
    sa.Column('group_key', sa.String(), nullable=False),
    sa.Column('klass', sa.String(), nullable=False),
    sa.Column('reason', sa.String(), nullable=False),
    sa.Column('actor', sa.String(), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('released_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('released_by', sa.String(), nullable=False),
    sa.ForeignKeyConstraint(['client_id'], ['client.id'], name=op.f('fk_hold_client_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_hold'))
    )
    with op.batch_alter_table('hold', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_hold_client_id'), ['client_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_hold_group_key'), ['group_key'], unique=False)
        batch_op.create_index('ix_hold_open', ['client_id', 'group_key'], unique=False, sqlite_where=sa.text('released_at IS NULL'), postgresql_where=sa.text('released_at IS NULL'))

    op.create_table('message',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('key', sa.String(), nullable=False),
    sa.Column('source', sa.String(), nullable=False),
    sa.Column('group_key', sa.String(), nullable=False),
    sa.Column('office_id', sa.Integer(), nullable=False),
    sa.Column('client_id', sa.Integer(), nullable=True),
    sa.Column('klass', sa.String(), nullable=False),
    sa.Column('channel', sa.String(), nullable=False),
    sa.Column('lane', sa.Integer(), nullable=False),
    sa.Column('address', sa.String(), nullable=False),
    sa.Column('address_hash', sa.String(), nullable=False),
    sa.Column('to_name', sa.String(), nullable=False),
    sa.Column('sender', sa.String(), nullable=False),
    sa.Column('reply_to', sa.String(), nullable=False),
    sa.Column('subject', sa.String(), nullable=False),
    sa.Column('gist', sa.String(), nullable=False),
    sa.Column('unsubscribe_url', sa.String(), nullable=False),
    sa.Column('letter_version_id', sa.Integer(), nullable=True),
    sa.Column('message_id', sa.String(), nullable=False),
    sa.Column('zone', sa.String(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('not_before', sa.DateTime(timezone=True), nullable=False),
    sa.Column('true_until', sa.DateTime(timezone=True), nullable=True),
    sa.Column('state', sa.String(), nullable=False),
    sa.Column('crashes', sa.Integer(), nullable=False),
    sa.Column('tries', sa.Integer(), nullable=False),
    sa.Column('next_try_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('provider', sa.String(), nullable=False),
    sa.Column('claim_token', sa.String(), nullable=False),
    sa.Column('lease_until', sa.DateTime(timezone=True), nullable=True),
    sa.Column('handed_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('sent_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('ended_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('provider_ref', sa.String(), nullable=False),
    sa.Column('last_code', sa.String(), nullable=False),
    sa.Column('last_text', sa.String(), nullable=False),
    sa.Column('hold_reason', sa.String(), nullable=False),
    sa.Column('returned', sa.Integer(), nullable=False),
    sa.Column('resend', sa.Integer(), nullable=False),
    sa.Column('resend_of', sa.Integer(), nullable=True),
    sa.Column('decided_by', sa.String(), nullable=False),
    sa.Column('decided_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('settled', sa.Boolean(), nullable=False),
    sa.CheckConstraint("state IN ('held', 'queued', 'claimed', 'handed', 'sent', 'delivered', 'bounced', 'complained', 'unknown', 'failed', 'missed', 'cancelled', 'dead')", name=op.f('ck_message_state_known')),
    sa.ForeignKeyConstraint(['client_id'], ['client.id'], name=op.f('fk_message_client_id')),
    sa.ForeignKeyConstraint(['letter_version_id'], ['letter_version.id'], name=op.f('fk_message_letter_version_id')),
    sa.ForeignKeyConstraint(['office_id'], ['office.id'], name=op.f('fk_message_office_id')),
    sa.ForeignKeyConstraint(['resend_of'], ['message.id'], name=op.f('fk_message_resend_of')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_message')),
    sa.UniqueConstraint('key', name=op.f('uq_message_key')),
    sa.UniqueConstraint('message_id', name=op.f('uq_message_message_id'))
    )
    with op.batch_alter_table('message', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_message_client_id'), ['client_id'], unique=False)
        batch_op.create_index('ix_message_due', ['channel', 'lane', 'next_try_at'], unique=False, sqlite_where=sa.text("state = 'queued'"), postgresql_where=sa.text("state = 'queued'"))
        batch_op.create_index('ix_message_ended_badly', ['office_id', 'state', 'id'], unique=False, sqlite_where=sa.text("state IN ('failed', 'missed', 'bounced', 'dead', 'cancelled')"), postgresql_where=sa.text("state IN ('failed', 'missed', 'bounced', 'dead', 'cancelled')"))
        batch_op.create_index('ix_message_group', ['group_key'], unique=False, sqlite_where=sa.text("group_key <> ''"), postgresql_where=sa.text("group_key <> ''"))
        batch_op.create_index('ix_message_lease', ['lease_until'], unique=False, sqlite_where=sa.text("state IN ('claimed', 'handed')"), postgresql_where=sa.text("state IN ('claimed', 'handed')"))
        batch_op.create_index('ix_message_news', ['id'], unique=False, sqlite_where=sa.text("NOT settled AND state IN ('sent', 'delivered', 'bounced', 'complained', 'unknown', 'failed', 'missed', 'cancelled', 'dead')"), postgresql_where=sa.text("NOT settled AND state IN ('sent', 'delivered', 'bounced', 'complained', 'unknown', 'failed', 'missed', 'cancelled', 'dead')"))
        batch_op.create_index('ix_message_office', ['office_id', 'id'], unique=False)
        batch_op.create_index('ix_message_rate', ['provider', 'handed_at'], unique=False, sqlite_where=sa.text('handed_at IS NOT NULL'), postgresql_where=sa.text('handed_at IS NOT NULL'))
        batch_op.create_index(batch_op.f('ix_message_resend_of'), ['resend_of'], unique=False)
        batch_op.create_index('ix_message_source', ['source'], unique=False, postgresql_ops={'source': 'text_pattern_ops'})
        batch_op.create_index('ix_message_standing', ['state', 'next_try_at'], unique=False, sqlite_where=sa.text("state IN ('held', 'unknown')"), postgresql_where=sa.text("state IN ('held', 'unknown')"))
        batch_op.create_index('ix_message_tests', ['address'], unique=False, sqlite_where=sa.text("klass = 'test'"), postgresql_where=sa.text("klass = 'test'"))
        batch_op.create_index('ix_message_tracked', ['provider', 'provider_ref'], unique=False, sqlite_where=sa.text("channel = 'sms' AND state = 'sent'"), postgresql_where=sa.text("channel = 'sms' AND state = 'sent'"))
        batch_op.create_index('ix_message_waiting', ['office_id'], unique=False, sqlite_where=sa.text("state IN ('queued', 'claimed', 'handed')"), postgresql_where=sa.text("state IN ('queued', 'claimed', 'handed')"))
        batch_op.create_index('ix_message_waiting_address', ['address_hash'], unique=False, sqlite_where=sa.text("state IN ('held', 'queued', 'claimed')"), postgresql_where=sa.text("state IN ('held', 'queued', 'claimed')"))

    op.create_table('occasion',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('kind', sa.String(), nullable=False),
    sa.Column('client_id', sa.Integer(), nullable=False),
    sa.Column('office_id', sa.Integer(), nullable=False),
    sa.Column('owner_id', sa.Integer(), nullable=True),
    sa.Column('anchors', sa.JSON(), nullable=False),
    sa.Column('facts', sa.JSON(), nullable=False),
    sa.Column('plan_version_id', sa.Integer(), nullable=False),
    sa.Column('origin', sa.String(), nullable=False),
    sa.Column('attention_on', sa.Date(), nullable=True),
    sa.Column('broken', sa.Integer(), nullable=False),
    sa.Column('breaks_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('next_on', sa.Date(), nullable=True),
    sa.Column('opened_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('closed_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('cancelled_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('held_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('hold_reason', sa.String(), nullable=False),
    sa.CheckConstraint('broken >= 0', name=op.f('ck_occasion_broken_not_negative')),
    sa.ForeignKeyConstraint(['client_id'], ['client.id'], name=op.f('fk_occasion_client_id')),
    sa.ForeignKeyConstraint(['office_id'], ['office.id'], name=op.f('fk_occasion_office_id')),
    sa.ForeignKeyConstraint(['owner_id'], ['staff_user.id'], name=op.f('fk_occasion_owner_id')),
    sa.ForeignKeyConstraint(['plan_version_id'], ['plan_version.id'], name=op.f('fk_occasion_plan_version_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_occasion'))
    )
    with op.batch_alter_table('occasion', schema=None) as batch_op:
        batch_op.create_index('ix_occasion_attention', ['kind', 'office_id', 'attention_on', 'owner_id', 'cancelled_at'], unique=False, sqlite_where=sa.text('attention_on IS NOT NULL'), postgresql_where=sa.text('attention_on IS NOT NULL'))
        batch_op.create_index('ix_occasion_breaks_at', ['kind', 'office_id', 'breaks_at'], unique=False, sqlite_where=sa.text('breaks_at IS NOT NULL'), postgresql_where=sa.text('breaks_at IS NOT NULL'))
        batch_op.create_index('ix_occasion_broken', ['kind', 'office_id'], unique=False, sqlite_where=sa.text('broken > 0'), postgresql_where=sa.text('broken > 0'))
        batch_op.create_index(batch_op.f('ix_occasion_client_id'), ['client_id'], unique=False)
        batch_op.create_index('ix_occasion_closed', ['kind', 'office_id', 'closed_at'], unique=False, sqlite_where=sa.text('closed_at IS NOT NULL'), postgresql_where=sa.text('closed_at IS NOT NULL'))
        batch_op.create_index('ix_occasion_next', ['kind', 'office_id', 'next_on'], unique=False, sqlite_where=sa.text('closed_at IS NULL'), postgresql_where=sa.text('closed_at IS NULL'))
        batch_op.create_index(batch_op.f('ix_occasion_owner_id'), ['owner_id'], unique=False)
        batch_op.create_index('ix_occasion_ownerless', ['kind', 'office_id'], unique=False, sqlite_where=sa.text('owner_id IS NULL AND closed_at IS NULL'), postgresql_where=sa.text('owner_id IS NULL AND closed_at IS NULL'))
        batch_op.create_index(batch_op.f('ix_occasion_plan_version_id'), ['plan_version_id'], unique=False)

    op.create_table('phone',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('client_id', sa.Integer(), nullable=False),
    sa.Column('e164', sa.String(), nullable=False),
    sa.Column('raw', sa.String(), nullable=False),
    sa.Column('note', sa.String(), nullable=False),
    sa.Column('is_mobile', sa.Boolean(), nullable=False),
    sa.Column('position', sa.Integer(), nullable=False),
    sa.Column('broken_at', sa.DateTime(timezone=True), nullable=True),
    sa.CheckConstraint("e164 LIKE '+%'", name=op.f('ck_phone_plus')),
    sa.ForeignKeyConstraint(['client_id'], ['client.id'], name=op.f('fk_phone_client_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_phone')),
    sa.UniqueConstraint('client_id', 'e164', name=op.f('uq_phone_client_id_e164'))
    )
    with op.batch_alter_table('phone', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_phone_e164'), ['e164'], unique=False)

    op.create_table('plan_step',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('version_id', sa.Integer(), nullable=False),
    sa.Column('position', sa.Integer(), nullable=False),
    sa.Column('code', sa.String(), nullable=False),
    sa.Column('name_ru', sa.String(), nullable=False),
    sa.Column('name_en', sa.String(), nullable=False),
    sa.Column('channel', sa.String(), nullable=False),
    sa.Column('klass', sa.String(), nullable=False),
    sa.Column('rule', sa.JSON(), nullable=False),
    sa.Column('letter_code', sa.String(), nullable=False),
    sa.Column('column', sa.String(), nullable=False),
    sa.Column('performer', sa.String(), nullable=False),
    sa.Column('outcomes', sa.JSON(), nullable=False),
    sa.Column('needs_outcome', sa.Boolean(), nullable=False),
    sa.Column('active', sa.Boolean(), nullable=False),
    sa.ForeignKeyConstraint(['version_id'], ['plan_version.id'], name=op.f('fk_plan_step_version_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_plan_step')),
    sa.UniqueConstraint('version_id', 'code', name=op.f('uq_plan_step_version_id_code'))
    )
    with op.batch_alter_table('plan_step', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_plan_step_version_id'), ['version_id'], unique=False)

    op.create_table('message_content',
    sa.Column('message_id', sa.Integer(), nullable=False),
    sa.Column('text', sa.String(), nullable=False),
    sa.Column('html', sa.String(), nullable=False),
    sa.ForeignKeyConstraint(['message_id'], ['message.id'], name=op.f('fk_message_content_message_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('message_id', name=op.f('pk_message_content'))
    )
    op.create_table('message_event',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('message_id', sa.Integer(), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('state', sa.String(), nullable=False),
    sa.Column('actor', sa.String(), nullable=False),
    sa.Column('code', sa.String(), nullable=False),
    sa.Column('facts', sa.JSON(), nullable=False),
    sa.ForeignKeyConstraint(['message_id'], ['message.id'], name=op.f('fk_message_event_message_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_message_event')),
    info={'append_only': True}
    )
    with op.batch_alter_table('message_event', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_message_event_message_id'), ['message_id'], unique=False)

    op.create_table('touch',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('occasion_id', sa.Integer(), nullable=True),
    sa.Column('client_id', sa.Integer(), nullable=False),
    sa.Column('office_id', sa.Integer(), nullable=False),
    sa.Column('step_id', sa.Integer(), nullable=True),
    sa.Column('step_code', sa.String(), nullable=False),
    sa.Column('generation', sa.Integer(), nullable=False),
    sa.Column('channel', sa.String(), nullable=False),
    sa.Column('klass', sa.String(), nullable=False),
    sa.Column('direction', sa.String(), nullable=False),
    sa.Column('automatic', sa.Boolean(), nullable=False),
    sa.Column('assignee_id', sa.Integer(), nullable=True),
    sa.Column('planned_on', sa.Date(), nullable=True),
    sa.Column('due_on', sa.Date(), nullable=True),
    sa.Column('due_time', sa.Time(), nullable=True),
    sa.Column('send_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('true_until', sa.DateTime(timezone=True), nullable=True),
    sa.Column('pinned', sa.Boolean(), nullable=False),
    sa.Column('snoozed_until', sa.Date(), nullable=True),
    sa.Column('status', sa.String(), nullable=False),
    sa.Column('reason', sa.String(), nullable=False),
    sa.Column('attempts', sa.Integer(), nullable=False),
    sa.Column('done_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('done_by_id', sa.Integer(), nullable=True),
    sa.Column('done_by', sa.String(), nullable=False),
    sa.Column('outcome', sa.String(), nullable=False),
    sa.Column('note', sa.String(), nullable=False),
    sa.Column('message_id', sa.Integer(), nullable=True),
    sa.Column('replaces_id', sa.Integer(), nullable=True),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.CheckConstraint("status IN ('planned', 'queued', 'done', 'missed', 'failed', 'unknown', 'skipped', 'dropped', 'cancelled')", name=op.f('ck_touch_status_known')),
    sa.ForeignKeyConstraint(['assignee_id'], ['staff_user.id'], name=op.f('fk_touch_assignee_id')),
    sa.ForeignKeyConstraint(['client_id'], ['client.id'], name=op.f('fk_touch_client_id')),
    sa.ForeignKeyConstraint(['done_by_id'], ['staff_user.id'], name=op.f('fk_touch_done_by_id')),
    sa.ForeignKeyConstraint(['message_id'], ['message.id'], name=op.f('fk_touch_message_id')),
    sa.ForeignKeyConstraint(['occasion_id'], ['occasion.id'], name=op.f('fk_touch_occasion_id')),
    sa.ForeignKeyConstraint(['office_id'], ['office.id'], name=op.f('fk_touch_office_id')),
    sa.ForeignKeyConstraint(['replaces_id'], ['touch.id'], name=op.f('fk_touch_replaces_id')),
    sa.ForeignKeyConstraint(['step_id'], ['plan_step.id'], name=op.f('fk_touch_step_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_touch')),
    sa.UniqueConstraint('occasion_id', 'step_code', 'generation', name=op.f('uq_touch_occasion_id_step_code_generation'))
    )
    with op.batch_alter_table('touch', schema=None) as batch_op:
        batch_op.create_index('ix_touch_assignee', ['assignee_id', 'status', 'due_on'], unique=False, sqlite_where=sa.text('assignee_id IS NOT NULL'), postgresql_where=sa.text('assignee_id IS NOT NULL'))
        batch_op.create_index('ix_touch_client', ['client_id', 'id'], unique=False)
        batch_op.create_index('ix_touch_message', ['message_id'], unique=False, sqlite_where=sa.text('message_id IS NOT NULL'), postgresql_where=sa.text('message_id IS NOT NULL'))
        batch_op.create_index('ix_touch_nobody', ['office_id', 'due_on'], unique=False, sqlite_where=sa.text("assignee_id IS NULL AND status = 'planned' AND NOT automatic"), postgresql_where=sa.text("assignee_id IS NULL AND status = 'planned' AND NOT automatic"))
        batch_op.create_index('ix_touch_queued', ['message_id'], unique=False, sqlite_where=sa.text("status = 'queued'"), postgresql_where=sa.text("status = 'queued'"))
        batch_op.create_index('ix_touch_send', ['automatic', 'send_at'], unique=False, sqlite_where=sa.text("status = 'planned'"), postgresql_where=sa.text("status = 'planned'"))
        batch_op.create_index('ix_touch_snoozed', ['occasion_id'], unique=False, sqlite_where=sa.text("status = 'planned' AND snoozed_until IS NOT NULL"), postgresql_where=sa.text("status = 'planned' AND snoozed_until IS NOT NULL"))

    op.create_table('trip',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('occasion_id', sa.Integer(), nullable=False),
    sa.Column('client_id', sa.Integer(), nullable=False),
    sa.Column('office_id', sa.Integer(), nullable=False),
    sa.Column('seller_id', sa.Integer(), nullable=True),
    sa.Column('seller_name', sa.String(), nullable=False),
    sa.Column('destination', sa.String(), nullable=False),
    sa.Column('operator', sa.String(), nullable=False),
    sa.Column('booking_number', sa.String(), nullable=False),
    sa.Column('price_kopecks', sa.BigInteger(), nullable=True),
    sa.Column('purchase_on', sa.Date(), nullable=False),
    sa.Column('departure_on', sa.Date(), nullable=False),
    sa.Column('return_on', sa.Date(), nullable=False),
    sa.Column('departure_time', sa.Time(), nullable=True),
    sa.Column('landing_time', sa.Time(), nullable=True),
    sa.Column('addons', sa.JSON(), nullable=False),
    sa.Column('note', sa.String(), nullable=False),
    sa.Column('fingerprint', sa.String(), nullable=True),
    sa.Column('external_ref', sa.String(), nullable=True),
    sa.Column('batch_id', sa.Integer(), nullable=True),
    sa.Column('demo', sa.Boolean(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('cancelled_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('cancelled_by', sa.String(), nullable=False),
    sa.Column('cancel_reason', sa.String(), nullable=False),
    sa.CheckConstraint('departure_on >= purchase_on', name=op.f('ck_trip_departure_not_before_purchase')),
    sa.CheckConstraint('price_kopecks IS NULL OR price_kopecks >= 0', name=op.f('ck_trip_price_not_negative')),
    sa.CheckConstraint('return_on >= departure_on', name=op.f('ck_trip_return_not_before_departure')),
    sa.ForeignKeyConstraint(['batch_id'], ['batch.id'], name=op.f('fk_trip_batch_id')),
    sa.ForeignKeyConstraint(['client_id'], ['client.id'], name=op.f('fk_trip_client_id')),
    sa.ForeignKeyConstraint(['occasion_id'], ['occasion.id'], name=op.f('fk_trip_occasion_id')),
    sa.ForeignKeyConstraint(['office_id'], ['office.id'], name=op.f('fk_trip_office_id')),
    sa.ForeignKeyConstraint(['seller_id'], ['staff_user.id'], name=op.f('fk_trip_seller_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_trip')),
    sa.UniqueConstraint('occasion_id', name=op.f('uq_trip_occasion_id')),
    sa.UniqueConstraint('office_id', 'external_ref', name=op.f('uq_trip_office_id_external_ref')),
    sa.UniqueConstraint('office_id', 'fingerprint', name=op.f('uq_trip_office_id_fingerprint'))
    )
    with op.batch_alter_table('trip', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_trip_batch_id'), ['batch_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_trip_client_id'), ['client_id'], unique=False)
        batch_op.create_index('ix_trip_departure', ['office_id', 'departure_on'], unique=False)
        batch_op.create_index(batch_op.f('ix_trip_seller_id'), ['seller_id'], unique=False)

    op.create_table('companion',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('trip_id', sa.Integer(), nullable=False),
    sa.Column('client_id', sa.Integer(), nullable=True),
    sa.Column('name', sa.String(), nullable=False),
    sa.Column('birthday', sa.Date(), nullable=True),
    sa.ForeignKeyConstraint(['client_id'], ['client.id'], name=op.f('fk_companion_client_id')),
    sa.ForeignKeyConstraint(['trip_id'], ['trip.id'], name=op.f('fk_companion_trip_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_companion'))
    )
    with op.batch_alter_table('companion', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_companion_client_id'), ['client_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_companion_trip_id'), ['trip_id'], unique=False)

    op.create_table('touch_event',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('touch_id', sa.Integer(), nullable=False),
    sa.Column('occasion_id', sa.Integer(), nullable=True),
    sa.Column('office_id', sa.Integer(), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('verb', sa.String(), nullable=False),
    sa.Column('actor', sa.String(), nullable=False),
    sa.Column('user_id', sa.Integer(), nullable=True),
    sa.Column('bundle', sa.String(), nullable=False),
    sa.Column('before', sa.JSON(), nullable=False),
    sa.Column('after', sa.JSON(), nullable=False),
    sa.Column('undoes_id', sa.Integer(), nullable=True),
    sa.ForeignKeyConstraint(['occasion_id'], ['occasion.id'], name=op.f('fk_touch_event_occasion_id')),
    sa.ForeignKeyConstraint(['office_id'], ['office.id'], name=op.f('fk_touch_event_office_id')),
    sa.ForeignKeyConstraint(['touch_id'], ['touch.id'], name=op.f('fk_touch_event_touch_id')),
    sa.ForeignKeyConstraint(['undoes_id'], ['touch_event.id'], name=op.f('fk_touch_event_undoes_id')),
    sa.ForeignKeyConstraint(['user_id'], ['staff_user.id'], name=op.f('fk_touch_event_user_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_touch_event')),
    sa.UniqueConstraint('undoes_id', name=op.f('uq_touch_event_undoes_id')),
    info={'append_only': True}
    )
    with op.batch_alter_table('touch_event', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_touch_event_bundle'), ['bundle'], unique=False)
        batch_op.create_index('ix_touch_event_occasion', ['occasion_id', 'id'], unique=False)
        batch_op.create_index(batch_op.f('ix_touch_event_touch_id'), ['touch_id'], unique=False)



def downgrade() -> None:
    with op.batch_alter_table('touch_event', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_touch_event_touch_id'))
        batch_op.drop_index('ix_touch_event_occasion')
        batch_op.drop_index(batch_op.f('ix_touch_event_bundle'))

    op.drop_table('touch_event')
    with op.batch_alter_table('companion', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_companion_trip_id'))
        batch_op.drop_index(batch_op.f('ix_companion_client_id'))

    op.drop_table('companion')
    with op.batch_alter_table('trip', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_trip_seller_id'))
        batch_op.drop_index('ix_trip_departure')
        batch_op.drop_index(batch_op.f('ix_trip_client_id'))
        batch_op.drop_index(batch_op.f('ix_trip_batch_id'))

    op.drop_table('trip')
    with op.batch_alter_table('touch', schema=None) as batch_op:
        batch_op.drop_index('ix_touch_snoozed', sqlite_where=sa.text("status = 'planned' AND snoozed_until IS NOT NULL"), postgresql_where=sa.text("status = 'planned' AND snoozed_until IS NOT NULL"))
        batch_op.drop_index('ix_touch_send', sqlite_where=sa.text("status = 'planned'"), postgresql_where=sa.text("status = 'planned'"))
        batch_op.drop_index('ix_touch_queued', sqlite_where=sa.text("status = 'queued'"), postgresql_where=sa.text("status = 'queued'"))
        batch_op.drop_index('ix_touch_nobody', sqlite_where=sa.text("assignee_id IS NULL AND status = 'planned' AND NOT automatic"), postgresql_where=sa.text("assignee_id IS NULL AND status = 'planned' AND NOT automatic"))
        batch_op.drop_index('ix_touch_message', sqlite_where=sa.text('message_id IS NOT NULL'), postgresql_where=sa.text('message_id IS NOT NULL'))
        batch_op.drop_index('ix_touch_client')
        batch_op.drop_index('ix_touch_assignee', sqlite_where=sa.text('assignee_id IS NOT NULL'), postgresql_where=sa.text('assignee_id IS NOT NULL'))

    op.drop_table('touch')
    with op.batch_alter_table('message_event', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_message_event_message_id'))

    op.drop_table('message_event')
    op.drop_table('message_content')
    with op.batch_alter_table('plan_step', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_plan_step_version_id'))

    op.drop_table('plan_step')
    with op.batch_alter_table('phone', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_phone_e164'))

    op.drop_table('phone')
    with op.batch_alter_table('occasion', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_occasion_plan_version_id'))
        batch_op.drop_index('ix_occasion_ownerless', sqlite_where=sa.text('owner_id IS NULL AND closed_at IS NULL'), postgresql_where=sa.text('owner_id IS NULL AND closed_at IS NULL'))
        batch_op.drop_index(batch_op.f('ix_occasion_owner_id'))
        batch_op.drop_index('ix_occasion_next', sqlite_where=sa.text('closed_at IS NULL'), postgresql_where=sa.text('closed_at IS NULL'))
        batch_op.drop_index('ix_occasion_closed', sqlite_where=sa.text('closed_at IS NOT NULL'), postgresql_where=sa.text('closed_at IS NOT NULL'))
        batch_op.drop_index(batch_op.f('ix_occasion_client_id'))
        batch_op.drop_index('ix_occasion_broken', sqlite_where=sa.text('broken > 0'), postgresql_where=sa.text('broken > 0'))
        batch_op.drop_index('ix_occasion_breaks_at', sqlite_where=sa.text('breaks_at IS NOT NULL'), postgresql_where=sa.text('breaks_at IS NOT NULL'))
        batch_op.drop_index('ix_occasion_attention', sqlite_where=sa.text('attention_on IS NOT NULL'), postgresql_where=sa.text('attention_on IS NOT NULL'))

    op.drop_table('occasion')
    with op.batch_alter_table('message', schema=None) as batch_op:
        batch_op.drop_index('ix_message_waiting_address', sqlite_where=sa.text("state IN ('held', 'queued', 'claimed')"), postgresql_where=sa.text("state IN ('held', 'queued', 'claimed')"))
        batch_op.drop_index('ix_message_waiting', sqlite_where=sa.text("state IN ('queued', 'claimed', 'handed')"), postgresql_where=sa.text("state IN ('queued', 'claimed', 'handed')"))
        batch_op.drop_index('ix_message_tracked', sqlite_where=sa.text("channel = 'sms' AND state = 'sent'"), postgresql_where=sa.text("channel = 'sms' AND state = 'sent'"))
        batch_op.drop_index('ix_message_tests', sqlite_where=sa.text("klass = 'test'"), postgresql_where=sa.text("klass = 'test'"))
        batch_op.drop_index('ix_message_standing', sqlite_where=sa.text("state IN ('held', 'unknown')"), postgresql_where=sa.text("state IN ('held', 'unknown')"))
        batch_op.drop_index('ix_message_source', postgresql_ops={'source': 'text_pattern_ops'})
        batch_op.drop_index(batch_op.f('ix_message_resend_of'))
        batch_op.drop_index('ix_message_rate', sqlite_where=sa.text('handed_at IS NOT NULL'), postgresql_where=sa.text('handed_at IS NOT NULL'))
        batch_op.drop_index('ix_message_office')
        batch_op.drop_index('ix_message_news', sqlite_where=sa.text("NOT settled AND state IN ('sent', 'delivered', 'bounced', 'complained', 'unknown', 'failed', 'missed', 'cancelled', 'dead')"), postgresql_where=sa.text("NOT settled AND state IN ('sent', 'delivered', 'bounced', 'complained', 'unknown', 'failed', 'missed', 'cancelled', 'dead')"))
        batch_op.drop_index('ix_message_lease', sqlite_where=sa.text("state IN ('claimed', 'handed')"), postgresql_where=sa.text("state IN ('claimed', 'handed')"))
        batch_op.drop_index('ix_message_group', sqlite_where=sa.text("group_key <> ''"), postgresql_where=sa.text("group_key <> ''"))
        batch_op.drop_index('ix_message_ended_badly', sqlite_where=sa.text("state IN ('failed', 'missed', 'bounced', 'dead', 'cancelled')"), postgresql_where=sa.text("state IN ('failed', 'missed', 'bounced', 'dead', 'cancelled')"))
        batch_op.drop_index('ix_message_due', sqlite_where=sa.text("state = 'queued'"), postgresql_where=sa.text("state = 'queued'"))
        batch_op.drop_index(batch_op.f('ix_message_client_id'))

    op.drop_table('message')
    with op.batch_alter_table('hold', schema=None) as batch_op:
        batch_op.drop_index('ix_hold_open', sqlite_where=sa.text('released_at IS NULL'), postgresql_where=sa.text('released_at IS NULL'))
        batch_op.drop_index(batch_op.f('ix_hold_group_key'))
        batch_op.drop_index(batch_op.f('ix_hold_client_id'))

    op.drop_table('hold')
    with op.batch_alter_table('email', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_email_address'))

    op.drop_table('email')
    with op.batch_alter_table('consent_event', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_consent_event_client_id'))

    op.drop_table('consent_event')
    op.drop_table('consent')
    with op.batch_alter_table('batch_row', schema=None) as batch_op:
        batch_op.drop_index('ix_batch_row_outcome')

    op.drop_table('batch_row')
    with op.batch_alter_table('user_session', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_user_session_user_id'))

    op.drop_table('user_session')
    op.drop_table('user_office')
    with op.batch_alter_table('recovery_code', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_recovery_code_user_id'))

    op.drop_table('recovery_code')
    op.drop_table('plan_version')
    with op.batch_alter_table('letter_version', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_letter_version_letter_id'))

    op.drop_table('letter_version')
    with op.batch_alter_table('invitation', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_invitation_user_id'))

    op.drop_table('invitation')
    op.drop_table('identity')
    op.drop_table('day_off')
    with op.batch_alter_table('client', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_client_office_id'))
        batch_op.drop_index('ix_client_name_key', postgresql_ops={'name_key': 'text_pattern_ops'})
        batch_op.drop_index(batch_op.f('ix_client_manager_id'))

    op.drop_table('client')
    with op.batch_alter_table('batch', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_batch_state'))
        batch_op.drop_index(batch_op.f('ix_batch_office_id'))

    op.drop_table('batch')
    with op.batch_alter_table('audit_entry', schema=None) as batch_op:
        batch_op.drop_index('ix_audit_entry_subject')
        batch_op.drop_index(batch_op.f('ix_audit_entry_at'))

    op.drop_table('audit_entry')
    with op.batch_alter_table('api_token', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_api_token_office_id'))

    op.drop_table('api_token')
    with op.batch_alter_table('absence', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_absence_user_id'))
        batch_op.drop_index(batch_op.f('ix_absence_substitute_id'))

    op.drop_table('absence')
    with op.batch_alter_table('suppression', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_suppression_address_hash'))

    op.drop_table('suppression')
    op.drop_table('staff_user')
    op.drop_table('setting')
    op.drop_table('provider')
    with op.batch_alter_table('plan', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_plan_kind'))

    op.drop_table('plan')
    op.drop_table('office')
    op.drop_table('login_throttle')
    op.drop_table('letter')
    op.drop_table('job_run')
    op.drop_table('heartbeat')
    with op.batch_alter_table('form_key', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_form_key_made_at'))

    op.drop_table('form_key')
