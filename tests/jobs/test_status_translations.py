"""P4: client-facing statuses in the languages of those who read them; the firm reads what it wrote."""

from __future__ import annotations

from typing import Any

import pytest

from clearstage.clients.models import Contact
from clearstage.events.models import Event
from clearstage.events.record import in_words
from clearstage.firm.models import Firm
from clearstage.jobs.document import read_document
from clearstage.jobs.models import ClientStatus, PipelineRevision
from clearstage.jobs.operations.client_statuses import create_client_status, edit_client_status
from clearstage.jobs.operations.editing import edit_job
from clearstage.jobs.operations.moving import move_job
from clearstage.jobs.operations.pipelines import export_document
from clearstage.jobs.portal import work_in_progress
from clearstage.jobs.writing import to_yaml
from clearstage.kernel.errors import Invalid
from clearstage.outbox.models import Delivery

GERMAN = {"name": "Wartet auf Unterlagen", "description": "Bitte senden Sie Ihre Unterlagen."}


def status(name: str = "Waiting for documents") -> ClientStatus:
    return ClientStatus.objects.get(name=name, deleted_at=None)


@pytest.fixture
def german(owner_actor: Any, tax: Any) -> ClientStatus:
    return edit_client_status(
        owner_actor, status().pk, {"translations": {"de": GERMAN, "es": {"name": "Faltan"}}}
    )


def test_the_client_reads_his_language_and_else_the_original(german: Any, make_job: Any, ada: Any) -> None:
    make_job()
    read = {code: work_in_progress([ada.pk], code)[0] for code in ("de", "es", "fr", "en", "")}
    assert (read["de"].status, read["de"].description) == (GERMAN["name"], GERMAN["description"])
    assert (read["es"].status, read["es"].description) == ("Faltan", "Please send your papers.")
    for code in ("fr", "en", ""):
        assert (read[code].status, read[code].description) == (
            "Waiting for documents",
            "Please send your papers.",
        )


def test_words_of_the_job_itself_stay_as_they_were_written(
    german: Any, make_job: Any, ada: Any, owner_actor: Any
) -> None:  # C2
    job = make_job()
    edit_job(owner_actor, job.pk, {}, block={"description": "Just your W-2, please."})
    [told] = work_in_progress([ada.pk], "de")
    assert (told.status, told.description) == (GERMAN["name"], "Just your W-2, please.")


def test_words_of_an_automation_stay_as_they_were_written(
    make_job: Any, ada: Any, to: Any, owner_actor: Any
) -> None:
    texts = {"de": {"name": "In Arbeit", "description": "Wir arbeiten daran."}}
    edit_client_status(owner_actor, status("In progress").pk, {"translations": texts})
    move_job(owner_actor, make_job().pk, to("Preparation"))
    [told] = work_in_progress([ada.pk], "de")
    assert (told.status, told.description) == ("In Arbeit", "Our team is at work.")


@pytest.fixture
def mailed(german: Any, make_job: Any, ada: Any) -> Any:
    """A job whose client reads German and is mailed new statuses."""
    Contact.objects.update(language="de")
    Firm.objects.update(tell_client_status=True)
    return make_job()


def mail() -> dict[str, Any]:
    payload: dict[str, Any] = Delivery.objects.filter(key__startswith="client_status:").latest("pk").payload
    return payload


def test_the_mail_of_a_new_status_is_in_his_language_too(mailed: Any) -> None:  # C12
    assert mail()["subject"] == "Tax return: Wartet auf Unterlagen"
    assert "„Tax return“ hat jetzt den Status: Wartet auf Unterlagen." in mail()["text"]
    assert GERMAN["description"] in mail()["text"]


def test_so_is_the_mail_of_an_edit_by_hand(mailed: Any, owner_actor: Any, to: Any) -> None:
    move_job(owner_actor, mailed.pk, to("Preparation"))
    edit_job(owner_actor, mailed.pk, {}, block={"status": status().pk})
    assert mail()["subject"] == "Tax return: Wartet auf Unterlagen"


@pytest.mark.parametrize(
    ("given", "where"),
    [
        ({"xx": GERMAN}, "translations.xx"),
        ({"en": GERMAN}, "translations.en"),
        ({"de": "Ruht"}, "translations.de"),
        (["de"], "translations"),
        ({"de": {"color": "blue"}}, "translations.de.color"),
        ({"de": {"name": "x" * 101}}, "translations.de.name"),
        ({"de": {"name": "two\nlines"}}, "translations.de.name"),
        ({"de": {"description": "x" * 2001}}, "translations.de.description"),
        ({"de": {"name": 5}}, "translations.de.name"),
        ({"de": {"name": "nul \x00"}}, "translations.de.name"),
        ({"de": {"name": "half \ud800"}}, "translations.de.name"),
    ],
)
def test_translations_without_sense_are_refused(owner_actor: Any, tax: Any, given: Any, where: str) -> None:
    with pytest.raises(Invalid) as refused:
        edit_client_status(owner_actor, status().pk, {"translations": given})
    assert [place for place, _words in refused.value.errors] == [where]
    assert status().translations == {}


def test_what_is_empty_is_not_kept(owner_actor: Any, firm: Any) -> None:
    texts = {"de": {"name": " Ruht ", "description": ""}, "es": {"name": ""}, "fr": {}}
    assert create_client_status(owner_actor, "At rest", translations=texts).translations == {
        "de": {"name": "Ruht"}
    }


def test_the_history_says_which_languages_changed(german: Any) -> None:
    event = Event.objects.filter(kind="client_status_edited").latest("pk")
    assert str(in_words(event.kind, event.data)) == (
        "Changed the client-facing status “Waiting for documents”: translations: “de”, “es”"
    )


def test_the_pipelines_document_brings_them_along_and_loses_nothing(
    german: Any, tax: Any, save: Any
) -> None:  # F7
    exported = export_document(tax.pk)
    [entry] = [each for each in exported["client_statuses"] if each["name"] == german.name]
    assert entry["translations"] == german.translations
    document, _places = read_document(to_yaml(exported))
    assert document.client_statuses[0].texts() == german.translations
    ClientStatus.objects.filter(pk=german.pk).update(name="Other")
    save(to_yaml(exported))
    assert status().translations == german.translations


def test_an_existing_status_keeps_its_own_and_check_says_so(german: Any, save: Any) -> None:
    text = """
pipeline: Another
client_statuses: [{name: Waiting for documents, turn: client, translations: {de: {name: Papiere fehlen}}}]
stages: [{stage: Open}]
"""
    saved = save(text)
    assert status().translations == german.translations
    [finding] = [each for each in saved.findings if each.code == "client-status-differs"]
    assert "another translations" in finding.message
    assert PipelineRevision.objects.filter(pipeline=saved.pipeline_id).count() == 1


@pytest.mark.parametrize(
    "translations", ["{xx: {name: A}}", "{de: Ruht}", "[de]", "{de: {colour: blue}}", "{de: {name: 5}}"]
)
def test_a_document_with_translations_that_make_no_sense_is_refused(firm: Any, translations: str) -> None:
    text = f"pipeline: A\nclient_statuses: [{{name: B, translations: {translations}}}]\nstages: [{{stage: Open}}]"
    with pytest.raises(Invalid) as refused:
        read_document(text)
    assert "client_statuses[0].translations" in refused.value.errors[0][0]
