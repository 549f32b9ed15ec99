"""Web entry: `create_app(wake=jobs.wake)`; `python wsgi.py` serves with the worker."""

import os

# Both processes must agree on UTC before anything reads the local zone (huey compares naive times).
os.environ["TZ"] = "UTC"

from jobs.queue import wake
from webapp.app import create_app

app = create_app(wake=wake)

if __name__ == "__main__":
    from jobs.main import serve

    raise SystemExit(serve())
