"""A request that lost a deadlock is done again; one that has committed is not."""

from types import SimpleNamespace

import pytest
from sqlalchemy.exc import OperationalError

from webapp.db import db, transaction
from webapp.staff.models import Setting
from webapp.web.guard import open_to_all


@pytest.mark.parametrize(("state", "commits", "fails", "calls", "status"), [
    ("40P01", False, 1, 2, 200), ("40P01", False, 9, 3, 500), ("40P01", True, 1, 1, 500), ("23505", False, 1, 1, 500)])
def test_only_a_request_that_committed_nothing_is_repeated(app, monkeypatch, state, commits, fails, calls, status):
    seen = []

    @open_to_all
    def view():
        seen.append(1)
        if commits:
            with transaction() as session:
                session.merge(Setting(key="seen", value=len(seen)))
        if len(seen) <= fails:
            raise OperationalError("x", {}, SimpleNamespace(sqlstate=state))
        return "done"
    monkeypatch.setitem(app.config, "PROPAGATE_EXCEPTIONS", False)
    monkeypatch.setitem(app.view_functions, "staff.login", view)
    answer = app.test_client().get("/login")
    assert (answer.status_code, len(seen)) == (status, calls)
    db.session.rollback()
