"""The ledger's ordeals at full length: sequences of movements against a model, races with the burn, processes, kills.

Run as `python -m bench.crash_points [--sequences 10000] [--races 1000]`. They are the tests of `tests/club`, of which `make test` plays a share; with
TEST_DATABASE_URL (and TEST_REDIS_URL) they play on PostgreSQL.
"""

import argparse
import os
import subprocess
import sys

ORDEALS = ("tests/club/test_ledger_sequences.py", "tests/club/test_club_at_once.py", "tests/club/test_forged_rows.py")


def main() -> int:
    """Run them and pass on how they ended."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sequences", type=int, default=10_000)
    parser.add_argument("--races", type=int, default=1_000)
    parser.add_argument("--steps", type=int, default=14)
    wish = parser.parse_args()
    words = {"SNOVA_SEQUENCES": wish.sequences, "SNOVA_RACES": wish.races, "SNOVA_STEPS": wish.steps}
    return subprocess.run([sys.executable, "-m", "pytest", "-s", *ORDEALS], check=False,
                          env={**os.environ, **{name: str(number) for name, number in words.items()}}).returncode


if __name__ == "__main__":
    sys.exit(main())
