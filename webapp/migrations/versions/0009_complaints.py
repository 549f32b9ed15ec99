"""complaints."""

import sqlalchemy as sa
from alembic import op

revision = '0009'
down_revision = '0008'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('procedure',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('code', sa.String(), nullable=False),
    sa.Column('kind', sa.String(), nullable=False),
    sa.Column('name_ru', sa.String(), nullable=False),
    sa.Column('name_en', sa.String(), nullable=False),
    sa.Column('text_ru', sa.String(), nullable=False),
    sa.Column('text_en', sa.String(), nullable=False),
    sa.Column('remedy_ru', sa.String(), nullable=False),
    sa.Column('remedy_en', sa.String(), nullable=False),
    sa.Column('decide_days', sa.Integer(), nullable=True),
    sa.Column('legal_days', sa.Integer(), nullable=True),
    sa.Column('active', sa.Boolean(), nullable=False),
    sa.Column('position', sa.Integer(), nullable=False),
    sa.CheckConstraint("kind IN ('refund', 'repeat', 'bonus', 'apology', 'operator')", name=op.f('ck_procedure_kind_known')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_procedure')),
    sa.UniqueConstraint('code', name=op.f('uq_procedure_code'))
    )
    op.create_table('root_cause',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('code', sa.String(), nullable=False),
    sa.Column('name_ru', sa.String(), nullable=False),
    sa.Column('name_en', sa.String(), nullable=False),
    sa.Column('active', sa.Boolean(), nullable=False),
    sa.Column('position', sa.Integer(), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_root_cause'))
    )
    op.create_table('complaint',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('number', sa.String(), nullable=False),
    sa.Column('origin', sa.String(), nullable=True),
    sa.Column('office_id', sa.Integer(), nullable=False),
    sa.Column('client_id', sa.Integer(), nullable=False),
    sa.Column('trip_id', sa.Integer(), nullable=True),
    sa.Column('manager_id', sa.Integer(), nullable=True),
    sa.Column('owner_id', sa.Integer(), nullable=True),
    sa.Column('touch_id', sa.Integer(), nullable=True),
    sa.Column('task_id', sa.Integer(), nullable=True),
    sa.Column('repeats_id', sa.Integer(), nullable=True),
    sa.Column('operator', sa.String(), nullable=False),
    sa.Column('source', sa.String(), nullable=False),
    sa.Column('state', sa.String(), nullable=False),
    sa.Column('language', sa.String(), nullable=False),
    sa.Column('contact_name', sa.String(), nullable=False),
    sa.Column('contact_phone', sa.String(), nullable=False),
    sa.Column('contact_email', sa.String(), nullable=False),
    sa.Column('story', sa.String(), nullable=False),
    sa.Column('wants', sa.String(), nullable=False),
    sa.Column('rounds', sa.Integer(), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('since', sa.DateTime(timezone=True), nullable=False),
    sa.Column('due_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('legal_by', sa.Date(), nullable=True),
    sa.Column('procedure_id', sa.Integer(), nullable=True),
    sa.Column('procedure_text', sa.String(), nullable=False),
    sa.Column('told_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('facts', sa.String(), nullable=False),
    sa.Column('justified', sa.String(), nullable=False),
    sa.Column('solution', sa.String(), nullable=False),
    sa.Column('investigated_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('decision', sa.String(), nullable=False),
    sa.Column('decision_reason', sa.String(), nullable=False),
    sa.Column('cost_kopecks', sa.BigInteger(), nullable=False),
    sa.Column('compensation_points', sa.Integer(), nullable=False),
    sa.Column('compensation_op_id', sa.Integer(), nullable=True),
    sa.Column('resolved_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('asked_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('asked_message_id', sa.Integer(), nullable=True),
    sa.Column('cause', sa.String(), nullable=False),
    sa.Column('result', sa.String(), nullable=False),
    sa.Column('documented_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('root_cause_id', sa.Integer(), nullable=True),
    sa.Column('prevention', sa.String(), nullable=False),
    sa.Column('analysed_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('lesson', sa.String(), nullable=False),
    sa.Column('shared_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('waive_reason', sa.String(), nullable=False),
    sa.Column('waived_by', sa.String(), nullable=False),
    sa.Column('satisfaction', sa.String(), nullable=False),
    sa.Column('satisfaction_note', sa.String(), nullable=False),
    sa.Column('satisfied_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('closed_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('reopened_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('void_reason', sa.String(), nullable=False),
    sa.CheckConstraint("decision IN ('', 'satisfy', 'compromise', 'refuse')", name=op.f('ck_complaint_decision_known')),
    sa.CheckConstraint("justified IN ('', 'yes', 'partly', 'no')", name=op.f('ck_complaint_justified_known')),
    sa.CheckConstraint("satisfaction IN ('', 'yes', 'partly', 'no', 'no_answer')", name=op.f('ck_complaint_satisfaction_known')),
    sa.CheckConstraint("source IN ('form', 'survey', 'phone', 'letter', 'reply', 'visit', 'social')", name=op.f('ck_complaint_source_known')),
    sa.CheckConstraint("state <> 'closed' OR (closed_at IS NOT NULL AND satisfaction <> '')", name=op.f('ck_complaint_closed_with_answer')),
    sa.CheckConstraint("state <> 'closed' OR satisfaction <> 'no' OR rounds = 2", name=op.f('ck_complaint_no_is_looked_at_again')),
    sa.CheckConstraint('(rounds = 2) = (reopened_at IS NOT NULL)', name=op.f('ck_complaint_reopened')),
    sa.CheckConstraint("state <> 'void' OR trim(void_reason) <> ''", name=op.f('ck_complaint_void_with_reason')),
    sa.CheckConstraint("state <> 'waived' OR trim(waive_reason) <> ''", name=op.f('ck_complaint_waived_with_reason')),
    sa.CheckConstraint("state IN ('draft', 'received', 'told', 'investigated', 'resolved', 'documented', 'analysed', 'shared', 'waived', 'closed', 'void')", name=op.f('ck_complaint_state_known')),
    sa.CheckConstraint("state IN ('draft', 'void', 'received') OR (told_at IS NOT NULL AND procedure_id IS NOT NULL)", name=op.f('ck_complaint_told')),
    sa.CheckConstraint("state IN ('draft', 'void', 'received', 'told') OR (investigated_at IS NOT NULL AND justified <> '')", name=op.f('ck_complaint_investigated')),
    sa.CheckConstraint("state IN ('draft', 'void', 'received', 'told', 'investigated') OR (resolved_at IS NOT NULL AND decision <> '')", name=op.f('ck_complaint_resolved')),
    sa.CheckConstraint("state IN ('draft', 'void', 'received', 'told', 'investigated', 'resolved') OR (documented_at IS NOT NULL OR trim(waive_reason) <> '')", name=op.f('ck_complaint_documented')),
    sa.CheckConstraint("state IN ('draft', 'void', 'received', 'told', 'investigated', 'resolved', 'documented') OR (analysed_at IS NOT NULL AND root_cause_id IS NOT NULL OR trim(waive_reason) <> '')", name=op.f('ck_complaint_analysed')),
    sa.CheckConstraint("state IN ('draft', 'void', 'received', 'told', 'investigated', 'resolved', 'documented', 'analysed') OR (shared_at IS NOT NULL OR trim(waive_reason) <> '')", name=op.f('ck_complaint_shared')),
    sa.CheckConstraint('cost_kopecks >= 0 AND compensation_points >= 0', name=op.f('ck_complaint_not_negative')),
    sa.CheckConstraint('rounds IN (1, 2)', name=op.f('ck_complaint_twice_at_most')),
    sa.ForeignKeyConstraint(['asked_message_id'], ['message.id'], name=op.f('fk_complaint_asked_message_id')),
    sa.ForeignKeyConstraint(['client_id'], ['client.id'], name=op.f('fk_complaint_client_id')),
    sa.ForeignKeyConstraint(['compensation_op_id'], ['bonus_op.id'], name=op.f('fk_complaint_compensation_op_id')),
    sa.ForeignKeyConstraint(['manager_id'], ['staff_user.id'], name=op.f('fk_complaint_manager_id')),
    sa.ForeignKeyConstraint(['office_id'], ['office.id'], name=op.f('fk_complaint_office_id')),
    sa.ForeignKeyConstraint(['owner_id'], ['staff_user.id'], name=op.f('fk_complaint_owner_id')),
    sa.ForeignKeyConstraint(['procedure_id'], ['procedure.id'], name=op.f('fk_complaint_procedure_id')),
    sa.ForeignKeyConstraint(['repeats_id'], ['complaint.id'], name=op.f('fk_complaint_repeats_id')),
    sa.ForeignKeyConstraint(['root_cause_id'], ['root_cause.id'], name=op.f('fk_complaint_root_cause_id')),
    sa.ForeignKeyConstraint(['task_id'], ['touch.id'], name=op.f('fk_complaint_task_id')),
    sa.ForeignKeyConstraint(['touch_id'], ['touch.id'], name=op.f('fk_complaint_touch_id')),
    sa.ForeignKeyConstraint(['trip_id'], ['trip.id'], name=op.f('fk_complaint_trip_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_complaint')),
    sa.UniqueConstraint('number', name=op.f('uq_complaint_number')),
    sa.UniqueConstraint('origin', name=op.f('uq_complaint_origin'))
    )
    with op.batch_alter_table('complaint', schema=None) as batch_op:
        batch_op.create_index('ix_complaint_client', ['client_id', 'id'], unique=False)
        batch_op.create_index(batch_op.f('ix_complaint_manager_id'), ['manager_id'], unique=False)
        batch_op.create_index('ix_complaint_office', ['office_id', 'id'], unique=False)
        batch_op.create_index('ix_complaint_open', ['office_id', 'due_at'], unique=False, sqlite_where=sa.text("state NOT IN ('closed', 'void')"), postgresql_where=sa.text("state NOT IN ('closed', 'void')"))
        batch_op.create_index(batch_op.f('ix_complaint_owner_id'), ['owner_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_complaint_repeats_id'), ['repeats_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_complaint_root_cause_id'), ['root_cause_id'], unique=False)
        batch_op.create_index('ix_complaint_trip', ['trip_id'], unique=False)

    op.create_table('complaint_action',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('complaint_id', sa.Integer(), nullable=False),
    sa.Column('what', sa.String(), nullable=False),
    sa.Column('user_id', sa.Integer(), nullable=False),
    sa.Column('due_on', sa.Date(), nullable=False),
    sa.Column('touch_id', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['complaint_id'], ['complaint.id'], name=op.f('fk_complaint_action_complaint_id')),
    sa.ForeignKeyConstraint(['touch_id'], ['touch.id'], name=op.f('fk_complaint_action_touch_id')),
    sa.ForeignKeyConstraint(['user_id'], ['staff_user.id'], name=op.f('fk_complaint_action_user_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_complaint_action')),
    sa.UniqueConstraint('touch_id', name=op.f('uq_complaint_action_touch_id'))
    )
    with op.batch_alter_table('complaint_action', schema=None) as batch_op:
        batch_op.create_index('ix_complaint_action_of', ['complaint_id', 'id'], unique=False)

    op.create_table('complaint_event',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('complaint_id', sa.Integer(), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('actor', sa.String(), nullable=False),
    sa.Column('user_id', sa.Integer(), nullable=True),
    sa.Column('verb', sa.String(), nullable=False),
    sa.Column('before', sa.String(), nullable=False),
    sa.Column('after', sa.String(), nullable=False),
    sa.Column('rounds', sa.Integer(), nullable=False),
    sa.Column('facts', sa.JSON(), nullable=False),
    sa.ForeignKeyConstraint(['complaint_id'], ['complaint.id'], name=op.f('fk_complaint_event_complaint_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_complaint_event')),
    info={'append_only': True, 'erasable': ['facts']}
    )
    with op.batch_alter_table('complaint_event', schema=None) as batch_op:
        batch_op.create_index('ix_complaint_event_of', ['complaint_id', 'id'], unique=False)

    op.create_table('complaint_viewer',
    sa.Column('complaint_id', sa.Integer(), nullable=False),
    sa.Column('user_id', sa.Integer(), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['complaint_id'], ['complaint.id'], name=op.f('fk_complaint_viewer_complaint_id')),
    sa.ForeignKeyConstraint(['user_id'], ['staff_user.id'], name=op.f('fk_complaint_viewer_user_id')),
    sa.PrimaryKeyConstraint('complaint_id', 'user_id', name=op.f('pk_complaint_viewer'))
    )
    op.create_table('complaint_watcher',
    sa.Column('complaint_id', sa.Integer(), nullable=False),
    sa.Column('user_id', sa.Integer(), nullable=False),
    sa.Column('since', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['complaint_id'], ['complaint.id'], name=op.f('fk_complaint_watcher_complaint_id')),
    sa.ForeignKeyConstraint(['user_id'], ['staff_user.id'], name=op.f('fk_complaint_watcher_user_id')),
    sa.PrimaryKeyConstraint('complaint_id', 'user_id', name=op.f('pk_complaint_watcher'))
    )
    op.create_table('complaint_word',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('complaint_id', sa.Integer(), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('kind', sa.String(), nullable=False),
    sa.Column('author', sa.String(), nullable=False),
    sa.Column('user_id', sa.Integer(), nullable=True),
    sa.Column('via', sa.String(), nullable=False),
    sa.Column('text', sa.String(), nullable=False),
    sa.Column('key', sa.String(), nullable=True),
    sa.CheckConstraint("kind IN ('client', 'reply', 'note')", name=op.f('ck_complaint_word_kind_known')),
    sa.ForeignKeyConstraint(['complaint_id'], ['complaint.id'], name=op.f('fk_complaint_word_complaint_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_complaint_word')),
    sa.UniqueConstraint('key', name=op.f('uq_complaint_word_key')),
    info={'append_only': True, 'erasable': ['text', 'author']}
    )
    with op.batch_alter_table('complaint_word', schema=None) as batch_op:
        batch_op.create_index('ix_complaint_word_of', ['complaint_id', 'id'], unique=False)

    op.create_table('lesson_reader',
    sa.Column('complaint_id', sa.Integer(), nullable=False),
    sa.Column('user_id', sa.Integer(), nullable=False),
    sa.Column('shared_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('read_at', sa.DateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['complaint_id'], ['complaint.id'], name=op.f('fk_lesson_reader_complaint_id')),
    sa.ForeignKeyConstraint(['user_id'], ['staff_user.id'], name=op.f('fk_lesson_reader_user_id')),
    sa.PrimaryKeyConstraint('complaint_id', 'user_id', name=op.f('pk_lesson_reader'))
    )
    with op.batch_alter_table('lesson_reader', schema=None) as batch_op:
        batch_op.create_index('ix_lesson_reader_user', ['user_id', 'read_at'], unique=False)

    op.create_table('operator_claim',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('complaint_id', sa.Integer(), nullable=False),
    sa.Column('operator', sa.String(), nullable=False),
    sa.Column('text', sa.String(), nullable=False),
    sa.Column('file_by', sa.Date(), nullable=True),
    sa.Column('sent_on', sa.Date(), nullable=True),
    sa.Column('sent_how', sa.String(), nullable=False),
    sa.Column('answer_by', sa.Date(), nullable=True),
    sa.Column('answered_on', sa.Date(), nullable=True),
    sa.Column('answer', sa.String(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['complaint_id'], ['complaint.id'], name=op.f('fk_operator_claim_complaint_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_operator_claim')),
    sa.UniqueConstraint('complaint_id', name=op.f('uq_operator_claim_complaint_id'))
    )
    op.create_table('complaint_file',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('complaint_id', sa.Integer(), nullable=False),
    sa.Column('word_id', sa.Integer(), nullable=True),
    sa.Column('token', sa.String(), nullable=False),
    sa.Column('name', sa.String(), nullable=False),
    sa.Column('type', sa.String(), nullable=False),
    sa.Column('size', sa.Integer(), nullable=False),
    sa.Column('sha256', sa.String(), nullable=False),
    sa.Column('by_client', sa.Boolean(), nullable=False),
    sa.Column('added_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('data', sa.LargeBinary(), nullable=False),
    sa.ForeignKeyConstraint(['complaint_id'], ['complaint.id'], name=op.f('fk_complaint_file_complaint_id')),
    sa.ForeignKeyConstraint(['word_id'], ['complaint_word.id'], name=op.f('fk_complaint_file_word_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_complaint_file')),
    sa.UniqueConstraint('token', name=op.f('uq_complaint_file_token'))
    )
    with op.batch_alter_table('complaint_file', schema=None) as batch_op:
        batch_op.create_index('ix_complaint_file_of', ['complaint_id', 'id'], unique=False)



def downgrade() -> None:
    with op.batch_alter_table('complaint_file', schema=None) as batch_op:
        batch_op.drop_index('ix_complaint_file_of')

    op.drop_table('complaint_file')
    op.drop_table('operator_claim')
    with op.batch_alter_table('lesson_reader', schema=None) as batch_op:
        batch_op.drop_index('ix_lesson_reader_user')

    op.drop_table('lesson_reader')
    with op.batch_alter_table('complaint_word', schema=None) as batch_op:
        batch_op.drop_index('ix_complaint_word_of')

    op.drop_table('complaint_word')
    op.drop_table('complaint_watcher')
    op.drop_table('complaint_viewer')
    with op.batch_alter_table('complaint_event', schema=None) as batch_op:
        batch_op.drop_index('ix_complaint_event_of')

    op.drop_table('complaint_event')
    with op.batch_alter_table('complaint_action', schema=None) as batch_op:
        batch_op.drop_index('ix_complaint_action_of')

    op.drop_table('complaint_action')
    with op.batch_alter_table('complaint', schema=None) as batch_op:
        batch_op.drop_index('ix_complaint_trip')
        batch_op.drop_index(batch_op.f('ix_complaint_root_cause_id'))
        batch_op.drop_index(batch_op.f('ix_complaint_repeats_id'))
        batch_op.drop_index(batch_op.f('ix_complaint_owner_id'))
        batch_op.drop_index('ix_complaint_open', sqlite_where=sa.text("state NOT IN ('closed', 'void')"), postgresql_where=sa.text("state NOT IN ('closed', 'void')"))
        batch_op.drop_index('ix_complaint_office')
        batch_op.drop_index(batch_op.f('ix_complaint_manager_id'))
        batch_op.drop_index('ix_complaint_client')

    op.drop_table('complaint')
    op.drop_table('root_cause')
    op.drop_table('procedure')
