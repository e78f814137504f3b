"""The list of tags; pipelines and templates follow what is renamed."""

from __future__ import annotations

import pytest

from clearstage.clients.models import Tag
from clearstage.clients.operations.tags import create_tag, delete_tag, edit_tag
from clearstage.clients.queries import tag_named, tags_list
from clearstage.events.models import Event
from clearstage.events.record import in_words
from clearstage.jobs.models import Automation, Pipeline, PipelineRevision, Stage
from clearstage.kernel.errors import Forbidden, Invalid, NotFound, Refused


@pytest.fixture
def pipeline(db):
    """Two stages: the second for “foreign” accounts only, with an automation that adds “vip”."""
    row = Pipeline.objects.create(name="Tax return", card_fields=[])
    Stage.objects.create(pipeline=row, position=0, name="Documents")
    second = Stage.objects.create(
        pipeline=row, position=1, name="Foreign income", condition={"tags": {"any": ["foreign"]}}
    )
    Automation.objects.create(stage=second, position=0, key="tags", kind="tags", settings={"add": ["vip"]})
    return row


def words():
    event = Event.objects.last()
    return str(in_words(event.kind, event.data))


def test_a_tag_is_made_once_in_any_spelling(owner_actor):
    create_tag(owner_actor, " Élite ", "red")
    assert words() == "Made the tag “Élite”"
    with pytest.raises(Invalid, match="Élite"):
        create_tag(owner_actor, "éLITE")
    for wrong in ({"name": ""}, {"name": "x" * 61}, {"name": "a", "color": "ultraviolet"}):
        with pytest.raises(Invalid):
            create_tag(owner_actor, **wrong)
    assert tags_list().get() == tag_named("ÉLITE")
    assert Event.objects.count() == 1


def test_a_renamed_tag_is_followed_by_automations_and_conditions(owner_actor, pipeline):
    vip, foreign = create_tag(owner_actor, "vip"), create_tag(owner_actor, "foreign")
    edit_tag(owner_actor, vip.pk, {"name": "favourite", "color": "red"})
    edit_tag(owner_actor, foreign.pk, {"name": "abroad"})
    assert Automation.objects.get().settings == {"add": ["favourite"]}
    assert Stage.objects.get(position=1).condition == {"tags": {"any": ["abroad"]}}
    assert list(PipelineRevision.objects.values_list("author", flat=True)) == ["Olga Owner"] * 2
    assert words() == "Changed the tag “abroad”: name: “foreign” → “abroad”"


def test_a_tag_may_change_its_case_but_not_take_anothers_name(owner_actor):
    vip, new = create_tag(owner_actor, "vip"), create_tag(owner_actor, "new")
    assert edit_tag(owner_actor, vip.pk, {"name": "VIP"}).name == "VIP"
    with pytest.raises(Invalid):
        edit_tag(owner_actor, new.pk, {"name": "vip"})
    new.refresh_from_db()
    assert new.name == "new"


def test_a_tag_in_use_is_not_deleted_without_replacement(owner_actor, pipeline, make_account):
    account = make_account(tags=["vip"])
    vip = Tag.objects.get()
    with pytest.raises(Refused, match="Tax return · Foreign income"):
        delete_tag(owner_actor, vip.pk)
    assert account.tags.get() == vip
    assert not Event.objects.exists()


def test_a_replacement_takes_its_place_everywhere(owner_actor, pipeline, make_account):
    one, both = make_account(tags=["vip"]), make_account("Bauer", tags=["vip", "new"])
    vip, new = Tag.objects.get(name="vip"), Tag.objects.get(name="new")
    for wrong in (vip.pk, 4711):
        with pytest.raises(Invalid):
            delete_tag(owner_actor, vip.pk, wrong)
    delete_tag(owner_actor, vip.pk, new.pk)
    for account in (one, both):
        account.refresh_from_db()
        assert (list(account.tags.all()), account.version) == ([new], 2)
    assert Automation.objects.get().settings == {"add": ["new"]}
    assert words() == "Deleted the tag “vip” and put “new” in its place"


def test_a_tag_that_no_document_names_is_deleted_from_its_accounts(owner_actor, make_account):
    account = make_account(tags=["vip"])
    delete_tag(owner_actor, Tag.objects.get().pk)
    assert not account.tags.exists()
    assert words() == "Deleted the tag “vip”"


def test_tags_take_the_right(employee_actor, make_member, actor_for):
    tag = create_tag(actor_for(make_member(rights=["tags"])), "vip")
    for attempt in (
        lambda: create_tag(employee_actor, "x"),
        lambda: edit_tag(employee_actor, tag.pk, {"name": "x"}),
        lambda: delete_tag(employee_actor, tag.pk),
    ):
        with pytest.raises(Forbidden):
            attempt()
    assert Event.objects.count() == 1


def test_a_tag_that_is_not_there_cannot_be_changed(owner_actor):
    with pytest.raises(NotFound):
        edit_tag(owner_actor, 4711, {"name": "x"})
    with pytest.raises(NotFound):
        delete_tag(owner_actor, 4711)
