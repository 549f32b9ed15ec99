"""The queue, its timetable and the consumer. Importing it puts the process on UTC: huey compares naive times."""

import os
import time

# A queue filled by a process in another zone would be read hours early or late (`dependencies.md` §1).
os.environ["TZ"] = "UTC"
if hasattr(time, "tzset"):
    time.tzset()
