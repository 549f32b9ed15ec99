"""Django's admin list over the same tables: every trip of the office, worst first, with the same columns.

Run in the peers' environment with BENCH_DATABASE set: `main()`, or `application` under gunicorn. Nothing avoidable is left in: owners, clients and trips are joined, touches are
fetched for the whole page at once, the order has an index, and the second count is switched off.
"""

import os
from datetime import date
from typing import Any

import django
from django.conf import settings

DATABASE = os.environ["BENCH_DATABASE"]
settings.configure(
    SECRET_KEY="bench", DEBUG=False, ALLOWED_HOSTS=["*"], ROOT_URLCONF="bench.peers.admin", USE_TZ=True,
    DATABASES={"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": DATABASE, "CONN_MAX_AGE": None}},
    INSTALLED_APPS=["django.contrib.admin", "django.contrib.auth", "django.contrib.contenttypes",
                    "django.contrib.sessions", "django.contrib.messages"],
    MIDDLEWARE=["django.middleware.security.SecurityMiddleware",
                "django.contrib.sessions.middleware.SessionMiddleware", "django.middleware.common.CommonMiddleware",
                "django.middleware.csrf.CsrfViewMiddleware", "django.contrib.auth.middleware.AuthenticationMiddleware",
                "django.contrib.messages.middleware.MessageMiddleware"],
    TEMPLATES=[{"BACKEND": "django.template.backends.django.DjangoTemplates", "APP_DIRS": True, "OPTIONS": {
        "context_processors": ["django.template.context_processors.request",
                               "django.contrib.auth.context_processors.auth",
                               "django.contrib.messages.context_processors.messages"]}}],
    STATIC_URL="/static/", DEFAULT_AUTO_FIELD="django.db.models.AutoField", LANGUAGE_CODE="en")
django.setup()

from django.contrib import admin  # noqa: E402
from django.core.management import call_command  # noqa: E402
from django.core.wsgi import get_wsgi_application  # noqa: E402
from django.db import connection, models  # noqa: E402
from django.urls import path  # noqa: E402
from django.utils.html import format_html  # noqa: E402

COLUMNS = ("thank_you", "packing", "challenge", "fly_tomorrow", "bon_voyage", "settled_in", "welcome_back_sms",
           "welcome_home", "call_back", "loyalty", "tell_friends", "visit")


class _Ours(models.Model):
    class Meta:
        abstract = True
        app_label = "admin"
        managed = False


class Client(_Ours):
    """A client of the agency."""

    last_name = models.TextField()
    first_name = models.TextField()

    class Meta(_Ours.Meta):
        db_table = "client"


class Owner(_Ours):
    """Somebody who works there."""

    name = models.TextField()

    def __str__(self) -> str:
        return self.name

    class Meta(_Ours.Meta):
        db_table = "staff_user"


class Occasion(_Ours):
    """The row behind a line of the board."""

    client = models.ForeignKey(Client, models.CASCADE)
    owner = models.ForeignKey(Owner, models.CASCADE, null=True)
    office_id = models.IntegerField()
    attention_on = models.DateField(null=True)
    closed_at = models.DateTimeField(null=True)
    kind = models.TextField()

    class Meta(_Ours.Meta):
        db_table = "occasion"


class Trip(_Ours):
    """The trip itself."""

    occasion = models.OneToOneField(Occasion, models.CASCADE)
    destination = models.TextField()
    departure_on = models.DateField()
    return_on = models.DateField()

    class Meta(_Ours.Meta):
        db_table = "trip"


class Touch(_Ours):
    """One contact."""

    occasion = models.ForeignKey(Occasion, models.CASCADE, related_name="touches")
    step_code = models.TextField()
    status = models.TextField()
    due_on = models.DateField(null=True)
    done_at = models.DateTimeField(null=True)

    class Meta(_Ours.Meta):
        db_table = "touch"


def _cell(code: str) -> Any:
    def cell(self: admin.ModelAdmin, row: Occasion) -> str:
        touch = next((touch for touch in row.touches.all() if touch.step_code == code), None)
        if touch is None:
            return ""
        day = touch.done_at.date() if touch.status == "done" and touch.done_at else touch.due_on
        kind = "over" if touch.status != "done" and day and day < date.today() else touch.status
        return format_html('<span class="state state--{}">{} {}</span>', kind, touch.status, f"{day:%d.%m}" if day else "")
    cell.short_description = code
    return cell


class Board(admin.ModelAdmin):
    """The list with the board's columns."""

    list_display = ("client_name", "destination", "dates", "owner_name", *COLUMNS)
    list_per_page = 50
    show_full_result_count = False
    list_select_related = ("client", "owner", "trip")
    list_filter = ("owner",)
    search_fields = ("client__last_name", "client__first_name", "trip__destination")
    ordering = (models.F("attention_on").asc(nulls_last=True), "id")

    def get_queryset(self, request: Any) -> Any:
        """The rows of the office, their touches fetched together."""
        rows = super().get_queryset(request).filter(kind="trip", office_id=1)
        return rows.prefetch_related("touches")

    def client_name(self, row: Occasion) -> str:
        """Surname and name."""
        return f"{row.client.last_name} {row.client.first_name}"

    def destination(self, row: Occasion) -> str:
        """Where to."""
        return row.trip.destination

    def dates(self, row: Occasion) -> str:
        """From and to."""
        return f"{row.trip.departure_on:%d.%m} – {row.trip.return_on:%d.%m}"

    def owner_name(self, row: Occasion) -> str:
        """Whose trip it is."""
        return row.owner.name if row.owner else ""


for _code in COLUMNS:
    setattr(Board, _code, _cell(_code))
admin.site.register(Occasion, Board)
urlpatterns = [path("admin/", admin.site.urls)]
application = get_wsgi_application()
URL = "/admin/admin/occasion/"
NAME, PASSWORD = "bench", "long password 1"


def prepare() -> None:
    """Django's own tables beside ours, and a person who may see the list."""
    from django.contrib.auth.models import User
    call_command("migrate", verbosity=0)
    with connection.cursor() as cursor:
        cursor.execute("CREATE INDEX IF NOT EXISTS bench_order ON occasion (kind, office_id, attention_on)")
    if not User.objects.filter(username=NAME).exists():
        User.objects.create_superuser(NAME, "bench@example.com", PASSWORD)


def main() -> None:
    """Answer with the seconds of single pages."""
    from bench.peers.answering import answer
    from bench.visit import Visitor
    prepare()
    visitor = Visitor(application)
    visitor.sign_in("/admin/login/", username=NAME, password=PASSWORD)
    page = visitor.get(URL)
    assert page.status == 200 and page.body.count("field-client_name") == 50, page.status
    answer(lambda number: [(page.wall, page.cpu) for page in (visitor.get(URL) for _ in range(number))])
