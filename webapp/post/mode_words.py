"""The three modes of sending in plain words: name, what happens, what it is for."""

from flask_babel import lazy_gettext as _l

MODE_WORDS = {
    "held": (_l("Paused"), _l("Letters and SMS are written and wait. Nothing leaves."),
             _l("A new agency begins like this, and a restored copy.")),
    "trial": (_l("Trial"), _l("Everything is written to files and can be read in the outbox. Nothing leaves."),
              _l("To try things out, with the demo agency for example. What was written like this counts as sent.")),
    "live": (_l("Live"), _l("Letters and SMS leave at their moments."), _l("The ordinary work.")),
}
