"""Each sale keeps when its points come: new terms are for new sales."""

import sqlalchemy as sa
from alembic import op

revision = '0014'
down_revision = '0013'
branch_labels = None
depends_on = None

_BONUS = sa.table('trip_bonus', sa.column('trip_id', sa.Integer()), sa.column('state', sa.String()),
                  sa.column('accrue', sa.String()), sa.column('accrual_op_id', sa.Integer()))
_OP = sa.table('bonus_op', sa.column('id', sa.Integer()), sa.column('day', sa.Date()))
_TRIP = sa.table('trip', sa.column('id', sa.Integer()), sa.column('return_on', sa.Date()))
_SETTING = sa.table('setting', sa.column('key', sa.String()), sa.column('value', sa.JSON()))


def upgrade() -> None:
    with op.batch_alter_table('trip_bonus', schema=None) as batch_op:
        batch_op.add_column(sa.Column('accrue', sa.String(), nullable=False, server_default='return'))
    _explain()
    with op.batch_alter_table('trip_bonus', schema=None) as batch_op:
        batch_op.alter_column('accrue', server_default=None)
        batch_op.create_check_constraint(batch_op.f('ck_trip_bonus_accrue_known'), "accrue IN ('return', 'purchase')")
    op.create_index('ix_trip_bonus_at_once', 'trip_bonus', ['trip_id'], unique=False,
                    sqlite_where=sa.text("state = 'accrued' AND accrue = 'purchase'"),
                    postgresql_where=sa.text("state = 'accrued' AND accrue = 'purchase'"))


def _explain() -> None:
    """Points that came before the return was over came at the sale; those still to come do so by the terms of today."""
    early = (sa.select(_BONUS.c.trip_id).join(_TRIP, _TRIP.c.id == _BONUS.c.trip_id)
             .join(_OP, _OP.c.id == _BONUS.c.accrual_op_id)
             .where(_BONUS.c.state == 'accrued', _OP.c.day <= _TRIP.c.return_on))
    op.execute(_BONUS.update().where(_BONUS.c.trip_id.in_(early.scalar_subquery())).values(accrue='purchase'))
    terms = op.get_bind().execute(sa.select(_SETTING.c.value).where(_SETTING.c.key == 'club')).scalar()
    if (terms or {}).get('accrue') == 'purchase':
        waiting = sa.or_(_BONUS.c.state == 'open', sa.and_(_BONUS.c.state == 'accrued', _BONUS.c.accrual_op_id.is_(None)))
        op.execute(_BONUS.update().where(waiting).values(accrue='purchase'))


def downgrade() -> None:
    op.drop_index('ix_trip_bonus_at_once', table_name='trip_bonus')
    with op.batch_alter_table('trip_bonus', schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f('ck_trip_bonus_accrue_known'), type_='check')
        batch_op.drop_column('accrue')
