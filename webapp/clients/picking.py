"""What a client is chosen for: rooms say it of their page that the choice leads to."""

from typing import Any
from urllib.parse import urlsplit

from flask import current_app
from werkzeug.exceptions import HTTPException

_PURPOSES: dict[str, Any] = {}


def add_purpose(endpoint: str, words: Any) -> None:
    """Ask with these lazy words («Whose complaint is it?») where the choice goes on to this page."""
    _PURPOSES[endpoint] = words


def purpose_of(url: str) -> Any:
    """The question to ask before this page of ours; "" where its room has said nothing."""
    try:
        endpoint, _values = current_app.url_map.bind("").match(urlsplit(url).path, method="GET")
    except HTTPException:
        return ""
    return _PURPOSES.get(endpoint, "")
