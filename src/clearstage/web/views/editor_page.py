"""The editor's page made from a draft: everything as it is drawn, with findings beside what they are about."""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Count

from clearstage.clients.models import COLORS
from clearstage.firm.queries import members_list
from clearstage.jobs.check import Finding
from clearstage.jobs.document import EVERYONE, read_document
from clearstage.jobs.kinds import kind_named
from clearstage.jobs.models import Job, PipelineRevision
from clearstage.jobs.operations.pipelines import save_pipeline
from clearstage.kernel.actor import Actor
from clearstage.kernel.errors import Invalid, Refused

from .editor_client import ClientRow, client_rows
from .editor_condition import condition_words, in_yaml, is_plain
from .editor_draft import OWNERS, Draft, Entry, was
from .editor_labels import CARD_FIELDS, OPTIONS, icon_of
from .editor_names import Option
from .editor_words import Words, kind_label, kind_of

_PLACE = re.compile(r"(?:line \d+, column \d+: )?(stages|statuses)\[(\d+)\](?:\.on_entry\[(\d+)\])?")


@dataclass(frozen=True, slots=True)
class Remark:
    """A finding of *Check*, or a mistake that keeps the draft from being saved."""

    severity: str
    message: str
    remedy: str
    path: str

    @property
    def html(self) -> str:
        return self.path.replace(".", "-")


class Placed:
    """Something with a path; its name in the page, and the buttons that move it."""

    path: str

    @property
    def html(self) -> str:
        return self.path.replace(".", "-")

    @property
    def up(self) -> str:
        return f"up:{self.path}"

    @property
    def down(self) -> str:
        return f"down:{self.path}"


@dataclass
class AutomationRow(Placed):
    path: str
    kind: str
    label: str
    icon: str
    words: str
    enabled: bool
    holds: bool
    known: bool
    when: list[str]
    text: str
    remarks: list[Remark]


@dataclass
class OwnerRow(Placed):
    """A stage or a custom status."""

    path: str
    position: int
    name: str
    color: str
    entry: Entry
    jobs: int
    first: bool
    last: bool
    when: list[str]
    when_text: str
    limit: str
    automations: list[AutomationRow]
    remarks: list[Remark]
    was: list[str]

    @property
    def is_stage(self) -> bool:
        return self.path.startswith("stages.")

    @property
    def takes_condition(self) -> bool:
        return self.is_stage and not self.first and not self.last


@dataclass
class Looked:
    """What saving the draft would mean, found out by a preview."""

    changes: list[str] = field(default_factory=list)
    remarks: list[Remark] = field(default_factory=list)
    stale: list[PipelineRevision] = field(default_factory=list)
    can_save: bool = True

    @property
    def errors(self) -> int:
        return sum(each.severity == "error" for each in self.remarks)

    @property
    def warnings(self) -> int:
        return len(self.remarks) - self.errors


@dataclass
class EditorPage:
    draft: Draft
    looked: Looked
    stages: list[OwnerRow]
    statuses: list[OwnerRow]
    client: list[ClientRow]
    card_fields: list[Option]
    options: list[dict[str, Any]]
    everyone: bool
    available: list[Option]
    remarks: list[Remark]
    colors: list[str] = field(default_factory=lambda: list(COLORS))


def with_saved(draft: Draft) -> Draft:
    """Adds which stages and statuses are saved, and how many jobs each holds, archived ones too."""
    row = draft.pipeline
    for kind, rows, by in (("stages", row.stages, "stage"), ("statuses", row.statuses, "custom_status")):
        counts = dict(Job.objects.filter(pipeline=row).order_by().values_list(by).annotate(Count("pk")))
        draft.saved[kind] = {
            name.casefold(): counts.get(pk, 0) for pk, name in rows.values_list("pk", "name")
        }
    return draft


def look(actor: Actor, draft: Draft) -> Looked:
    """Check and differences of the draft, or why it could not be saved."""
    looked = Looked()
    try:
        document, places = read_document(draft.values)
        saved = save_pipeline(actor, document, places, preview=True)
    except Invalid as invalid:
        looked.can_save = False
        looked.remarks = [Remark("error", text, "", path_of(where)) for where, text in invalid.errors]
        return looked
    except Refused as refused:
        looked.can_save = False
        found = [remark_of(each) for each in refused.extra.get("findings", [])]
        looked.remarks = found or [Remark("error", text, "", "") for text in refused.problems]
        return looked
    looked.changes = saved.changes
    looked.remarks = sorted((remark_of(each) for each in saved.findings), key=_in_order)
    if saved.revision != draft.revision:
        newer = draft.pipeline.revisions.filter(number__gt=draft.revision)
        looked.stale = list(newer.order_by("-number")[:10])
    return looked


def _in_order(remark: Remark) -> tuple[str, list[int]]:
    """As things stand in the page: the pipeline, its stages one by one, its statuses."""
    kind, *numbers = remark.path.split(".")
    return kind, [int(each) for each in numbers]


def save(actor: Actor, draft: Draft) -> int:
    """Save it; answers the revision. Raises what `save_pipeline` raises, with `Stale` for somebody else's saving."""
    document, places = read_document(draft.values)
    return save_pipeline(actor, document, places, expected_revision=draft.revision).revision


def remark_of(finding: Finding) -> Remark:
    return Remark(finding.severity, finding.message, finding.remedy, path_of(finding.where))


def path_of(where: str) -> str:
    """The thing of the editor that a place in the document belongs to: `stages.2.0`, or nothing for the pipeline."""
    match = _PLACE.match(where)
    return ".".join(part for part in match.groups() if part) if match else ""


def editor_page(actor: Actor, draft: Draft) -> EditorPage:
    looked, words = look(actor, draft), Words.of_the_firm()
    remarks: dict[str, list[Remark]] = defaultdict(list)
    for each in looked.remarks:
        remarks[each.path].append(each)
    available = draft.values.get("available_to", EVERYONE)
    chosen = [] if isinstance(available, str) else [str(each).casefold() for each in available]
    return EditorPage(
        draft=draft,
        looked=looked,
        stages=_owners(draft, "stages", words, remarks),
        statuses=_owners(draft, "statuses", words, remarks),
        client=client_rows(draft.values),
        card_fields=[
            Option(name, str(label), name in draft.values.get("card_fields", []))
            for name, label in CARD_FIELDS.items()
        ],
        options=[
            {
                "name": name,
                "label": label,
                "help": text,
                "on": draft.values.get("options", {}).get(name, False),
            }
            for name, (label, text) in OPTIONS.items()
        ],
        everyone=available == EVERYONE,
        available=_available(chosen),
        remarks=remarks[""],
    )


def _available(chosen: list[str]) -> list[Option]:
    """The members to pick from; one who was picked and has left since stays picked, until he is unticked."""
    listed = [
        Option(each.email, each.name, each.email.casefold() in chosen)
        for each in members_list(inactive=False)
    ]
    present = {each.value.casefold() for each in listed}
    return [*listed, *(Option(each, each, True, known=False) for each in chosen if each not in present)]


def _owners(draft: Draft, kind: str, words: Words, remarks: dict[str, list[Remark]]) -> list[OwnerRow]:
    row = draft.owners(kind)
    return [
        OwnerRow(
            path=f"{kind}.{position}",
            position=position,
            name=entry[OWNERS[kind]],
            color=entry.get("color") or ("gray" if kind == "stages" else "orange"),
            entry=entry,
            jobs=draft.jobs_in(kind, entry),
            first=position == 0,
            last=position == len(row) - 1,
            when=condition_words(entry.get("when")),
            when_text=_nested(entry.get("when")),
            limit=str(entry.get("time_limit", "")).removesuffix("s").removesuffix(" day"),
            automations=automation_rows(entry, f"{kind}.{position}", words, remarks),
            remarks=remarks[f"{kind}.{position}"],
            was=[name for name in was(entry) if name.casefold() in draft.saved.get(kind, {})],
        )
        for position, entry in enumerate(row)
    ]


def automation_rows(
    owner: Entry, path: str, words: Words, remarks: dict[str, list[Remark]]
) -> list[AutomationRow]:
    found = []
    for position, entry in enumerate(owner.get("on_entry", [])):
        kind = kind_of(entry)
        known = kind_named(kind)
        found.append(
            AutomationRow(
                path=f"{path}.{position}",
                kind=kind,
                label=kind_label(kind),
                icon=icon_of(kind),
                words=words.say(kind, entry[kind]),
                enabled=entry.get("enabled", True) is not False,
                holds=bool(known and known.holds),
                known=known is not None,
                when=condition_words(entry.get("when")),
                text=_nested(entry.get("when")),
                remarks=remarks.get(f"{path}.{position}", []),
            )
        )
    return found


def _nested(when: Any) -> str:
    return "" if is_plain(when) else in_yaml(when)


@dataclass(frozen=True, slots=True)
class Mistake:
    """Why a text is no document, with the place in it where that is known."""

    line: int | None
    column: int | None
    place: str
    message: str


# “line 3, column 5: stages[0]”, in whatever language.
_MARK = re.compile(r"\D*(\d+)\D+(\d+)(?:: (.*))?$", re.DOTALL)


def mistakes(invalid: Invalid) -> list[Mistake]:
    found = []
    for where, message in invalid.errors:
        mark = _MARK.match(where)
        line, column, place = (int(mark[1]), int(mark[2]), mark[3] or "") if mark else (None, None, where)
        found.append(Mistake(line, column, place, message))
    return found
