"""Our app as gunicorn serves it for a benchmark: the database is in the folder BENCH_FOLDER."""

import os
from pathlib import Path

from bench.data import make_app

app = make_app(Path(os.environ["BENCH_FOLDER"]))
