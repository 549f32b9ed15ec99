"""A peer's side of the talk: a line with a number comes in, that many timed rounds go out as JSON."""

import json
import sys
from collections.abc import Callable
from typing import Any


def answer(measure: Callable[[int], Any]) -> None:
    """Answer until the other side hangs up."""
    print("ready", flush=True)
    for line in sys.stdin:
        print(json.dumps(measure(int(line))), flush=True)
