"""Quality: the table beside competitors, what is done about it, checks of staff; an index for steps done in time."""

import sqlalchemy as sa
from alembic import op

revision = '0010'
down_revision = '0009'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('quality_competitor',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('name', sa.String(), nullable=False),
    sa.Column('name_key', sa.String(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_quality_competitor')),
    sa.UniqueConstraint('name_key', name=op.f('uq_quality_competitor_name_key'))
    )
    op.create_table('quality_assessment',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('office_id', sa.Integer(), nullable=False),
    sa.Column('competitor_id', sa.Integer(), nullable=False),
    sa.Column('day', sa.Date(), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('corrects_id', sa.Integer(), nullable=True),
    sa.Column('reason', sa.String(), nullable=False),
    sa.Column('total', sa.BigInteger(), nullable=False),
    sa.Column('author', sa.String(), nullable=False),
    sa.Column('author_id', sa.Integer(), nullable=True),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.CheckConstraint('(version = 1) = (corrects_id IS NULL)', name=op.f('ck_quality_assessment_versions_follow')),
    sa.ForeignKeyConstraint(['author_id'], ['staff_user.id'], name=op.f('fk_quality_assessment_author_id')),
    sa.ForeignKeyConstraint(['competitor_id'], ['quality_competitor.id'], name=op.f('fk_quality_assessment_competitor_id')),
    sa.ForeignKeyConstraint(['corrects_id'], ['quality_assessment.id'], name=op.f('fk_quality_assessment_corrects_id')),
    sa.ForeignKeyConstraint(['office_id'], ['office.id'], name=op.f('fk_quality_assessment_office_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_quality_assessment')),
    sa.UniqueConstraint('corrects_id', name=op.f('uq_quality_assessment_corrects_id')),
    sa.UniqueConstraint('office_id', 'competitor_id', 'day', 'version', name=op.f('uq_quality_assessment_office_id_competitor_id_day_version')),
    info={'append_only': True}
    )
    with op.batch_alter_table('quality_assessment', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_quality_assessment_author_id'), ['author_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_quality_assessment_competitor_id'), ['competitor_id'], unique=False)

    op.create_table('staff_check',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('user_id', sa.Integer(), nullable=False),
    sa.Column('topic', sa.String(), nullable=False),
    sa.Column('topic_key', sa.String(), nullable=False),
    sa.Column('checked_on', sa.Date(), nullable=False),
    sa.Column('result', sa.String(), nullable=False),
    sa.Column('note', sa.String(), nullable=False),
    sa.Column('next_on', sa.Date(), nullable=True),
    sa.Column('corrects_id', sa.Integer(), nullable=True),
    sa.Column('reason', sa.String(), nullable=False),
    sa.Column('author', sa.String(), nullable=False),
    sa.Column('author_id', sa.Integer(), nullable=True),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.CheckConstraint("result IN ('good', 'partly', 'poor')", name=op.f('ck_staff_check_result_known')),
    sa.ForeignKeyConstraint(['author_id'], ['staff_user.id'], name=op.f('fk_staff_check_author_id')),
    sa.ForeignKeyConstraint(['corrects_id'], ['staff_check.id'], name=op.f('fk_staff_check_corrects_id')),
    sa.ForeignKeyConstraint(['user_id'], ['staff_user.id'], name=op.f('fk_staff_check_user_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_staff_check')),
    sa.UniqueConstraint('corrects_id', name=op.f('uq_staff_check_corrects_id')),
    info={'append_only': True}
    )
    with op.batch_alter_table('staff_check', schema=None) as batch_op:
        batch_op.create_index('ix_staff_check_person', ['user_id', 'checked_on'], unique=False)

    op.create_table('staff_check_due',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('user_id', sa.Integer(), nullable=False),
    sa.Column('topic', sa.String(), nullable=False),
    sa.Column('topic_key', sa.String(), nullable=False),
    sa.Column('due_on', sa.Date(), nullable=False),
    sa.ForeignKeyConstraint(['user_id'], ['staff_user.id'], name=op.f('fk_staff_check_due_user_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_staff_check_due')),
    sa.UniqueConstraint('user_id', 'topic_key', name=op.f('uq_staff_check_due_user_id_topic_key'))
    )
    with op.batch_alter_table('staff_check_due', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_staff_check_due_due_on'), ['due_on'], unique=False)

    op.create_table('quality_improvement',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('assessment_id', sa.Integer(), nullable=False),
    sa.Column('office_id', sa.Integer(), nullable=False),
    sa.Column('name', sa.String(), nullable=False),
    sa.Column('name_key', sa.String(), nullable=False),
    sa.Column('what', sa.String(), nullable=False),
    sa.Column('who_id', sa.Integer(), nullable=False),
    sa.Column('due_on', sa.Date(), nullable=False),
    sa.Column('author', sa.String(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('closed_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('closed_by', sa.String(), nullable=False),
    sa.Column('result', sa.String(), nullable=False),
    sa.ForeignKeyConstraint(['assessment_id'], ['quality_assessment.id'], name=op.f('fk_quality_improvement_assessment_id')),
    sa.ForeignKeyConstraint(['office_id'], ['office.id'], name=op.f('fk_quality_improvement_office_id')),
    sa.ForeignKeyConstraint(['who_id'], ['staff_user.id'], name=op.f('fk_quality_improvement_who_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_quality_improvement'))
    )
    with op.batch_alter_table('quality_improvement', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_quality_improvement_assessment_id'), ['assessment_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_quality_improvement_office_id'), ['office_id'], unique=False)
        batch_op.create_index('ix_quality_improvement_open', ['who_id', 'due_on'], unique=False, sqlite_where=sa.text('closed_at IS NULL'), postgresql_where=sa.text('closed_at IS NULL'))

    op.create_table('quality_line',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('assessment_id', sa.Integer(), nullable=False),
    sa.Column('position', sa.Integer(), nullable=False),
    sa.Column('name', sa.String(), nullable=False),
    sa.Column('name_key', sa.String(), nullable=False),
    sa.Column('unit', sa.String(), nullable=False),
    sa.Column('better', sa.String(), nullable=False),
    sa.Column('weight', sa.Integer(), nullable=False),
    sa.Column('theirs', sa.BigInteger(), nullable=False),
    sa.Column('ours', sa.BigInteger(), nullable=False),
    sa.CheckConstraint("(better = 'more' AND theirs > 0) OR (better = 'less' AND ours > 0)", name=op.f('ck_quality_line_divides')),
    sa.CheckConstraint('theirs >= 0 AND ours >= 0', name=op.f('ck_quality_line_values_not_negative')),
    sa.CheckConstraint('weight > 0 AND weight <= 10000', name=op.f('ck_quality_line_weight_sane')),
    sa.ForeignKeyConstraint(['assessment_id'], ['quality_assessment.id'], name=op.f('fk_quality_line_assessment_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_quality_line')),
    sa.UniqueConstraint('assessment_id', 'name_key', name=op.f('uq_quality_line_assessment_id_name_key')),
    sa.UniqueConstraint('assessment_id', 'position', name=op.f('uq_quality_line_assessment_id_position')),
    info={'append_only': True}
    )
    with op.batch_alter_table('touch', schema=None) as batch_op:
        batch_op.create_index('ix_touch_kept', ['office_id', 'due_on'], unique=False, sqlite_where=sa.text("status IN ('done', 'planned') AND NOT automatic"), postgresql_where=sa.text("status IN ('done', 'planned') AND NOT automatic"))



def downgrade() -> None:
    with op.batch_alter_table('touch', schema=None) as batch_op:
        batch_op.drop_index('ix_touch_kept', sqlite_where=sa.text("status IN ('done', 'planned') AND NOT automatic"), postgresql_where=sa.text("status IN ('done', 'planned') AND NOT automatic"))

    op.drop_table('quality_line')
    with op.batch_alter_table('quality_improvement', schema=None) as batch_op:
        batch_op.drop_index('ix_quality_improvement_open', sqlite_where=sa.text('closed_at IS NULL'), postgresql_where=sa.text('closed_at IS NULL'))
        batch_op.drop_index(batch_op.f('ix_quality_improvement_office_id'))
        batch_op.drop_index(batch_op.f('ix_quality_improvement_assessment_id'))

    op.drop_table('quality_improvement')
    with op.batch_alter_table('staff_check_due', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_staff_check_due_due_on'))

    op.drop_table('staff_check_due')
    with op.batch_alter_table('staff_check', schema=None) as batch_op:
        batch_op.drop_index('ix_staff_check_person')

    op.drop_table('staff_check')
    with op.batch_alter_table('quality_assessment', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_quality_assessment_competitor_id'))
        batch_op.drop_index(batch_op.f('ix_quality_assessment_author_id'))

    op.drop_table('quality_assessment')
    op.drop_table('quality_competitor')
