"""The bonus club: cards, the ledger of points, warnings, levels, friends, gifts, codes of the balance page."""

import sqlalchemy as sa
from alembic import op

revision = '0007'
down_revision = '0004'
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table('trip', schema=None) as batch_op:
        batch_op.create_index('ix_trip_cancelled', ['cancelled_at'], unique=False, sqlite_where=sa.text('cancelled_at IS NOT NULL'), postgresql_where=sa.text('cancelled_at IS NOT NULL'))
        batch_op.create_index('ix_trip_return', ['return_on'], unique=False)

    op.create_table('gift_kind',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('code', sa.String(), nullable=False),
    sa.Column('name_ru', sa.String(), nullable=False),
    sa.Column('name_en', sa.String(), nullable=False),
    sa.Column('counted', sa.Boolean(), nullable=False),
    sa.Column('active', sa.Boolean(), nullable=False),
    sa.Column('position', sa.Integer(), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_gift_kind')),
    sa.UniqueConstraint('code', name=op.f('uq_gift_kind_code'))
    )
    op.create_table('level',
    sa.Column('code', sa.String(), nullable=False),
    sa.Column('rank', sa.Integer(), nullable=False),
    sa.Column('name_ru', sa.String(), nullable=False),
    sa.Column('name_en', sa.String(), nullable=False),
    sa.Column('min_trips', sa.Integer(), nullable=False),
    sa.Column('min_spend_kopecks', sa.BigInteger(), nullable=False),
    sa.Column('both', sa.Boolean(), nullable=False),
    sa.Column('rate_bp', sa.Integer(), nullable=False),
    sa.CheckConstraint('min_trips >= 0 AND min_spend_kopecks >= 0 AND rate_bp BETWEEN 0 AND 10000', name=op.f('ck_level_sane')),
    sa.PrimaryKeyConstraint('code', name=op.f('pk_level')),
    sa.UniqueConstraint('rank', name=op.f('uq_level_rank'))
    )
    op.create_table('gift_move',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('kind_id', sa.Integer(), nullable=False),
    sa.Column('office_id', sa.Integer(), nullable=False),
    sa.Column('amount', sa.Integer(), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('actor', sa.String(), nullable=False),
    sa.Column('note', sa.String(), nullable=False),
    sa.CheckConstraint('amount <> 0', name=op.f('ck_gift_move_moves')),
    sa.ForeignKeyConstraint(['kind_id'], ['gift_kind.id'], name=op.f('fk_gift_move_kind_id')),
    sa.ForeignKeyConstraint(['office_id'], ['office.id'], name=op.f('fk_gift_move_office_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_gift_move')),
    info={'append_only': True}
    )
    with op.batch_alter_table('gift_move', schema=None) as batch_op:
        batch_op.create_index('ix_gift_move_place', ['office_id', 'kind_id'], unique=False)

    op.create_table('privilege',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('level_code', sa.String(), nullable=False),
    sa.Column('position', sa.Integer(), nullable=False),
    sa.Column('text_ru', sa.String(), nullable=False),
    sa.Column('text_en', sa.String(), nullable=False),
    sa.Column('worth', sa.String(), nullable=False),
    sa.CheckConstraint("worth IN ('A', 'B', 'C')", name=op.f('ck_privilege_worth_known')),
    sa.ForeignKeyConstraint(['level_code'], ['level.code'], name=op.f('fk_privilege_level_code')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_privilege'))
    )
    with op.batch_alter_table('privilege', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_privilege_level_code'), ['level_code'], unique=False)

    op.create_table('card',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('client_id', sa.Integer(), nullable=False),
    sa.Column('office_id', sa.Integer(), nullable=False),
    sa.Column('kind', sa.String(), nullable=False),
    sa.Column('state', sa.String(), nullable=False),
    sa.Column('price_kopecks', sa.BigInteger(), nullable=False),
    sa.Column('issued_on', sa.Date(), nullable=False),
    sa.Column('active_on', sa.Date(), nullable=False),
    sa.Column('burn_on', sa.Date(), nullable=True),
    sa.Column('not_before', sa.Date(), nullable=True),
    sa.Column('lent_to_id', sa.Integer(), nullable=True),
    sa.Column('lent_to', sa.String(), nullable=False),
    sa.Column('lent_on', sa.Date(), nullable=True),
    sa.Column('merged_into_id', sa.Integer(), nullable=True),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.CheckConstraint("(state = 'merged') = (merged_into_id IS NOT NULL)", name=op.f('ck_card_merged_somewhere')),
    sa.CheckConstraint("kind IN ('plastic', 'virtual')", name=op.f('ck_card_kind_known')),
    sa.CheckConstraint("state IN ('active', 'blocked', 'merged')", name=op.f('ck_card_state_known')),
    sa.CheckConstraint('price_kopecks >= 0', name=op.f('ck_card_price_not_negative')),
    sa.ForeignKeyConstraint(['client_id'], ['client.id'], name=op.f('fk_card_client_id')),
    sa.ForeignKeyConstraint(['merged_into_id'], ['card.id'], name=op.f('fk_card_merged_into_id')),
    sa.ForeignKeyConstraint(['office_id'], ['office.id'], name=op.f('fk_card_office_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_card'))
    )
    with op.batch_alter_table('card', schema=None) as batch_op:
        batch_op.create_index('ix_card_burn', ['office_id', 'burn_on'], unique=False, sqlite_where=sa.text('burn_on IS NOT NULL'), postgresql_where=sa.text('burn_on IS NOT NULL'))
        batch_op.create_index(batch_op.f('ix_card_client_id'), ['client_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_card_lent_to_id'), ['lent_to_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_card_merged_into_id'), ['merged_into_id'], unique=False)

    op.create_table('friend_link',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('client_id', sa.Integer(), nullable=False),
    sa.Column('code', sa.String(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('closed_at', sa.DateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['client_id'], ['client.id'], name=op.f('fk_friend_link_client_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_friend_link')),
    sa.UniqueConstraint('client_id', name=op.f('uq_friend_link_client_id')),
    sa.UniqueConstraint('code', name=op.f('uq_friend_link_code'))
    )
    op.create_table('level_event',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('client_id', sa.Integer(), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('verb', sa.String(), nullable=False),
    sa.Column('old_code', sa.String(), nullable=False),
    sa.Column('new_code', sa.String(), nullable=False),
    sa.Column('trips', sa.Integer(), nullable=False),
    sa.Column('spend_kopecks', sa.BigInteger(), nullable=False),
    sa.Column('actor', sa.String(), nullable=False),
    sa.CheckConstraint("verb IN ('rose', 'announced', 'fell', 'kept')", name=op.f('ck_level_event_verb_known')),
    sa.ForeignKeyConstraint(['client_id'], ['client.id'], name=op.f('fk_level_event_client_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_level_event')),
    info={'append_only': True}
    )
    with op.batch_alter_table('level_event', schema=None) as batch_op:
        batch_op.create_index('ix_level_event_client', ['client_id', 'id'], unique=False)

    op.create_table('balance_ask',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('token_hash', sa.String(), nullable=False),
    sa.Column('nonce', sa.String(), nullable=False),
    sa.Column('asked', sa.String(), nullable=False),
    sa.Column('key_hash', sa.String(), nullable=False),
    sa.Column('address_hash', sa.String(), nullable=False),
    sa.Column('phone_hash', sa.String(), nullable=False),
    sa.Column('language', sa.String(), nullable=False),
    sa.Column('client_id', sa.Integer(), nullable=True),
    sa.Column('message_id', sa.Integer(), nullable=True),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('expires_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('looked_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('used_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('tries', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['client_id'], ['client.id'], name=op.f('fk_balance_ask_client_id')),
    sa.ForeignKeyConstraint(['message_id'], ['message.id'], name=op.f('fk_balance_ask_message_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_balance_ask')),
    sa.UniqueConstraint('token_hash', name=op.f('uq_balance_ask_token_hash'))
    )
    with op.batch_alter_table('balance_ask', schema=None) as batch_op:
        batch_op.create_index('ix_balance_ask_address', ['address_hash', 'created_at'], unique=False)
        batch_op.create_index(batch_op.f('ix_balance_ask_client_id'), ['client_id'], unique=False)
        batch_op.create_index('ix_balance_ask_key', ['key_hash', 'created_at'], unique=False)
        batch_op.create_index('ix_balance_ask_phone', ['phone_hash', 'created_at'], unique=False)

    op.create_table('burn_warning',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('card_id', sa.Integer(), nullable=False),
    sa.Column('burn_on', sa.Date(), nullable=False),
    sa.Column('seq', sa.Integer(), nullable=False),
    sa.Column('amount', sa.Integer(), nullable=False),
    sa.Column('state', sa.String(), nullable=False),
    sa.Column('occasion_id', sa.Integer(), nullable=True),
    sa.Column('opened_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('opened_on', sa.Date(), nullable=False),
    sa.Column('closed_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('closed_on', sa.Date(), nullable=True),
    sa.Column('told_staff_on', sa.Date(), nullable=True),
    sa.CheckConstraint("state IN ('open', 'saved', 'burned', 'void')", name=op.f('ck_burn_warning_state_known')),
    sa.ForeignKeyConstraint(['card_id'], ['card.id'], name=op.f('fk_burn_warning_card_id')),
    sa.ForeignKeyConstraint(['occasion_id'], ['occasion.id'], name=op.f('fk_burn_warning_occasion_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_burn_warning')),
    sa.UniqueConstraint('occasion_id', name=op.f('uq_burn_warning_occasion_id'))
    )
    with op.batch_alter_table('burn_warning', schema=None) as batch_op:
        batch_op.create_index('ix_burn_warning_card', ['card_id', 'burn_on'], unique=False)
        batch_op.create_index('ix_burn_warning_closed', ['state', 'closed_on'], unique=False)
        batch_op.create_index('ix_burn_warning_open', ['card_id'], unique=True, sqlite_where=sa.text("state = 'open'"), postgresql_where=sa.text("state = 'open'"))

    op.create_table('card_event',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('card_id', sa.Integer(), nullable=False),
    sa.Column('kind', sa.String(), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('day', sa.Date(), nullable=False),
    sa.Column('office_id', sa.Integer(), nullable=False),
    sa.Column('actor', sa.String(), nullable=False),
    sa.Column('user_id', sa.Integer(), nullable=True),
    sa.Column('seller_id', sa.Integer(), nullable=True),
    sa.Column('client_id', sa.Integer(), nullable=True),
    sa.Column('number', sa.String(), nullable=False),
    sa.Column('price_kopecks', sa.BigInteger(), nullable=False),
    sa.Column('receipt', sa.String(), nullable=False),
    sa.Column('note', sa.String(), nullable=False),
    sa.CheckConstraint("kind IN ('sold', 'given', 'virtual', 'presented', 'lent', 'returned', 'blocked', 'unblocked', 'replaced', 'merged')", name=op.f('ck_card_event_kind_known')),
    sa.ForeignKeyConstraint(['card_id'], ['card.id'], name=op.f('fk_card_event_card_id')),
    sa.ForeignKeyConstraint(['office_id'], ['office.id'], name=op.f('fk_card_event_office_id')),
    sa.ForeignKeyConstraint(['seller_id'], ['staff_user.id'], name=op.f('fk_card_event_seller_id')),
    sa.ForeignKeyConstraint(['user_id'], ['staff_user.id'], name=op.f('fk_card_event_user_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_card_event')),
    info={'append_only': True, 'erasable': ['note']}
    )
    with op.batch_alter_table('card_event', schema=None) as batch_op:
        batch_op.create_index('ix_card_event_card', ['card_id', 'id'], unique=False)
        batch_op.create_index('ix_card_event_day', ['office_id', 'day'], unique=False)

    op.create_table('card_number',
    sa.Column('number', sa.String(), nullable=False),
    sa.Column('card_id', sa.Integer(), nullable=True),
    sa.Column('batch', sa.String(), nullable=False),
    sa.Column('made_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('since', sa.DateTime(timezone=True), nullable=True),
    sa.Column('ended_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('reason', sa.String(), nullable=False),
    sa.ForeignKeyConstraint(['card_id'], ['card.id'], name=op.f('fk_card_number_card_id')),
    sa.PrimaryKeyConstraint('number', name=op.f('pk_card_number'))
    )
    with op.batch_alter_table('card_number', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_card_number_batch'), ['batch'], unique=False)
        batch_op.create_index(batch_op.f('ix_card_number_card_id'), ['card_id'], unique=False)
        batch_op.create_index('ix_card_number_live', ['card_id'], unique=True, sqlite_where=sa.text('card_id IS NOT NULL AND ended_at IS NULL'), postgresql_where=sa.text('card_id IS NOT NULL AND ended_at IS NULL'))

    op.create_table('client_level',
    sa.Column('client_id', sa.Integer(), autoincrement=False, nullable=False),
    sa.Column('level_code', sa.String(), nullable=False),
    sa.Column('since', sa.Date(), nullable=False),
    sa.Column('trips', sa.Integer(), nullable=False),
    sa.Column('spend_kopecks', sa.BigInteger(), nullable=False),
    sa.Column('counted_on', sa.Date(), nullable=False),
    sa.Column('fall_to', sa.String(), nullable=True),
    sa.Column('fall_on', sa.Date(), nullable=True),
    sa.Column('occasion_id', sa.Integer(), nullable=True),
    sa.ForeignKeyConstraint(['client_id'], ['client.id'], name=op.f('fk_client_level_client_id')),
    sa.ForeignKeyConstraint(['fall_to'], ['level.code'], name=op.f('fk_client_level_fall_to')),
    sa.ForeignKeyConstraint(['level_code'], ['level.code'], name=op.f('fk_client_level_level_code')),
    sa.ForeignKeyConstraint(['occasion_id'], ['occasion.id'], name=op.f('fk_client_level_occasion_id')),
    sa.PrimaryKeyConstraint('client_id', name=op.f('pk_client_level'))
    )
    with op.batch_alter_table('client_level', schema=None) as batch_op:
        batch_op.create_index('ix_client_level_fall', ['fall_on'], unique=False, sqlite_where=sa.text('fall_on IS NOT NULL'), postgresql_where=sa.text('fall_on IS NOT NULL'))
        batch_op.create_index(batch_op.f('ix_client_level_level_code'), ['level_code'], unique=False)

    op.create_table('bonus_op',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('idem_key', sa.String(), nullable=False),
    sa.Column('request_hash', sa.String(), nullable=False),
    sa.Column('kind', sa.String(), nullable=False),
    sa.Column('amount', sa.Integer(), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('day', sa.Date(), nullable=False),
    sa.Column('actor', sa.String(), nullable=False),
    sa.Column('user_id', sa.Integer(), nullable=True),
    sa.Column('office_id', sa.Integer(), nullable=True),
    sa.Column('reason', sa.String(), nullable=False),
    sa.Column('note', sa.String(), nullable=False),
    sa.Column('cause', sa.String(), nullable=False),
    sa.Column('trip_id', sa.Integer(), nullable=True),
    sa.Column('reverses_id', sa.Integer(), nullable=True),
    sa.CheckConstraint("(kind = 'merge') = (amount = 0)", name=op.f('ck_bonus_op_nothing_is_nothing')),
    sa.CheckConstraint("(kind = 'reversal') = (reverses_id IS NOT NULL)", name=op.f('ck_bonus_op_reversal_names_what')),
    sa.CheckConstraint("kind IN ('accrual', 'welcome_back', 'referral', 'compensation', 'coupon', 'spending', 'burn', 'correction', 'merge', 'reversal')", name=op.f('ck_bonus_op_kind_known')),
    sa.CheckConstraint("kind NOT IN ('accrual', 'welcome_back', 'referral', 'compensation', 'coupon') OR amount > 0", name=op.f('ck_bonus_op_credits_come')),
    sa.CheckConstraint("kind NOT IN ('spending', 'burn') OR amount < 0", name=op.f('ck_bonus_op_debits_go')),
    sa.ForeignKeyConstraint(['office_id'], ['office.id'], name=op.f('fk_bonus_op_office_id')),
    sa.ForeignKeyConstraint(['reverses_id'], ['bonus_op.id'], name=op.f('fk_bonus_op_reverses_id')),
    sa.ForeignKeyConstraint(['trip_id'], ['trip.id'], name=op.f('fk_bonus_op_trip_id')),
    sa.ForeignKeyConstraint(['user_id'], ['staff_user.id'], name=op.f('fk_bonus_op_user_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_bonus_op')),
    sa.UniqueConstraint('idem_key', name=op.f('uq_bonus_op_idem_key')),
    sa.UniqueConstraint('reverses_id', name=op.f('uq_bonus_op_reverses_id')),
    info={'append_only': True, 'erasable': ['note']}
    )
    with op.batch_alter_table('bonus_op', schema=None) as batch_op:
        batch_op.create_index('ix_bonus_op_day', ['kind', 'day'], unique=False)
        batch_op.create_index(batch_op.f('ix_bonus_op_trip_id'), ['trip_id'], unique=False)

    op.create_table('gift',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('kind_id', sa.Integer(), nullable=False),
    sa.Column('client_id', sa.Integer(), nullable=False),
    sa.Column('office_id', sa.Integer(), nullable=False),
    sa.Column('touch_id', sa.Integer(), nullable=False),
    sa.Column('trip_id', sa.Integer(), nullable=True),
    sa.Column('until', sa.Date(), nullable=True),
    sa.Column('note', sa.String(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('created_by', sa.String(), nullable=False),
    sa.ForeignKeyConstraint(['client_id'], ['client.id'], name=op.f('fk_gift_client_id')),
    sa.ForeignKeyConstraint(['kind_id'], ['gift_kind.id'], name=op.f('fk_gift_kind_id')),
    sa.ForeignKeyConstraint(['office_id'], ['office.id'], name=op.f('fk_gift_office_id')),
    sa.ForeignKeyConstraint(['touch_id'], ['touch.id'], name=op.f('fk_gift_touch_id')),
    sa.ForeignKeyConstraint(['trip_id'], ['trip.id'], name=op.f('fk_gift_trip_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_gift')),
    sa.UniqueConstraint('touch_id', name=op.f('uq_gift_touch_id'))
    )
    with op.batch_alter_table('gift', schema=None) as batch_op:
        batch_op.create_index('ix_gift_client', ['client_id', 'id'], unique=False)
        batch_op.create_index('ix_gift_place', ['office_id', 'kind_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_gift_trip_id'), ['trip_id'], unique=False)

    op.create_table('bonus_debt',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('op_id', sa.Integer(), nullable=False),
    sa.Column('card_id', sa.Integer(), nullable=False),
    sa.Column('seq', sa.Integer(), nullable=False),
    sa.Column('prev_seq', sa.Integer(), nullable=True),
    sa.Column('amount', sa.Integer(), nullable=False),
    sa.Column('prev_balance', sa.Integer(), nullable=False),
    sa.Column('balance', sa.Integer(), nullable=False),
    sa.CheckConstraint('(seq = 1 AND prev_seq IS NULL AND prev_balance = 0) OR (seq > 1 AND prev_seq IS NOT NULL AND prev_seq = seq - 1)', name=op.f('ck_bonus_debt_chain')),
    sa.CheckConstraint('amount <> 0', name=op.f('ck_bonus_debt_moves')),
    sa.CheckConstraint('balance = prev_balance + amount', name=op.f('ck_bonus_debt_sum')),
    sa.CheckConstraint('balance >= 0', name=op.f('ck_bonus_debt_not_negative')),
    sa.ForeignKeyConstraint(['card_id', 'prev_seq', 'prev_balance'], ['bonus_debt.card_id', 'bonus_debt.seq', 'bonus_debt.balance'], name='fk_bonus_debt_chain'),
    sa.ForeignKeyConstraint(['card_id'], ['card.id'], name=op.f('fk_bonus_debt_card_id')),
    sa.ForeignKeyConstraint(['op_id'], ['bonus_op.id'], name=op.f('fk_bonus_debt_op_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_bonus_debt')),
    sa.UniqueConstraint('card_id', 'prev_seq', name=op.f('uq_bonus_debt_card_id_prev_seq')),
    sa.UniqueConstraint('card_id', 'seq', 'balance', name=op.f('uq_bonus_debt_card_id_seq_balance')),
    sa.UniqueConstraint('card_id', 'seq', name=op.f('uq_bonus_debt_card_id_seq')),
    sa.UniqueConstraint('op_id', 'card_id', name=op.f('uq_bonus_debt_op_id_card_id')),
    info={'append_only': True}
    )
    op.create_table('bonus_posting',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('op_id', sa.Integer(), nullable=False),
    sa.Column('card_id', sa.Integer(), nullable=False),
    sa.Column('seq', sa.Integer(), nullable=False),
    sa.Column('prev_seq', sa.Integer(), nullable=True),
    sa.Column('amount', sa.Integer(), nullable=False),
    sa.Column('prev_balance', sa.Integer(), nullable=False),
    sa.Column('balance', sa.Integer(), nullable=False),
    sa.Column('account', sa.String(), nullable=False),
    sa.CheckConstraint("account <> 'issue' OR amount > 0", name=op.f('ck_bonus_posting_issue_comes')),
    sa.CheckConstraint("account IN ('issue', 'redeem', 'burn', 'adjust', 'reverse')", name=op.f('ck_bonus_posting_account_known')),
    sa.CheckConstraint("account NOT IN ('redeem', 'burn') OR amount < 0", name=op.f('ck_bonus_posting_redeem_and_burn_go')),
    sa.CheckConstraint('(seq = 1 AND prev_seq IS NULL AND prev_balance = 0) OR (seq > 1 AND prev_seq IS NOT NULL AND prev_seq = seq - 1)', name=op.f('ck_bonus_posting_chain')),
    sa.CheckConstraint('amount <> 0', name=op.f('ck_bonus_posting_moves')),
    sa.CheckConstraint('balance = prev_balance + amount', name=op.f('ck_bonus_posting_sum')),
    sa.CheckConstraint('balance >= 0', name=op.f('ck_bonus_posting_not_negative')),
    sa.ForeignKeyConstraint(['card_id', 'prev_seq', 'prev_balance'], ['bonus_posting.card_id', 'bonus_posting.seq', 'bonus_posting.balance'], name='fk_bonus_posting_chain'),
    sa.ForeignKeyConstraint(['card_id'], ['card.id'], name=op.f('fk_bonus_posting_card_id')),
    sa.ForeignKeyConstraint(['op_id'], ['bonus_op.id'], name=op.f('fk_bonus_posting_op_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_bonus_posting')),
    sa.UniqueConstraint('card_id', 'prev_seq', name=op.f('uq_bonus_posting_card_id_prev_seq')),
    sa.UniqueConstraint('card_id', 'seq', 'balance', name=op.f('uq_bonus_posting_card_id_seq_balance')),
    sa.UniqueConstraint('card_id', 'seq', name=op.f('uq_bonus_posting_card_id_seq')),
    sa.UniqueConstraint('op_id', 'card_id', name=op.f('uq_bonus_posting_op_id_card_id')),
    info={'append_only': True}
    )
    op.create_table('referral',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('inviter_id', sa.Integer(), nullable=False),
    sa.Column('friend_id', sa.Integer(), nullable=True),
    sa.Column('office_id', sa.Integer(), nullable=False),
    sa.Column('manager_id', sa.Integer(), nullable=True),
    sa.Column('name', sa.String(), nullable=False),
    sa.Column('phone', sa.String(), nullable=False),
    sa.Column('wish', sa.String(), nullable=False),
    sa.Column('source', sa.String(), nullable=False),
    sa.Column('state', sa.String(), nullable=False),
    sa.Column('reason', sa.String(), nullable=False),
    sa.Column('note', sa.String(), nullable=False),
    sa.Column('touch_id', sa.Integer(), nullable=True),
    sa.Column('trip_id', sa.Integer(), nullable=True),
    sa.Column('inviter_op_id', sa.Integer(), nullable=True),
    sa.Column('friend_op_id', sa.Integer(), nullable=True),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('ended_at', sa.DateTime(timezone=True), nullable=True),
    sa.CheckConstraint("state IN ('new', 'talking', 'travels', 'rewarded', 'refused', 'lost')", name=op.f('ck_referral_state_known')),
    sa.ForeignKeyConstraint(['friend_id'], ['client.id'], name=op.f('fk_referral_friend_id')),
    sa.ForeignKeyConstraint(['friend_op_id'], ['bonus_op.id'], name=op.f('fk_referral_friend_op_id')),
    sa.ForeignKeyConstraint(['inviter_id'], ['client.id'], name=op.f('fk_referral_inviter_id')),
    sa.ForeignKeyConstraint(['inviter_op_id'], ['bonus_op.id'], name=op.f('fk_referral_inviter_op_id')),
    sa.ForeignKeyConstraint(['manager_id'], ['staff_user.id'], name=op.f('fk_referral_manager_id')),
    sa.ForeignKeyConstraint(['office_id'], ['office.id'], name=op.f('fk_referral_office_id')),
    sa.ForeignKeyConstraint(['touch_id'], ['touch.id'], name=op.f('fk_referral_touch_id')),
    sa.ForeignKeyConstraint(['trip_id'], ['trip.id'], name=op.f('fk_referral_trip_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_referral'))
    )
    with op.batch_alter_table('referral', schema=None) as batch_op:
        batch_op.create_index('ix_referral_friend', ['friend_id'], unique=True, sqlite_where=sa.text("friend_id IS NOT NULL AND state <> 'refused'"), postgresql_where=sa.text("friend_id IS NOT NULL AND state <> 'refused'"))
        batch_op.create_index('ix_referral_inviter', ['inviter_id', 'id'], unique=False)
        batch_op.create_index(batch_op.f('ix_referral_manager_id'), ['manager_id'], unique=False)
        batch_op.create_index('ix_referral_open', ['state', 'office_id'], unique=False, sqlite_where=sa.text("state IN ('new', 'talking', 'travels')"), postgresql_where=sa.text("state IN ('new', 'talking', 'travels')"))
        batch_op.create_index(batch_op.f('ix_referral_phone'), ['phone'], unique=False)
        batch_op.create_index(batch_op.f('ix_referral_trip_id'), ['trip_id'], unique=False)

    op.create_table('trip_bonus',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('trip_id', sa.Integer(), nullable=False),
    sa.Column('card_id', sa.Integer(), nullable=False),
    sa.Column('state', sa.String(), nullable=False),
    sa.Column('level', sa.String(), nullable=False),
    sa.Column('rate_bp', sa.Integer(), nullable=False),
    sa.Column('discount_kopecks', sa.BigInteger(), nullable=False),
    sa.Column('spent_points', sa.Integer(), nullable=False),
    sa.Column('turn', sa.Integer(), nullable=False),
    sa.Column('spend_op_id', sa.Integer(), nullable=True),
    sa.Column('accrual_op_id', sa.Integer(), nullable=True),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('created_by', sa.String(), nullable=False),
    sa.Column('settled_at', sa.DateTime(timezone=True), nullable=True),
    sa.CheckConstraint("state IN ('open', 'accrued', 'cancelled', 'none')", name=op.f('ck_trip_bonus_state_known')),
    sa.CheckConstraint('discount_kopecks >= 0 AND spent_points >= 0 AND rate_bp >= 0', name=op.f('ck_trip_bonus_not_negative')),
    sa.ForeignKeyConstraint(['accrual_op_id'], ['bonus_op.id'], name=op.f('fk_trip_bonus_accrual_op_id')),
    sa.ForeignKeyConstraint(['card_id'], ['card.id'], name=op.f('fk_trip_bonus_card_id')),
    sa.ForeignKeyConstraint(['spend_op_id'], ['bonus_op.id'], name=op.f('fk_trip_bonus_spend_op_id')),
    sa.ForeignKeyConstraint(['trip_id'], ['trip.id'], name=op.f('fk_trip_bonus_trip_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_trip_bonus')),
    sa.UniqueConstraint('trip_id', name=op.f('uq_trip_bonus_trip_id'))
    )
    with op.batch_alter_table('trip_bonus', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_trip_bonus_card_id'), ['card_id'], unique=False)
        batch_op.create_index('ix_trip_bonus_open', ['trip_id'], unique=False, sqlite_where=sa.text("state = 'open'"), postgresql_where=sa.text("state = 'open'"))

    op.create_table('purse',
    sa.Column('card_id', sa.Integer(), autoincrement=False, nullable=False),
    sa.Column('seq', sa.Integer(), nullable=True),
    sa.Column('balance', sa.Integer(), nullable=False),
    sa.Column('debt_seq', sa.Integer(), nullable=True),
    sa.Column('debt', sa.Integer(), nullable=False),
    sa.CheckConstraint('debt_seq IS NOT NULL OR debt = 0', name=op.f('ck_purse_no_debt')),
    sa.CheckConstraint('seq IS NOT NULL OR balance = 0', name=op.f('ck_purse_empty')),
    sa.ForeignKeyConstraint(['card_id', 'debt_seq', 'debt'], ['bonus_debt.card_id', 'bonus_debt.seq', 'bonus_debt.balance'], name='fk_purse_debt'),
    sa.ForeignKeyConstraint(['card_id', 'seq', 'balance'], ['bonus_posting.card_id', 'bonus_posting.seq', 'bonus_posting.balance'], name='fk_purse_balance'),
    sa.ForeignKeyConstraint(['card_id'], ['card.id'], name=op.f('fk_purse_card_id')),
    sa.PrimaryKeyConstraint('card_id', name=op.f('pk_purse'))
    )


def downgrade() -> None:
    op.drop_table('purse')
    with op.batch_alter_table('trip_bonus', schema=None) as batch_op:
        batch_op.drop_index('ix_trip_bonus_open', sqlite_where=sa.text("state = 'open'"), postgresql_where=sa.text("state = 'open'"))
        batch_op.drop_index(batch_op.f('ix_trip_bonus_card_id'))

    op.drop_table('trip_bonus')
    with op.batch_alter_table('referral', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_referral_trip_id'))
        batch_op.drop_index(batch_op.f('ix_referral_phone'))
        batch_op.drop_index('ix_referral_open', sqlite_where=sa.text("state IN ('new', 'talking', 'travels')"), postgresql_where=sa.text("state IN ('new', 'talking', 'travels')"))
        batch_op.drop_index(batch_op.f('ix_referral_manager_id'))
        batch_op.drop_index('ix_referral_inviter')
        batch_op.drop_index('ix_referral_friend', sqlite_where=sa.text("friend_id IS NOT NULL AND state <> 'refused'"), postgresql_where=sa.text("friend_id IS NOT NULL AND state <> 'refused'"))

    op.drop_table('referral')
    op.drop_table('bonus_posting')
    op.drop_table('bonus_debt')
    with op.batch_alter_table('gift', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_gift_trip_id'))
        batch_op.drop_index('ix_gift_place')
        batch_op.drop_index('ix_gift_client')

    op.drop_table('gift')
    with op.batch_alter_table('bonus_op', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_bonus_op_trip_id'))
        batch_op.drop_index('ix_bonus_op_day')

    op.drop_table('bonus_op')
    with op.batch_alter_table('client_level', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_client_level_level_code'))
        batch_op.drop_index('ix_client_level_fall', sqlite_where=sa.text('fall_on IS NOT NULL'), postgresql_where=sa.text('fall_on IS NOT NULL'))

    op.drop_table('client_level')
    with op.batch_alter_table('card_number', schema=None) as batch_op:
        batch_op.drop_index('ix_card_number_live', sqlite_where=sa.text('card_id IS NOT NULL AND ended_at IS NULL'), postgresql_where=sa.text('card_id IS NOT NULL AND ended_at IS NULL'))
        batch_op.drop_index(batch_op.f('ix_card_number_card_id'))
        batch_op.drop_index(batch_op.f('ix_card_number_batch'))

    op.drop_table('card_number')
    with op.batch_alter_table('card_event', schema=None) as batch_op:
        batch_op.drop_index('ix_card_event_day')
        batch_op.drop_index('ix_card_event_card')

    op.drop_table('card_event')
    with op.batch_alter_table('burn_warning', schema=None) as batch_op:
        batch_op.drop_index('ix_burn_warning_open', sqlite_where=sa.text("state = 'open'"), postgresql_where=sa.text("state = 'open'"))
        batch_op.drop_index('ix_burn_warning_closed')
        batch_op.drop_index('ix_burn_warning_card')

    op.drop_table('burn_warning')
    with op.batch_alter_table('balance_ask', schema=None) as batch_op:
        batch_op.drop_index('ix_balance_ask_phone')
        batch_op.drop_index('ix_balance_ask_key')
        batch_op.drop_index(batch_op.f('ix_balance_ask_client_id'))
        batch_op.drop_index('ix_balance_ask_address')

    op.drop_table('balance_ask')
    with op.batch_alter_table('level_event', schema=None) as batch_op:
        batch_op.drop_index('ix_level_event_client')

    op.drop_table('level_event')
    op.drop_table('friend_link')
    with op.batch_alter_table('card', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_card_merged_into_id'))
        batch_op.drop_index(batch_op.f('ix_card_lent_to_id'))
        batch_op.drop_index(batch_op.f('ix_card_client_id'))
        batch_op.drop_index('ix_card_burn', sqlite_where=sa.text('burn_on IS NOT NULL'), postgresql_where=sa.text('burn_on IS NOT NULL'))

    op.drop_table('card')
    with op.batch_alter_table('privilege', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_privilege_level_code'))

    op.drop_table('privilege')
    with op.batch_alter_table('gift_move', schema=None) as batch_op:
        batch_op.drop_index('ix_gift_move_place')

    op.drop_table('gift_move')
    op.drop_table('level')
    op.drop_table('gift_kind')
    with op.batch_alter_table('trip', schema=None) as batch_op:
        batch_op.drop_index('ix_trip_return')
        batch_op.drop_index('ix_trip_cancelled', sqlite_where=sa.text('cancelled_at IS NOT NULL'), postgresql_where=sa.text('cancelled_at IS NOT NULL'))
