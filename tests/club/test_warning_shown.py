"""Pages say whether the owner of a card was warned before a burn, and the call before it shows the card."""

from club.burn_make import BURNS, at, live, the_call, warned

from webapp.club.models import number_of
from webapp.staff.audit import actor_of
from webapp.touches.actions import ticking


def test_the_page_of_a_card_says_who_was_warned_how_and_when_it_burned(cast, now, browse) -> None:
    row = warned(cast, now)
    number = number_of(row.id)
    page = browse(cast.olga).get(f"/cards/{number}")
    assert page.text.count("Предупреждение от 19 апреля 2027, что бонусы сгорят 20 мая 2027 – письмо: отправлено 19 апреля") == 2
    assert "SMS: отправлено 20 апреля" in page.text and "звонок назначен на 21 апреля" in page.text
    ticking.tick(the_call().id, actor=actor_of(cast.irina), now=at(BURNS.replace(day=1)), outcome="told")
    assert "рассказали лично 1 мая" in browse(cast.olga).get(f"/cards/{number}").text
    live(at(BURNS, 0, 10))
    page = browse(cast.olga).get(f"/cards/{number}")
    assert "сгорело: 1 840 бонусов" in page.text and page.text.count("Предупреждение от") == 1


def test_the_call_before_a_burn_shows_the_card_with_its_button(cast, now, browse) -> None:
    row = warned(cast, now)
    number = number_of(row.id)
    page = browse(cast.irina).get(f"/touches/{the_call().id}")
    assert "1 840 бонусов" in page.text
    assert page.root.one("form", action=f"/cards/{number}/presentation").one("button").text.startswith("Предъявлена")


def test_the_plan_before_a_burn_says_what_switching_a_step_off_means(cast, browse) -> None:
    anna = browse(cast.anna)
    plans = [a.attrs["href"] for a in anna.get("/admin/plans").root.all("a") if "сгорят" in a.text]
    assert "Без предупреждения бонусы не сгорают" in anna.get(f"{plans[0]}/steps/burn_call").text
