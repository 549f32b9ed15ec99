"""Files of messages as parts of mails: made once for each file and name, remembered up to a number of bytes."""

from collections import OrderedDict
from threading import Lock

from webapp.letters.files import Attached, bytes_of, from_text
from webapp.post import mime

MOST_KEPT = 48 * 1024 * 1024
_parts: OrderedDict[Attached, bytes] = OrderedDict()
_lock = Lock()


class FileGone(LookupError):
    """A message names a file that is not there."""


def parts_of(files: str) -> tuple[list[bytes], list[bytes]]:
    """(pictures inside of the HTML, attachments) of what a message keeps as its files; nothing for "".

    Equal files give the very same bytes, so a retry and a batch do too. Raises FileGone, mime.HeaderRefused.
    """
    named = from_text(files)
    return ([_part(file) for file in named if file.cid], [_part(file) for file in named if not file.cid])


def _part(file: Attached) -> bytes:
    with _lock:
        part = _parts.get(file)
        if part is not None:
            _parts.move_to_end(file)
            return part
    data = bytes_of(file.sha)
    if data is None:
        raise FileGone(file.name)
    part = mime.enclosed(file.name, file.type, data, file.cid)
    with _lock:
        _parts[file] = part
        while sum(map(len, _parts.values())) > MOST_KEPT and len(_parts) > 1:
            _parts.popitem(last=False)
    return part
