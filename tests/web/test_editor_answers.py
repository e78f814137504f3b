"""What the editor says beside the draft, and what it refuses."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from clearstage.firm.models import Member
from clearstage.jobs.models import Pipeline
from clearstage.jobs.operations.pipelines import export_document
from clearstage.work.models import Task

from .plain_forms import PlainForm
from .test_editor import Edit, address, again, dialog, edit, names

__all__ = ["address", "edit"]
pytestmark = pytest.mark.django_db


def test_findings_stand_beside_what_they_are_about(edit: Edit, web: Client, address: str) -> None:  # F4
    opened = dialog(web, edit().press("open:stages.2.1"), address)
    page = opened.fill("set-title", "Call [NOBODY_KNOWS]").press("set:stages.2.1").content.decode()
    slot = page.partition('id="remarks-stages-2-1"')[2].partition("</div>")[0]
    assert "[NOBODY_KNOWS] stands for nothing" in slot


def test_a_condition_on_the_first_stage_cannot_be_saved(edit: Edit, web: Client, tax: Pipeline) -> None:
    form = again(web, edit().press("up:stages.1"))
    answer = form.press("save")
    assert "takes no condition" in answer.content.decode() or "take no condition" in answer.content.decode()
    tax.refresh_from_db()
    assert tax.revision == 1


def test_what_the_client_sees_is_shown_stage_by_stage(web: Client, address: str) -> None:
    page = web.get(address).content.decode()
    view = page.partition('class="client-view"')[2].partition("</ol>")[0]
    assert "Please send your papers." in view
    assert "still “Waiting for documents”, left from Documents" in view
    assert "Our team is at work." in view


def test_somebody_elses_saving_is_told_and_mine_is_kept(
    edit: Edit, web: Client, signed_in: Any, admin: Member, tax: Pipeline, address: str
) -> None:  # M13
    mine = edit().fill("stages-3-name", "Mine")
    other = signed_in(admin)
    PlainForm(other, other.get(address), "editor").fill("stages-0-name", "Theirs").press("save")
    answer = mine.press("save")
    page = answer.content.decode()
    assert "Adam Admin has saved revision 2" in page
    assert "Stage “Documents” is now “Theirs”." in page
    form = again(web, answer)
    assert form.value("stages-3-name") == "Mine"
    assert names(tax) == ["Theirs", "Foreign income", "Preparation", "Finished"]
    assert again(web, form.press("rebase")).press("save").status_code == 302
    assert names(tax)[3] == "Mine"


def test_card_fields_options_and_availability(edit: Edit, employee: Member, tax: Pipeline) -> None:
    form = edit().fill("card", "", "due", "tags").fill("option-pass_through", "on")
    form.fill("availability", "some").fill("available", employee.email).press("save")
    tax.refresh_from_db()
    assert (tax.card_fields, tax.pass_through, tax.for_everyone) == (["due", "tags"], True, False)
    assert list(tax.available_to.values_list("email", flat=True)) == [employee.email]


def test_the_name_of_the_pipeline_does_not_travel_in_the_draft(edit: Edit, tax: Pipeline) -> None:
    form = edit()
    draft = json.loads(form.value("draft"))
    form.fill("draft", json.dumps({**draft, "pipeline": "Another"})).press("save")
    assert list(Pipeline.objects.values_list("name", flat=True)) == ["Tax return"]


@pytest.mark.parametrize(
    "draft",
    [
        "",
        "[]",
        "{",
        '{"stages": [1]}',
        '{"stages": [{"stage": "A", "on_entry": [{}]}]}',
        "[" * 9999,
        '{"stages": [{"stage": "A", "when": "x"}]}',
        '{"stages": [{"stage": "A"}], "card_fields": 1}',
        '{"stages": [{"stage": "A", "was": [1]}]}',
    ],
)
def test_a_broken_draft_is_refused(edit: Edit, tax: Pipeline, draft: str) -> None:
    answer = edit().fill("draft", draft).press("save")
    assert answer.status_code == 422
    tax.refresh_from_db()
    assert tax.revision == 1


@pytest.mark.parametrize(
    "do",
    [
        "up:stages.99",
        "open:stages.0.99",
        "open:nothing",
        "when:",
        "drop:stages.x",
        "add:jobs",
        "remove:stages.0.new",
    ],
)
def test_things_that_are_not_in_the_draft_are_not_there(
    web: Client, edit: Edit, address: str, do: str
) -> None:
    form = edit()
    answer = web.post(address, {"draft": form.value("draft"), "revision": "1", "do": do})
    assert answer.status_code == 404


def test_it_takes_the_right_and_the_pipeline(
    signed_in: Any, employee: Member, make_member: Any, tax: Pipeline, address: str
) -> None:
    assert signed_in(employee).get(address).status_code == 403
    assert signed_in(employee).post(address, {"draft": "{}", "revision": "1"}).status_code == 403
    mary = make_member("mary@example.test", "Mary", rights=["pipelines"])
    assert signed_in(mary).get(address).status_code == 200
    tax.for_everyone = False
    tax.save(update_fields=["for_everyone"])
    assert signed_in(mary).get(address).status_code == 404


def test_looking_answers_parts_for_htmx(edit: Edit, web: Client, address: str) -> None:
    answer = edit().fill("stages-0-name", "Papers").press("", **{"HX-Request": "true"})
    assert answer.status_code == 200
    form = edit().fill("stages-0-name", "Papers")
    form.buttons.append(("do", "look"))
    page = form.press("look", **{"HX-Request": "true"}).content.decode()
    assert "1 change not saved yet" in page
    assert 'id="stages-0-name"' not in page


LATER = """
pipeline: Later
stages:
  - stage: One
    on_entry:
      - proposal: {template: 1040 questionnaire, reminders: [3 days, 7 days]}
        key: ask
      - task: {title: Wait}
        enabled: false
  - stage: Two
"""


def test_a_kind_of_a_later_version_is_shown_and_kept_as_it_is(web: Client, make_pipeline: Any) -> None:
    later = make_pipeline(LATER)
    address = reverse("pipeline-edit", args=[later.pk])
    before = export_document(later.pk)
    page = web.get(address)
    assert "is not available in this version" in page.content.decode()
    opened = PlainForm(web, page, "editor").press("open:stages.0.0")
    assert "1040 questionnaire" in opened.content.decode()
    form = again(web, dialog(web, opened, address).press("set:stages.0.0"))
    assert form.press("save").status_code == 302
    assert export_document(later.pk) == before


def test_an_automation_is_switched_off_and_removed(
    edit: Edit, web: Client, tax: Pipeline, address: str
) -> None:
    opened = dialog(web, edit().press("open:stages.2.1"), address)
    form = again(web, opened.fill("enabled").press("set:stages.2.1"))
    form = again(web, form.press("remove:stages.2.3"))
    assert form.press("save").status_code == 302
    row = {each.kind: each for each in tax.stages.get(name="Preparation").automations.all()}
    assert (row["task"].enabled, row["task"].key, "email" in row) == (False, "task-2", False)


def test_removing_an_automation_leaves_what_it_made(edit: Edit, web: Client, make_job: Any) -> None:  # A10
    make_job()
    assert again(web, edit().press("remove:stages.0.1")).press("save").status_code == 302
    assert Task.objects.count() == 1


def test_a_member_who_has_left_stays_on_the_list_until_unticked(
    edit: Edit, employee: Member, tax: Pipeline
) -> None:
    tax.for_everyone = False
    tax.save(update_fields=["for_everyone"])
    tax.available_to.add(employee)
    employee.is_active = False
    employee.save(update_fields=["is_active"])
    assert edit().fill("stages-0-limit", "3").press("save").status_code == 302
    assert list(tax.available_to.all()) == [employee]


@pytest.mark.parametrize("limit", ["9" * 5000, "30000", "soon", "-1"])
def test_a_time_limit_that_is_none_is_told(edit: Edit, tax: Pipeline, limit: str) -> None:
    assert "a time limit is written" in edit().fill("stages-0-limit", limit).press("save").content.decode()
    assert tax.stages.get(name="Documents").time_limit is None


def test_numbers_that_no_row_can_have_are_not_there(
    web: Client, edit: Edit, address: str, make_job: Any
) -> None:
    make_job()
    assert web.get("/pipelines/99999999999999999999/edit/").status_code == 404
    assert web.get(f"{address}?saved=99999999999999999999").status_code == 200
    form = edit()
    for revision in ("99999999999999999999", "-1", "x"):
        sent = {"draft": form.value("draft"), "revision": revision, "do": "show"}
        assert web.post(address, sent).status_code == 422
    asked = {"draft": form.value("draft"), "revision": "1", "do": "drop:stages.0.0"}
    assert web.post(address, asked).status_code == 200
    assert web.post(address, {**asked, "do": f"up:stages.{'9' * 5000}"}).status_code == 404
