"""Reading YAML safely: plain values, and for each of them the line and column it stands at. JSON text is YAML too."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from math import isfinite
from typing import Any

import yaml
from django.utils.translation import gettext as _t

from clearstage.kernel.errors import Invalid
from clearstage.kernel.text import LARGEST_INTEGER, flaw_in

MOST_BYTES = 1_000_000
MOST_NODES = 20_000
DEEPEST = 40
MOST_ERRORS = 100

Path = tuple[str | int, ...]
Mark = tuple[int, int]


def path_in_words(path: Path) -> str:
    """`("stages", 0, "automove")` as `stages[0].automove`."""
    text = ""
    for part in path:
        text += f"[{part}]" if isinstance(part, int) else f".{part}" if text else part
    return text


@dataclass(frozen=True)
class Places:
    """Where things stand in the text that was read; empty for a document that came as JSON values.

    `written` holds how a value was written that YAML takes for something else than text (`on`, `1040`).
    """

    marks: Mapping[Path, Mark] = field(default_factory=dict)
    written: Mapping[Path, str] = field(default_factory=dict)

    def mark(self, path: Path) -> Mark | tuple[None, None]:
        """Line and column, counted from 1, of the thing at the path or of what it would belong to."""
        for end in range(len(path), -1, -1):
            if path[:end] in self.marks:
                return self.marks[path[:end]]
        return (None, None)

    def order(self, path: Path) -> Mark:
        """To sort by: where there is no text everything stands in the same place."""
        line, column = self.mark(path)
        return (line or 0, column or 0)

    def where(self, path: Path) -> str:
        """For a person: `line 3, column 5: stages[0].automove`, without the line where there is no text."""
        line, column = self.mark(path)
        words = path_in_words(path)
        if line is None:
            return words
        mark = _t("line {line}, column {column}").format(line=line, column=column)
        return f"{mark}: {words}" if words else mark


def read_values(source: str | Mapping[str, Any]) -> tuple[Any, Places]:
    """Plain values of a YAML text, or the values themselves; raises `Invalid` for what cannot be kept or understood."""
    if not isinstance(source, str):
        refuse(list(_faults(source)), Places())
        return source, Places()
    builder = _Builder()
    values = builder.value(_compose(source), ())
    if builder.errors:
        raise Invalid(builder.errors[:MOST_ERRORS])
    places = Places(builder.marks, builder.written)
    refuse(list(_faults(values)), places)
    return values, places


def refuse(errors: list[tuple[Path, str]], places: Places) -> None:
    """Raise `Invalid` where there are errors, each with its place, in the order of the text."""
    if errors:
        errors = sorted(errors, key=lambda error: places.order(error[0]))
        raise Invalid([(places.where(path), message) for path, message in errors[:MOST_ERRORS]])


class _TooMuch(Exception):
    """The text is YAML, but more of it than is read."""

    def __init__(self, problem: str, event: Any) -> None:
        super().__init__(problem)
        self.mark = event.start_mark


class _Composer(yaml.SafeLoader):
    """Composes node by node, so that a text that is too deep, too long or cunning is refused on the way."""

    def __init__(self, text: str) -> None:
        super().__init__(text)
        self.depth = self.nodes = 0

    def compose_node(self, parent: Any, index: Any) -> Any:
        event = self.peek_event()
        if isinstance(event, yaml.AliasEvent):
            raise _TooMuch(_t("anchors and aliases are not taken; write it out"), event)
        self.nodes += 1
        self.depth += 1
        if self.nodes > MOST_NODES:
            raise _TooMuch(
                _t("the document is too long (at most {most} values)").format(most=MOST_NODES), event
            )
        if self.depth > DEEPEST:
            problem = _t("the document is nested too deeply (at most {most} levels)").format(most=DEEPEST)
            raise _TooMuch(problem, event)
        node = super().compose_node(parent, index)
        self.depth -= 1
        return node


def _compose(text: str) -> yaml.Node:
    if len(text) > MOST_BYTES or len(text.encode("utf-8", "surrogatepass")) > MOST_BYTES:
        raise Invalid([("", _t("the document is too large (at most {most} bytes)").format(most=MOST_BYTES))])
    try:
        node = yaml.compose(text, Loader=_Composer)
    except yaml.reader.ReaderError as error:
        character = chr(error.character) if isinstance(error.character, int) else str(error.character)
        problem = flaw_in(character) or _t("contains a character that no text can hold")
        raise Invalid([(_mark_in_words(*_line_and_column(text, error.position)), problem)]) from None
    except _TooMuch as much:
        raise Invalid([(_mark_in_words(much.mark.line + 1, much.mark.column + 1), str(much))]) from None
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        problem = _t("this is not YAML: {problem}").format(problem=error.problem or error.context or "")
        raise Invalid([(_mark_in_words(mark.line + 1, mark.column + 1) if mark else "", problem)]) from None
    except (ValueError, OverflowError) as error:  # PyYAML's own, for escapes beyond the last character
        raise Invalid([("", _t("this is not YAML: {problem}").format(problem=error))]) from None
    if node is None:
        raise Invalid([("", _t("the document is empty"))])
    return node


def _line_and_column(text: str, position: int) -> Mark:
    before = text[:position]
    return before.count("\n") + 1, position - (before.rfind("\n") + 1) + 1


def _mark_in_words(line: int, column: int) -> str:
    return Places({(): (line, column)}).where(())


_STANDARD = "tag:yaml.org,2002:"
# Dates stay as they are written: a date is ISO text here. “=” and “<<” have no meaning of their own.
_TEXTS = {_STANDARD + name for name in ("str", "timestamp", "value", "merge")}
_WHOLE = re.compile(r"[-+]?(0|[1-9][0-9]{0,17})")
_FRACTION = re.compile(r"[-+]?[0-9]{1,17}\.[0-9]{1,17}")
_YES = ("yes", "true", "on")


class _Builder:
    """Makes plain values of nodes, remembering where each stands and what is wrong."""

    def __init__(self) -> None:
        self.marks: dict[Path, Mark] = {}
        self.written: dict[Path, str] = {}
        self.errors: list[tuple[str, str]] = []

    def value(self, node: yaml.Node, path: Path) -> Any:
        self.marks.setdefault(path, _mark_of(node))
        if isinstance(node, yaml.ScalarNode):
            return self._scalar(node, path)
        if isinstance(node, yaml.SequenceNode) and node.tag == _STANDARD + "seq":
            return [self.value(each, (*path, position)) for position, each in enumerate(node.value)]
        if isinstance(node, yaml.MappingNode) and node.tag == _STANDARD + "map":
            return self._mapping(node, path)
        self._unknown_tag(node, path)
        return None

    def _mapping(self, node: yaml.MappingNode, path: Path) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for key, value in node.value:
            if not isinstance(key, yaml.ScalarNode):
                self._wrong(key, path, _t("a key is a plain text"))
                continue
            name = _text(key)
            inner = (*path, name)
            if key.tag not in _TEXTS:
                self._wrong(key, inner, not_as_text(name, _plain_scalar(key.tag, name)))
                continue
            if name in found:
                line = self.marks[inner][0]
                self._wrong(
                    key,
                    inner,
                    _t("“{name}” stands here twice, first in line {line}").format(name=name, line=line),
                )
                continue
            self.marks[inner] = _mark_of(key)
            found[name] = self.value(value, inner)
        return found

    def _wrong(self, node: yaml.Node, path: Path, problem: str) -> None:
        """The place is the node's own, which may be a second one at the same path."""
        self.errors.append((Places({path: _mark_of(node)}).where(path), problem))

    def _scalar(self, node: yaml.ScalarNode, path: Path) -> Any:
        text = _text(node)
        if node.tag in _TEXTS:
            return text
        kind = node.tag.removeprefix(_STANDARD)
        if kind not in ("bool", "null", "int", "float"):
            self._unknown_tag(node, path)
            return None
        value = _plain_scalar(node.tag, text)
        if not isinstance(value, str):
            self.written[path] = text
        return value

    def _unknown_tag(self, node: yaml.Node, path: Path) -> None:
        self._wrong(node, path, _t("YAML's tags such as “{tag}” are not taken").format(tag=node.tag))


def _plain_scalar(tag: str, text: str) -> Any:
    """What the text stands for; numbers only where everybody reads them the same (no octal, no base 60)."""
    kind = tag.removeprefix(_STANDARD)
    if kind == "bool":
        return text.casefold() in _YES
    if kind == "null":
        return None
    if kind == "int" and _WHOLE.fullmatch(text):
        return int(text)
    if kind == "float" and _FRACTION.fullmatch(text):
        return float(text)
    return text


def not_as_text(written: str, value: Any) -> str:
    """Why a value that was meant as a text is none."""
    if value is None:
        return _t("a text is missing here")
    read_as = _t("yes or no") if isinstance(value, bool) else _t("a number")
    return _t("“{text}” is read as {read_as}, not as text; put quotes around it").format(
        text=written, read_as=read_as
    )


def _mark_of(node: yaml.Node) -> Mark:
    return node.start_mark.line + 1, node.start_mark.column + 1


def _text(node: yaml.ScalarNode) -> str:
    """JSON writes characters beyond the first 65,536 as two halves; YAML reads them one by one."""
    text: str = node.value
    if text.isascii() or not flaw_in(text):
        return text
    try:
        return text.encode("utf-16", "surrogatepass").decode("utf-16")
    except UnicodeDecodeError:
        return text


def _faults(values: Any) -> Iterator[tuple[Path, str]]:
    """What neither database can hold, and the same limits for values that came as JSON."""
    count = 0
    waiting: list[tuple[Path, Any]] = [((), values)]
    while waiting:
        path, value = waiting.pop()
        count += 1
        if count > MOST_NODES:
            yield (), _t("the document is too long (at most {most} values)").format(most=MOST_NODES)
            return
        if len(path) > DEEPEST:
            yield (), _t("the document is nested too deeply (at most {most} levels)").format(most=DEEPEST)
            return
        if isinstance(value, str):
            if flaw := flaw_in(value):
                yield path, _t(flaw)
        elif isinstance(value, Mapping):
            flawed = [str(key) for key in value if not isinstance(key, str) or flaw_in(key)]
            if flawed:
                yield path, _t("a key in it contains a character that no text can hold")
            else:
                waiting += [((*path, key), each) for key, each in reversed(list(value.items()))]
        elif isinstance(value, list | tuple):
            waiting += [((*path, position), each) for position, each in reversed(list(enumerate(value)))]
        elif isinstance(value, int) and abs(value) > LARGEST_INTEGER:
            yield path, _t("is too large a number")
        elif isinstance(value, float) and not isfinite(value):
            yield path, _t("is not a number")
