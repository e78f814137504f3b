"""P4, T4: templates in the languages of those who read what is made from them."""

from __future__ import annotations

from typing import Any

import pytest

from clearstage.clients.models import Contact
from clearstage.engine.planner import Move
from clearstage.events.models import Event
from clearstage.events.record import in_words
from clearstage.jobs.models import Job, Template
from clearstage.jobs.operations.adding import NewJobs, add_jobs
from clearstage.jobs.operations.moving import move_job
from clearstage.jobs.operations.templates import create_template, edit_template, translate_template
from clearstage.jobs.templates import originals, untranslated
from clearstage.kernel.errors import Forbidden, Invalid
from clearstage.outbox.models import Delivery

LETTER = {
    "subject": "Welcome, [CONTACT_FIRST_NAME]",
    "text": "Dear [CONTACT_NAME], this is about [ACCOUNT_NAME].",
}
GERMAN = {
    LETTER["subject"]: "Willkommen, [CONTACT_FIRST_NAME]",
    LETTER["text"]: "Guten Tag [CONTACT_NAME], es geht um [ACCOUNT_NAME].",
}
PIPELINE = """
pipeline: Welcome
stages:
  - stage: Start
  - stage: Greet
    on_entry: [{email: {template: letter}}]
"""


@pytest.fixture
def letter(owner_actor: Any) -> Template:
    return create_template(owner_actor, "email", "Letter", LETTER, {"de": GERMAN})


@pytest.fixture
def greet(letter: Template, save: Any, make_account: Any, owner_actor: Any) -> Any:
    """Moves a job of an account with three contacts to where they are written to; answers the mails by address."""
    account = make_account(
        "[FIRM_NAME] & Sons", contacts=["ada@client.test", "bert@client.test", "cleo@client.test"]
    )
    for name, language in (("Ada [ACCOUNT_NAME]", "en"), ("Bert Bauer", "de"), ("Cléo Caron", "fr")):
        Contact.objects.filter(email__startswith=name[:3].lower().replace("é", "e")).update(
            name=name, language=language
        )
    pipeline = save(PIPELINE).pipeline_id

    def move() -> dict[str, dict[str, Any]]:
        job = add_jobs(owner_actor, NewJobs([account.pk], pipeline, None)).plan.going[0].id
        stage = Job.objects.get(pk=job).pipeline.stages.get(name="Greet")
        move_job(owner_actor, job, Move(pipeline, stage.pk))
        return {mail.to: mail.payload for mail in Delivery.objects.filter(job=job)}

    return move


def test_every_contact_is_written_to_in_his_language(greet: Any) -> None:
    mails = greet()
    assert {to: mail["subject"] for to, mail in mails.items()} == {
        "ada@client.test": "Welcome, Ada",
        "bert@client.test": "Willkommen, Bert",
        "cleo@client.test": "Welcome, Cléo",
    }
    assert [mails[f"{name}@client.test"].get("language") for name in ("ada", "bert", "cleo")] == [
        None,
        "de",
        None,
    ]


def test_shortcodes_of_a_translation_are_filled_once_and_never_twice(greet: Any) -> None:  # T4
    mails = greet()
    assert mails["bert@client.test"]["text"] == "Guten Tag Bert Bauer, es geht um [FIRM_NAME] & Sons."
    assert mails["ada@client.test"]["text"] == "Dear Ada [ACCOUNT_NAME], this is about [FIRM_NAME] & Sons."


def test_the_original_is_sent_where_a_text_has_been_written_anew(
    greet: Any, letter: Template, owner_actor: Any
) -> None:
    edit_template(owner_actor, letter.pk, body={**LETTER, "text": "Hello."})
    assert greet()["bert@client.test"]["text"] == "Hello."
    letter.refresh_from_db()
    assert letter.translations == {"de": GERMAN}  # kept for whoever writes it again


def test_what_is_missing_is_known(letter: Template) -> None:
    texts = {"de": {LETTER["subject"]: "Willkommen"}}
    assert originals("email", "Letter", LETTER) == [LETTER["subject"], LETTER["text"]]
    assert untranslated("email", "Letter", LETTER, texts, "de") == [LETTER["text"]]
    assert untranslated("email", "Letter", LETTER, texts, "es") == [*LETTER.values()]
    assert untranslated("email", "Letter", LETTER, letter.translations, "de") == []


def test_one_language_is_translated_without_touching_the_others(letter: Template, owner_actor: Any) -> None:
    translated = translate_template(
        owner_actor, letter.pk, "es", {LETTER["subject"]: " Hola ", LETTER["text"]: ""}
    )
    assert translated.translations == {"de": GERMAN, "es": {LETTER["subject"]: "Hola"}}
    event = Event.objects.latest("pk")
    assert str(in_words(event.kind, event.data)) == "Changed the email template “Letter”: translations (es)"
    assert translate_template(owner_actor, letter.pk, "de", {}).translations == {
        "es": {LETTER["subject"]: "Hola"}
    }


def test_translating_the_same_again_is_no_event(letter: Template, owner_actor: Any) -> None:
    before = Event.objects.count()
    translate_template(owner_actor, letter.pk, "de", GERMAN)
    assert Event.objects.count() == before


def test_it_takes_the_right_to_manage_templates(letter: Template, employee_actor: Any) -> None:
    with pytest.raises(Forbidden):
        translate_template(employee_actor, letter.pk, "de", {})


@pytest.mark.parametrize(
    ("given", "where"),
    [
        ({"xx": {}}, "translations.xx"),
        ({"en": {"a": "b"}}, "translations.en"),
        ({"de": ["a"]}, "translations.de"),
        ({"de": {"a": 1}}, "translations.de.a"),
        ({"de": {"a": "x" * 20_001}}, "translations.de.a"),
        ({"de": {"x" * 20_001: "a"}}, "translations.de"),
        ({"de": {str(n): "x" for n in range(2001)}}, "translations.de"),
        ({"de": {"a": "nul \x00"}}, "translations.de.a"),
        ({"de": {"half \ud800": "a"}}, "translations.de"),
    ],
)
def test_translations_without_sense_are_refused(owner_actor: Any, firm: Any, given: Any, where: str) -> None:
    with pytest.raises(Invalid) as refused:
        create_template(owner_actor, "email", "Letter", LETTER, given)
    assert [place for place, _words in refused.value.errors] == [where]
    assert not Template.objects.exists()


def test_what_no_client_reads_is_not_translated(owner_actor: Any, firm: Any) -> None:
    with pytest.raises(Invalid) as refused:
        create_template(owner_actor, "task", "Call", {"title": "Call"}, {"de": {"Call": "Anrufen"}})
    assert [where for where, _words in refused.value.errors] == ["translations"]


# Check


def missing(save: Any, text: str = PIPELINE) -> list[tuple[str, str]]:
    findings = save(text, preview=True).findings
    assert all(each.severity == "warning" for each in findings if each.code == "missing-translation")
    return [(each.where, each.message) for each in findings if each.code == "missing-translation"]


@pytest.fixture
def readers(make_account: Any) -> Any:
    make_account(contacts=["ada@client.test", {"email": "dora@client.test", "login": False}])

    def read(ada: str, dora: str = "en") -> None:
        Contact.objects.filter(email="ada@client.test").update(language=ada)
        Contact.objects.filter(email="dora@client.test").update(language=dora)

    return read


def test_check_misses_languages_that_a_client_who_may_sign_in_has_chosen(
    letter: Template, save: Any, readers: Any
) -> None:  # F4
    readers("fr")
    [(where, message)] = missing(save)
    assert where == "stages[1].on_entry[0].email.template"
    assert message == "The template “letter” is not wholly translated into Français, as clients read it."


@pytest.mark.parametrize(("ada", "dora"), [("en", "en"), ("de", "en"), ("en", "fr")])
def test_check_misses_nothing_that_no_client_reads(
    letter: Template, save: Any, readers: Any, ada: str, dora: str
) -> None:
    readers(ada, dora)
    assert missing(save) == []


def test_check_misses_a_text_that_was_written_anew(
    letter: Template, save: Any, readers: Any, owner_actor: Any
) -> None:
    readers("de")
    edit_template(owner_actor, letter.pk, body={**LETTER, "text": "Hello."})
    assert len(missing(save)) == 1


def test_check_misses_words_of_statuses_once_each(save: Any, readers: Any, owner: Any) -> None:
    readers("de")
    text = """
pipeline: Return
client_statuses:
  - {name: Waiting, turn: client, description: Papers please., translations: {de: {name: Wartet}}}
  - {name: Working, turn: firm, description: At work., translations: {de: {name: In Arbeit}}}
  - {name: Done, turn: nobody}
stages:
  - {stage: A, on_entry: [client_status: {show: Waiting}]}
  - {stage: B, on_entry: [client_status: {show: Working, description: Our own words.}]}
  - {stage: C, on_entry: [client_status: {show: waiting}]}
  - {stage: D, on_entry: [client_status: {show: Done}]}
"""
    assert [where for where, _message in missing(save, text)] == [
        "stages[0].on_entry[0].client_status.show",
        "stages[3].on_entry[0].client_status.show",
    ]
    save(text)
    assert len(missing(save, text)) == 2  # now by the firm's list


def test_check_passes_over_what_is_turned_off(letter: Template, save: Any, readers: Any) -> None:
    readers("fr")
    assert missing(save, PIPELINE.replace("template: letter}", "template: letter}, enabled: false")) == []
