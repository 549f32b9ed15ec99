"""Our board in a process of its own, as it runs in earnest: what one process keeps belongs to one database.

Started by bench.board with BENCH_FOLDER (the instance), BENCH_PERSON, BENCH_PATH, and BENCH_ORM for the other page.
"""

import os
from pathlib import Path

from bench import orm_board
from bench.data import make_app
from bench.peers.answering import answer
from bench.visit import Visitor

PASSWORD = "long password 1"


def main() -> None:
    """Answer with the seconds of single pages: of wall clock and of this process."""
    app = make_app(Path(os.environ["BENCH_FOLDER"]))
    path = os.environ["BENCH_PATH"]
    if path == orm_board.URL:
        orm_board.attach(app)
    visitor = Visitor(app)
    visitor.sign_in("/login", email=os.environ["BENCH_EMAIL"], password=PASSWORD)
    for _ in range(3):
        page = visitor.get(path)
        assert page.status == 200 and page.body.count("<tbody id=") == 50, page.status
    answer(lambda number: [(page.wall, page.cpu) for page in (visitor.get(path) for _ in range(number))])
