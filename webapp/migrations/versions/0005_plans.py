"""Plans are edited: a draft beside the versions, short names of steps, an SMS that may become a call."""

import sqlalchemy as sa
from alembic import op

revision = '0005'
down_revision = '0002'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('plan_draft',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('plan_id', sa.Integer(), nullable=False),
    sa.Column('base_id', sa.Integer(), nullable=False),
    sa.Column('steps', sa.JSON(), nullable=False),
    sa.Column('turn', sa.Integer(), nullable=False),
    sa.Column('author', sa.String(), nullable=False),
    sa.Column('changed_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['base_id'], ['plan_version.id'], name=op.f('fk_plan_draft_base_id_plan_version')),
    sa.ForeignKeyConstraint(['plan_id'], ['plan.id'], name=op.f('fk_plan_draft_plan_id_plan')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_plan_draft')),
    sa.UniqueConstraint('plan_id', name=op.f('uq_plan_draft_plan_id'))
    )
    with op.batch_alter_table('plan_step', schema=None) as batch_op:
        batch_op.add_column(sa.Column('short_ru', sa.String(), nullable=False, server_default=''))
        batch_op.add_column(sa.Column('short_en', sa.String(), nullable=False, server_default=''))
        batch_op.add_column(sa.Column('or_call', sa.Boolean(), nullable=False, server_default=sa.false()))
    # The reminder of the flight has always become a call; until now its name alone said so.
    step = sa.table('plan_step', sa.column('code', sa.String()), sa.column('or_call', sa.Boolean()))
    op.execute(step.update().where(step.c.code == 'fly_tomorrow').values(or_call=True))
    with op.batch_alter_table('plan_step', schema=None) as batch_op:
        for name in ('short_ru', 'short_en', 'or_call'):
            batch_op.alter_column(name, server_default=None)


def downgrade() -> None:
    with op.batch_alter_table('plan_step', schema=None) as batch_op:
        batch_op.drop_column('or_call')
        batch_op.drop_column('short_en')
        batch_op.drop_column('short_ru')

    op.drop_table('plan_draft')
