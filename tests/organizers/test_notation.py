"""Numbers are typed and read as in the reader's language, and kept as plain decimals."""

from __future__ import annotations

import pytest
from django.utils.translation import override

from clearstage.organizers.notation import as_kept, as_read, as_typed

COMMA = ("de", "es", "fr")


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("1250,50", "1250.50"), ("1.250,50 €", "1250.50"), ("1 250,50", "1250.50"), ("1.250", "1250"),
        ("1250", "1250"), ("-3,5", "-3.5"), ("1250.50", "1250.50"), ("1,250.50", "1,250.50"), ("12,", "12,"),
        ("a lot", "a lot"), ("", ""),
    ],
)  # fmt: skip
@pytest.mark.parametrize("language", COMMA)
def test_a_decimal_comma_is_understood_where_it_is_usual(language: str, typed: str, kept: str) -> None:
    with override(language):
        assert as_kept(typed) == kept


def test_elsewhere_nothing_is_changed() -> None:
    with override("en"):
        assert as_kept("1.250,50") == "1.250,50"


@pytest.mark.parametrize(
    ("language", "typed", "read"),
    [
        ("en", "1250.50", "1,250.50"), ("de", "1250,50", "1.250,50"), ("es", "1250,50", "1\xa0250,50"),
        ("fr", "1250,50", "1\xa0250,50"),
    ],
)  # fmt: skip
def test_what_was_kept_comes_back_as_it_is_written_there(language: str, typed: str, read: str) -> None:
    with override(language):
        assert (as_typed("1250.50"), as_read("1250.50")) == (typed, read)
        assert as_kept(typed) == as_kept(read) == "1250.50" or language == "en"


def test_what_did_not_fit_stays_as_it_was_typed() -> None:
    with override("de"):
        assert (as_typed("viel"), as_read("viel")) == ("viel", "viel")
