"""A pipeline as text: check, plan, apply, download, revisions; and trying it (F5, F7)."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from clearstage.firm.models import Member
from clearstage.jobs.models import Pipeline
from clearstage.work.models import Task

from .plain_forms import PlainForm

pytestmark = pytest.mark.django_db


@pytest.fixture
def address(tax: Pipeline) -> str:
    return reverse("pipeline-yaml", args=[tax.pk])


@pytest.fixture
def form(web: Client, address: str) -> PlainForm:
    return PlainForm(web, web.get(address), address)


def test_what_is_downloaded_is_what_stands_in_the_page(web: Client, form: PlainForm, tax: Pipeline) -> None:
    answer = web.get(reverse("pipeline-download", args=[tax.pk]))
    assert answer.content.decode() == form.value("document")
    assert 'filename="tax-return.yaml"' in answer.headers["Content-Disposition"]


def test_planning_tells_the_difference_and_changes_nothing(form: PlainForm, tax: Pipeline) -> None:
    text = form.value("document").replace("stage: Finished", "stage: Done\n    was: Finished")
    page = form.fill("document", text).press("plan").content.decode()
    assert "Stage “Finished” is now “Done”." in page
    tax.refresh_from_db()
    assert tax.revision == 1


def test_applying_saves_and_shows_the_revision(web: Client, form: PlainForm, tax: Pipeline) -> None:
    text = form.value("document").replace("stage: Finished", "stage: Done\n    was: Finished")
    answer = form.fill("document", text).press("apply")
    assert answer.url == f"{reverse('pipeline-revisions', args=[tax.pk])}?saved=2"
    page = web.get(answer.url).content.decode()
    assert "Saved as revision 2" in page
    assert (
        "stage: Finished"
        in web.get(reverse("pipeline-revisions", args=[tax.pk]), {"text": "1"}).content.decode()
    )


@pytest.mark.parametrize(
    ("written", "line"),
    [("automove: true", "automov: true"), ("stages:", "stages: ["), ("pipeline: Tax return", "pipeline: 12")],
)
def test_mistakes_are_told_with_their_line(form: PlainForm, tax: Pipeline, written: str, line: str) -> None:
    text = form.value("document").replace(written, line, 1)
    answer = form.fill("document", text).press("apply")
    page = answer.content.decode()
    assert answer.status_code == 422
    assert 'data-line="' in page
    assert line in page
    tax.refresh_from_db()
    assert tax.revision == 1


def test_findings_are_told_with_their_line(form: PlainForm) -> None:
    text = form.value("document").replace("title: Prepare the return", "title: 'Prepare [WHAT]'")
    line = text[: text.index("[WHAT]")].count("\n") + 1
    page = form.fill("document", text).press("plan").content.decode()
    assert f'data-line="{line}"' in page


def test_another_name_makes_another_pipeline(form: PlainForm, tax: Pipeline) -> None:
    text = form.value("document").replace("pipeline: Tax return", "pipeline: Tax return, small")
    planned = form.fill("document", text).press("plan").content.decode()
    assert "makes a new pipeline “Tax return, small”" in planned
    assert form.press("apply").status_code == 302
    assert Pipeline.objects.count() == 2


def test_somebody_elses_saving_keeps_the_text(
    web: Client, form: PlainForm, tax: Pipeline, address: str
) -> None:
    other = PlainForm(web, web.get(address), address)
    other.fill("document", other.value("document").replace("Foreign income", "Abroad")).press("apply")
    text = form.value("document").replace("stage: Finished", "stage: Done")
    answer = form.fill("document", text).press("apply")
    assert answer.status_code == 422
    assert "somebody has saved meanwhile" in answer.content.decode()
    assert (
        PlainForm(web, answer, address).value("document") == text.strip()
        or "stage: Done" in answer.content.decode()
    )


def test_reading_takes_the_pipeline_writing_the_right(
    signed_in: Any, employee: Member, tax: Pipeline, address: str
) -> None:
    mia = signed_in(employee)
    assert mia.get(address).status_code == 200
    assert mia.post(address, {"document": "pipeline: x", "revision": "1", "do": "plan"}).status_code == 403
    tax.for_everyone = False
    tax.save(update_fields=["for_everyone"])
    for name in ("pipeline-yaml", "pipeline-download", "pipeline-revisions", "pipeline-try"):
        assert mia.get(reverse(name, args=[tax.pk])).status_code == 404


def test_trying_walks_the_stages_and_makes_nothing(web: Client, tax: Pipeline) -> None:  # F5
    address = reverse("pipeline-try", args=[tax.pk])
    page = web.get(address).content.decode()
    assert "needs the tag foreign" in page
    page = web.get(address, {"tag-more": "foreign", "kind": "company"}).content.decode()
    assert "needs the tag foreign" not in page
    assert "“We have started, Imaginary” to Imaginary contact" in page
    assert not Task.objects.exists()


def test_trying_nonsense_says_so(web: Client, tax: Pipeline) -> None:
    answer = web.get(reverse("pipeline-try", args=[tax.pk]), {"kind": "ghost"})
    assert (answer.status_code, "ghost" in answer.content.decode()) == (200, True)


def test_a_pipeline_is_renamed_from_its_editor(web: Any, tax: Any) -> None:
    address = reverse("pipeline-rename", args=[tax.pk])
    assert 'value="Tax return"' in web.get(address).content.decode()
    answer = web.post(address, {"name": "Individual return", "revision": "1"})
    assert answer["Location"] == reverse("pipeline-edit", args=[tax.pk])
    tax.refresh_from_db()
    assert tax.name == "Individual return"
    assert web.post(address, {"name": "Another", "revision": "1"}).status_code == 412
    assert web.post(address, {"name": "", "revision": "2"}).status_code == 422
    tax.refresh_from_db()
    assert tax.name == "Individual return"
