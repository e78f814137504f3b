"""The firm's lists: client-facing statuses (C1, C11), templates (T4), roles, tags, members, settings."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from clearstage.clients.models import Contact, Tag
from clearstage.firm.models import Firm, Member, Role
from clearstage.jobs.models import ClientStatus, Job, Pipeline, Template
from clearstage.jobs.operations.templates import create_template

from .plain_forms import PlainForm

pytestmark = pytest.mark.django_db
LIST = "/templates/client-statuses/"


def status(name: str) -> ClientStatus:
    return ClientStatus.objects.get(name=name, deleted_at=None)


def living() -> list[str]:
    return list(ClientStatus.objects.filter(deleted_at=None).values_list("name", flat=True))


def test_the_list_says_where_each_is_used(web: Client, make_job: Any) -> None:
    make_job()
    page = web.get(LIST).content.decode()
    assert "Tax return · Documents" in page
    assert "1 job" in page
    assert "The client&#x27;s turn" in page


def test_statuses_are_added_changed_and_put_in_order(web: Client, tax: Pipeline) -> None:
    form = PlainForm(web, web.get(f"{LIST}new/"), f"{LIST}new/")
    assert (
        form.fill("name", "Filed").fill("turn", "agency").fill("color", "purple").press().status_code == 302
    )
    row = status("Filed")
    assert (row.turn, row.color) == ("agency", "purple")
    answer = (
        PlainForm(web, web.get(f"{LIST}new/"), f"{LIST}new/")
        .fill("name", "filed")
        .fill("turn", "firm")
        .press()
    )
    assert answer.status_code == 422
    address = reverse("client-status-edit", args=[row.pk])
    PlainForm(web, web.get(address), address).fill("name", "Sent off").fill("description", "Gone.").press()
    assert status("Sent off").description == "Gone."
    order = [str(pk) for pk in ClientStatus.objects.values_list("pk", flat=True)]
    web.post(f"{LIST}order/", {"order": order, "up": str(row.pk)})
    assert living()[-2:] == ["Sent off", "Finished"]
    web.post(f"{LIST}order/", {"order": order[::-1]})
    assert living()[0] == "Sent off"


def test_one_in_use_is_deleted_only_with_another_in_its_place(web: Client, make_job: Any) -> None:  # C11
    job = make_job()
    row, instead = status("Waiting for documents"), status("On hold")
    address = reverse("client-status-delete", args=[row.pk])
    assert "Tax return · Documents" in web.get(address).content.decode()
    assert web.post(address).status_code == 409
    assert "Waiting for documents" in living()
    assert web.post(address, {"instead": instead.pk}).status_code == 302
    job.refresh_from_db()
    assert job.client_status == instead


def test_lists_take_their_rights(signed_in: Any, employee: Member, tax: Pipeline) -> None:
    mia = signed_in(employee)
    row = status("On hold")
    assert mia.get(LIST).status_code == 200
    assert "New status" not in mia.get(LIST).content.decode()
    for name, args in (
        ("client-status-new", []), ("client-status-edit", [row.pk]), ("client-status-delete", [row.pk]),
        ("template-new", ["email"]),
        ("role-new", []), ("tag-new", []), ("member-new", []), ("role-delete", [Role.objects.first().pk]),
    ):  # fmt: skip
        assert mia.get(reverse(name, args=args)).status_code == 403, name
        assert mia.post(reverse(name, args=args), {"name": "x"}).status_code == 403, name
    assert mia.post(f"{LIST}order/", {"order": [row.pk]}).status_code == 403
    assert (
        mia.post(
            "/settings/firm/", {"name": "Mine", "timezone": "UTC", "undo_minutes": 1, "hold_minutes": 1}
        ).status_code
        == 403
    )
    assert Firm.objects.get().name == "Lindqvist & Partners"


def test_places_in_closed_pipelines_are_not_named(
    signed_in: Any, make_member: Any, tax: Pipeline
) -> None:  # X4
    tax.for_everyone = False
    tax.save(update_fields=["for_everyone"])
    mary = signed_in(make_member("mary@example.test", "Mary", rights=["templates", "tags"]))
    assert "Tax return" not in mary.get(LIST).content.decode()
    page = mary.get(reverse("client-status-delete", args=[status("On hold").pk])).content.decode()
    assert ("Tax return" in page, "not open to you" in page) == (False, True)


# Templates


@pytest.fixture
def welcome(owner_actor: Any) -> Template:
    return create_template(
        owner_actor, "email", "Welcome", {"subject": "Hello [CONTACT_FIRST_NAME]", "text": "Dear [WHO]"}
    )


def test_a_template_is_made_changed_and_deleted(web: Client, firm: Any) -> None:
    address = "/templates/new/email/"
    form = PlainForm(web, web.get(address), "template", address)
    answer = form.fill("name", "Welcome").fill("set-subject", "Hello").fill("set-text", "Dear [WHO]").press()
    made = Template.objects.get()
    assert (answer.url, made.body) == (
        f"/templates/{made.pk}/?saved=1",
        {"subject": "Hello", "text": "Dear [WHO]"},
    )
    page = web.get("/templates/").content.decode()
    assert "unknown shortcode" in page
    address = f"/templates/{made.pk}/"
    refused = (
        PlainForm(web, web.get(address), "template", address)
        .fill("set-subject")
        .fill("set-text", "Kept")
        .press()
    )
    assert refused.status_code == 422
    assert "Kept" in refused.content.decode()
    assert web.post(f"{address}delete/").status_code == 302
    assert not Template.objects.exists()


def test_the_preview_fills_the_texts_for_a_client(web: Client, welcome: Template, ada: Any) -> None:
    asked = {
        "set-subject": "Hello [CONTACT_FIRST_NAME]",
        "set-text": "For [ACCOUNT_NAME], not [WHO]",
        "account": ada.pk,
    }
    page = web.post("/templates/preview/email/", asked).content.decode()
    assert ("Hello Ada" in page, "For Ada Okafor, not [WHO]" in page) == (True, True)
    assert "[WHO] stands for nothing" in page
    asked["account"] = 999
    assert "Okafor, Ada" in web.post("/templates/preview/email/", asked).content.decode()


def test_one_that_is_used_is_deleted_only_all_the_same(
    web: Client, make_pipeline: Any, welcome: Template
) -> None:
    make_pipeline("{pipeline: P, stages: [{stage: A, on_entry: [{email: {template: Welcome}}]}]}")
    address = f"/templates/{welcome.pk}/delete/"
    assert "P · A" in web.get(address).content.decode()
    assert web.post(address).status_code == 409
    assert web.post(address, {"even": "on"}).status_code == 302
    assert not Template.objects.exists()


def test_a_job_template_holds_what_the_client_sees(web: Client, tax: Pipeline) -> None:
    address = "/templates/new/job/"
    form = PlainForm(web, web.get(address), "template", address)
    form.fill("name", "Yearly").fill("set-name", "1040 for [LAST_YEAR]").fill("set-budget_minutes", "90")
    form.fill("set-client_status-show", "On hold").press()
    body = Template.objects.get().body
    assert body == {
        "name": "1040 for [LAST_YEAR]",
        "budget_minutes": 90,
        "client_status": {"show": "On hold"},
    }


def test_a_new_client_facing_status_may_be_made_on_the_way(web: Client, tax: Pipeline) -> None:  # C1
    address = "/templates/new/job/"
    form = PlainForm(web, web.get(address), "template", address)
    form.fill("name", "Yearly").fill("set-client_status-show-new", "Begun").fill(
        "set-client_status-show-new-turn", "nobody"
    )
    assert form.press().status_code == 302
    assert status("Begun").turn == "nobody"
    assert Template.objects.get().body["client_status"] == {"show": "Begun"}


def test_kinds_that_are_not_there_are_not_there(web: Client, firm: Any) -> None:
    assert web.get("/templates/new/proposal/").status_code == 404
    assert web.post("/templates/preview/ghost/").status_code == 404
    assert web.get("/templates/12345/").status_code == 404


# Members and settings


def test_a_new_members_password_is_shown_once_and_works(web: Client, firm: Any) -> None:
    address = "/settings/members/new/"
    form = PlainForm(web, web.get(address), address)
    page = (
        form.fill("email", "new@example.test")
        .fill("name", "New")
        .fill("right", "tags")
        .press()
        .content.decode()
    )
    password = re.search(r'class="password-once" tabindex="0">([^<]+)<', page)
    assert password is not None
    member = Member.objects.get(email="new@example.test")
    assert member.check_password(password[1])
    assert member.rights == ["tags"]


def test_members_are_changed_and_deactivated(web: Client, employee: Member, owner: Member) -> None:
    address = reverse("member-edit", args=[employee.pk])
    form = PlainForm(web, web.get(address), address)
    form.fill("name", "Mia Chen-Roth").fill("right", "accounts", "tags").fill("role", "admin").press()
    employee.refresh_from_db()
    assert (employee.name, employee.role, employee.rights) == ("Mia Chen-Roth", "admin", ["accounts", "tags"])
    PlainForm(web, web.get(address), address).fill("active").press()
    employee.refresh_from_db()
    assert not employee.is_active
    mine = reverse("member-edit", args=[owner.pk])
    page = web.get(mine).content.decode()
    assert ('name="role"' in page, 'name="active"' in page) == (False, False)


def test_everybody_corrects_the_own_name_and_nobody_elses(
    signed_in: Any, employee: Member, admin: Member
) -> None:
    mia = signed_in(employee)
    mine = reverse("member-edit", args=[employee.pk])
    assert PlainForm(mia, mia.get(mine), mine).fill("name", "Mia").press().status_code == 302
    employee.refresh_from_db()
    assert (employee.name, employee.role) == ("Mia", "employee")
    assert mia.get(reverse("member-edit", args=[admin.pk])).status_code == 403
    assert mia.post(reverse("member-password", args=[admin.pk])).status_code == 403


def test_the_firms_settings(web: Client, owner: Member) -> None:
    address = "/settings/firm/"
    quiet = {"quiet_from": "20:00", "quiet_to": "08:00"}
    said = {
        "name": "Lindqvist",
        "timezone": "Europe/Paris",
        "undo_minutes": "5",
        "hold_minutes": "1",
        **quiet,
    }
    assert web.post(address, {**said, "holidays": "2026-12-24\r\n2026-12-25"}).status_code == 302
    row = Firm.objects.get()
    assert (row.name, row.timezone, row.holidays) == (
        "Lindqvist",
        "Europe/Paris",
        ["2026-12-24", "2026-12-25"],
    )
    wrong = web.post(address, {**said, "timezone": "Mars/Olympus", "holidays": "tomorrow"})
    assert wrong.status_code == 422
    assert set(wrong.context["form"].errors) == {"timezone", "holidays"}


def test_roles_and_tags_are_renamed_and_followed(web: Client, tax: Pipeline) -> None:
    role, tag = Role.objects.get(name="preparer"), Tag.objects.get(name="foreign")
    web.post(reverse("role-edit", args=[role.pk]), {"name": "doer"})
    web.post(reverse("tag-edit", args=[tag.pk]), {"name": "abroad", "color": "blue"})
    assert "role:doer" in tax.stages.first().automations.get(kind="task").settings["assignees"]
    assert tax.stages.get(name="Foreign income").condition == {"tags": {"all": ["abroad"]}}
    assert web.post(reverse("role-delete", args=[role.pk])).status_code == 409
    assert web.post(reverse("tag-delete", args=[tag.pk])).status_code == 409
    other = Tag.objects.get(name="returning")
    assert web.post(reverse("tag-delete", args=[tag.pk]), {"instead": other.pk}).status_code == 302
    assert not Job.objects.exists()
    assert tax.stages.get(name="Foreign income").condition == {"tags": {"all": ["returning"]}}


def test_the_pages_ask_the_database_a_fixed_number_of_times(
    web: Client, make_pipeline: Any, make_account: Any, django_assert_max_num_queries: Any
) -> None:
    make_pipeline()
    for number in range(30):
        make_account(f"Client {number}", tags=[f"tag {number}"], contacts=[f"c{number}@client.test"])
    for address in ("/clients/", LIST, "/templates/", "/settings/tags/", "/settings/roles/", "/settings/"):
        web.get(address)
        with django_assert_max_num_queries(20):
            assert web.get(address).status_code == 200


def test_a_status_is_translated_beside_its_words(web: Client, tax: Pipeline) -> None:  # P4
    address = reverse("client-status-edit", args=[status("Finished").pk])
    form = PlainForm(web, web.get(address), address)
    assert form.fill("name_de", "Fertig").fill("description_es", "Todo hecho.").press().status_code == 302
    assert status("Finished").translations == {"de": {"name": "Fertig"}, "es": {"description": "Todo hecho."}}
    assert 'value="Fertig"' in web.get(address).content.decode()
    web.post(address, {"name": "Finished", "turn": "nobody", "color": "gray"})  # says nothing of languages
    assert status("Finished").translations == {"de": {"name": "Fertig"}, "es": {"description": "Todo hecho."}}
    PlainForm(web, web.get(address), address).fill("name_de", "").press()
    assert status("Finished").translations == {"es": {"description": "Todo hecho."}}
    assert PlainForm(web, web.get(address), address).fill("name_fr", "x" * 101).press().status_code == 422


def test_the_list_says_what_clients_miss(web: Client, tax: Pipeline, make_account: Any) -> None:
    make_account(contacts=["ada@client.test"])
    Contact.objects.update(language="fr")
    assert web.get(LIST).content.decode().count("not translated into Français") == 4
