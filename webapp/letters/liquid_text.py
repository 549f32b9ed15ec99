"""Liquid as letters use it: allow-listed commands, filters and placeholders; values leave as numbered slots.

A slot is a word that means nothing to Markdown or HTML. Markup is made from text with slots, values come in
last, so that no value can ever be read as markup. There are no loops: cost grows with the length only.
"""

import re
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from io import StringIO
from typing import TextIO

from liquid import BoundTemplate, Environment, RenderContext, StrictUndefined
from liquid.builtin import (
    case_tag,
    comment_tag,
    content,
    if_tag,
    illegal,
    inline_comment_tag,
    output,
    unless_tag,
)
from liquid.builtin.filters.misc import default
from liquid.builtin.filters.string import capitalize, downcase, strip, upcase
from liquid.exceptions import LiquidError, ResourceLimitError

from webapp.letters.placeholders import REGISTRY, Registry, Value
from webapp.letters.rules import (
    BadTemplate,
    TooHeavy,
    UnknownPlaceholder,
    clean_value,
    is_empty,
    nearest,
    without_part_lines,
)

MAX_SUBJECT, MAX_BODY = 300, 8_000
_MAX_OUTPUT, _MAX_VALUE, _MAX_FILTERS, _MAX_COMMAND = 60_000, 10_000, 200, 400

_MARK = f"zq{secrets.token_hex(6)}q"
SLOT = re.compile(_MARK + r"(\d{4})z")
"""Finds a slot; group 1 is its number. The mark is new in every process: nobody can write it."""


_BRACKET = re.compile(r"\{\{|\}\}|\{%|%\}")
_CLOSES = {"{{": "}}", "{%": "%}"}

Data = dict[str, dict[str, Value]]


def slot(number: int) -> str:
    """The word that stands for value `number` while markup is made."""
    return f"{_MARK}{number:04d}z"


@dataclass(frozen=True, slots=True, eq=False)
class CompiledLetter:
    """A letter ready to be filled in; `names` are the codes of all placeholders it uses."""

    names: frozenset[str]
    _subject: BoundTemplate
    _body: BoundTemplate
    _paths: tuple[tuple[str, str, str], ...]

    def data(self, values: Mapping[str, Value]) -> Data:
        """The values this letter uses, checked to be plain, by the names it uses. Raises LetterError."""
        tree: Data = {}
        for root, leaf, code in self._paths:
            tree.setdefault(root, {})[leaf] = _plain_data(code, values.get(code))
        return tree

    def subject(self, data: Data) -> str:
        """The filled-in subject, before its cleaning."""
        return _plain(self._subject, data)

    def plain_body(self, data: Data) -> str:
        """The filled-in body as plain text, Markdown left as typed: for SMS."""
        return _plain(self._body, data)

    def slotted_body(self, data: Data, *, first: int) -> tuple[str, list[str]]:
        """The body with slots numbered from `first`, and the values of these slots in their order."""
        return _fill(self._body, data, first)


def compile_letter(subject: str, body: str, *, registry: Registry = REGISTRY) -> CompiledLetter:
    """Compile a letter and check every name in it; equal texts are compiled once.

    Raises UnknownPlaceholder (with the nearest name), BadTemplate or TooHeavy.
    """
    return _compile(subject, body, registry, registry.generation)


def _plain(template: BoundTemplate, data: Data) -> str:
    text, slots = _fill(template, data, 0)
    return SLOT.sub(lambda found: slots[int(found[1])], text) if slots else text


def _fill(template: BoundTemplate, data: Data, first: int) -> tuple[str, list[str]]:
    context = RenderContext(template, globals=data)
    slots: list[str] = []
    context.tag_namespace["slots"] = (first, slots)
    # Without loops the text around the values cannot outgrow its source: only the values need a limit.
    buffer = StringIO()
    try:
        template.render_with_context(context, buffer)
    except ResourceLimitError as error:
        raise TooHeavy("the text is nested too deeply") from error
    except LiquidError as error:
        raise BadTemplate(str(error.message), line=_line(error)) from error
    if sum(map(len, slots)) > _MAX_OUTPUT:
        raise TooHeavy("the filled-in letter is too long")
    return buffer.getvalue(), slots


@lru_cache(maxsize=512)
def _compile(subject: str, body: str, registry: Registry, generation: int) -> CompiledLetter:
    if len(subject) > MAX_SUBJECT or len(body) > MAX_BODY:
        raise TooHeavy(f"a subject may have {MAX_SUBJECT} characters, a text {MAX_BODY}")
    if "\0" in body or "\0" in subject:
        raise BadTemplate("the text contains a NUL character")
    head, head_names = _parse(subject, registry)
    text, text_names = _parse(without_part_lines(body.replace("\r\n", "\n").replace("\r", "\n")), registry)
    known = registry.spellings()
    paths = []
    for name in sorted(head_names | text_names):
        root, _, leaf = name.partition(".")
        paths.append((root, leaf, known[name]))
    return CompiledLetter(frozenset(code for _, _, code in paths), head, text, tuple(paths))


def _parse(source: str, registry: Registry) -> tuple[BoundTemplate, frozenset[str]]:
    _check_brackets(source)
    try:
        template = _ENVIRONMENT.from_string(source)
        analysis = template.analyze()
    except RecursionError as error:
        raise TooHeavy("the text is nested too deeply") from error
    except LiquidError as error:
        if isinstance(error.__cause__, RecursionError):
            raise TooHeavy("the text is nested too deeply") from error
        raise BadTemplate(str(error.message), line=_line(error)) from error
    for name, spans in analysis.filters.items():
        if name not in _ENVIRONMENT.filters:
            raise BadTemplate(f"unknown filter {name}", line=_line_at(source, spans[0].index))
    if sum(map(len, analysis.filters.values())) > _MAX_FILTERS:
        raise TooHeavy(f"a text may use {_MAX_FILTERS} filters")
    names = set()
    for uses in analysis.variables.values():
        for use in uses:
            names.add(_known_name(use.segments, registry, _line_at(source, use.span.index)))
    return template, frozenset(names)


def _check_brackets(source: str) -> None:
    # The library takes seconds over a text full of open brackets, or over one very long command.
    opened: re.Match[str] | None = None
    for bracket in _BRACKET.finditer(source):
        if opened is None:
            opened = bracket if bracket[0] in _CLOSES else None
        elif bracket[0] == _CLOSES[opened[0]]:
            if bracket.start() - opened.end() > _MAX_COMMAND:
                raise TooHeavy("a command is too long", line=_line_at(source, opened.start()))
            opened = None
        elif bracket[0] in _CLOSES:
            break
    if opened is not None:
        raise BadTemplate(f"{opened[0]} is not closed", line=_line_at(source, opened.start()))


def _line_at(source: str, index: int) -> int:
    return source.count("\n", 0, index) + 1


def _known_name(segments: Sequence[object], registry: Registry, line: int) -> str:
    name = ".".join(str(segment) for segment in segments)
    # Only plain `word.word`: no index, no property of a value, no name made from another value.
    plain = len(segments) == 2 and all(isinstance(segment, str) for segment in segments)
    if plain and name in registry.spellings():
        return name
    raise UnknownPlaceholder(name, nearest(name, registry.spellings().keys()), line=line)


def _plain_data(code: str, value: object) -> Value:
    if is_empty(value):
        return None
    if type(value) is str:
        if len(value) > _MAX_VALUE:
            raise TooHeavy(f"the value of {code} is too long")
        return clean_value(value)
    if type(value) is bool or type(value) is int:
        return value
    raise BadTemplate(f"the value of {code} is not plain data")


def _line(error: LiquidError) -> int | None:
    try:
        found = error.context()
    except ValueError:
        return None
    return found[0] if found else None


class _SlotNode(output.OutputNode):
    def render_to_output(self, context: RenderContext, buffer: TextIO) -> int:
        value = self.expression.evaluate(context)
        if value is None or value == "":
            return 0
        if type(value) is not str and type(value) is not int:
            raise BadTemplate("only text and whole numbers can be put into a letter")
        first, slots = context.tag_namespace["slots"]
        slots.append(str(value))
        return buffer.write(slot(first + len(slots) - 1))


class _Slots(output.Output):
    node_class = _SlotNode


class _LetterEnvironment(Environment):
    block_nesting_limit = 10
    context_depth_limit = 10
    loop_iteration_limit = 1
    local_namespace_limit = 1

    def setup_tags_and_filters(self, *, extra: bool = False) -> None:
        for tag in (
            content.Literal,
            _Slots,
            illegal.Illegal,
            if_tag.IfTag,
            unless_tag.UnlessTag,
            case_tag.CaseTag,
            comment_tag.CommentTag,
            inline_comment_tag.InlineCommentTag,
        ):
            self.add_tag(tag)
        for name, function in (
            ("default", default),
            ("capitalize", capitalize),
            ("upcase", upcase),
            ("downcase", downcase),
            ("strip", strip),
        ):
            self.add_filter(name, function)


_ENVIRONMENT = _LetterEnvironment(undefined=StrictUndefined)
