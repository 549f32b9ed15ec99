"""Who signs a letter, and how a signature looks in HTML and in plain text."""

from dataclasses import dataclass
from typing import Literal

IdentityCode = Literal["director", "seller", "quality", "agency"]
IDENTITIES: tuple[IdentityCode, ...] = ("director", "seller", "quality", "agency")


@dataclass(frozen=True, slots=True)
class Signature:
    """A sender identity under a letter: a person on paper, not necessarily a user (`domain.md` §2.1).

    `photo_url` is an https address or empty. Empty fields leave no trace.
    """

    name: str = ""
    role: str = ""
    email: str = ""
    phone: str = ""
    photo_url: str = ""


def signature_html(shown: Signature) -> str:
    """HTML of a signature whose fields are ready for HTML; the frame's style sheet gives it its look."""
    if not (shown.name or shown.role or shown.email or shown.phone):
        return ""
    lines = []
    if shown.name:
        lines.append(f'<p class="who">{shown.name}</p>')
    if shown.role:
        lines.append(f'<p class="role">{shown.role}</p>')
    reach = []
    if shown.phone:
        reach.append(f'<a href="tel:{shown.phone}">{shown.phone}</a>')
    if shown.email:
        reach.append(f'<a href="mailto:{shown.email}">{shown.email}</a>')
    if reach:
        lines.append(f'<p class="reach">{" · ".join(reach)}</p>')
    photo = ""
    if shown.photo_url:
        image = f'<img src="{shown.photo_url}" alt="" width="56" height="56">'
        photo = f'<td class="photo" width="72">{image}</td>'
    plain = 'role="presentation" width="100%" cellpadding="0" cellspacing="0" border="0"'
    table = f'<table class="signature" {plain}>'
    return f"{table}<tr>{photo}<td>{''.join(lines)}</td></tr></table>"


def signature_text(shown: Signature) -> str:
    """The same signature as plain text, a line for each field."""
    return "\n".join(line for line in (shown.name, shown.role, shown.phone, shown.email) if line)
