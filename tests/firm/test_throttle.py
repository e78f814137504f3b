"""Passwords are not guessed by trying them all, and no answer tells who is known."""

from __future__ import annotations

from datetime import timedelta
from unittest import mock

import pytest
from django.contrib.auth.hashers import make_password

from clearstage.firm.models import SignInAttempt
from clearstage.firm.throttle import PERIOD, forget, may_try, note_failure, password_fits
from clearstage.kernel import clock

pytestmark = pytest.mark.django_db
MIA, HERE, ELSEWHERE = "mia@example.test", "192.0.2.1", "192.0.2.2"


def fail(times, email=MIA, ip=HERE):
    for _ in range(times):
        note_failure(email, ip)


def test_after_ten_failures_an_address_has_to_wait_a_quarter_of_an_hour():
    start = clock.now()
    with clock.at(start):
        fail(9)
        assert may_try(MIA, ELSEWHERE)
        fail(1)
        assert not may_try(MIA, ELSEWHERE)
        assert not may_try(" MIA@example.test ", ELSEWHERE)
        assert may_try("ben@example.test", HERE)
    with clock.at(start + PERIOD - timedelta(seconds=1)):
        assert not may_try(MIA, HERE)
    with clock.at(start + PERIOD):
        assert may_try(MIA, HERE)
        fail(1)
        assert may_try(MIA, HERE)


def test_failures_far_apart_do_not_add_up():
    start = clock.now()
    for number in range(30):
        with clock.at(start + number * timedelta(minutes=2)):
            assert may_try(MIA, HERE)
            note_failure(MIA, HERE)


def test_after_fifty_failures_a_place_has_to_wait():
    for number in range(50):
        assert may_try("ben@example.test", HERE)
        note_failure(f"guess{number}@example.test", HERE)
    assert not may_try("ben@example.test", HERE)
    assert may_try("ben@example.test", ELSEWHERE)


def test_signing_in_starts_the_address_anew_but_not_the_place():
    fail(9)
    forget(MIA, HERE)
    fail(9)
    assert may_try(MIA, HERE)
    assert SignInAttempt.objects.count() == 9 + 18


def test_nobody_can_read_who_tried():
    fail(1)
    assert not SignInAttempt.objects.filter(key__contains="mia").exists()


def test_old_failures_are_swept_out():
    with clock.at(clock.now() - timedelta(hours=1)):
        fail(3)
    fail(1)
    assert SignInAttempt.objects.count() == 2


def test_an_unknown_address_takes_as_long_as_a_known_one():
    with mock.patch(
        "django.contrib.auth.hashers.MD5PasswordHasher.encode", autospec=True, return_value=""
    ) as hasher:
        assert not password_fits(None, "guess")
    assert hasher.call_count == 1


def test_only_the_right_password_fits():
    encoded = make_password("right")
    assert password_fits(encoded, "right")
    assert not password_fits(encoded, "wrong")
    assert not password_fits(make_password(None), "")
