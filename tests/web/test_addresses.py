"""What stands in an address is anybody's: links that take some of it along take what they know."""

import pytest

PAGES = ("/quality", "/quality/control", "/cards/report", "/cards/burning", "/complaints")
STRANGE = ("endpoint=1", "_scheme=javascript&_external=1", "_anchor=x", "_method=POST", "self=1", "values=1")


@pytest.mark.parametrize("address", PAGES)
def test_a_strange_argument_is_no_fault_and_goes_no_further(browse, cast, address):
    boris = browse(cast.boris)
    for argument in STRANGE:
        page = boris.get(f"{address}?{argument}")
        assert page.status == 200, f"{address}?{argument}"
        links = [link.attrs.get("href", "") for link in page.root.all("a")]
        assert not [link for link in links if argument.split("&")[0] in link or not link.startswith(("/", "#", "tel:"))]
