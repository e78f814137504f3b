"""The form of an automation or template, made from its settings class: a new kind brings its form with it.

A field's type says how it is drawn and read (`_shape_of`); what no control can show is edited as YAML text.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from types import NoneType, UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin

import yaml
from django.http import QueryDict
from django.utils.translation import gettext as _
from pydantic import AfterValidator, StringConstraints, ValidationError
from pydantic.fields import FieldInfo

from clearstage.engine import shortcodes
from clearstage.jobs.document_errors import refuse_invalid
from clearstage.jobs.kinds import Ref, Settings, WhenText
from clearstage.jobs.reading import Places, read_values
from clearstage.kernel.errors import Invalid

from .editor_labels import choice_label, label_of
from .editor_names import Names, Option

LONGEST_LINE = 300
_WHEN = next(each for each in get_args(WhenText) if isinstance(each, AfterValidator))
_SELECTS = ("person", "client_status", "pipeline", "template")
PLAIN_HELP = ("people", "tags")
"""Shapes that explain themselves; the settings' own description is about how they are written in YAML."""


@dataclass(frozen=True, slots=True)
class Shape:
    """How a setting is drawn: `noun` is what it names, `inner` the class of nested settings.

    `on` is a switch that is on unless somebody switches it off.
    """

    name: str
    optional: bool = False
    noun: str = ""
    choices: tuple[str, ...] = ()
    inner: type[Settings] | None = None
    on: bool = False


@dataclass
class Row:
    """One of several settings of a kind: `controls` are its form, the first of them its title."""

    name: str
    position: int
    controls: list[Control]

    @property
    def first(self) -> Control:
        return self.controls[0]

    @property
    def more(self) -> list[Control]:
        return self.controls[1:]

    @property
    def troubled(self) -> bool:
        return any(control.problems for control in self.more)


@dataclass
class Control:
    """One setting in the form; `name` is that of its input, `value` what stands in it."""

    name: str
    label: str
    shape: str
    help: str = ""
    needed: bool = False
    value: Any = ""
    switched_on: bool = False
    optional: bool = False
    options: list[Option] = field(default_factory=list)
    inside: list[Control] = field(default_factory=list)
    rows: list[Row] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)
    unknown: list[str] = field(default_factory=list)


def controls(
    model: type[Settings],
    values: Mapping[str, Any],
    names: Names,
    problems: Sequence[tuple[str, str]] = (),
    prefix: str = "set",
) -> list[Control]:
    """The form, filled; `problems` are (field, sentence) as `validated` raises them."""
    return [
        _control(field_name, info, values, names, problems, prefix)
        for field_name, info in model.model_fields.items()
    ]


def read(
    model: type[Settings], post: QueryDict, before: Mapping[str, Any], prefix: str = "set"
) -> dict[str, Any]:
    """The settings as they were typed, not yet checked. What was not touched stays as it was, to the letter."""
    found: dict[str, Any] = {}
    for name, info in model.model_fields.items():
        shape, html = _shape_of(info), f"{prefix}-{name}"
        value = _value(shape, post, html, before.get(name))
        if name in before and _shown(shape, before[name]) == _shown(shape, value):
            found[name] = before[name]
        elif value is not None:
            found[name] = value
    return found


def validated(model: type[Settings], values: Mapping[str, Any]) -> dict[str, Any]:
    """As they are kept; raises `Invalid` with (field, sentence) for each mistake."""
    read_values(values)
    try:
        return model.model_validate(values).stored()
    except ValidationError as error:
        refuse_invalid(error, Places(), model)


def general_problems(model: type[Settings], problems: Sequence[tuple[str, str]]) -> list[str]:
    """Those that belong to no single field."""
    return [_sentence(text) for where, text in problems if _field_in(where) not in model.model_fields]


def _shape_of(info: FieldInfo) -> Shape:
    annotation, optional, marks = _unwrapped(info.annotation, info.metadata)
    noun = next((each.noun for each in marks if isinstance(each, Ref)), "")
    if get_origin(annotation) is Literal:
        return Shape("choice", optional, choices=get_args(annotation))
    if get_origin(annotation) is list:
        if (
            (of := get_args(annotation)[0])
            and isinstance(of, type)
            and issubclass(of, Settings)
            and of.as_rows
        ):
            return Shape("rows", inner=of)
        inner, _none, inside = _unwrapped(get_args(annotation)[0], ())
        noun = next((each.noun for each in inside if isinstance(each, Ref)), "")
        plain = inner is str and _WHEN not in inside
        return Shape(
            {"person": "people", "tag": "tags"}.get(noun, "lines") if plain else "yaml", optional, noun
        )
    if annotation is bool:
        return Shape("switch", on=info.default is True)
    if annotation is int:
        return Shape("number", optional)
    if annotation is str:
        return Shape(_text_shape(noun, marks), optional, noun)
    if isinstance(annotation, type) and issubclass(annotation, Settings):
        return Shape("inside", optional, inner=annotation)
    return Shape("yaml", optional)


def _unwrapped(annotation: Any, metadata: Sequence[Any]) -> tuple[Any, bool, list[Any]]:
    """The type itself, whether it may be missing, and everything it is marked with."""
    optional, marks = False, list(metadata)
    while True:
        if get_origin(annotation) is Annotated:
            marks += annotation.__metadata__
            annotation = annotation.__origin__
        elif get_origin(annotation) in (Union, UnionType):
            parts = [each for each in get_args(annotation) if each is not NoneType]
            if len(parts) > 1:
                return annotation, optional, marks
            annotation, optional = parts[0], True
        else:
            return annotation, optional, marks


def _text_shape(noun: str, marks: Sequence[Any]) -> str:
    if _WHEN in marks:
        return "when"
    if noun.partition(":")[0] in _SELECTS:
        return "status" if noun == "client_status" else "select"
    longest = next((each.max_length for each in marks if isinstance(each, StringConstraints)), None)
    return "line" if longest is not None and longest <= LONGEST_LINE else "text"


def _control(
    name: str,
    info: FieldInfo,
    values: Mapping[str, Any],
    names: Names,
    problems: Sequence[tuple[str, str]],
    prefix: str,
) -> Control:
    shape = _shape_of(info)
    value = values.get(name, None if info.is_required() else info.get_default(call_default_factory=True))
    if isinstance(value, Settings):
        value = value.stored()
    label = label_of(name)
    help_text = _(info.description) if info.description and shape.name not in PLAIN_HELP else ""
    found = Control(
        name=f"{prefix}-{name}",
        label=label,
        shape=shape.name,
        help="" if help_text == label else help_text,
        needed=info.is_required(),
        value=_shown(shape, value),
        switched_on=value is not None,
        optional=shape.optional,
        problems=[_sentence(text) for where, text in problems if _field_in(where) == name],
    )
    picked = _texts(value)
    if shape.name == "choice":
        found.options = [Option(each, choice_label(name, each), each == value) for each in shape.choices]
    elif shape.name in ("people", "tags", "select", "status"):
        found.options = names.options(shape.noun, picked)
    elif shape.name == "rows" and shape.inner is not None:
        found.rows = _rows(
            found.name, shape.inner, value or [], names, [p for p in problems if p[0].startswith(f"{name}[")]
        )
    elif shape.inner is not None:
        inner = [(where.partition(".")[2], text) for where, text in problems if where.startswith(f"{name}.")]
        found.inside = controls(shape.inner, value or {}, names, inner, found.name)
        if value is None and shape.optional:
            for each in found.inside:  # what is not set shows no defaults: saving them would set it
                each.value = ""
        found.problems = general_problems(shape.inner, inner) if inner else found.problems
    if shape.noun == "text":
        found.unknown = list(dict.fromkeys(code for text in picked for code in shortcodes.unknown_in(text)))
    return found


SPARE_ROWS = 3
MOST_ROWS = 500


def _rows(
    name: str,
    model: type[Settings],
    values: Sequence[Mapping[str, Any]],
    names: Names,
    problems: Sequence[tuple[str, str]],
) -> list[Row]:
    """A row for each, and some that are empty, so that a plain form can add to them."""
    rows = []
    for place in range(len(values) + SPARE_ROWS):
        start = f"[{place}]."
        mine = [(where.partition(start)[2], text) for where, text in problems if start in where]
        given = values[place] if place < len(values) else {}
        form = controls(model, given, names, mine, f"{name}-{place}")
        rows.append(Row(f"{name}-{place}", place + 1, form))
    return rows


def _rows_in(model: type[Settings], post: QueryDict, name: str, before: Any) -> list[dict[str, Any]] | None:
    """In the order of their numbers; a row without its first setting is no row."""
    first = next(iter(model.model_fields))
    found = []
    for place in range(MOST_ROWS):
        if f"{name}-{place}-{first}" not in post:
            break
        known = before[place] if isinstance(before, list) and place < len(before) else {}
        given = read(model, post, known if isinstance(known, Mapping) else {}, f"{name}-{place}")
        if given.get(first):
            number = post.get(f"{name}-{place}-position", "")
            order = int(number) if number.isascii() and number.isdigit() and len(number) < 6 else place + 1
            found.append((order, place, given))
    return [given for _order, _place, given in sorted(found, key=lambda row: row[:2])] or None


def _shown(shape: Shape, value: Any) -> Any:
    """What stands in the control for a value; two values that are shown the same are the same to the reader."""
    if shape.name == "switch":
        return shape.on if value is None else bool(value)
    if shape.name in ("people", "tags"):
        return None if value is None and shape.optional else _texts(value)
    if value is None:
        return ""
    if shape.name == "lines":
        return "\n".join(_texts(value))
    if shape.name == "yaml":
        return yaml.safe_dump(value, allow_unicode=True, sort_keys=False).removesuffix("...\n")
    if shape.name in ("inside", "rows"):
        return value
    return str(value).replace("\r\n", "\n")


def _texts(value: Any) -> list[str]:
    return [each for each in (value if isinstance(value, list) else [value]) if isinstance(each, str)]


def _value(shape: Shape, post: QueryDict, name: str, before: Any) -> Any:
    """None stands for what was left empty."""
    text = post.get(name, "").replace("\r\n", "\n").strip()
    if shape.name == "switch":
        return None if (name in post) == shape.on else not shape.on
    if shape.name == "rows" and shape.inner is not None:
        return _rows_in(shape.inner, post, name, before)
    if shape.name in ("people", "tags"):
        more = [each.strip() for each in post.get(f"{name}-more", "").split(",")]
        picked = list(dict.fromkeys(each for each in [*post.getlist(name), *more] if each))
        return picked if picked or (shape.optional and f"{name}-on" in post) else None
    if shape.inner is not None:
        return read(shape.inner, post, before or {}, name) or None
    if shape.name == "lines":
        return [line.strip() for line in text.split("\n") if line.strip()] or None
    if shape.name == "status":
        return post.get(f"{name}-new", "").strip() or text or None
    if shape.name == "number":
        return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else text or None
    if shape.name == "yaml":
        return read_values(text)[0] if text else None
    return text or None


def _sentence(text: str) -> str:
    return text[:1].upper() + text[1:]


def _field_in(where: str) -> str:
    return where.partition(".")[0].partition("[")[0]


def problems_of(invalid: Invalid) -> list[tuple[str, str]]:
    return list(invalid.errors)
