"""Every string of the screen is Russian as well, with the same holes and all three plural forms."""

import os
import re
from collections import defaultdict
from pathlib import Path

import pytest
from babel.messages.mofile import read_mo
from babel.messages.pofile import read_po
from strings import HOLE, PO, extracted, id_of, is_finished, missing, obsolete, translated

from webapp.web.i18n import compile_catalogues, merged

FILES = sorted(PO.glob("*.po"))


def test_everything_is_translated() -> None:
    left = {room: [(found.key, found.places[0]) for found in strings] for room, strings in missing().items()}
    assert not left, "make i18n lists them"


def test_no_translation_is_left_of_what_no_page_says() -> None:
    assert not obsolete()


@pytest.mark.parametrize("path", FILES, ids=[path.name for path in FILES])
def test_a_file_holds_finished_translations_only(path: Path) -> None:
    with path.open("rb") as file:
        catalog = read_po(file, locale="ru")
    assert not catalog.obsolete, "cut them out"
    assert not [message.id for message in catalog if message.id and not is_finished(message)]
    assert catalog.num_plurals == 3


def test_holes_are_the_same_in_both_languages() -> None:
    wrong = []
    for path, message in translated():
        ids = message.id if isinstance(message.id, tuple | list) else (message.id,)
        forms = message.string if isinstance(message.string, tuple | list) else (message.string,)
        wanted = set(HOLE.findall(ids[-1]))
        wrong += [f"{path.name}: {form!r} has not {wanted}" for form in forms if set(HOLE.findall(form)) != wanted]
    assert not wrong, "form 0 also serves 21, so every form carries the number"


def test_one_english_string_has_one_russian_one() -> None:
    seen: dict[str, dict[str, str]] = defaultdict(dict)
    for path, message in translated():
        seen[id_of(message)].setdefault(str(message.string), path.name)
    assert not {key: texts for key, texts in seen.items() if len(texts) > 1}, "which one is shown would be chance"


def test_a_string_that_counts_is_counted_everywhere() -> None:
    plural = {found.key[0]: found.key for found in extracted().values() if isinstance(found.key, tuple)}
    for _path, message in translated():
        if id_of(message) in plural:
            assert isinstance(message.id, tuple | list), f"{id_of(message)!r} wants three forms"


def test_russian_looks_russian() -> None:
    wrong = []
    for path, message in translated():
        for form in message.string if isinstance(message.string, tuple | list) else (message.string,):
            bare = HOLE.sub("", form)
            if re.search(r'"[^"]+"|\.\.\.| - ', bare):
                wrong.append(f"{path.name}: {form!r}")
    assert not wrong, "«quotes», … and – in Russian"


def copied(folder: Path) -> Path:
    target = folder / "ru"
    target.mkdir()
    for path in FILES:
        (target / path.name).write_bytes(path.read_bytes())
    return folder


def test_the_rooms_are_compiled_into_one_catalogue(tmp_path: Path) -> None:
    compile_catalogues(copied(tmp_path))
    with (tmp_path / "ru" / "LC_MESSAGES" / "messages.mo").open("rb") as file:
        compiled = read_mo(file)
    for message in merged(FILES, "ru"):
        if message.id:
            assert list(compiled[message.id].string) == list(message.string)


def test_a_newer_source_is_compiled_again(tmp_path: Path) -> None:
    compile_catalogues(copied(tmp_path))
    target = tmp_path / "ru" / "LC_MESSAGES" / "messages.mo"
    before = target.stat()
    compile_catalogues(tmp_path)
    assert target.stat().st_mtime_ns == before.st_mtime_ns, "nothing to do"
    source = tmp_path / "ru" / "zz.po"
    source.write_text('msgid ""\nmsgstr ""\n\nmsgid "Only here"\nmsgstr "Только здесь"\n', "utf-8")
    os.utime(source, ns=(before.st_mtime_ns + 10**9, before.st_mtime_ns + 10**9))
    compile_catalogues(tmp_path)
    with target.open("rb") as file:
        assert read_mo(file)["Only here"].string == "Только здесь"


def test_a_program_that_may_not_write_to_its_own_folder_compiles_elsewhere(tmp_path: Path) -> None:
    copied(tmp_path)
    # A file where the folder should be: the system refuses even a superuser.
    (tmp_path / "ru" / "LC_MESSAGES").write_text("", "utf-8")
    spare = tmp_path / "instance" / "translations"
    assert compile_catalogues(tmp_path, spare) == spare
    assert (spare / "ru" / "LC_MESSAGES" / "messages.mo").stat().st_size > 1000
