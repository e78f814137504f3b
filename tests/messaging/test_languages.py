"""What mails say of their own is in the language of the reader, dates too (P4)."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django.conf import settings

from clearstage.clients.links import Purpose, new_link
from clearstage.clients.models import Contact
from clearstage.engine.sentences import say
from clearstage.messaging.queries import Reader
from clearstage.messaging.wording import Entry, daily_mail, notice_mail
from clearstage.organizers.operations.making import ask

DAY = date(2099, 2, 10)
REMINDED = {
    "en": ("Hello Ada Okafor,", "A reminder: Answer the questionnaire “1040”.", "Please see to it by Feb. 10, 2099."),
    "de": (
        "Guten Tag Ada Okafor!",
        "Zur Erinnerung: Bitte beantworten Sie den Fragebogen „1040“.",
        "Bitte erledigen Sie das bis zum 10. Februar 2099.",
    ),
    "es": (
        "Hola, Ada Okafor:",
        "Recordatorio. Responda el cuestionario «1040».",
        "Le rogamos que lo haga a más tardar el 10 de febrero de 2099.",
    ),
    "fr": (
        "Bonjour Ada Okafor,",
        "Rappel – Merci de répondre au questionnaire «\u202f1040\u202f».",
        "Merci de le faire au plus tard le 10 février 2099.",
    ),
}  # fmt: skip
DAILY = {
    "en": ("1 thing from The Firm", "2 things from The Firm"),
    "de": ("1 Neuigkeit von The Firm", "2 Neuigkeiten von The Firm"),
    "es": ("1 novedad de The Firm", "2 novedades de The Firm"),
    "fr": ("1 nouveauté de The Firm", "2 nouveautés de The Firm"),
}
INVITED = {
    "en": "You will look after this account:\n– Ada Okafor",
    "de": "Sie vertreten dort dieses Mandat:\n– Ada Okafor",
    "es": "Usted se ocupará de esta cuenta:\n– Ada Okafor",
    "fr": "Vous vous occuperez de ce compte\xa0:\n– Ada Okafor",
}


def reader(language: str) -> Reader:
    name = "Ada Okafor"
    return Reader(1, name, "ada@client.test", language, 1, name, True, "each", True, "The Firm", "UTC")


def test_there_are_words_for_every_language() -> None:
    codes = {code for code, _name in settings.LANGUAGES}
    assert set(REMINDED) == set(DAILY) == set(INVITED) == codes


@pytest.mark.parametrize("language", REMINDED)
def test_a_reminder(language: str) -> None:
    text = say("A reminder: {ask}.", ask=ask("1040"))
    mail = notice_mail(reader(language), text, text, ("organizer", 1), DAY)
    assert tuple(mail["text"].split("\n\n")) == REMINDED[language]


@pytest.mark.parametrize("language", DAILY)
def test_the_daily_mail_counts(language: str) -> None:
    entries = [Entry("Ada Okafor", ask("1040"), None, None)] * 2
    subjects = [daily_mail(reader(language), entries[:count])["subject"] for count in (1, 2)]
    assert tuple(subjects) == DAILY[language]


@pytest.mark.parametrize("language", INVITED)
@pytest.mark.django_db
def test_an_invitation(firm: object, make_account: Any, language: str) -> None:
    make_account("Ada Okafor", contacts=[{"email": "ada@client.test", "name": "Ada Okafor"}])
    contact = Contact.objects.get()
    contact.language = language
    assert INVITED[language] in new_link(contact, Purpose.INVITATION).payload["text"]
