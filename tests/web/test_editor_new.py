"""A new pipeline, from scratch or from the library."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from clearstage import library
from clearstage.firm.models import Member
from clearstage.jobs.models import Pipeline, Template

pytestmark = pytest.mark.django_db
ADDRESS = "/pipelines/new/"


def test_an_empty_one_has_three_stages_and_opens_in_the_editor(web: Client, firm: Any) -> None:
    answer = web.post(ADDRESS, {"name": "Ours"})
    made = Pipeline.objects.get(name="Ours")
    assert answer.url == reverse("pipeline-edit", args=[made.pk])
    assert made.stages.count() == 3


@pytest.mark.parametrize("sample", sorted(library.documents()))
def test_every_pipeline_of_the_library_is_shown_and_taken(web: Client, firm: Any, sample: str) -> None:
    page = web.get(ADDRESS, {"from": sample})
    assert page.status_code == 200
    name = page.context["name"]
    assert web.post(ADDRESS, {"name": name, "from": sample}).status_code == 302
    made = Pipeline.objects.get(name=name)
    assert made.stages.count() == len(page.context["preview"]["stages"])
    assert web.get(reverse("pipeline-edit", args=[made.pk])).status_code == 200


def test_the_templates_it_names_come_with_it(web: Client, firm: Any) -> None:
    web.post(ADDRESS, {"name": "1040", "from": "us-1040"})
    assert Template.objects.filter(kind="email", name="Tax season opening (US)").exists()
    assert not Template.objects.filter(name="Self Assessment opening (UK)").exists()


def test_who_may_not_make_templates_gets_the_pipeline_without_them(
    firm: Any, make_member: Any, signed_in: Any
) -> None:
    mary = signed_in(make_member("mary@example.test", "Mary", rights=["pipelines"]))
    assert mary.post(ADDRESS, {"name": "1040", "from": "us-1040"}).status_code == 302
    assert not Template.objects.exists()


def test_a_name_that_is_taken_is_refused_and_leaves_no_template(web: Client, tax: Pipeline) -> None:
    answer = web.post(ADDRESS, {"name": "tax RETURN", "from": "us-1040"})
    assert answer.status_code == 422
    assert (Pipeline.objects.count(), Template.objects.count()) == (1, 0)


def test_it_takes_the_right(firm: Any, employee: Member, signed_in: Any) -> None:
    assert signed_in(employee).get(ADDRESS).status_code == 403
    assert signed_in(employee).post(ADDRESS, {"name": "x"}).status_code == 403
