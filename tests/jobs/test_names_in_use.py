"""Refusals say where a name is used; what the member does not see is counted and not named (X4)."""

from __future__ import annotations

from typing import Any

import pytest

from clearstage.clients.models import Tag
from clearstage.clients.operations.tags import delete_tag
from clearstage.events.models import Event
from clearstage.jobs.models import ClientStatus, Pipeline, Template
from clearstage.jobs.operations.client_statuses import delete_client_status
from clearstage.jobs.operations.templates import create_template, delete_template
from clearstage.kernel.actor import Actor
from clearstage.kernel.errors import Refused

from .conftest import Save

USING = """
pipeline: {name}
client_statuses: [{{name: In progress}}]
stages:
  - stage: First
    on_entry: [{{tags: {{add: [vip]}}}}, {{client_status: {{show: In progress}}}}, {{task: {{template: Review}}}}]
  - stage: Middle
    when: {{tags: {{all: [vip]}}}}
    on_entry: [{{client_status: {{show: In progress}}}}, {{task: {{template: Review}}}}]
  - stage: Last
"""


def delete(actor: Actor, noun: str) -> None:
    if noun == "tag":
        delete_tag(actor, Tag.objects.get(name="vip").pk)
    elif noun == "client status":
        delete_client_status(actor, ClientStatus.objects.get(name="In progress").pk)
    else:
        delete_template(actor, Template.objects.get(kind="task").pk)


@pytest.mark.parametrize("noun", ["tag", "client status", "template"])
def test_a_refused_deletion_names_no_pipeline_that_is_closed_to_the_member(
    save: Save, owner_actor: Actor, make_member: Any, actor_for: Any, noun: str
) -> None:
    create_template(owner_actor, "task", "Review", {"title": "Review it"})
    for name in ("Open one", "Secret one", "Secret two"):
        save(USING.format(name=name))
    Pipeline.objects.filter(name__startswith="Secret").update(for_everyone=False)
    actor = actor_for(make_member(rights=["tags", "templates"]))
    with pytest.raises(Refused) as refused:
        delete(actor, noun)
    assert "Secret" not in str(refused.value)
    places = ["Open one · First", "Open one · Middle", "4 places in pipelines that are not open to you"]
    assert refused.value.extra["places"] == places
    assert ", ".join(places) in str(refused.value)
    with pytest.raises(Refused, match="Secret two · Middle"):
        delete(owner_actor, noun)


def test_what_a_deleted_template_leaves_behind_is_recorded_whole(
    save: Save, owner_actor: Actor, make_member: Any, actor_for: Any
) -> None:  # X6
    template = create_template(owner_actor, "task", "Review", {"title": "Review it"})
    save(USING.format(name="Secret one"))
    Pipeline.objects.update(for_everyone=False)
    delete_template(actor_for(make_member(rights=["templates"])), template.pk, even_if_used=True)
    event = Event.objects.get(kind="template_deleted")
    assert event.data["used_in"] == ["Secret one · First", "Secret one · Middle"]
