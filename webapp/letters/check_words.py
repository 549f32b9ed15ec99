"""Sentences of the checks, in the language of whoever writes the letter."""

from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from webapp.letters.checks import Finding
from webapp.letters.registry import REGISTRY
from webapp.web.i18n import page_language

PARTS = {"greeting": _l("Greeting"), "expect": _l("What to expect"), "more": _l("What else to offer")}
FIELDS: dict[str, Any] = {"title": _l("Name of the letter"), "subject": _l("Subject"), "body": _l("Text"), **PARTS,
                          "files": _l("Attachments")}
_SENTENCES: dict[str, Any] = {
    "no-subject": _l("A letter needs a subject."),
    "no-body": _l("There is no text yet."),
    "empty-part": _l("This part is empty. The welcome letter needs all three."),
    "open": _l("Line %(line)s: the brackets are not closed. Insert the placeholder anew with a button."),
    "stray": _l("Line %(line)s: brackets are closed that nothing opens."),
    "no-end": _l("After “if” there is no {%% endif %%}: write it where the phrase ends."),
    "stray-end": _l("Line %(line)s: a condition ends here that never began."),
    "filter": _l("Line %(line)s: there is no command “%(what)s” after the bar. Usually it is default: \"words\"."),
    "command": _l("Line %(line)s: there is no command “%(what)s” in letters. Conditions are written with if."),
    "bad-command": _l("Line %(line)s: what stands in the brackets cannot be read. Insert it anew with a button."),
    "too-long": _l("This is too long: at most %(num)s characters, and no long chains of commands."),
    "no-way-out": _l("News by SMS must say how to stop them. Add, for example: “To stop, answer STOP”."),
    "manager-in-refusal": _l("The manager must not appear in a letter to somebody who bought elsewhere. Take out: "
                             "%(names)s."),
    "gendered": _l("“%(words)s” fits only men or only women. The placeholder “greeting” suits everybody."),
    "hole": _l("Where this is not known a hole stays in the sentence: %(names)s. Insert it so that the whole phrase is "
               "left out, or with other words."),
    "nobody-has": _l("Nobody has this yet, its page comes later: %(names)s. Every client would read a sentence with a "
                     "hole."),
    "long-subject": _l("The subject has %(num)s characters. Phones show about 60."),
    "bare-image": _l("An image has no words. Many mail programs hide images: write what is on it."),
    "not-translated": _l("This is still the text of another language, word for word. Translate it before you publish."),
    "files-too-big": _l("The attachments are more than 10 MB together. Take one out."),
    "heavy": _l("The attachments are %(size)s MB. On a phone such a letter opens slowly, and some mail servers refuse "
                "it: smaller files arrive more surely."),
    "clipped": _l("This letter is very long: Gmail will cut its end off. Make it shorter."),
    "instagram": _l("Instagram is mentioned. Advertising there has been fined since 1 September 2025."),
}


def sentence(finding: Finding) -> str:
    """What was found and what to do about it."""
    facts = finding.facts
    if finding.code == "unknown-name":
        if facts["nearest"]:
            return _("Line %(line)s: there is no “%(name)s”. Did you mean “%(nearest)s”?", **facts)
        return _("Line %(line)s: there is no “%(name)s”. Choose one with a button.", **facts)
    if "names" in facts:
        said = {item.code: item.name_ru if page_language() == "ru" else item.code for item in REGISTRY}
        facts = {"names": ", ".join(said.get(name, name) for name in facts["names"])}
    return str(_SENTENCES[finding.code]) % facts
