"""One run of a job at a time in this process, so that hints and minutes cannot fill all workers with the same job."""

from collections.abc import Callable
from threading import Lock


class Lane:
    """`run(work)` while it is running elsewhere only asks that run to look once more when it ends."""

    def __init__(self, going: Callable[[], bool]) -> None:
        self._going = going
        self._lock = Lock()
        self._busy = False
        self._again = False

    def run(self, work: Callable[[], object]) -> bool:
        """Do `work` now, or have it done again by the run under way. True when it was done here."""
        with self._lock:
            if self._busy:
                self._again = True
                return False
            self._busy = True
        try:
            work()
            while self._asked_again():
                work()
        finally:
            with self._lock:
                self._busy = self._again = False
        return True

    def _asked_again(self) -> bool:
        with self._lock:
            again, self._again = self._again, False
            # Released in the same breath: a hint that comes after this line must find the lane free.
            self._busy = again and self._going()
            return self._busy
