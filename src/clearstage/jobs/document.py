"""The pipeline document: everything a pipeline is, as one text (F7). Reading it says all that is wrong at once."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Annotated, Any, Literal, get_args

from django.utils.translation import gettext as _t
from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    PlainValidator,
    StrictBool,
    StringConstraints,
    ValidationError,
    WithJsonSchema,
    model_validator,
)

from clearstage.clients.models import COLORS
from clearstage.engine import conditions, dates
from clearstage.engine.facts import JobStatus
from clearstage.engine.sentences import render

from .document_errors import nearest, refuse_invalid, wrong
from .kinds import Settings, all_kinds, kind_named, later_kinds
from .reading import Path, Places, read_values, refuse
from .translations import STATUS_TEXTS, other_languages

MOST_STAGES = 100
MOST_STATUSES = 50
MOST_AUTOMATIONS = 100
MOST_CLIENT_STATUSES = 200
EVERYONE = "everyone"
LONGEST_TAG = 60

CardField = Literal[
    "account_number", "tags", "name", "description", "priority", "start", "due", "budget", "tracked", "assignees",
    "client_status", "days_in_stage", "linked_page",
]  # fmt: skip
CARD_FIELDS: tuple[str, ...] = get_args(CardField)
USUAL_CARD_FIELDS: list[CardField] = ["client_status", "assignees", "priority", "due", "tags"]


def _one_line(text: str) -> str:
    if not text.isprintable():
        raise ValueError(_t("a name is one line without control characters"))
    return text


def _color(color: str) -> str:
    if color not in COLORS:
        raise ValueError(
            _t("“{name}” is none of the colors {known}").format(name=color, known=", ".join(COLORS))
        )
    return color


def _days(value: Any) -> Any:
    """A time limit in days; written as `30 days` or `2 weeks`."""
    problem = _t("a time limit is written “30 days” or “2 weeks”")
    if not isinstance(value, str):
        raise ValueError(problem)
    try:
        offset = dates.Offset.parse(value)
    except ValueError:
        raise ValueError(problem) from None
    if offset.unit not in ("day", "week") or not offset.count:
        raise ValueError(problem)
    return offset.count * (7 if offset.unit == "week" else 1)


def days_in_words(days: int) -> str:
    return str(dates.Offset(days, "day"))


def _available_to(value: Any) -> Any:
    if isinstance(value, str) and value.strip() == EVERYONE:
        return EVERYONE
    if not isinstance(value, list) or len(value) > 1000:
        raise ValueError(_t("either “everyone” or a list of members' e-mail addresses"))
    for position, each in enumerate(value):
        if not isinstance(each, str) or not each.strip() or len(each) > 254:
            raise wrong((position,), _t("an e-mail address is needed"))
    return list({each.strip().casefold(): each.strip() for each in value}.values())


def _condition(value: Any) -> Any:
    try:
        conditions.parse(value)
    except conditions.BadCondition as bad:
        raise wrong(bad.where, render(bad.message, _t)) from None
    for where, part in _parts_of(value):
        if where and where[-1] == "answer" and isinstance(part["is"], list | dict):
            raise wrong((*where, "is"), _t("an answer is a text, a number, or true or false"))
    for name in conditions.tags_named(value):
        if len(name.strip()) > LONGEST_TAG:
            raise ValueError(
                _t("the tag “{name}” is too long (at most {most} characters)").format(
                    name=name, most=LONGEST_TAG
                )
            )
    return value


def _parts_of(value: Any, where: Path = ()) -> Iterator[tuple[Path, Any]]:
    yield where, value
    if where and where[-1] == "answer":
        return
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, each in items:
        yield from _parts_of(each, (*where, key))


def _languages(value: dict[str, Any]) -> dict[str, Any]:
    for code in value:
        if code not in other_languages():
            known = ", ".join(other_languages())
            raise wrong(
                (code,), _t("is no language to translate into; there are {known}").format(known=known)
            )
    return value


_NAMES_SCHEMA = {"anyOf": [{"type": "string"}, {"type": "array", "items": {"type": "string"}}]}
_EVERYONE_SCHEMA = {
    "anyOf": [{"const": EVERYONE}, {"type": "array", "items": {"type": "string", "format": "email"}}]
}
_TRANSLATIONS_SCHEMA = {
    "type": "object",
    "description": "What clients read who have chosen another language",
    "propertyNames": {"enum": [*other_languages()]},
    "additionalProperties": {
        "type": "object",
        "properties": {
            name: {"type": "string", "maxLength": longest} for name, longest in STATUS_TEXTS.items()
        },
        "additionalProperties": False,
    },
}
_TIME_LIMIT_SCHEMA = {"type": "string", "examples": ["30 days", "2 weeks"]}

Title = Annotated[str, StringConstraints(min_length=1, max_length=120), AfterValidator(_one_line)]
PartName = Annotated[str, StringConstraints(min_length=1, max_length=100), AfterValidator(_one_line)]
Was = Annotated[
    list[PartName],
    BeforeValidator(lambda value: [value] if isinstance(value, str) else value),
    WithJsonSchema({**_NAMES_SCHEMA, "description": "Earlier names; or removed ones whose jobs come here"}),
]
Color = Annotated[str, AfterValidator(_color), WithJsonSchema({"enum": COLORS})]
LongText = Annotated[str, StringConstraints(max_length=20_000)]
TimeLimit = Annotated[int, BeforeValidator(_days), WithJsonSchema(_TIME_LIMIT_SCHEMA)]
When = Annotated[dict[str, Any], PlainValidator(_condition), WithJsonSchema({"type": "object"})]
Key = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9_.-]*$", max_length=60)]


class Part(BaseModel):
    """What is left empty in the text (`on_entry:` with nothing behind it) counts as not written."""

    model_config = ConfigDict(extra="forbid", frozen=True, str_strip_whitespace=True)

    @model_validator(mode="before")
    @classmethod
    def _left_empty(cls, value: Any) -> Any:
        if isinstance(value, Mapping):
            return {
                key: each for key, each in value.items() if each is not None or key not in cls.model_fields
            }
        return value


class Options(Part):
    pass_through: Annotated[
        StrictBool, Field(description="Automove goes on where there is nothing to wait for")
    ] = False
    reviewer_is_not_preparer: StrictBool = False


class StatusTranslation(Part):
    """What is left out, clients read in the original."""

    name: Annotated[str, StringConstraints(max_length=STATUS_TEXTS["name"]), AfterValidator(_one_line)] = ""
    description: Annotated[str, StringConstraints(max_length=STATUS_TEXTS["description"])] = ""


class ClientStatusEntry(Part):
    name: PartName
    turn: Literal["client", "firm", "agency", "nobody"] = "firm"
    description: LongText = ""
    color: Color = "gray"
    translations: Annotated[
        dict[str, StatusTranslation],
        AfterValidator(_languages),
        WithJsonSchema(_TRANSLATIONS_SCHEMA),
    ] = {}

    def texts(self) -> dict[str, dict[str, str]]:
        """The translations as they are kept."""
        found = {code: each.model_dump(exclude_defaults=True) for code, each in self.translations.items()}
        return {code: texts for code, texts in found.items() if texts}


class AutomationDocument(BaseModel):
    """Written as a mapping with exactly one kind key; `settings` are as stored, and checked by their kind."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    kind: str
    settings: dict[str, Any]
    when: When | None = None
    enabled: StrictBool = True
    key: Key | None = None

    @model_validator(mode="before")
    @classmethod
    def _by_its_kind(cls, value: Any) -> Any:
        if not isinstance(value, Mapping):
            raise wrong((), _t("an automation is a mapping such as “task: {title: …}”"))
        kind = _kind_of(value)
        about = {name: value[name] for name in _ABOUT_AUTOMATIONS if value.get(name) is not None}
        return {"kind": kind, "settings": _settings(kind, value[kind]), **about}

    @property
    def typed(self) -> Settings | None:
        """The settings as their kind reads them; None for kinds of a later version."""
        found = kind_named(self.kind)
        return found.settings_type.model_validate(self.settings) if found else None


_ABOUT_AUTOMATIONS = ("when", "enabled", "key")


def _kind_of(value: Mapping[str, Any]) -> str:
    known = [*all_kinds(), *later_kinds()]
    named = [key for key in value if key not in _ABOUT_AUTOMATIONS]
    for key in named:
        if key not in known:
            raise wrong(
                (key,), _t("there is no kind of automation “{kind}”").format(kind=key) + nearest(key, known)
            )
    if not named:
        raise wrong(
            (), _t("an automation names its kind; known are {known}").format(known=", ".join(sorted(known)))
        )
    if len(named) > 1:
        two = ", ".join(f"“{key}”" for key in named)
        raise wrong((), _t("an automation has one kind; {kinds} make entries of their own").format(kinds=two))
    return named[0]


def _settings(kind: str, value: Any) -> dict[str, Any]:
    found = kind_named(kind)
    value = {} if value is None else value
    if found is None:
        if not isinstance(value, dict):
            raise wrong((kind,), _t("a mapping is needed"))
        return value
    try:
        return found.settings_type.model_validate(value).stored()
    except ValidationError as error:
        details: list[Any] = [
            {**each, "loc": (kind, *each["loc"])} for each in error.errors(include_url=False)
        ]
        raise ValidationError.from_exception_data(kind, details) from None


Automations = Annotated[list[AutomationDocument], Field(max_length=MOST_AUTOMATIONS)]


class Owner(Part):
    """What automations belong to: a stage or a custom status."""

    was: Was = []
    on_entry: Automations = []

    @property
    def name(self) -> str:
        raise NotImplementedError


class StageDocument(Owner):
    stage: PartName
    color: Color = "gray"
    when: When | None = None
    automove: StrictBool = False
    time_limit: TimeLimit | None = None

    @property
    def name(self) -> str:
        return self.stage


class StatusDocument(Owner):
    status: PartName
    color: Color = "orange"
    description: LongText = ""
    restore_client_status: StrictBool = False

    @property
    def name(self) -> str:
        return self.status


class PipelineDocument(Part):
    pipeline: Title
    description: LongText = ""
    available_to: Annotated[
        list[str] | str, PlainValidator(_available_to), WithJsonSchema(_EVERYONE_SCHEMA)
    ] = EVERYONE
    card_fields: Annotated[list[CardField], Field(max_length=len(CARD_FIELDS))] = USUAL_CARD_FIELDS
    options: Options = Options()
    client_statuses: Annotated[list[ClientStatusEntry], Field(max_length=MOST_CLIENT_STATUSES)] = []
    stages: Annotated[list[StageDocument], Field(min_length=1, max_length=MOST_STAGES)]
    statuses: Annotated[list[StatusDocument], Field(max_length=MOST_STATUSES)] = []

    @model_validator(mode="after")
    def _nothing_twice(self) -> PipelineDocument:
        conflicts = list(_conflicts(self))
        if conflicts:
            raise wrong(*conflicts[0])
        return self

    @property
    def for_everyone(self) -> bool:
        return self.available_to == EVERYONE

    def owners(self) -> Iterator[tuple[Path, Owner]]:
        """Stages, then statuses, with their paths in the document."""
        for position, stage in enumerate(self.stages):
            yield ("stages", position), stage
        for position, status in enumerate(self.statuses):
            yield ("statuses", position), status

    def automations(self) -> Iterator[tuple[Path, AutomationDocument]]:
        for path, owner in self.owners():
            for number, automation in enumerate(owner.on_entry):
                yield (*path, "on_entry", number), automation

    def conditions(self) -> Iterator[tuple[Path, dict[str, Any]]]:
        for position, stage in enumerate(self.stages):
            if stage.when is not None:
                yield ("stages", position, "when"), stage.when
        for path, automation in self.automations():
            if automation.when is not None:
                yield (*path, "when"), automation.when


def _conflicts(document: PipelineDocument) -> Iterator[tuple[Path, str]]:
    yield from _twice((("card_fields", n), name) for n, name in enumerate(document.card_fields))
    yield from _twice((("client_statuses", n), each.name) for n, each in enumerate(document.client_statuses))
    yield from _twice((("stages", n), each.stage) for n, each in enumerate(document.stages))
    yield from _twice((("statuses", n), each.status) for n, each in enumerate(document.statuses))
    for number, status in enumerate(document.statuses):
        if status.status.casefold() in {each.value for each in JobStatus if each is not JobStatus.CUSTOM}:
            message = _t("every pipeline has the status “{name}” already")
            yield ("statuses", number), message.format(name=status.status)
    for field in ("stages", "statuses"):
        owners = [(path, owner) for path, owner in document.owners() if path[0] == field]
        yield from _twice(((*path, "was"), name) for path, owner in owners for name in owner.was)
    for path, owner in document.owners():
        given = [((*path, "on_entry", n, "key"), each.key) for n, each in enumerate(owner.on_entry)]
        yield from _twice((place, key) for place, key in given if key is not None)


def _twice(names: Iterator[tuple[Path, str]]) -> Iterator[tuple[Path, str]]:
    seen: set[str] = set()
    for path, name in names:
        if name.casefold() in seen:
            yield path, _t("“{name}” is there twice").format(name=name)
        seen.add(name.casefold())


def keys_of(automations: Sequence[AutomationDocument]) -> list[str]:
    """The key of each: its own, or made from kind and position (`task-2`), stepping aside for one that is given."""
    given = {each.key for each in automations}
    keys = []
    for number, each in enumerate(automations, 1):
        key = each.key or f"{each.kind}-{number}"
        tries = 1
        while each.key is None and key in given:
            tries += 1
            key = f"{each.kind}-{number}-{tries}"
        given.add(key)
        keys.append(key)
    return keys


def read_document(source: str | Mapping[str, Any]) -> tuple[PipelineDocument, Places]:
    """Read YAML or JSON text, or JSON values. Raises `Invalid` with every error and its place."""
    values, places = read_values(source)
    if not isinstance(values, Mapping):
        refuse([((), _t("a pipeline document is a mapping that begins with “pipeline: NAME”"))], places)
    try:
        return PipelineDocument.model_validate(values), places
    except ValidationError as error:
        refuse_invalid(error, places, PipelineDocument)
