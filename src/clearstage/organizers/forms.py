"""An organizer as a form, whoever fills it in: what stands in each field, and what came back from it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Protocol

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from clearstage.engine.translations import into
from clearstage.files.models import File
from clearstage.kernel.ids import number_of

from .answers import missing, shown
from .content import Content, Question
from .models import Answer, Organizer
from .notation import as_kept, as_read, as_typed
from .operations.answering import mark_of

NUMBERS = ("number", "money")
MOST_PILLS = 6
"""So many options stand side by side; more of them are picked from a list."""


class Posted(Protocol):
    """The part of a `QueryDict` that is needed here."""

    def get(self, name: str, default: Any = ...) -> Any: ...
    def getlist(self, name: str) -> list[Any]: ...
    def __contains__(self, name: object) -> bool: ...


@dataclass(slots=True)
class Field:
    """A question with its answer, in the reader's language. `was` is what stood here when it was drawn; `typed` what
    did not fit, if anything. `options` are (as kept, as read)."""

    question: Question
    text: str
    help: str
    options: list[tuple[str, str]]
    value: Any
    shown: bool
    gap: bool
    answer: Answer | None
    files: Sequence[File] = ()
    typed: Any = None
    problem: str = ""

    @property
    def name(self) -> str:
        return f"a-{self.question.key}"

    @property
    def was(self) -> str:
        return mark_of(self.value)

    @property
    def prefilled(self) -> bool:
        return self.answer is not None and self.answer.prefilled

    @property
    def answered(self) -> bool:
        return self.value is not None

    @property
    def stands(self) -> Any:
        """What the control shows: what was typed and did not fit, else the answer."""
        found = self.value if self.typed is None else self.typed
        return as_typed(found) if self.question.type in NUMBERS and found is not None else found

    @property
    def control(self) -> str:
        """Which of the controls shows it."""
        if self.question.type == "one_of" and len(self.question.options) > MOST_PILLS:
            return "list"
        return self.question.type

    @property
    def words(self) -> str:
        """The answer as it is read; of files their names."""
        return in_words(self, self.value)


@dataclass(slots=True)
class Part:
    """A section with its fields. `place` counts from 1 among all, `number` among those of which something is shown."""

    title: str
    help: str
    fields: list[Field]
    place: int
    number: int = 0

    @property
    def seen(self) -> list[Field]:
        return [each for each in self.fields if each.shown]

    @property
    def asked(self) -> list[Field]:
        return [each for each in self.seen if each.question.asks]

    @property
    def answered(self) -> int:
        return sum(each.answered for each in self.asked)

    @property
    def gaps(self) -> list[Field]:
        return [each for each in self.seen if each.gap]

    @property
    def complete(self) -> bool:
        return self.answered == len(self.asked)


@dataclass
class Form:
    organizer: Organizer
    title: str
    intro: str
    parts: list[Part] = field(default_factory=list)

    @property
    def seen(self) -> list[Part]:
        """The sections of which something is shown."""
        return [part for part in self.parts if part.seen]

    @property
    def fields(self) -> list[Field]:
        return [each for part in self.seen for each in part.asked]

    @property
    def answered(self) -> int:
        return sum(part.answered for part in self.seen)

    @property
    def gaps(self) -> list[Field]:
        return [each for part in self.seen for each in part.gaps]

    @property
    def prefilled(self) -> int:
        return sum(each.prefilled for each in self.fields)

    def next_open(self) -> Part | None:
        """The first section that has gaps, else the first with something unanswered."""
        waiting = [part for part in self.seen if part.gaps] or [
            part for part in self.seen if not part.complete
        ]
        return waiting[0] if waiting else None


def form_of(row: Organizer, language: str = "") -> Form:
    """The whole organizer as it stands, in the reader's language where it was translated; two queries more at most."""

    def read(text: str) -> str:
        return into(row.translated(text), language) if language else text

    content = row.read()
    answers = {each.question: each for each in row.answers.all()}
    return _form(Form(row, read(row.title), read(content.intro)), content, answers, read)


def blank_form(title: str, content: Content) -> Form:
    """What the client of a template would find: nothing is answered yet, and nothing can be."""
    return _form(Form(Organizer(title=title), title, content.intro), content, {}, str)


def _form(form: Form, content: Content, answers: Mapping[str, Answer], read: Callable[[str], str]) -> Form:
    given = {key: each.value for key, each in answers.items()}
    visible = {question.key for question in shown(content, given)}
    gaps = {question.key for question in missing(content, given)}
    files = _files(content.questions, given)
    for place, section in enumerate(content.sections, 1):
        fields = [
            Field(
                question,
                read(question.text),
                read(question.help),
                [(option, read(option)) for option in question.options],
                given.get(question.key),
                question.key in visible,
                question.key in gaps,
                answers.get(question.key),
                [files[each] for each in given.get(question.key) or () if each in files]
                if question.type == "file"
                else (),
            )
            for question in section.questions
        ]
        form.parts.append(Part(read(section.title), read(section.help), fields, place))
    for number, part in enumerate(form.seen, 1):
        part.number = number
    return form


def state_of(form: Form, keys: Iterable[str]) -> dict[str, Any]:
    """What a page's script shows after the answers to these questions were saved."""
    fields = [each for part in form.parts for each in part.fields]
    return {
        "shown": [each.question.key for each in fields if each.shown],
        "was": {each.question.key: each.was for each in fields if each.question.key in keys},
        "answered": form.answered,
        "of": len(form.fields),
    }


def _files(questions: Iterable[Question], given: dict[str, Any]) -> dict[str, File]:
    named = [
        each for question in questions if question.type == "file" for each in given.get(question.key) or ()
    ]
    numbers = {number_of("file", each) or 0: each for each in named}
    if not numbers:
        return {}
    return {numbers[row.pk]: row for row in File.objects.filter(pk__in=numbers)}


def read_form(questions: Iterable[Question], post: Posted) -> tuple[dict[str, Any], dict[str, str]]:
    """(answers, what stood there) of those questions that the form held; not checked yet."""
    answers: dict[str, Any] = {}
    seen: dict[str, str] = {}
    for question in questions:
        if question.asks and f"was-{question.key}" in post:
            name = f"a-{question.key}"
            if question.type in ("several_of", "file"):
                answers[question.key] = [each for each in post.getlist(name) if each]
            else:
                typed = post.get(name, "")
                answers[question.key] = as_kept(typed) if question.type in NUMBERS else typed
            seen[question.key] = post.get(f"was-{question.key}")
    return answers, seen


def with_problems(form: Form, answers: dict[str, Any], errors: Iterable[tuple[str, str]]) -> list[str]:
    """Put complaints beside the fields, with what was typed; answers those that belong to no field."""
    fields = {f"answers.{each.question.key}": each for part in form.parts for each in part.fields}
    others = []
    for where, message in errors:
        if where in fields:
            fields[where].problem = message[:1].upper() + message[1:]
            fields[where].typed = answers.get(fields[where].question.key)
        else:
            others.append(message)
    return others


def in_words(field: Field, value: Any) -> str:
    """An answer as people read it, in their language; empty where there is none."""
    if value is None:
        return ""
    if field.question.type == "yes_no":
        return _("Yes") if value else _("No")
    if field.question.type == "date":
        return date_format(date.fromisoformat(value), _("j F Y"))
    if field.question.type == "file":
        return ", ".join(each.name for each in field.files)
    if field.question.options:
        chosen = value if isinstance(value, list) else [value]
        return ", ".join(words for option, words in field.options if option in chosen)
    if field.question.type in NUMBERS:
        return as_read(value) if field.question.type == "money" else as_typed(value)
    return str(value)
