"""Addresses for templates, each made once: a page has fifty of them, and they do not change while the program runs."""

from functools import lru_cache
from typing import Any

from flask import Flask, current_app, has_request_context, request, url_for


def init_addresses(app: Flask) -> None:
    """Let templates ask for addresses without building the same ones anew."""
    app.jinja_env.globals["url_for"] = address


def kept_args(*names: str, **more: Any) -> dict[str, Any]:
    """Arguments of the page's own address that a link takes along, and `more`.

    Only those that are named: others are anybody's, and some of them mean something to `url_for`.
    """
    return {**{name: value for name in names if (value := request.args.get(name))}, **more}


def address(endpoint: str, **values: Any) -> str:
    """`flask.url_for`, remembered. Relative endpoints, whole addresses and pages that carry something on depend on the
    request: they are not."""
    if (not has_request_context() or endpoint.startswith(".") or any(name.startswith("_") for name in values)
            or endpoint.partition(".")[0] in current_app.url_default_functions):
        return url_for(endpoint, **values)
    try:
        return _address(id(current_app.url_map), request.script_root, endpoint, **values)
    except TypeError:
        # A list of values cannot be remembered.
        return url_for(endpoint, **values)


# A number and the same number as a word or as true make different addresses.
@lru_cache(maxsize=8192, typed=True)
def _address(_map: int, _root: str, _endpoint: str, **values: Any) -> str:
    return url_for(_endpoint, **values)
