"""Adding jobs from the dialog (M10, C7): clients are searched on the server, and the plan stands beside the form."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from clearstage.clients.models import Account, AccountContact
from clearstage.jobs.models import Job, Pipeline, Template
from clearstage.kernel import clock

from .board_forms import HTMX, PART, everything, fields, words

pytestmark = pytest.mark.django_db


def look(web: Client, ask: dict[str, Any], **headers: str) -> str:
    return web.post(reverse("new-job"), {**ask, "show": "1"}, headers=headers or HTMX).content.decode()


def add(web: Client, ask: dict[str, Any]) -> Any:
    return web.post(reverse("new-job"), {**ask, **fields(look(web, ask))}, headers=HTMX)


@pytest.fixture
def template(tax: Pipeline) -> Template:
    body = {
        "pipeline": tax.name,
        "name": "1040 for [ACCOUNT_NAME]",
        "priority": "high",
        "client_status": {"show": "On hold"},
    }
    return Template.objects.create(kind="job", name="Yearly return", body=body, created_at=clock.now())


def test_clients_are_found_chosen_and_dropped(web: Client, make_account: Any, tax: Pipeline) -> None:
    ada, bo = make_account("Ada Okafor", number="1001"), make_account("Bo Lind")
    find = {"HX-Request": "true", "HX-Target": "found-accounts"}
    assert (
        "Bo Lind" not in web.get(reverse("new-job-accounts"), {"find": "oka"}, headers=find).content.decode()
    )
    assert (
        "Ada Okafor" in web.get(reverse("new-job-accounts"), {"find": "1001"}, headers=find).content.decode()
    )
    chosen = web.get(
        reverse("new-job-accounts"), {"account": ada.pk, "pick": bo.pk}, headers=HTMX
    ).content.decode()
    assert fields(chosen)["account"] == [str(ada.pk), str(bo.pk)]
    dropped = web.get(
        reverse("new-job-accounts"), {"account": [ada.pk, bo.pk], "drop": ada.pk}, headers=HTMX
    ).content.decode()
    assert fields(dropped)["account"] == [str(bo.pk)]


def test_the_plan_stands_beside_the_form_and_looking_adds_nothing(
    web: Client, ada: Account, tax: Pipeline
) -> None:
    before = everything()
    shown = words(look(web, {"account": ada.pk, "pipeline": tax.pk}))
    assert "Creates the task “Collect the papers of Ada Okafor”" in shown
    assert "Please send your papers." in shown
    assert "Add one job" in shown
    assert everything() == before


def test_one_job_for_each_client_with_what_was_typed(
    web: Client, ada: Account, make_account: Any, tax: Pipeline, owner: Any
) -> None:
    bo = make_account("Bo Lind", contacts=["bo@client.test"])
    ask = {
        "account": [ada.pk, bo.pk],
        "pipeline": tax.pk,
        "stage": tax.stages.get(name="Preparation").pk,
        "name": "Return of [ACCOUNT_NAME]",
        "priority": "urgent",
        "due": "2031-04-15",
        "member": owner.pk,
    }
    answer = add(web, ask)
    assert answer.status_code == 204
    assert "2 jobs added" in answer.headers["HX-Trigger"]
    found = {(job.name, job.stage.name, job.priority, str(job.due)) for job in Job.objects.all()}
    assert found == {
        (f"Return of {name}", "Preparation", "urgent", "2031-04-15") for name in ("Ada Okafor", "Bo Lind")
    }
    assert all(owner in job.assignees.all() for job in Job.objects.all())


def test_the_same_form_sent_twice_adds_once(web: Client, ada: Account, tax: Pipeline) -> None:  # M12
    ask = {"account": ada.pk, "pipeline": tax.pk}
    sent = {**ask, **fields(look(web, ask))}
    for _ in range(2):
        assert web.post(reverse("new-job"), sent, headers=HTMX).status_code == 204
    assert Job.objects.count() == 1


@pytest.mark.parametrize(("answer", "told"), [("stage", "Waiting for documents"), ("template", "On hold")])
def test_where_template_and_stage_both_tell_the_client_the_person_is_asked(  # C7
    web: Client, ada: Account, tax: Pipeline, template: Template, answer: str, told: str
) -> None:
    ask = {"account": ada.pk, "pipeline": tax.pk, "template": template.pk, "client_from": answer}
    assert "both say what the client sees" in look(web, ask)
    assert add(web, ask).status_code == 204
    job = Job.objects.get()
    assert (job.name, job.priority, job.client_status.name) == ("1040 for Ada Okafor", "high", told)


def test_nobody_is_asked_where_only_one_says_something(
    web: Client, ada: Account, tax: Pipeline, template: Template
) -> None:
    foreign = tax.stages.get(name="Foreign income").pk
    assert "both say" not in look(
        web, {"account": ada.pk, "pipeline": tax.pk, "template": template.pk, "stage": foreign}
    )
    assert "both say" not in look(web, {"account": ada.pk, "pipeline": tax.pk})


def test_those_that_cannot_be_added_are_told_and_the_others_go(
    web: Client, ada: Account, make_account: Any, tax: Pipeline
) -> None:  # A12
    ask = {
        "account": [ada.pk, make_account("Nobody to write to").pk],
        "pipeline": tax.pk,
        "stage": tax.stages.get(name="Preparation").pk,
    }
    assert "Nobody to write to has no contact who may be notified by e-mail" in words(look(web, ask))
    answer = add(web, ask)
    assert "1 job added \\u00b7 1 could not be added" in answer.headers["HX-Trigger"]
    assert Job.objects.get().account == ada


def test_a_plan_that_changed_meanwhile_is_shown_again(web: Client, ada: Account, tax: Pipeline) -> None:  # M4
    ask = {"account": ada.pk, "pipeline": tax.pk, "stage": tax.stages.get(name="Preparation").pk}
    sent = {**ask, **fields(look(web, ask))}
    AccountContact.objects.update(notify=False)
    answer = web.post(reverse("new-job"), sent, headers=HTMX)
    assert (answer.status_code, Job.objects.count()) == (409, 0)
    assert "Something changed since this was shown" in answer.content.decode()


def test_a_part_is_answered_with_its_button(web: Client, ada: Account, tax: Pipeline) -> None:
    html = look(web, {"account": ada.pk, "pipeline": tax.pk}, **PART)
    assert html.lstrip().startswith('<div class="plan"')
    assert 'hx-swap-oob="outerHTML"' in html


def test_the_form_opens_from_anywhere_with_nothing_chosen(
    web: Client, tax: Pipeline, make_pipeline: Any
) -> None:
    make_pipeline("pipeline: Other\nstages:\n  - stage: Only\n")
    assert web.get(reverse("new-job"), headers=HTMX).status_code == 200
    Pipeline.objects.all().delete()
    assert web.get(reverse("new-job")).status_code == 200


def test_without_clients_there_is_nothing_to_add(web: Client, tax: Pipeline) -> None:
    assert "Choose at least one client" in look(web, {"pipeline": tax.pk})
    assert web.post(reverse("new-job"), {"pipeline": tax.pk, "expect": "x"}, headers=HTMX).status_code == 409


@pytest.mark.parametrize(
    ("ask", "status"),
    [
        ({"pipeline": "99"}, 404),
        ({"due": "soon"}, 422),
        ({"priority": "most"}, 422),
        ({"name": "x" * 300}, 422),
    ],
)
def test_nonsense_is_refused(
    web: Client, ada: Account, tax: Pipeline, ask: dict[str, str], status: int
) -> None:
    answer = web.post(
        reverse("new-job"), {"account": ada.pk, "pipeline": tax.pk, **ask, "show": "1"}, headers=HTMX
    )
    assert answer.status_code == status


def test_clients_that_are_closed_are_neither_found_nor_added(
    signed_in: Any, employee: Any, ada: Account, tax: Pipeline
) -> None:  # X4
    browser = signed_in(employee)
    assert ada.name not in browser.get(reverse("new-job-accounts"), {"find": "ada"}).content.decode()
    assert ada.name not in look(browser, {"account": ada.pk, "pipeline": tax.pk})
    browser.post(reverse("new-job"), {"account": ada.pk, "pipeline": tax.pk, "expect": "x"}, headers=HTMX)
    assert not Job.objects.exists()
