"""The socket for automation kinds: one file per kind in `clearstage.automations`, found by its `@kind` decorator."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, Generic, TypeVar, get_args

from django.db.models import Model
from pydantic import AfterValidator, BaseModel, ConfigDict, StringConstraints

from clearstage.engine import dates, shortcodes
from clearstage.engine.effects import Effect
from clearstage.engine.planned import Cannot, PlannedJob, Scope
from clearstage.engine.sentences import Sentence, _, say

if TYPE_CHECKING:
    from .apply import ApplyRun


@dataclass(frozen=True, slots=True)
class Ref:
    """Marks a setting that names something of the firm's: what *Check* looks up and renaming follows."""

    noun: str


def _offset_or_date(text: str) -> str:
    dates.parse_when(text)
    return text.strip()


Name = Annotated[str, StringConstraints(min_length=1, max_length=120)]
TagName = Annotated[str, StringConstraints(min_length=1, max_length=60), Ref("tag")]
PersonName = Annotated[str, StringConstraints(min_length=1, max_length=254), Ref("person")]
ClientStatusName = Annotated[str, StringConstraints(min_length=1, max_length=100), Ref("client_status")]
PipelineName = Annotated[str, StringConstraints(min_length=1, max_length=120), Ref("pipeline")]
Text = Annotated[str, StringConstraints(max_length=20_000), Ref("text")]
Line = Annotated[str, StringConstraints(min_length=1, max_length=300), Ref("text")]
WhenText = Annotated[str, AfterValidator(_offset_or_date)]


class Settings(BaseModel):
    """Base of all settings: what is stored, sent through the API, written in YAML and edited in a form.

    A list of settings `as_rows` is edited row by row; others as text.
    """

    as_rows: ClassVar[bool] = False

    model_config = ConfigDict(extra="forbid", frozen=True, str_strip_whitespace=True)

    @classmethod
    def naming(cls) -> Iterator[tuple[str, str]]:
        """(field, noun) of every setting that names something."""
        for name, info in cls.model_fields.items():
            refs = [each for each in info.metadata if isinstance(each, Ref)] or _refs_inside(info.annotation)
            for ref in refs:
                yield name, ref.noun

    def refs(self) -> Iterator[tuple[str, str]]:
        """(noun, name) of everything the settings name."""
        for field, noun in self.naming():
            value = getattr(self, field)
            for each in value if isinstance(value, list | tuple) else [value]:
                if isinstance(each, str):
                    yield noun, each

    @classmethod
    def named_in(cls, values: Mapping[str, Any]) -> Iterator[tuple[tuple[str | int, ...], str, str]]:
        """(place, noun, name) of everything that stored settings name, in settings inside of settings too."""
        for field, noun in cls.naming():
            value = values.get(field)
            if isinstance(value, str):
                yield (field,), noun, value
            elif isinstance(value, list | tuple):
                yield from (
                    ((field, place), noun, each) for place, each in enumerate(value) if isinstance(each, str)
                )
        for field, inside in cls.nested():
            for place, each in settings_in(values.get(field)):
                for path, noun, name in inside.named_in(each):
                    yield (field, *place, *path), noun, name

    @classmethod
    def nested(cls) -> Iterator[tuple[str, type[Settings]]]:
        """The fields that are made of settings themselves, or hold a list of them."""
        for field, info in cls.model_fields.items():
            if inside := _settings_class(info.annotation):
                yield field, inside

    def stored(self) -> dict[str, Any]:
        """As kept in the database and written into documents: what was left at its default is left out."""
        return self.model_dump(mode="json", exclude_defaults=True)


def settings_in(value: Any) -> Iterator[tuple[tuple[int, ...], Mapping[str, Any]]]:
    """Stored settings that stand in a field of their own or in a list, each with its place in that list."""
    if isinstance(value, Mapping):
        yield (), value
    elif isinstance(value, list | tuple):
        yield from (((place,), each) for place, each in enumerate(value) if isinstance(each, Mapping))


def _settings_class(annotation: Any) -> type[Settings] | None:
    if isinstance(annotation, type) and issubclass(annotation, Settings):
        return annotation
    return next((found for each in get_args(annotation) if (found := _settings_class(each))), None)


def _refs_inside(annotation: Any) -> list[Ref]:
    found = [each for each in getattr(annotation, "__metadata__", ()) if isinstance(each, Ref)]
    for part in get_args(annotation):
        found += _refs_inside(part) if not isinstance(part, str | Ref) else []
    return found


S = TypeVar("S", bound=Settings)


@dataclass(frozen=True, slots=True)
class Needs:
    """Which facts a kind asks for, beyond those that every plan has."""

    templates: frozenset[tuple[str, str]] = frozenset()
    pipelines: frozenset[str] = frozenset()
    contacts: bool = False
    tags: bool = False
    access: bool = False
    answers: bool = False

    def __or__(self, other: Needs) -> Needs:
        return Needs(
            self.templates | other.templates,
            self.pipelines | other.pipelines,
            self.contacts or other.contacts,
            self.tags or other.tags,
            self.access or other.access,
            self.answers or other.answers,
        )


@dataclass(frozen=True, slots=True)
class Planned:
    """An effect of a plan that is about to be carried out, with the job and the stay it belongs to."""

    job: PlannedJob
    scope: Scope
    effect: Any
    made_by: str


class AutomationKind(ABC, Generic[S]):
    """What an automation does. Stateless: one instance per kind."""

    name: ClassVar[str]
    label: ClassVar[Any]
    holds: ClassVar[bool]
    settings_type: ClassVar[type[Settings]]

    def needs(self, settings: S) -> Needs:
        return Needs()

    @abstractmethod
    def describe(self, settings: S, job: PlannedJob) -> Sentence:
        """In words, for the dialog and the history: “Creates the task “Prepare the return” for Mia Chen”."""

    @abstractmethod
    def plan(self, settings: S, job: PlannedJob) -> Iterable[Effect]:
        """Pure: the effects, or `Cannot` with a sentence."""

    def reserve(self, effects: Sequence[Planned]) -> Mapping[type[Model], int]:
        """How many new rows of which tables `apply` will need ids for."""
        return {}

    def apply(self, effects: Sequence[Planned], run: ApplyRun) -> list[dict[str, Any] | None]:
        """Carry out the effects of all jobs of a batch at once; answers, in order, what the event keeps of each.

        The default serves kinds that change the job's own row, which the write path does for all of them together.
        """
        return [None] * len(effects)

    def undo(self, done: Sequence[dict[str, Any]]) -> list[Sentence]:
        """Take back what `apply` recorded, as far as it can be; answers what could not be (M9)."""
        return []


@dataclass(frozen=True, slots=True)
class BoundAction:
    """A kind with its settings: the engine's `Action`."""

    kind: str
    settings: Any
    of: AutomationKind[Any]

    def describe(self, job: PlannedJob) -> Sentence:
        return self.of.describe(self.settings, job)

    def plan(self, job: PlannedJob) -> Iterable[Effect]:
        return self.of.plan(self.settings, job)


_kinds: dict[str, AutomationKind[Any]] = {}
T = TypeVar("T", bound=AutomationKind[Any])


def kind(name: str, *, label: Any, settings: type[Settings], holds: bool = False) -> Any:
    """Register an automation kind under the key that pipeline documents use."""

    def register(cls: type[T]) -> type[T]:
        cls.name, cls.label, cls.holds, cls.settings_type = name, label, holds, settings
        _kinds[name] = cls()
        return cls

    return register


def all_kinds() -> dict[str, AutomationKind[Any]]:
    """Every kind this version has, by key."""
    return dict(sorted(_kinds.items()))


def kind_named(name: str) -> AutomationKind[Any] | None:
    return _kinds.get(name)


# What the pipeline document names besides the kinds above; those whose items are still to come cannot be run yet.
_PROMISED = ("organizer", "request", "message", "documents", "invoice", "proposal", "folders")


def later_kinds() -> tuple[str, ...]:
    """Kinds that the pipeline document knows and this version cannot run yet."""
    return tuple(name for name in _PROMISED if name not in _kinds)


class Unavailable(AutomationKind[Settings]):
    """Stands for a kind of a later version: kept as written, described honestly, and never run (A11)."""

    holds = False
    settings_type = Settings

    def __init__(self, name: str) -> None:
        self.its_name = name

    def describe(self, settings: Any, job: PlannedJob) -> Sentence:
        return say(_("“{kind}” is not available in this version"), kind=self.its_name)

    def plan(self, settings: Any, job: PlannedJob) -> Iterable[Effect]:
        raise Cannot(self.describe(settings, job))


def bind(name: str, settings: Mapping[str, Any]) -> BoundAction:
    """A stored automation as the engine wants it."""
    found = kind_named(name)
    if found is None:
        return BoundAction(name, settings, Unavailable(name))
    return BoundAction(name, found.settings_type.model_validate(settings), found)


def unknown_shortcodes(settings: Settings) -> list[str]:
    return [code for noun, text in settings.refs() if noun == "text" for code in shortcodes.unknown_in(text)]
