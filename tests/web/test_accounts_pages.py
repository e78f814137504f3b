"""Clients: list, page, dialogs; who sees what, who may change it (X1, X2, X4)."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from clearstage.clients.models import Account, AccountAccess, Contact
from clearstage.firm.models import Member
from clearstage.outbox.models import Delivery

from .plain_forms import PlainForm

HTMX = {"HX-Request": "true"}

pytestmark = pytest.mark.django_db


def page(answer: Any) -> str:
    assert answer.status_code == 200
    return str(answer.content.decode())


def test_the_list_finds_by_name_number_mail_and_tag(web: Client, make_account: Any) -> None:
    make_account(
        "Brightside LLC", tags=["foreign"], number="A-77", contacts=["bea@client.test"], kind="company"
    )
    make_account("Ada Okafor")
    for ask in ({"q": "bright"}, {"q": "a-77"}, {"q": "bea@"}, {"tag": "foreign"}, {"kind": "company"}):
        found = page(web.get("/clients/", ask))
        assert "Brightside LLC" in found, ask
        assert "Ada Okafor" not in found, ask
    assert "No client is like that" in page(web.get("/clients/", {"q": "nobody at all"}))


def test_a_long_list_goes_on_where_it_stopped(web: Client, make_account: Any) -> None:
    for number in range(52):
        make_account(f"Client {number:02}")
    first = web.get("/clients/")
    more = first.context["next"]
    rest = page(
        web.get("/clients/", {"cursor": more}, headers={"HX-Request": "true", "HX-Target": "more-accounts"})
    )
    assert ("Client 49" in page(first), "Client 50" in page(first)) == (True, False)
    assert ("Client 50" in rest, "<html" in rest) == (True, False)


def test_an_empty_list_teaches(web: Client, firm: Any) -> None:
    assert "Add the first client" in page(web.get("/clients/"))


def test_what_may_not_be_seen_is_not_there(signed_in: Any, employee: Member, make_account: Any) -> None:  # X4
    closed, opened = make_account("Closed"), make_account("Opened", access=[employee])
    mia = signed_in(employee)
    listed = page(mia.get("/clients/"))
    assert ("Opened" in listed, "Closed" in listed) == (True, False)
    for name in ("account", "account-edit", "account-grant", "contact-new"):
        assert mia.get(reverse(name, args=[closed.pk])).status_code == 404
    assert mia.get(reverse("account", args=[opened.pk])).status_code == 200
    assert mia.get("/clients/99999999999999999999/").status_code == 404


def test_buttons_are_drawn_for_those_who_may(
    signed_in: Any, employee: Member, web: Client, make_account: Any
) -> None:
    row = make_account("Opened", access=[employee], contacts=["bea@client.test"])
    address = reverse("account", args=[row.pk])
    for label in ("Edit", "Open to", reverse("contact-new", args=[row.pk])):
        assert label in page(web.get(address))
        assert label not in page(signed_in(employee).get(address)), label


def test_a_client_is_made_with_contact_tags_and_roles(
    web: Client, make_account: Any, employee: Member
) -> None:
    form = PlainForm(web, web.get("/clients/new/"), "/clients/new/")
    role = web.get("/clients/new/").context["roles"][0][1]
    form.fill("name", "Okafor Design LLC").fill("kind", "company").fill("tag-more", "foreign, payroll").fill(
        role, employee.email
    )
    form.fill("contact_email", "ada@client.test").fill("contact_name", "Ada Okafor").fill(
        "contact_login", "on"
    )
    answer = form.press()
    made = Account.objects.get()
    assert answer.url == reverse("account", args=[made.pk])
    assert set(made.tags.values_list("name", flat=True)) == {"foreign", "payroll"}
    assert made.role_holders.get().member == employee
    assert made.contact_links.get().login
    assert form.press().url == answer.url, "sent twice, it is made once (M12)"
    assert Account.objects.count() == 1


def test_a_mistake_stands_beside_its_field(web: Client, firm: Any) -> None:
    answer = web.post("/clients/new/", {"name": "x", "kind": "company", "contact_email": "new@client.test"})
    assert answer.status_code == 422
    assert answer.context["form"].errors["contact_name"] == ["Is needed"]
    assert not Account.objects.exists()


def test_editing_changes_what_was_changed_alone(web: Client, make_account: Any, owner: Member) -> None:
    row = make_account("Ada", tags=["foreign"], roles={"preparer": [owner]}, contacts=["ada@client.test"])
    address = reverse("account-edit", args=[row.pk])
    form = PlainForm(web, web.get(address), address)
    assert form.fill("name", "Ada Okafor").press().status_code == 302
    row.refresh_from_db()
    assert (row.name, row.version) == ("Ada Okafor", 2)
    assert (row.tags.count(), row.role_holders.count(), row.contact_links.count()) == (1, 1, 1)
    late = form.fill("name", "Too late").press()
    assert late.status_code == 412
    row.refresh_from_db()
    assert row.name == "Ada Okafor"


def test_who_may_only_tag_changes_tags_alone(signed_in: Any, make_member: Any, make_account: Any) -> None:
    mary = make_member("mary@example.test", "Mary", rights=["tags"])
    row = make_account("Ada", access=[mary])
    address = reverse("account-edit", args=[row.pk])
    client = signed_in(mary)
    form = PlainForm(client, client.get(address), address)
    form.fill("name", "Other").fill("tag-more", "foreign")
    assert form.press().status_code == 302
    row.refresh_from_db()
    assert (row.name, [tag.name for tag in row.tags.all()]) == ("Ada", ["foreign"])


def test_contacts_are_added_changed_and_taken_off(web: Client, make_account: Any) -> None:
    row = make_account("Ada", contacts=["old@client.test"])
    address = reverse("contact-new", args=[row.pk])
    form = PlainForm(web, web.get(address), address)
    assert form.fill("email", "bea@client.test").fill("name", "Bea").press().status_code == 302
    bea = Contact.objects.get(email="bea@client.test")
    link = row.contact_links.get(contact=bea)
    assert (link.login, link.notify) == (False, True)
    address = reverse("contact-edit", args=[row.pk, bea.pk])
    form = PlainForm(web, web.get(address), address)
    form.fill("name", "Bea Bright").fill("email", "bea@bright.test").fill("login", "on").fill("notify")
    assert form.press().status_code == 302
    bea.refresh_from_db()
    link = row.contact_links.get(contact=bea)
    assert (bea.name, bea.email, link.login, link.notify) == ("Bea Bright", "bea@bright.test", True, False)
    assert web.post(reverse("contact-unlink", args=[row.pk, bea.pk])).status_code == 302
    assert list(row.contacts.values_list("email", flat=True)) == ["old@client.test"]
    assert Contact.objects.filter(pk=bea.pk).exists()


def test_an_address_that_is_taken_changes_nothing(web: Client, make_account: Any) -> None:
    row = make_account("Ada", contacts=["a@client.test", "b@client.test"])
    contact = Contact.objects.get(email="a@client.test")
    address = reverse("contact-edit", args=[row.pk, contact.pk])
    answer = (
        PlainForm(web, web.get(address), address).fill("email", "b@client.test").fill("name", "New").press()
    )
    assert answer.status_code == 422
    contact.refresh_from_db()
    assert (contact.email, contact.name) == ("a@client.test", "A")


def test_contacts_are_invited_once_for_each_form(
    web: Client, signed_in: Any, make_member: Any, make_account: Any
) -> None:  # M12
    row = make_account("Ada", contacts=["ada@client.test"])
    contact = Contact.objects.get()
    address = reverse("contact-invite", args=[row.pk, contact.pk])
    assert "Never invited" in page(web.get(reverse("account", args=[row.pk])))
    form = PlainForm(web, web.get(address), address)
    assert [form.press().status_code for _twice in range(2)] == [302, 302]
    assert Delivery.objects.filter(to="ada@client.test").count() == 1
    shown = page(web.get(reverse("account", args=[row.pk])))
    assert "Invited" in shown
    assert "Invite again" in shown
    mary = signed_in(make_member("mary@example.test", "Mary", rights=["view all accounts"]))
    assert mary.post(address).status_code == 403
    assert "Invite again" not in page(mary.get(reverse("account", args=[row.pk])))
    row.contact_links.update(login=False)
    assert web.post(address).status_code == 409


def test_a_new_client_is_invited_with_the_first_contact(web: Client) -> None:
    address = reverse("account-new")
    form = PlainForm(web, web.get(address), address)
    form.fill("name", "Ada").fill("contact_name", "Ada").fill("contact_email", "ada@client.test")
    refused = form.fill("contact_invite", "on").press()
    assert refused.status_code == 422
    assert "Needs a contact who may sign in" in refused.content.decode()
    assert form.fill("contact_login", "on").press().status_code == 302
    assert Delivery.objects.get().to == "ada@client.test"


def test_an_added_contact_is_invited_where_wanted(web: Client, make_account: Any) -> None:
    address = reverse("contact-new", args=[make_account("Ada").pk])
    form = PlainForm(web, web.get(address), address)
    form.fill("email", "bea@client.test").fill("name", "Bea").fill("login", "on").fill("invite", "on")
    assert form.press().status_code == 302
    assert Delivery.objects.get().to == "bea@client.test"


def test_access_is_granted_and_taken_back(web: Client, make_account: Any, employee: Member) -> None:
    row = make_account("Ada")
    address = reverse("account-grant", args=[row.pk])
    assert "Mia Chen" in page(web.get(address))
    assert web.post(address, {"member": employee.pk}).status_code == 302
    assert "Mia Chen" not in web.get(address).content.decode()
    assert AccountAccess.objects.get().member == employee
    assert web.post(reverse("account-revoke", args=[row.pk, employee.pk])).status_code == 302
    assert not AccountAccess.objects.exists()


def test_the_page_shows_jobs_on_the_board_or_archived(web: Client, make_job: Any, ada: Account) -> None:
    job = make_job()
    address = reverse("account", args=[ada.pk])
    assert reverse("job", args=[job.pk]) in page(web.get(address))
    job.status = "archived"
    job.save(update_fields=["status"])
    assert reverse("job", args=[job.pk]) not in page(web.get(address))
    assert reverse("job", args=[job.pk]) in page(web.get(address, {"jobs": "archived"}))


# How people are told


def test_an_account_is_followed_and_no_longer(web: Client, make_account: Any) -> None:
    account = make_account()
    page, follow = reverse("account", args=[account.pk]), reverse("account-follow", args=[account.pk])
    assert 'aria-pressed="false"' in web.get(page).content.decode()
    for _ in range(2):
        assert "account-changed" in web.post(follow, {"follow": "yes"}, headers=HTMX).headers["HX-Trigger"]
    assert 'aria-pressed="true"' in web.get(page).content.decode()
    web.post(follow, {"follow": "no"})
    assert not account.followers.exists()


def test_a_closed_account_cannot_be_followed(signed_in: Any, employee: Any, make_account: Any) -> None:  # X4
    account = make_account()
    mia = signed_in(employee)
    for number in (account.pk, 999_999):
        assert mia.post(reverse("account-follow", args=[number]), {"follow": "yes"}).status_code == 404
    assert not account.followers.exists()


def test_how_a_contact_is_told_is_changed_with_his_other_data(web: Client, make_account: Any) -> None:
    account = make_account(contacts=[{"email": "ada@client.test", "name": "Ada"}])
    link = account.contact_links.get()
    address = reverse("contact-edit", args=[account.pk, link.contact_id])
    assert "E-mails about what waits for them" in web.get(address).content.decode()
    form = {"name": "Ada", "email": "ada@client.test", "language": "en", "login": "on", "notify": "on"}
    assert web.post(address, {**form, "notices": "daily"}).status_code == 302
    link.contact.refresh_from_db()
    assert (link.contact.notices, link.contact.status_notices) == ("daily", False)
    assert web.post(address, {**form, "notices": "hourly"}).status_code == 422


def test_the_hours_without_reminders_are_a_setting_of_the_firm(web: Client, firm: Any) -> None:
    page = web.get(reverse("settings")).content.decode()
    assert 'value="20:00"' in page
    form = {"name": "L & P", "timezone": "UTC", "undo_minutes": 10, "hold_minutes": 2, "holidays": ""}
    saved = web.post(reverse("settings"), {**form, "quiet_from": "21:30", "quiet_to": "07:00"})
    assert saved.status_code == 302
    firm.refresh_from_db()
    assert (firm.quiet_from, firm.quiet_to, firm.quiet_days) == ("21:30", "07:00", False)
    assert web.post(reverse("settings"), {**form, "quiet_from": "25:00", "quiet_to": ""}).status_code == 422
