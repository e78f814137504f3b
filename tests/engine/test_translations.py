"""P4: what people wrote is shown in the reader's language, wherever a sentence carries it."""

from __future__ import annotations

import json

from clearstage.engine.sentences import from_json, render, say, to_json
from clearstage.engine.translations import Said, into, said

TEXTS = {"de": {"Your papers": "Ihre Unterlagen"}, "es": {"Other": "Otro"}}


def test_a_text_is_the_original_to_whoever_asks_for_no_language() -> None:
    text = said("Your papers", TEXTS)
    assert text == "Your papers"
    assert f"{text}" == str(text) == "Your papers"
    assert json.dumps(text) == '"Your papers"'


def test_it_is_read_in_a_language_that_it_was_translated_into() -> None:
    text = said("Your papers", TEXTS)
    assert [into(text, language) for language in ("de", "es", "fr", "en", "")] == [
        "Ihre Unterlagen", "Your papers", "Your papers", "Your papers", "Your papers",
    ]  # fmt: skip


def test_a_text_without_translations_stays_what_it_was() -> None:
    assert not isinstance(said("Something else", TEXTS), Said)
    assert into("Something else", "de") == "Something else"
    assert not isinstance(said("", {"de": {"name": "Name"}}, "name"), Said)


def test_it_may_be_known_by_what_it_is() -> None:
    assert into(said("On hold", {"de": {"name": "Ruht"}}, "name"), "de") == "Ruht"
    assert into(said("On hold", {"de": {"name": "Ruht"}}, "description"), "de") == "On hold"


def test_sentences_show_it_in_the_language_of_the_reader() -> None:
    sentence = say(
        "Answer {title} and {more}", title=said("Your papers", TEXTS), more=[said("Other", TEXTS), "x"]
    )
    frame = {"Answer {title} and {more}": "Beantworten: {title}, {more}"}.get
    assert render(sentence, lambda text: frame(text, text), "de") == "Beantworten: Ihre Unterlagen, Other, x"
    assert render(sentence, language="es") == "Answer Your papers and Otro, x"
    assert render(sentence) == str(sentence) == "Answer Your papers and Other, x"
    assert render(say("{inner}", inner=sentence), language="de") == "Answer Ihre Unterlagen and Other, x"


def test_braces_in_what_people_wrote_are_harmless() -> None:
    title = said("{0} {title}", {"de": {"{0} {title}": "{1} {__class__}"}})
    assert render(say("Answer {title}", title=title), language="de") == "Answer {1} {__class__}"


def test_it_comes_back_from_json_with_its_translations() -> None:
    sentence = say("Answer {title}", title=said("Your papers", TEXTS), whom=[said("Other", TEXTS), None])
    back = from_json(json.loads(json.dumps(to_json(sentence))))
    assert back == sentence
    assert render(back, language="de") == "Answer Ihre Unterlagen"
