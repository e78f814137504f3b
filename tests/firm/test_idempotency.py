"""M12: a command under a key runs once, whoever repeats it and whenever."""

from __future__ import annotations

import threading
from datetime import timedelta

import pytest

from clearstage.firm.idempotency import fingerprint_of, prune_remembered, remembered
from clearstage.firm.models import Remembered, Role
from clearstage.kernel import clock
from clearstage.kernel.errors import Invalid, Refused

ASKED = fingerprint_of("POST", "/api/v1/tags", b"{}")


def adding_a_role(name="notary"):
    def run():
        Role.objects.create(name=name)
        return 201, {"name": name}

    return run


@pytest.mark.django_db
def test_a_repeated_command_answers_the_same_and_does_nothing():
    first = remembered("mem_1", "key", ASKED, adding_a_role())
    again = remembered("mem_1", "key", ASKED, adding_a_role("other"))
    assert first == again == (201, {"name": "notary"})
    assert Role.objects.count() == 1


@pytest.mark.django_db
def test_keys_of_different_owners_have_nothing_to_do_with_each_other():
    remembered("mem_1", "key", ASKED, adding_a_role())
    assert remembered("mem_2", "key", ASKED, adding_a_role("other")) == (201, {"name": "other"})


@pytest.mark.django_db
def test_a_key_of_another_request_is_refused():
    remembered("mem_1", "key", ASKED, adding_a_role())
    with pytest.raises(Refused):
        remembered(
            "mem_1", "key", fingerprint_of("POST", "/api/v1/tags", b'{"name": "x"}'), adding_a_role("other")
        )
    assert Role.objects.count() == 1


@pytest.mark.django_db
def test_a_command_that_fails_leaves_no_trace_and_may_be_tried_again():
    def failing():
        Role.objects.create(name="half done")
        raise Refused(["not now"])

    with pytest.raises(Refused, match="not now"):
        remembered("mem_1", "key", ASKED, failing)
    assert not Role.objects.exists()
    assert not Remembered.objects.exists()
    assert remembered("mem_1", "key", ASKED, adding_a_role()) == (201, {"name": "notary"})


@pytest.mark.django_db
@pytest.mark.parametrize("key", ["", "x" * 201, "a\nb", "\x00", "\ud800"])
def test_a_key_that_cannot_be_kept_is_refused(key):
    with pytest.raises(Invalid):
        remembered("mem_1", key, ASKED, adding_a_role())
    assert not Role.objects.exists()


@pytest.mark.django_db
def test_old_keys_are_forgotten():
    with clock.at(clock.now() - timedelta(days=8)):
        remembered("mem_1", "old", ASKED, adding_a_role())
    remembered("mem_1", "new", ASKED, adding_a_role("other"))
    assert prune_remembered() == 1
    assert Remembered.objects.get().key == "new"


def test_parts_are_not_run_together():
    assert fingerprint_of("ab", "c") != fingerprint_of("a", "bc")


def slowly(what, inside):
    """A command that says when it is inside its transaction, and then takes its time."""

    def run():
        inside.set()
        threading.Event().wait(0.3)
        return what()

    return run


def refusing():
    raise Refused(["no"])


def test_two_at_once_run_it_once(in_another_thread):
    """The second waits for the first and is given its answer."""
    inside = threading.Event()
    first = in_another_thread(remembered, "mem_1", "key", ASKED, slowly(adding_a_role(), inside))
    assert inside.wait(10)
    second = in_another_thread(remembered, "mem_1", "key", ASKED, adding_a_role("other"))
    assert first.result(20) == second.result(20) == (201, {"name": "notary"})
    assert in_another_thread(Role.objects.count).result(20) == 1


def test_the_one_that_waited_runs_it_when_the_first_fails(in_another_thread):
    inside = threading.Event()
    first = in_another_thread(remembered, "mem_1", "key", ASKED, slowly(refusing, inside))
    assert inside.wait(10)
    second = in_another_thread(remembered, "mem_1", "key", ASKED, adding_a_role())
    with pytest.raises(Refused, match="no"):
        first.result(20)
    assert second.result(20) == (201, {"name": "notary"})
