"""Signs in to Django's admin and gives the cookie, so that a load can be sent with it."""

from bench.peers import admin
from bench.peers.answering import answer
from bench.visit import Visitor


def main() -> None:
    """Answer every question with the cookie of a signed-in person."""
    admin.prepare()
    visitor = Visitor(admin.application)
    visitor.sign_in("/admin/login/", username=admin.NAME, password=admin.PASSWORD)
    answer(lambda _number: visitor.cookie())
