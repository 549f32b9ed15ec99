"""Styles, icons and scripts leave compressed where the browser reads gzip: pages for phones shall be light.

Only files that are the same for everybody: a page that shows secrets beside what somebody typed must not be squeezed
(its length would tell of them). A proxy in front that compresses finds them done.
"""

import gzip
from functools import lru_cache
from pathlib import Path

from flask import Flask, Response, request

TYPES = frozenset({"text/css", "image/svg+xml", "text/javascript", "application/javascript"})
_WHOLE = 200


def init_squeeze(app: Flask) -> None:
    """Attach it."""
    folder = Path(app.static_folder or "static").resolve()

    @app.after_request
    def squeeze(response: Response) -> Response:
        if request.endpoint != "static" or response.mimetype not in TYPES:
            return response
        response.vary.add("Accept-Encoding")
        # A part of a file stays a part of the file as it is.
        if response.status_code != _WHOLE or "Range" in request.headers or not request.accept_encodings["gzip"]:
            return response
        path = folder / (request.view_args or {})["filename"]
        response.direct_passthrough = False
        response.set_data(_squeezed(path, path.stat().st_mtime_ns))
        response.headers["Content-Encoding"] = "gzip"
        # Other bytes are another version, or a cache would mix the two up.
        etag = response.get_etag()[0]
        if etag:
            response.set_etag(f"{etag}-gzip")
            response.make_conditional(request)
        return response


@lru_cache(maxsize=256)
def _squeezed(path: Path, _changed: int) -> bytes:
    """The file compressed; it is done once for each version of the file."""
    return gzip.compress(path.read_bytes(), 9, mtime=0)
