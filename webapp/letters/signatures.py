"""Who signs a letter, and how a signature looks in HTML and in plain text."""

from dataclasses import dataclass
from typing import Literal
from urllib.parse import urlsplit

IdentityCode = Literal["director", "seller", "quality", "agency"]
IDENTITIES: tuple[IdentityCode, ...] = ("director", "seller", "quality", "agency")
MESSENGERS = {"vk": "VK", "telegram": "Telegram", "max": "MAX"}
MESSENGER_HOSTS = {"vk": ("vk.com", "vk.ru", "vk.me"), "telegram": ("t.me", "telegram.me"),
                   "max": ("max.ru", "web.max.ru")}
"""Where clients can write besides mail: the host of a link tells which."""
MOST_LINES = MOST_LINKS = 3


@dataclass(frozen=True, slots=True)
class Signature:
    """A sender identity under a letter: a person on paper, not necessarily a user (`domain.md` §2.1).

    `photo_url` is an https address, or a `cid:` one for a picture that comes along in the mail. Empty fields leave no
    trace. `lines` and `links` (addresses of messengers) are at most three each. `reply_to` is where answers go: it is
    not shown, and with `keeps_off_owner` never the manager of the trip. `photo` is the hash of a kept picture.
    """

    name: str = ""
    role: str = ""
    email: str = ""
    phone: str = ""
    photo_url: str = ""
    lines: tuple[str, ...] = ()
    links: tuple[str, ...] = ()
    reply_to: str = ""
    photo: str = ""
    keeps_off_owner: bool = False


def signature_html(shown: Signature, labels: tuple[str, ...]) -> str:
    """HTML of a signature whose fields are ready for HTML; the frame's style sheet gives it its look.

    `labels` are the words of `links`, one each.
    """
    if not (shown.name or shown.role or shown.email or shown.phone or shown.lines or shown.links):
        return ""
    lines = [f'<p class="who">{shown.name}</p>'] if shown.name else []
    lines += [f'<p class="role">{shown.role}</p>'] if shown.role else []
    lines += [f"<p>{line}</p>" for line in shown.lines]
    reach = [f'<a href="tel:{shown.phone}">{shown.phone}</a>'] if shown.phone else []
    reach += [f'<a href="mailto:{shown.email}">{shown.email}</a>'] if shown.email else []
    reach += [f'<a href="{link}">{label}</a>' for link, label in zip(shown.links, labels, strict=True)]
    lines += [f'<p class="reach">{" &nbsp; ".join(reach)}</p>'] if reach else []
    photo = ""
    if shown.photo_url:
        image = f'<img src="{shown.photo_url}" alt="" width="56" height="56">'
        photo = f'<td class="photo" width="72">{image}</td>'
    plain = 'role="presentation" width="100%" cellpadding="0" cellspacing="0" border="0"'
    table = f'<table class="signature" {plain}>'
    return f"{table}<tr>{photo}<td>{''.join(lines)}</td></tr></table>"


def link_label(url: str) -> str:
    """What the link to a messenger is called."""
    return next((MESSENGERS[kind] for kind, hosts in MESSENGER_HOSTS.items() if host_of(url) in hosts), host_of(url))


def host_of(url: str) -> str:
    """The host of a web address, in lower case and without "www."; "" when there is none to be read."""
    try:
        return (urlsplit(url).hostname or "").removeprefix("www.")
    except ValueError:
        return ""


def signature_text(shown: Signature) -> str:
    """The same signature as plain text, a line for each field."""
    fields = (shown.name, shown.role, *shown.lines, shown.phone, shown.email, *shown.links)
    return "\n".join(line for line in fields if line)
