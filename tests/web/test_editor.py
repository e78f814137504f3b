"""The pipeline editor without JavaScript: a draft in the page, one write path, and nothing fired (A1, A9, S14, F4)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from clearstage.events.models import Event
from clearstage.jobs.models import Automation, CustomStatus, Job, Pipeline
from clearstage.jobs.operations.pipelines import export_document
from clearstage.work.models import Task

from .plain_forms import PlainForm

pytestmark = pytest.mark.django_db
Edit = Callable[[], PlainForm]


@pytest.fixture
def address(tax: Pipeline) -> str:
    return reverse("pipeline-edit", args=[tax.pk])


@pytest.fixture
def edit(web: Client, address: str) -> Edit:
    """The editor, freshly opened."""
    return lambda: PlainForm(web, web.get(address), "editor")


def again(web: Client, answer: Any) -> PlainForm:
    """The form of the page that was answered."""
    assert answer.status_code == 200, answer.status_code
    return PlainForm(web, answer, "editor")


def dialog(web: Client, answer: Any, address: str) -> PlainForm:
    assert answer.status_code in (200, 422)
    return PlainForm(web, answer, address)


def names(pipeline: Pipeline) -> list[str]:
    return list(pipeline.stages.order_by("position").values_list("name", flat=True))


def test_saving_an_untouched_pipeline_changes_nothing(edit: Edit, tax: Pipeline) -> None:
    before = export_document(tax.pk)
    answer = edit().press("save")
    assert answer.status_code == 302
    tax.refresh_from_db()
    assert (tax.revision, export_document(tax.pk)) == (1, before)


def test_plain_inputs_are_saved_once_and_the_changes_are_told(edit: Edit, web: Client, tax: Pipeline) -> None:
    form = edit().fill("stages-0-name", "Papers").fill("stages-0-limit", "30").fill("stages-2-automove")
    answer = form.fill("statuses-0-description", "Not in time").fill("stages-2-color", "blue").press("save")
    assert answer.url == f"{reverse('pipeline-edit', args=[tax.pk])}?saved=2"
    page = web.get(answer.url).content.decode()
    for change in ("Stage “Documents” is now “Papers”.", "time limit none → 30 days", "automove yes → no"):
        assert change in page
    assert "Nothing was fired" in page
    stage = tax.stages.get(name="Papers")
    assert (stage.time_limit, tax.stages.get(name="Preparation").color) == (30, "blue")
    assert tax.revisions.get(number=2).author == "Olga Owner"


def test_editing_fires_nothing_and_moves_no_job(
    edit: Edit, make_job: Any, web: Client, tax: Pipeline
) -> None:  # A9
    job = make_job()
    tasks, events = Task.objects.count(), Event.objects.filter(job=job.pk).count()
    form = again(web, edit().fill("stages-0-name", "Papers").press("add:stages"))
    assert form.fill("stages-4-name", "Later").press("save").status_code == 302
    job.refresh_from_db()
    assert (job.stage.name, Task.objects.count()) == ("Papers", tasks)
    assert Event.objects.filter(job=job.pk).count() == events


def test_nothing_is_saved_before_save(edit: Edit, web: Client, tax: Pipeline) -> None:
    form = again(web, edit().fill("stages-1-name", "Abroad").press("up:stages.1"))
    assert form.value("stages-0-name") == "Abroad"
    tax.refresh_from_db()
    assert (names(tax)[:2], tax.revision) == (["Documents", "Foreign income"], 1)


def test_a_stage_is_added_moved_and_removed(edit: Edit, web: Client, tax: Pipeline) -> None:  # A1
    form = again(web, edit().fill("new-stages", "Filing").press("add:stages"))
    form = again(web, form.press("up:stages.4"))
    form = again(web, form.press("drop:stages.1"))
    assert form.press("save").status_code == 302
    assert names(tax) == ["Documents", "Preparation", "Filing", "Finished"]


def test_a_stage_with_jobs_asks_where_they_go(
    edit: Edit, web: Client, make_job: Any, tax: Pipeline, address: str
) -> None:  # A1
    job = make_job(stage="Preparation")
    asked = dialog(web, edit().press("drop:stages.2"), address)
    options = web.post(
        address, {"draft": asked.value("draft"), "revision": "1", "do": "drop:stages.2"}
    ).content.decode()
    assert "1 job is in it" in options
    form = again(web, asked.fill("into", "stages.0").press("drop:stages.2"))
    made = Task.objects.count()
    assert form.press("save").status_code == 302
    job.refresh_from_db()
    assert (job.stage.name, Task.objects.count()) == ("Documents", made)


def test_the_last_stage_cannot_be_removed(web: Client, make_pipeline: Any) -> None:
    only = make_pipeline("{pipeline: Only, stages: [{stage: Alone}]}")
    form = PlainForm(web, web.get(reverse("pipeline-edit", args=[only.pk])), "editor")
    answer = form.press("drop:stages.0")
    assert answer.status_code == 409
    assert "at least one stage" in answer.content.decode()


def test_a_status_with_jobs_asks_which_they_get(
    edit: Edit, web: Client, make_job: Any, tax: Pipeline, address: str
) -> None:  # S14
    job = make_job()
    status = CustomStatus.objects.get(pipeline=tax)
    Job.objects.filter(pk=job.pk).update(status="custom", custom_status=status)
    asked = dialog(web, edit().press("drop:statuses.0"), address)
    assert asked.value("into") == ""
    form = again(web, asked.press("drop:statuses.0"))
    assert form.press("save").status_code == 302
    job.refresh_from_db()
    assert (job.status, job.custom_status) == ("active", None)


def test_an_automation_is_added_by_the_form_of_its_kind(
    edit: Edit, web: Client, tax: Pipeline, address: str
) -> None:
    kinds = dialog(web, edit().press("pick:stages.3"), address)
    form = dialog(web, kinds.press("open:stages.3.new:task"), address)
    form.fill("set-title", "Send the copies").fill("set-assignees", "role:partner").fill(
        "set-due", "5 business days"
    )
    form.fill("set-checklist", "One\r\n\r\nTwo\r\n").fill("when-all", "foreign")
    page = form.press("set:stages.3.new:task")
    assert (
        "Creates the task “Send the copies” for the partner, due in 5 business days" in page.content.decode()
    )
    assert again(web, page).press("save").status_code == 302
    made = Automation.objects.get(stage__name="Finished", kind="task")
    assert made.settings == {
        "title": "Send the copies",
        "assignees": ["role:partner"],
        "due": "5 business days",
        "checklist": ["One", "Two"],
    }
    assert made.condition == {"tags": {"all": ["foreign"]}}


def test_a_mistake_in_an_automation_keeps_what_was_typed(edit: Edit, web: Client, address: str) -> None:
    kinds = dialog(web, edit().press("pick:stages.3"), address)
    form = dialog(web, kinds.press("open:stages.3.new:task"), address)
    answer = form.fill("set-due", "soon").fill("set-title", "Send").press("set:stages.3.new:task")
    assert answer.status_code == 422
    assert "An offset is a number and" in answer.content.decode()
    kept = dialog(web, answer, address)
    assert (kept.value("set-due"), kept.value("set-title")) == ("soon", "Send")


def test_what_was_not_touched_in_an_automation_stays_to_the_letter(
    edit: Edit, web: Client, tax: Pipeline, address: str
) -> None:
    before = export_document(tax.pk)
    for path in ("stages.0.0", "stages.2.2", "stages.2.3", "stages.2.4", "statuses.0.1"):
        opened = dialog(web, edit().press(f"open:{path}"), address)
        assert again(web, opened.press(f"set:{path}")).press("save").status_code == 302
    assert export_document(tax.pk) == before


def test_moving_automations_keeps_their_keys(edit: Edit, web: Client, tax: Pipeline) -> None:  # A8
    form = again(web, edit().press("down:stages.2.0"))
    assert form.press("save").status_code == 302
    row = tax.stages.get(name="Preparation").automations.order_by("position")
    assert list(row.values_list("key", flat=True)[:2]) == ["task-2", "client_status-1"]


def test_dragging_an_automation_elsewhere_moves_it(edit: Edit, tax: Pipeline) -> None:
    form = edit()
    form.fields = [
        ("order:stages.3", value) if (name, value) == ("order:stages.2", "stages.2.1") else (name, value)
        for name, value in form.fields
    ]
    assert form.press("save").status_code == 302
    assert tax.stages.get(name="Finished").automations.filter(kind="task").exists()
    assert not tax.stages.get(name="Preparation").automations.filter(kind="task").exists()


def test_an_order_that_names_too_little_changes_nothing(edit: Edit, tax: Pipeline) -> None:
    before = export_document(tax.pk)
    edit().fill("order", "3", "0").fill("order:stages.2").press("save")
    assert export_document(tax.pk) == before


def test_a_new_client_facing_status_comes_into_the_list_with_the_saving(
    edit: Edit, web: Client, tax: Pipeline, address: str
) -> None:  # C1
    opened = dialog(web, edit().press("open:stages.3.0"), address)
    opened.fill("set-show-new", "All filed").fill("set-show-new-turn", "nobody")
    assert again(web, opened.press("set:stages.3.0")).press("save").status_code == 302
    from clearstage.jobs.models import ClientStatus

    assert ClientStatus.objects.get(name="All filed").turn == "nobody"


def test_the_condition_of_a_stage_is_set_and_taken_away(
    edit: Edit, web: Client, tax: Pipeline, address: str
) -> None:
    opened = dialog(web, edit().press("when:stages.2"), address)
    opened.fill("when-all", "foreign").fill("when-all-more", "rental, ").fill("when-assigned", "yes")
    form = again(web, opened.press("set-when:stages.2"))
    assert form.press("save").status_code == 302
    stage = tax.stages.get(name="Preparation")
    assert stage.condition == {"tags": {"all": ["foreign", "rental"]}, "assigned": True}
    opened = dialog(web, edit().press("when:stages.1"), address)
    again(web, opened.press("drop-when:stages.1")).press("save")
    assert tax.stages.get(name="Foreign income").condition is None


NESTED = """
pipeline: Nested
stages:
  - stage: One
  - stage: Two
    when: {any: [{tags: {all: [foreign]}}, {not: {priority: low}}]}
  - stage: Three
"""


def test_a_condition_that_no_box_can_show_is_kept_and_edited_as_text(web: Client, make_pipeline: Any) -> None:
    nested = make_pipeline(NESTED)
    address = reverse("pipeline-edit", args=[nested.pk])
    opened = dialog(web, PlainForm(web, web.get(address), "editor").press("when:stages.1"), address)
    text = opened.value("when-text")
    assert "priority: low" in text
    kept = nested.stages.get(name="Two").condition
    again(web, opened.press("set-when:stages.1")).press("save")
    assert nested.stages.get(name="Two").condition == kept
    refused = opened.fill("when-text", "anny: []").press("set-when:stages.1")
    assert (refused.status_code, "anny" in dialog(web, refused, address).value("when-text")) == (422, True)
