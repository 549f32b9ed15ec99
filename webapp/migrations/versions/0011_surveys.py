"""Who was asked how a trip was, what was answered, and what clients let others read."""

import sqlalchemy as sa
from alembic import op

revision = '0011'
down_revision = '0010'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('review',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('trip_id', sa.Integer(), nullable=False),
    sa.Column('client_id', sa.Integer(), nullable=False),
    sa.Column('office_id', sa.Integer(), nullable=False),
    sa.Column('source', sa.String(), nullable=False),
    sa.Column('language', sa.String(), nullable=False),
    sa.Column('text', sa.String(), nullable=False),
    sa.Column('sign', sa.String(), nullable=False),
    sa.Column('author', sa.String(), nullable=False),
    sa.Column('score', sa.Integer(), nullable=True),
    sa.Column('destination', sa.String(), nullable=False),
    sa.Column('destination_key', sa.String(), nullable=False),
    sa.Column('travelled_on', sa.Date(), nullable=False),
    sa.Column('by_friend', sa.Boolean(), nullable=False),
    sa.Column('state', sa.String(), nullable=False),
    sa.Column('masks', sa.JSON(), nullable=False),
    sa.Column('hidden_for', sa.String(), nullable=False),
    sa.Column('answer', sa.String(), nullable=False),
    sa.Column('answered_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('written_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('consented_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('shown_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('turn', sa.Integer(), nullable=False),
    sa.CheckConstraint("state <> 'shown' OR consented_at IS NOT NULL", name=op.f('ck_review_shown_with_consent')),
    sa.CheckConstraint("state IN ('new', 'shown', 'hidden', 'withdrawn')", name=op.f('ck_review_state_known')),
    sa.CheckConstraint('score IS NULL OR score BETWEEN 0 AND 10', name=op.f('ck_review_score_known')),
    sa.ForeignKeyConstraint(['client_id'], ['client.id'], name=op.f('fk_review_client_id')),
    sa.ForeignKeyConstraint(['office_id'], ['office.id'], name=op.f('fk_review_office_id')),
    sa.ForeignKeyConstraint(['trip_id'], ['trip.id'], name=op.f('fk_review_trip_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_review')),
    sa.UniqueConstraint('trip_id', name=op.f('uq_review_trip_id'))
    )
    with op.batch_alter_table('review', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_review_client_id'), ['client_id'], unique=False)
        batch_op.create_index('ix_review_office', ['office_id', 'state'], unique=False)
        batch_op.create_index('ix_review_shown', ['state', 'language', 'written_at'], unique=False)

    op.create_table('survey_answer',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('trip_id', sa.Integer(), nullable=False),
    sa.Column('client_id', sa.Integer(), nullable=False),
    sa.Column('office_id', sa.Integer(), nullable=False),
    sa.Column('score', sa.Integer(), nullable=False),
    sa.Column('manager_score', sa.Integer(), nullable=True),
    sa.Column('agency_score', sa.Integer(), nullable=True),
    sa.Column('documents', sa.String(), nullable=False),
    sa.Column('text', sa.String(), nullable=False),
    sa.Column('video_url', sa.String(), nullable=False),
    sa.Column('may_show', sa.Boolean(), nullable=False),
    sa.Column('sign', sa.String(), nullable=False),
    sa.Column('call_back', sa.Boolean(), nullable=False),
    sa.Column('answered_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('changed_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('complaint_id', sa.Integer(), nullable=True),
    sa.Column('call_id', sa.Integer(), nullable=True),
    sa.CheckConstraint('agency_score IS NULL OR agency_score BETWEEN 1 AND 5', name=op.f('ck_survey_answer_agency_score_known')),
    sa.CheckConstraint('manager_score IS NULL OR manager_score BETWEEN 1 AND 5', name=op.f('ck_survey_answer_manager_score_known')),
    sa.CheckConstraint('score BETWEEN 0 AND 10', name=op.f('ck_survey_answer_score_known')),
    sa.ForeignKeyConstraint(['call_id'], ['touch.id'], name=op.f('fk_survey_answer_call_id')),
    sa.ForeignKeyConstraint(['client_id'], ['client.id'], name=op.f('fk_survey_answer_client_id')),
    sa.ForeignKeyConstraint(['complaint_id'], ['complaint.id'], name=op.f('fk_survey_answer_complaint_id')),
    sa.ForeignKeyConstraint(['office_id'], ['office.id'], name=op.f('fk_survey_answer_office_id')),
    sa.ForeignKeyConstraint(['trip_id'], ['trip.id'], name=op.f('fk_survey_answer_trip_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_survey_answer')),
    sa.UniqueConstraint('trip_id', name=op.f('uq_survey_answer_trip_id'))
    )
    with op.batch_alter_table('survey_answer', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_survey_answer_client_id'), ['client_id'], unique=False)
        batch_op.create_index('ix_survey_answer_office', ['office_id', 'answered_at'], unique=False)

    op.create_table('survey_ask',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('trip_id', sa.Integer(), nullable=False),
    sa.Column('client_id', sa.Integer(), nullable=False),
    sa.Column('office_id', sa.Integer(), nullable=False),
    sa.Column('touch_id', sa.Integer(), nullable=True),
    sa.Column('occasion_id', sa.Integer(), nullable=True),
    sa.Column('asked_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['client_id'], ['client.id'], name=op.f('fk_survey_ask_client_id')),
    sa.ForeignKeyConstraint(['occasion_id'], ['occasion.id'], name=op.f('fk_survey_ask_occasion_id')),
    sa.ForeignKeyConstraint(['office_id'], ['office.id'], name=op.f('fk_survey_ask_office_id')),
    sa.ForeignKeyConstraint(['touch_id'], ['touch.id'], name=op.f('fk_survey_ask_touch_id')),
    sa.ForeignKeyConstraint(['trip_id'], ['trip.id'], name=op.f('fk_survey_ask_trip_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_survey_ask')),
    sa.UniqueConstraint('occasion_id', name=op.f('uq_survey_ask_occasion_id')),
    sa.UniqueConstraint('trip_id', name=op.f('uq_survey_ask_trip_id'))
    )
    with op.batch_alter_table('survey_ask', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_survey_ask_asked_at'), ['asked_at'], unique=False)
        batch_op.create_index(batch_op.f('ix_survey_ask_client_id'), ['client_id'], unique=False)
        batch_op.create_index('ix_survey_ask_office', ['office_id', 'asked_at'], unique=False)

    op.create_table('review_event',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('review_id', sa.Integer(), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('verb', sa.String(), nullable=False),
    sa.Column('actor', sa.String(), nullable=False),
    sa.Column('user_id', sa.Integer(), nullable=True),
    sa.Column('reason', sa.String(), nullable=False),
    sa.Column('facts', sa.JSON(), nullable=False),
    sa.ForeignKeyConstraint(['review_id'], ['review.id'], name=op.f('fk_review_event_review_id')),
    sa.ForeignKeyConstraint(['user_id'], ['staff_user.id'], name=op.f('fk_review_event_user_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_review_event')),
    info={'append_only': True, 'erasable': ['facts']}
    )
    with op.batch_alter_table('review_event', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_review_event_review_id'), ['review_id'], unique=False)

    op.create_table('survey_answer_event',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('answer_id', sa.Integer(), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('score', sa.Integer(), nullable=False),
    sa.Column('facts', sa.JSON(), nullable=False),
    sa.ForeignKeyConstraint(['answer_id'], ['survey_answer.id'], name=op.f('fk_survey_answer_event_answer_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_survey_answer_event')),
    info={'append_only': True, 'erasable': ['facts']}
    )
    with op.batch_alter_table('survey_answer_event', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_survey_answer_event_answer_id'), ['answer_id'], unique=False)



def downgrade() -> None:
    with op.batch_alter_table('survey_answer_event', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_survey_answer_event_answer_id'))

    op.drop_table('survey_answer_event')
    with op.batch_alter_table('review_event', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_review_event_review_id'))

    op.drop_table('review_event')
    with op.batch_alter_table('survey_ask', schema=None) as batch_op:
        batch_op.drop_index('ix_survey_ask_office')
        batch_op.drop_index(batch_op.f('ix_survey_ask_client_id'))
        batch_op.drop_index(batch_op.f('ix_survey_ask_asked_at'))

    op.drop_table('survey_ask')
    with op.batch_alter_table('survey_answer', schema=None) as batch_op:
        batch_op.drop_index('ix_survey_answer_office')
        batch_op.drop_index(batch_op.f('ix_survey_answer_client_id'))

    op.drop_table('survey_answer')
    with op.batch_alter_table('review', schema=None) as batch_op:
        batch_op.drop_index('ix_review_shown')
        batch_op.drop_index('ix_review_office')
        batch_op.drop_index(batch_op.f('ix_review_client_id'))

    op.drop_table('review')
