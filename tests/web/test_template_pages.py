"""Templates on the firm's pages: in other languages, for a chosen client, and where they are used (P4, T4)."""

from __future__ import annotations

from html import unescape
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from clearstage.clients.models import Contact
from clearstage.jobs.models import Pipeline, Template
from clearstage.jobs.operations.templates import create_template, edit_template
from clearstage.jobs.templates import originals
from clearstage.kernel.actor import Actor

from .plain_forms import PlainForm

pytestmark = pytest.mark.django_db
BODY = {"subject": "Welcome, [CONTACT_FIRST_NAME]", "text": "Dear [CONTACT_NAME],\r\n\r\nwelcome to <us>."}
MISSING = '<span class="chip">missing</span>'
USING = """
pipeline: Onboarding
stages:
  - stage: Greet
    on_entry: [{email: {template: Welcome}}]
"""


@pytest.fixture
def letter(owner_actor: Actor) -> Template:
    return create_template(owner_actor, "email", "Welcome", BODY)


def address(letter: Template, language: str = "de") -> str:
    return reverse("template-translate", args=[letter.pk, language])


def page(web: Client, where: str) -> str:
    return unescape(web.get(where).content.decode())


def fields(web: Client, letter: Template) -> list[str]:
    """The names of the fields for the subject, the text, and what is there no more."""
    form = PlainForm(web, web.get(address(letter)), "template")
    return [name for name, _value in form.fields if name.startswith("text-")]


def test_every_text_has_a_field_beside_the_original(web: Client, letter: Template) -> None:
    subject, text = fields(web, letter)
    answer = web.post(
        address(letter), {subject: "Willkommen, [CONTACT_FIRST_NAME]", text: "Guten Tag,\r\n[X_Y]"}
    )
    assert answer.status_code == 302
    letter.refresh_from_db()
    assert letter.translations == {
        "de": {BODY["subject"]: "Willkommen, [CONTACT_FIRST_NAME]", BODY["text"]: "Guten Tag,\n[X_Y]"}
    }
    shown = web.get(address(letter)).content.decode()
    assert "welcome to &lt;us&gt;." in shown
    assert "[X_Y] stands for nothing" in shown
    assert shown.count(MISSING) == 0


def test_what_is_missing_is_shown_where_it_matters(web: Client, letter: Template, make_account: Any) -> None:
    make_account(contacts=["ada@client.test"])
    Contact.objects.update(language="de")
    assert "missing in Deutsch" in page(web, "/templates/")
    shown = page(web, reverse("template-edit", args=[letter.pk]))
    assert shown.count("2 missing") == 3
    assert shown.count("clients read it") == 1
    assert page(web, address(letter)).count(MISSING) == 2
    subject, text = fields(web, letter)
    web.post(address(letter), {subject: "Willkommen", text: "Guten Tag"})
    assert "missing in Deutsch" not in page(web, "/templates/")
    assert page(web, reverse("template-edit", args=[letter.pk])).count("2 missing") == 2


def test_a_text_that_is_there_no_more_is_kept_until_its_field_is_emptied(
    web: Client, letter: Template, owner_actor: Actor
) -> None:
    subject, text = fields(web, letter)
    web.post(address(letter), {subject: "Willkommen", text: "Guten Tag"})
    edit_template(owner_actor, letter.pk, body={**BODY, "text": "Hello."})
    assert page(web, address(letter)).count("No longer in the template") == 1
    assert fields(web, letter)[-1] == text
    web.post(address(letter), {subject: "Hallo"})
    letter.refresh_from_db()
    assert letter.translations["de"] == {BODY["subject"]: "Hallo", BODY["text"]: "Guten Tag"}
    web.post(address(letter), {subject: "Hallo", text: ""})
    letter.refresh_from_db()
    assert letter.translations["de"] == {BODY["subject"]: "Hallo"}
    assert "No longer in the template" not in page(web, address(letter))


def test_what_cannot_be_kept_is_said_and_nothing_is_lost(web: Client, letter: Template) -> None:
    subject, _text = fields(web, letter)
    answer = web.post(address(letter), {subject: "x" * 20_001})
    assert answer.status_code == 422
    assert "is longer than" in answer.content.decode().lower()
    assert "x" * 20_001 in answer.content.decode()
    letter.refresh_from_db()
    assert letter.translations == {}


@pytest.mark.parametrize("language", ["en", "xx", "it"])
def test_there_is_no_page_for_other_languages(web: Client, letter: Template, language: str) -> None:
    assert web.get(address(letter, language)).status_code == 404


def test_there_is_none_for_what_no_client_reads(web: Client, owner_actor: Actor, firm: Any) -> None:
    task = create_template(owner_actor, "task", "Call", {"title": "Call"})
    assert web.get(address(task)).status_code == 404
    assert "template-more" in page(web, reverse("template-edit", args=[task.pk]))
    assert "translations-title" not in page(web, reverse("template-edit", args=[task.pk]))


def test_translating_takes_the_right_to_manage_templates(letter: Template, employee: Any) -> None:
    browser = Client()
    browser.force_login(employee)
    assert browser.get(address(letter)).status_code == 403
    assert browser.post(address(letter), {}).status_code == 403


# Preview


def test_the_preview_is_for_a_chosen_client_in_a_chosen_language(
    web: Client, letter: Template, owner_actor: Actor, make_account: Any
) -> None:
    account = make_account(contacts=[{"email": "ada@client.test", "name": "Ada [FIRM_NAME]"}])
    edit_template(
        owner_actor, letter.pk, translations={"de": {BODY["subject"]: "Willkommen, [CONTACT_NAME]"}}
    )
    preview = reverse("template-preview", args=["email"])
    typed = {
        "set-subject": BODY["subject"],
        "set-text": "Hello",
        "account": account.pk,
        "template": letter.pk,
    }
    original = unescape(web.post(preview, typed).content.decode())
    assert "Welcome, Ada" in original
    german = unescape(web.post(preview, {**typed, "language": "de"}).content.decode())
    assert "Willkommen, Ada [FIRM_NAME]" in german  # T4: never twice
    assert "Hello" in german


def test_the_preview_of_a_translation_shows_what_is_typed(web: Client, letter: Template) -> None:
    subject, _text = fields(web, letter)
    preview = reverse("template-preview", args=["email"])
    typed = {
        "template": letter.pk,
        "language": "de",
        "translating": "1",
        subject: "Hallo, [CONTACT_FIRST_NAME]",
    }
    shown = unescape(web.post(preview, typed).content.decode())
    assert "Hallo, Ada" in shown
    assert "Dear Ada Okafor" in shown


def test_texts_within_texts_are_previewed_too(web: Client, firm: Any) -> None:
    typed = {
        "set-subject": "About [ACCOUNT_NAME]",
        "set-text": "Hello",
        "set-tasks": "Read [FIRM_NAME]\nSign",
    }
    shown = unescape(web.post(reverse("template-preview", args=["message"]), typed).content.decode())
    for text in ("About Okafor, Ada", "Read Lindqvist & Partners", "Sign"):
        assert text in shown


def test_another_clients_name_is_not_told(letter: Template, make_account: Any, employee: Any) -> None:  # X4
    hidden = make_account("Hidden Ltd")
    browser = Client()
    browser.force_login(employee)
    typed = {"set-subject": "[ACCOUNT_NAME]", "set-text": "x", "account": hidden.pk}
    assert (
        "Hidden Ltd" not in browser.post(reverse("template-preview", args=["email"]), typed).content.decode()
    )


# Used in


def test_used_in_links_to_the_pipelines(web: Client, letter: Template, make_pipeline: Any) -> None:
    pipeline = make_pipeline(USING)
    shown = page(web, reverse("template-edit", args=[letter.pk]))
    assert f'href="{reverse("pipeline-edit", args=[pipeline.pk])}">Onboarding · Greet</a>' in shown
    assert "Nothing uses it yet." not in shown


def test_what_is_closed_to_the_member_is_counted_and_not_named(
    letter: Template, make_pipeline: Any, make_member: Any
) -> None:  # X4
    Pipeline.objects.filter(pk=make_pipeline(USING).pk).update(for_everyone=False)
    browser = Client()
    browser.force_login(make_member(rights=["templates"]))
    for where in (reverse("template-edit", args=[letter.pk]), "/templates/"):
        shown = page(browser, where)
        assert "Onboarding" not in shown
        assert "1 place in pipelines that are not open to you" in shown


def test_deletion_is_refused_while_an_automation_needs_it(
    web: Client, letter: Template, make_pipeline: Any
) -> None:
    make_pipeline(USING)
    delete = reverse("template-delete", args=[letter.pk])
    assert "Onboarding · Greet" in page(web, delete)
    assert web.post(delete, {}).status_code == 409
    assert Template.objects.filter(pk=letter.pk).exists()


ASKING = {
    "message": {"subject": "News", "text": "Hello", "tasks": ["Read it"]},
    "request": {
        "title": "Papers",
        "entries": ["Wage slip", {"title": "Statement", "help": "Of [LAST_YEAR]"}],
    },
    "organizer": {"questions": [{"text": "Where?", "type": "one_of", "options": ["Here", "There"]}]},
}


@pytest.mark.parametrize("kind", ASKING)
def test_what_asks_clients_is_translated_previewed_and_held_like_an_email(
    web: Client, owner_actor: Actor, make_pipeline: Any, kind: str
) -> None:
    row = create_template(owner_actor, kind, "Yearly", ASKING[kind])
    make_pipeline(
        f"pipeline: A\nstages: [{{stage: One, on_entry: [{kind}: {{template: yearly}}]}}, {{stage: Two}}]"
    )
    shown = page(web, address(row))
    texts = originals(kind, row.name, row.body)
    assert len(texts) >= 3
    for text in texts:
        assert text in shown
    preview = unescape(
        web.post(
            reverse("template-preview", args=[kind]), {"template": row.pk, "translating": "1"}
        ).content.decode()
    )
    assert all(text in preview for text in texts if "[" not in text and text != "Yearly")
    assert "A · One" in page(web, reverse("template-edit", args=[row.pk]))
    assert web.post(reverse("template-delete", args=[row.pk]), {}).status_code == 409
