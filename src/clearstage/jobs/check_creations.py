"""The part of *Check* about jobs that make jobs: where they are made, and whether that ever ends (A13)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import TypeVar

from django.utils.translation import gettext as _t

from .check import Checking
from .check_names import meant
from .known import Creation, KnownPipeline, pipeline_of
from .reading import Path


def check_creations(checking: Checking) -> None:
    """Add jobs that are made nowhere, and those that are made in a circle."""
    document, known = checking.document, checking.known
    own = pipeline_of(document)
    pipelines = {**known.pipelines, document.pipeline.casefold(): own}
    creating = [
        (path, automation)
        for path, automation in document.automations()
        if automation.kind == "create_job" and automation.enabled
    ]
    for (path, _automation), creation in zip(creating, own.creations, strict=True):
        place = (*path, "create_job")
        target = pipelines.get(creation.pipeline.casefold())
        if target is None:
            if known.complete:
                names = [each.name for each in pipelines.values()]
                checking.error(
                    "unknown-pipeline",
                    (*place, "pipeline"),
                    _t("There is no pipeline “{name}”.").format(name=creation.pipeline),
                    meant(creation.pipeline, names, _t("Make the pipeline, or name another.")),
                )
            continue
        wanted = known.entry_stage(creation)
        if wanted and wanted.casefold() not in {each.casefold() for each in target.stages}:
            checking.error(
                "unknown-stage",
                (*place, "stage" if creation.to_stage else "template"),
                _t("“{pipeline}” has no stage “{name}”.").format(pipeline=target.name, name=wanted),
                meant(wanted, target.stages, _t("Name one of its stages, or none for the first.")),
            )
            continue
        _check_loop(checking, place, pipelines, own, creation)


_Stay = tuple[str, str]
Node = TypeVar("Node")


def _check_loop(
    checking: Checking,
    place: Path,
    pipelines: Mapping[str, KnownPipeline],
    own: KnownPipeline,
    creation: Creation,
) -> None:
    """At once is refused when it runs; in the course of time it is allowed, and worth knowing."""

    def entered(made: Creation) -> _Stay | None:
        target = pipelines.get(made.pipeline.casefold())
        if target is None or not target.stages:
            return None
        return target.name.casefold(), (checking.known.entry_stage(made) or target.stages[0]).casefold()

    def made_at_once(stay: _Stay, always: bool) -> list[_Stay]:
        made = [each for each in pipelines[stay[0]].creations if each.always or not always]
        here = [each for each in made if each.stage is not None and each.stage.casefold() == stay[1]]
        return [found for each in here if (found := entered(each))]

    def made_ever(pipeline: str) -> list[str]:
        return [found[0] for each in pipelines[pipeline].creations if (found := entered(each))]

    start, name = entered(creation), own.name.casefold()
    if start is None:
        return
    here = (name, creation.stage.casefold()) if creation.stage else None
    names = {folded: each.name for folded, each in pipelines.items()}
    if here and creation.always and (way := _way(start, here, lambda stay: made_at_once(stay, True))):
        checking.error(
            "create-job-loop",
            place,
            _t("Each job here makes another without end ({way}); coming here is refused.").format(
                way=_in_words(own.name, [names[each[0]] for each in way])
            ),
            _t("Let one of them start in another stage, or give it a condition."),
        )
    elif here and (way := _way(start, here, lambda stay: made_at_once(stay, False))):
        checking.warn(
            "create-job-loop",
            place,
            _t(
                "Where the conditions hold, each job here makes another without end ({way}), which is refused."
            ).format(way=_in_words(own.name, [names[each[0]] for each in way])),
            _t("Make sure that a condition ends it."),
        )
    elif ever := _way(start[0], name, made_ever):
        checking.warn(
            "create-job-loop",
            place,
            _t("Jobs make jobs in a circle, one each time round: {way}.").format(
                way=_in_words(own.name, [names[each] for each in ever])
            ),
            _t("Where that is not meant, use a recurrence or a condition."),
        )


def _in_words(start: str, way: Iterable[str]) -> str:
    return " → ".join([start, *way])


def _way(start: Node, goal: Node, following: Callable[[Node], Iterable[Node]]) -> list[Node] | None:
    """The shortest way from start to goal, both included."""
    ways, seen = [[start]], {start}
    while ways:
        way = ways.pop(0)
        if way[-1] == goal:
            return way
        for each in following(way[-1]):
            if each not in seen:
                seen.add(each)
                ways.append([*way, each])
    return None
