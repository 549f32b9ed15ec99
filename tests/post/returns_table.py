"""What each sample of `tests/data/returns` must become: a letter of ours to Anna is known by its Message-ID."""

from pathlib import Path

FOLDER = Path(__file__).resolve().parent.parent / "data" / "returns"
OURS = "<0123456789abcdef0123456789abcdef@agency.example>"
READER = "anna@example.com"

# name: (kind, verdict, reason, state of the letter, is the address given up)
MACHINES = {
    "postfix-unknown-user": ("bounce", "hard", "no-mailbox", "bounced", True),
    "postfix-no-domain": ("bounce", "hard", "no-domain", "bounced", True),
    "postfix-whole-letter-returned": ("bounce", "hard", "no-mailbox", "bounced", True),
    "postfix-delayed": ("bounce", "delayed", "", "sent", False),
    "postfix-delivered": ("bounce", "fine", "", "sent", False),
    "postfix-expired": ("bounce", "soft", "gave-up", "bounced", False),
    "postfix-mailbox-full": ("bounce", "soft", "mailbox-full", "bounced", False),
    "postfix-too-big": ("bounce", "letter", "too-big", "bounced", False),
    "two-recipients-one-ours": ("bounce", "fine", "", "sent", False),
    "exchange-not-found": ("bounce", "hard", "no-mailbox", "bounced", True),
    "exchange-russian": ("bounce", "hard", "no-mailbox", "bounced", True),
    "exchange-mailbox-full": ("bounce", "soft", "mailbox-full", "bounced", False),
    "exchange-delayed": ("bounce", "delayed", "", "sent", False),
    "exchange-alias-only": ("bounce", "soft", "forwarded", "bounced", False),
    "office365-edge-blocked": ("bounce", "hard", "no-mailbox", "bounced", True),
    "office365-spam": ("bounce", "policy", "spam", "bounced", False),
    "gmail-no-such-user": ("bounce", "hard", "no-mailbox", "bounced", True),
    "gmail-over-quota": ("bounce", "soft", "mailbox-full", "bounced", False),
    "gmail-unauthenticated": ("bounce", "policy", "spam", "bounced", False),
    "gmail-delay": ("bounce", "delayed", "", "sent", False),
    "mailru-user-not-found": ("bounce", "hard", "no-mailbox", "bounced", True),
    "mailru-spam": ("bounce", "policy", "spam", "bounced", False),
    "mailru-full": ("bounce", "soft", "mailbox-full", "bounced", False),
    "mailru-russian-koi8": ("bounce", "hard", "no-mailbox", "bounced", True),
    "yandex-no-such-user": ("bounce", "hard", "no-mailbox", "bounced", True),
    "yandex-spam": ("bounce", "policy", "spam", "bounced", False),
    "yandex-full": ("bounce", "soft", "mailbox-full", "bounced", False),
    "icloud-unknown": ("bounce", "hard", "no-mailbox", "bounced", True),
    "icloud-over-quota": ("bounce", "soft", "mailbox-full", "bounced", False),
    "qmail": ("bounce", "hard", "no-mailbox", "bounced", True),
    "exim": ("bounce", "hard", "no-mailbox", "bounced", True),
    "exim-warning": ("bounce", "delayed", "", "sent", False),
    "sendmail-generic-status": ("bounce", "hard", "no-mailbox", "bounced", True),
    "rambler-unavailable": ("bounce", "hard", "no-mailbox", "bounced", True),
    "mailbox-disabled": ("bounce", "soft", "mailbox-closed", "bounced", False),
    "no-reason-at-all": ("bounce", "soft", "refused", "bounced", False),
    "forged-other-recipient": ("other", "", "", "sent", False),
    "forged-no-id": ("other", "", "", "sent", False),
    "foreign-id": ("other", "", "", "sent", False),
    "arf-abuse": ("complaint", "", "complained", "complained", False),
    "arf-redacted": ("complaint", "", "complained", "complained", False),
    "arf-not-spam": ("other", "", "", "sent", False),
    "auto-rfc3834": ("auto", "", "", "sent", False),
    "auto-outlook": ("auto", "", "", "sent", False),
    "auto-suppress-only": ("auto", "", "", "sent", False),
    "auto-mailru-subject": ("auto", "", "", "sent", False),
    "auto-null-sender": ("auto", "", "", "sent", False),
    "auto-precedence": ("auto", "", "", "sent", False),
    "auto-english-office": ("auto", "", "", "sent", False),
    "auto-read-receipt": ("auto", "", "", "sent", False),
    "bulk-newsletter": ("bulk", "", "", "sent", False),
    "empty": ("other", "", "", "sent", False),
    "no-headers": ("other", "", "", "sent", False),
    "binary": ("other", "", "", "sent", False),
}

# name: (what the client wrote, does it ask us to stop, whose it is)
PEOPLE = {
    "reply-gmail": ("Спасибо вам!\nА страховка уже оплачена?", "", "anna"),
    "reply-gmail-english": ("Is the insurance paid?", "", "anna"),
    "reply-mailru-html": ("Можно поменять место у окна?", "", "anna"),
    "reply-yandex": ("Всё получили.", "", "anna"),
    "reply-outlook-ru": ("Добрый день!\nПаспорт готов.\nС уважением, Анна", "", "anna"),
    "reply-iphone": ("Да, подходит", "", "anna"),
    "reply-cp1251-undeclared": ("Здравствуйте, а трансфер включён?", "", "anna"),
    "reply-below-the-quotation": ("Yes, everything is fine, thank you.", "", "anna"),
    "reply-with-photo": ("Вот скан паспорта.", "", "anna"),
    "reply-no-reference": ("Можно взять кошку?", "", "anna"),
    "reply-stop": ("Отпишите меня, пожалуйста.", "sure", "anna"),
    "reply-stop-maybe": ("Спасибо за письмо. Не присылайте мне больше предложений по горнолыжным турам, а вот про море "
                         "интересно, и ещё вопрос: когда будут готовы документы на следующую поездку?", "maybe", "anna"),
    "reply-other-mailbox": ("Это муж Анны, отвечаю за неё.", "", "anna"),
    "broken-mime": ("", "", "anna"),
    "stranger": ("Здравствуйте! Сколько стоит неделя в Анталье?", "", "nobody"),
}


def sample(name: str) -> bytes:
    """The bytes of one sample."""
    return (FOLDER / f"{name}.eml").read_bytes()
