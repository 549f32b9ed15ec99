"""How the outbox speaks: a word for each state, a sentence for each reason, in both languages."""

from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from webapp.post import rules
from webapp.post.month_words import month_of_text

STATES: dict[str, tuple[str, Any]] = {
    "held": ("pause", _l("on hold")),
    "queued": ("wait", _l("waiting")),
    "claimed": ("wait", _l("being sent")),
    "handed": ("wait", _l("handed over, no answer yet")),
    "sent": ("done", _l("sent")),
    "delivered": ("done", _l("delivered")),
    "complained": ("broken", _l("marked as spam")),
    "bounced": ("broken", _l("came back")),
    "unknown": ("broken", _l("not known whether it arrived")),
    "failed": ("broken", _l("did not leave")),
    "missed": ("over", _l("missed")),
    "cancelled": ("skip", _l("cancelled")),
    "dead": ("broken", _l("did not leave")),
}
"""The kind of the state mark and its word, by state."""
CHANNELS = {"email": _l("letter"), "sms": _l("SMS")}
CHANNEL_ICONS = {"email": "mail", "sms": "sms"}
FILTERS: dict[str, tuple[Any, tuple[str, ...]]] = {
    "waiting": (_l("Waiting"), rules.WAITING),
    "held": (_l("On hold"), ("held",)),
    "unknown": (_l("Not known"), ("unknown",)),
    "failed": (_l("Did not leave"), rules.BROKEN),
    "sent": (_l("Sent"), rules.REACHED),
    "cancelled": (_l("Cancelled"), ("cancelled",)),
}
"""Words and states of each filter of the outbox page, in order."""
_EMPTY = {
    "waiting": _l("The queue is empty"), "held": _l("Nothing is on hold"), "sent": _l("Nothing was sent yet"),
    "unknown": _l("No answer was lost"), "failed": _l("Everything left"), "cancelled": _l("Nothing was cancelled"),
}
_REASONS: dict[str, Any] = {
    "no-mailbox": _l("It did not leave: the client's mail answers “no such mailbox”. Call, or correct the address."),
    "no-domain": _l("It did not leave: there is no such mail domain. Call, or correct the address."),
    "bad-address": _l("It did not leave: this is not an address. Correct it and try again."),
    "mailbox-full": _l("The client's mailbox is full. Call."),
    "mailbox-closed": _l("It did not leave: the client's mailbox is closed. Call, or ask for another address."),
    "too-big": _l("It did not leave: the letter is too big. Tell your administrator."),
    "spam": _l("It did not leave: the client's mail took it for spam. Call, and tell your administrator."),
    "relay-denied": _l("It did not leave: our mail server does not take letters from us. Tell your administrator."),
    "sender-refused": _l("It did not leave: the mail server refuses this sender. Tell your administrator."),
    "cannot-be-built": _l("It did not leave: the sender or the subject has characters that a letter cannot carry."),
    "refused": _l("It did not leave: the client's mail refused it. Call."),
    "gave-up": _l("It did not leave: for three days the client's mail asked to come later. Call."),
    "crashes": _l("It did not leave: sending broke three times at this very letter. Tell your administrator."),
    "complained": _l("The client marked it as spam: news have stopped for this address, letters about trips go on."),
    "past-end": _l("Too late: what it says is no longer true. Call if it still matters."),
    "suppressed": _l("Not sent: this address asked for no letters."),
    "write-nothing": _l("Not sent: nothing is written to this client."),
    "stopped": _l("Not sent: the client has stopped all letters."),
    "no-consent": _l("Not sent: the client has not agreed to news and offers."),
    "cap": _l("Not sent now: the client has just had a letter with news."),
    "hold": _l("Waits until the stop is lifted."),
    "mode": _l("Waits until sending is switched on."),
    "attended": _l("Somebody took care of it on the board: nothing has to be decided any more."),
    "not-arrived": _l("A person knows that it did not arrive. Call."),
    "reopened": _l("What was done on the board was undone: it needs somebody again."),
    "person": _l("Cancelled by hand."),
    "step-back": _l("Called off before it left: what it tells was taken back."),
    "looked-again": _l("Called off before it left: everything is looked at once more."),
    "answered-before": _l("Called off before it left: the client has answered already."),
    "called-back": _l("Called off before it left, by whoever wrote it."),
    "no-complaint": _l("Called off before it left: it was no complaint."),
    "cancelled": _l("Cancelled together with the trip."),
    "dates-moved": _l("Cancelled: the dates have moved, another one is planned."),
    "no-answer": _l("It was handed over, but the answer was lost. It may have arrived."),
    "greylisted": _l("The client's mail asked to come again in a few minutes. That is usual."),
    "busy": _l("The mail server is busy. It will be tried again."),
    "later": _l("The client's mail asked to come later. It will be tried again."),
    "lost": _l("The connection broke before it left. It will be tried again."),
    "fault": _l("Sending broke. It will be tried again."),
    "quiet-hours": _l("It is night where the client lives. It will leave in the morning."),
    "no-connection": _l("The mail server cannot be reached. It will be tried again."),
}
_CAME_BACK: dict[str, Any] = {
    "no-mailbox": _l("It came back: the mailbox was not found. Call, or correct the address."),
    "no-domain": _l("It came back: there is no such mail domain. Call, or correct the address."),
    "mailbox-full": _l("It came back: the client's mailbox is full. Call."),
    "mailbox-closed": _l("It came back: the client's mailbox is closed. Call, or ask for another address."),
    "too-big": _l("It came back: the letter is too big. Tell your administrator."),
    "spam": _l("It came back: the client's mail took it for spam. The address is good: call, and tell your "
               "administrator."),
    "relay-denied": _l("It came back: the client's mail takes nothing from us. Call, and tell your administrator."),
    "gave-up": _l("It came back: for days the client's mail could not be reached. Call."),
    "forwarded": _l("It came back: the client's mail passes letters on, and there it was refused. Call."),
    "refused": _l("It came back: the client's mail refused it. Call."),
}
_SMS_REASONS: dict[str, Any] = {
    "no-mailbox": _l("It did not leave: there is no such number. Correct it, or reach the client another way."),
    "bad-address": _l("It did not leave: there is no such number. Correct it, or reach the client another way."),
    "spam": _l("It did not leave: the phone company took it for spam. Call, and tell your administrator."),
    "relay-denied": _l("It did not leave: the SMS provider does not take SMS from us. Tell your administrator."),
    "sender-refused": _l("It did not leave: the SMS provider refuses this sender. Tell your administrator."),
    "cannot-be-built": _l("It did not leave: its text has characters that an SMS cannot carry."),
    "refused": _l("It did not leave: the SMS provider refused it. Call."),
    "gave-up": _l("It did not leave: for three days the SMS provider asked to come later. Call."),
    "crashes": _l("It did not leave: sending broke three times at this very SMS. Tell your administrator."),
    "suppressed": _l("Not sent: this number asked for no SMS."),
    "stopped": _l("Not sent: the client has stopped all SMS."),
    "cap": _l("Not sent now: the client has just had news from us."),
    "no-answer": _l("The SMS was handed over, but the answer was lost. It may have arrived."),
    "greylisted": _l("The SMS provider asked to come later. It will be tried again."),
    "busy": _l("The SMS provider is busy. It will be tried again."),
    "later": _l("The SMS provider asked to come later. It will be tried again."),
    "no-connection": _l("The SMS provider cannot be reached. It will be tried again."),
    "no-money": _l("There is no money on the account with the SMS provider. It leaves once somebody tops it up."),
    "login": _l("The SMS provider does not know our key. Tell your administrator."),
    "too-big": _l("It did not leave: it is too long for an SMS. Tell your administrator."),
    "stop-list": _l("It did not leave: this number is on the stop list of the SMS provider. Call."),
    "abroad": _l("It did not leave: the SMS provider is set to send nothing abroad. Call, or tell your administrator."),
    "day-limit": _l("A daily limit of the SMS provider is reached. It will be tried again."),
    "rejected": _l("It did not arrive: the phone company or the SMS provider rejected it. Call."),
    "expired": _l("It did not arrive: the phone was off or out of reach for too long. Call."),
    "deleted": _l("It did not arrive: the phone company has dropped it. Call."),
    "phone-fault": _l("It did not arrive: the phone cannot take SMS now. Call."),
    "not-delivered": _l("It did not arrive, and the phone company does not say why. Call."),
    "no-money-left": _l("It did not arrive: the money on the account with the SMS provider ran out."),
}
SMS_FILE = "sms_file"
"""The provider that stands in where none is connected: one file per SMS, which reaches nobody."""
SMS_PROVIDERS: dict[str, Any] = {"smsru": "SMS.ru", "smsc": "SMSC.ru", "smsaero": "SMS Aero"}
_HISTORY = {
    "counted": _l("A person knows that it arrived."),
    "send-again": _l("A person had it sent once more."),
    "taken-back": _l("The decision was taken back."),
    "rewritten": _l("The letter was changed, so this was written anew."),
}
_PROVIDER = {
    "no-server": _l("No mail server is set up yet."),
    "no-such-server": _l("There is no server of this name."),
    "port-closed": _l("The server does not answer at this port."),
    "no-answer": _l("The server did not answer in time."),
    "other-encryption": _l("The server speaks another encryption at this port."),
    "login-not-offered": _l("The server takes no login at this port."),
    "no-connection": _l("The server cannot be reached."),
    "no-provider": _l("There is no such SMS provider. Check SMS_PROVIDER."),
    "login": _l("The server refused the name or the password."),
    "bad-certificate": _l("The server's certificate is not valid."),
    "no-encryption": _l("The server offers no encryption, though it is asked for."),
    "lost": _l("The connection breaks again and again."),
    "no-money": _l("There is no money on the account."),
}
_SMS_FAULTS: dict[str, Any] = {
    "login": _l("The provider does not accept the login or the key. Copy the key once more from its cabinet."),
    "busy": _l("The provider has blocked us for a while, because of too many questions. Try again in an hour."),
    "bad-certificate": _l("The certificate of the provider is not valid, so the key was not sent. Check the date of "
                          "this machine."),
    "no-such-server": _l("The name of the provider cannot be found: this machine has no internet."),
    "no-provider": _l("There is no such SMS provider. Check SMS_PROVIDER."),
    "no-price": _l("The provider names no price. Look it up in its cabinet and write it here."),
}
_RELAY: dict[str, Any] = {
    "no-such-server": _l("There is no server “%(server)s”. Check its name for typing mistakes."),
    "no-way-there": _l("“%(server)s” cannot be reached. Is there internet on this machine?"),
    "port-closed": _l("“%(server)s” does not answer at port %(port)s. Check the port; some providers of internet "
                      "close it."),
    "no-answer": _l("“%(server)s” did not answer in time. Check the port and the encryption; a firewall may be in "
                    "the way."),
    "bad-certificate": _l("The certificate of “%(server)s” is not valid, so the password was not sent. Check the name "
                          "of the server."),
    "other-encryption": _l("The server speaks another encryption at port %(port)s. TLS usually has port 465, STARTTLS "
                           "has 587."),
    "no-encryption": _l("The server offers no STARTTLS at port %(port)s. Try TLS with port 465."),
    "login-not-offered": _l("The server takes no login at port %(port)s. Check the port and the encryption."),
    "login": _l("The mail server did not accept the login or the password. It wants an app password, not the one you "
                "open your mailbox with."),
    "sender-refused": _l("The login works, but the server lets nobody write as %(sender)s. Name an address of this "
                         "very mailbox."),
    "reader-refused": _l("The login works, but the server takes no letters for your own address %(reader)s."),
}
_REFUSED: dict[str, Any] = {
    "past-end": _l("Too late: what this message says is no longer true."),
    "decided": _l("Somebody has decided about this message already."),
    "not-now": _l("This message has moved on meanwhile."),
    "over": _l("It is too late to take this back."),
}


def state_mark(state: str, channel: str = "email", provider: str = "") -> tuple[str, str]:
    """(kind of the mark, word) for a state; an SMS that only became a file was not sent to anybody."""
    kind, word = STATES[state]
    if (state, provider) == ("sent", SMS_FILE):
        return "today", _("written to a file")
    return kind, str(_l("not delivered") if (state, channel) == ("bounced", "sms") else word)


def past_reason(state: str, code: str, channel: str) -> str:
    """The sentence beside a line of the history; what people decided is told there as well."""
    return str(_HISTORY[code]) if code in _HISTORY else reason(state, code, channel=channel)


def reason(state: str, code: str, text: str = "", *, channel: str = "email") -> str:
    """The sentence under the state: what happened and what to do; "" when there is nothing to say."""
    if code == "sms-budget":
        month = month_of_text(text)
        return (_("The SMS budget for %(month)s is used up. It leaves when the next month begins, or as soon as the "
                  "budget is raised.", month=month) if state == "queued" else
                _("Not sent: the SMS budget for %(month)s is used up.", month=month))
    if channel == "sms" and code in _SMS_REASONS and state not in ("sent", "delivered", "claimed", "handed"):
        return str(_SMS_REASONS[code])
    if state in ("sent", "delivered", "claimed", "handed"):
        return ""
    if state == "bounced" and code in _CAME_BACK:
        return str(_CAME_BACK[code])
    if code in _REASONS:
        return str(_REASONS[code])
    if state == "queued" or not (code or text):
        return ""
    return _("The answer was: “%(text)s”. Tell your administrator.", text=text or code)


def is_job(author: str) -> bool:
    """True when a change was made by a job; its name is one plain word, and means nothing to staff."""
    return author.isascii() and author.islower() and " " not in author


def empty_words(chosen: str) -> str:
    """What the page says when a filter finds nothing."""
    return str(_EMPTY[chosen])


def provider_fault(error: str) -> str:
    """The last fault of a provider, kept as "code: text", as a sentence."""
    code, _colon, text = error.partition(": ")
    return str(_PROVIDER.get(code) or text or code)


def relay_fault(code: str, **words: Any) -> str:
    """What went wrong while a relay was tried out, and what to do; `words` are server, port, sender and reader."""
    return str(_RELAY.get(code) or _l("No connection with “%(server)s” came about. Try again in a minute.")) % words


def sms_fault(code: str) -> str:
    """What went wrong while an SMS provider was tried out, and what to do."""
    return str(_SMS_FAULTS.get(code) or _l("The provider did not answer as it should. Try again in a minute."))


def refused_words(why: str) -> str:
    """Why an action on a message was not done."""
    return str(_REFUSED.get(why) or _("You may not do this"))
