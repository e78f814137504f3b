"""What a document may name: the firm's client-facing statuses, tags, templates, roles, members and other pipelines."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from clearstage.clients.models import Tag
from clearstage.engine.conditions import tag_key
from clearstage.engine.translations import Translations
from clearstage.firm.models import Member, Role

from .document import PipelineDocument
from .models import Automation, ClientStatus, Pipeline, Stage, Template
from .translations import chosen_languages


@dataclass(frozen=True, slots=True)
class KnownStatus:
    name: str
    turn: str
    description: str = ""
    color: str = "gray"
    translations: Translations = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Creation:
    """A pipeline makes jobs in another (or itself) on entry to a stage or, without `stage`, to a custom status."""

    stage: str | None
    pipeline: str
    template: str | None
    to_stage: str | None
    always: bool


@dataclass(frozen=True, slots=True)
class KnownPipeline:
    name: str
    stages: tuple[str, ...]
    creations: tuple[Creation, ...] = ()


@dataclass(frozen=True)
class Known:
    """By folded name. Where it is not `complete`, what is missing here may well exist in the firm.

    `languages` are those that clients have chosen and that texts would have to be translated into (P4).
    """

    client_statuses: Mapping[str, KnownStatus] = field(default_factory=dict)
    tags: Mapping[str, str] = field(default_factory=dict)
    templates: Mapping[tuple[str, str], tuple[str, Mapping[str, Any]]] = field(default_factory=dict)
    translations: Mapping[tuple[str, str], Translations] = field(default_factory=dict)
    languages: Sequence[str] = ()
    roles: Mapping[str, str] = field(default_factory=dict)
    members: Mapping[str, bool] = field(default_factory=dict)
    pipelines: Mapping[str, KnownPipeline] = field(default_factory=dict)
    complete: bool = True

    @classmethod
    def nothing(cls) -> Known:
        """For a document that is looked at alone, without a firm."""
        return cls(complete=False)

    def with_documents(self, documents: Iterable[PipelineDocument]) -> Known:
        """As if these had been saved too: documents that are checked together know each other."""
        pipelines, statuses = dict(self.pipelines), dict(self.client_statuses)
        for document in documents:
            pipelines[document.pipeline.casefold()] = pipeline_of(document)
            for each in document.client_statuses:
                status = KnownStatus(each.name, each.turn, each.description, each.color, each.texts())
                statuses.setdefault(each.name.casefold(), status)
        return replace(self, pipelines=pipelines, client_statuses=statuses)

    def entry_stage(self, creation: Creation) -> str | None:
        """Where a created job starts, as named; None for the first stage."""
        if creation.to_stage or creation.template is None:
            return creation.to_stage
        _name, body = self.templates.get(("job", creation.template.casefold()), ("", {}))
        return body.get("stage") or None


def pipeline_of(document: PipelineDocument) -> KnownPipeline:
    creations = []
    for path, automation in document.automations():
        if automation.kind == "create_job" and automation.enabled:
            stage = document.stages[int(path[1])].stage if path[0] == "stages" else None
            creations.append(_creation(stage, automation.settings, automation.when))
    return KnownPipeline(document.pipeline, tuple(each.stage for each in document.stages), tuple(creations))


def _creation(stage: str | None, settings: Mapping[str, Any], when: Any) -> Creation:
    return Creation(
        stage, settings["pipeline"], settings.get("template"), settings.get("stage"), when is None
    )


def known_names() -> Known:
    """Everything the firm has that a document may name: one query a noun."""
    statuses = ClientStatus.objects.filter(deleted_at=None).values_list(
        "name", "turn", "description", "color", "translations"
    )
    templates = Template.objects.values_list("kind", "name", "body", "translations")
    return Known(
        client_statuses={row[0].casefold(): KnownStatus(*row) for row in statuses},
        tags={tag_key(name): name for name in Tag.objects.values_list("name", flat=True)},
        templates={(kind, name.casefold()): (name, body) for kind, name, body, _texts in templates},
        translations={(kind, name.casefold()): texts for kind, name, _body, texts in templates},
        languages=chosen_languages(),
        roles={name.casefold(): name for name in Role.objects.values_list("name", flat=True)},
        members={
            email.casefold(): active for email, active in Member.objects.values_list("email", "is_active")
        },
        pipelines=_known_pipelines(),
    )


def _known_pipelines() -> dict[str, KnownPipeline]:
    stages: dict[int, list[str]] = defaultdict(list)
    for pipeline, name in Stage.objects.order_by("position").values_list("pipeline_id", "name"):
        stages[pipeline].append(name)
    creations: dict[int, list[Creation]] = defaultdict(list)
    rows = Automation.objects.filter(kind="create_job", enabled=True).order_by("id")
    for of_stage, of_status, stage, settings, when in rows.values_list(
        "stage__pipeline_id", "status__pipeline_id", "stage__name", "settings", "condition"
    ):
        creations[of_stage or of_status].append(_creation(stage, settings, when))
    return {
        name.casefold(): KnownPipeline(name, tuple(stages[pk]), tuple(creations[pk]))
        for pk, name in Pipeline.objects.order_by().values_list("id", "name")
    }
