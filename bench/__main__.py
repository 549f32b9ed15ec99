"""`python -m bench [sending] [due_rows] [board] [public_pages] [burning]`: every benchmark named, or all; ends with 1 when a budget is missed."""

import subprocess
import sys

from bench import rivals

ALL = ("sending", "due_rows", "board", "public_pages", "burning")


def main() -> int:
    """Each in a process of its own, so that none warms up or slows down another."""
    wanted = [name for name in sys.argv[1:] if name in ALL] or list(ALL)
    options = [word for word in sys.argv[1:] if word not in ALL]
    rivals.prepare()
    missed = [name for name in wanted
              if subprocess.run([sys.executable, "-m", f"bench.{name}", *options], check=False).returncode]
    if missed:
        print(f"\nNot all budgets are met: {', '.join(missed)}.")
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
