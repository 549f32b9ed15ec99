"""The bar of staff pages keeps to one line on an office screen, whoever looks and however much waits."""

from dataclasses import replace

import pytest

from webapp.db import transaction


@pytest.fixture
def much_waits(app):
    """Everything that can say a number says one of three digits."""
    sections = app.extensions["snova.sections"]
    before = list(sections)
    sections[:] = [replace(one, count=one.count and (lambda: (999, True))) for one in before]
    yield
    sections[:] = before


@pytest.mark.parametrize("language", ["ru", "en"])
def test_the_bar_takes_one_line_for_everybody(tab, cast, much_waits, language):
    people = (cast.olga, cast.irina, cast.boris, cast.anna)
    with transaction():
        for user in people:
            user.language, user.name = language, "Александра Константинопольская"
    for user in people:
        page = tab(user, width=1366).go("/me").page
        tops = page.eval_on_selector_all(".bar > *, .nav > *", "all => all.map((one) => one.getBoundingClientRect())"
                                         ".map((box) => [box.top, box.right])")
        middle = page.eval_on_selector(".bar", "bar => bar.getBoundingClientRect().height")
        assert middle <= 46, (user.email, language, middle)
        assert max(right for _top, right in tops) <= 1366, (user.email, language)
