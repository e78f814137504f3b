"""Files are taken in whole or not at all, and what is done with them leaves its events."""

from __future__ import annotations

from datetime import timedelta
from hashlib import sha256
from typing import TYPE_CHECKING, Any

import pytest

from clearstage.kernel import clock
from clearstage.kernel.errors import Forbidden, Invalid, NotFound
from tests.fixtures import MakeMember

from .samples import PDF, jpeg

if TYPE_CHECKING:
    from clearstage.clients.models import Account
    from clearstage.files.models import File
    from clearstage.kernel.actor import Actor


def events() -> list[tuple[str, str]]:
    from clearstage.events.models import Event

    return [(event.kind, event.data["name"]) for event in Event.objects.filter(kind__startswith="file_")]


def rows() -> tuple[int, ...]:
    from clearstage.events.models import Event
    from clearstage.files.models import File, Leftover, Upload

    return tuple(model.objects.count() for model in (Event, File, Leftover, Upload))  # type: ignore[attr-defined]


def stored(
    actor: Actor, account: Account, name: str = "return.pdf", content: bytes = PDF, **more: Any
) -> File:
    from clearstage.files.operations.storing import store_file

    return store_file(actor, account.pk, name, [content[:10], content[10:]], **more)


def bytes_of(file: File) -> bytes:
    from clearstage.files.storage import chunks

    return b"".join(chunks(file.stored))


def test_a_member_adds_a_file_that_the_client_does_not_see(mia: Actor, client: Actor, ada: Account) -> None:
    from clearstage.files.models import File

    file = stored(mia, ada)
    assert bytes_of(file) == PDF
    assert (file.name, file.size, file.content_type) == ("return.pdf", len(PDF), "application/pdf")
    assert file.sha256 == sha256(PDF).hexdigest()
    assert (file.uploaded_by_member_id, file.from_client, file.shared) == (mia.id, False, False)
    assert "return" not in file.stored
    assert not File.objects.visible_to(client).exists()
    assert events() == [("file_uploaded", "return.pdf")]


def test_what_a_client_sends_is_shared_with_him(mia: Actor, client: Actor, ada: Account) -> None:
    from clearstage.files.models import File

    file = stored(client, ada, shared=False)
    assert (file.uploaded_by_contact_id, file.from_client, file.shared) == (client.id, True, True)
    assert list(File.objects.visible_to(client)) == list(File.objects.visible_to(mia)) == [file]
    assert list(File.objects.of_portal([ada.pk])) == [file]


def test_what_is_refused_leaves_nothing(client: Actor, ada: Account) -> None:
    before = rows()
    with pytest.raises(Invalid, match="is a program"):
        stored(client, ada, "return.pdf", b"MZ" + bytes(99))
    assert rows() == before


def test_a_file_that_is_too_large_is_refused_while_it_comes(
    client: Actor, ada: Account, settings: Any
) -> None:
    from clearstage.files.operations.storing import store_file

    settings.MAX_UPLOAD_MB = 1
    taken = 0

    def endless() -> Any:
        nonlocal taken
        while True:
            taken += 1
            yield bytes(64 * 1024)

    with pytest.raises(Invalid, match="larger than 1 MB"):
        store_file(client, ada.pk, "return.pdf", endless())
    assert taken == 17


def test_nobody_adds_to_accounts_he_does_not_see(
    stranger: Actor, employee_actor: Actor, ada: Account
) -> None:  # X4
    for actor in (stranger, employee_actor):
        with pytest.raises(NotFound):
            stored(actor, ada)
    with pytest.raises(NotFound):
        stored(stranger, type(ada)(pk=999_999))


def test_a_member_needs_the_right_and_a_reader_never_adds(
    make_member: MakeMember, client: Actor, ada: Account
) -> None:
    from dataclasses import replace

    from clearstage.firm.queries import actor_for

    reader = make_member("bo@example.test", "Bo", rights=["view all accounts"])
    for actor in (actor_for(reader), replace(client, read_only=True)):
        with pytest.raises(Forbidden):
            stored(actor, ada)


def test_sharing_opens_and_closes(mia: Actor, client: Actor, ada: Account) -> None:
    from clearstage.files.models import File
    from clearstage.files.operations.changing import share_file

    file = stored(mia, ada)
    assert share_file(mia, file.pk, True).shared
    share_file(mia, file.pk, True)
    assert File.objects.visible_to(client).exists()
    share_file(mia, file.pk, False)
    assert not File.objects.visible_to(client).exists()
    assert [kind for kind, _name in events()] == ["file_uploaded", "file_shared", "file_unshared"]


def test_what_the_client_sent_stays_open_to_him(mia: Actor, client: Actor, ada: Account) -> None:
    from clearstage.files.operations.changing import share_file

    with pytest.raises(Forbidden, match="The client sent this file"):
        share_file(mia, stored(client, ada).pk, False)


def test_a_file_goes_into_the_bin_and_comes_back(mia: Actor, client: Actor, ada: Account) -> None:
    from clearstage.files.models import File
    from clearstage.files.operations.changing import bin_file, restore_file

    file = stored(client, ada)
    bin_file(mia, file.pk)
    bin_file(mia, file.pk)
    assert not File.objects.visible_to(client).exists()
    assert list(File.objects.binned_by(mia)) == [file]
    with pytest.raises(NotFound):  # the firm threw it away
        restore_file(client, file.pk)
    restore_file(mia, file.pk)
    restore_file(mia, file.pk)
    assert File.objects.visible_to(client).exists()
    assert [kind for kind, _name in events()] == ["file_uploaded", "file_binned", "file_restored"]


def test_a_client_throws_away_only_what_he_sent_and_takes_it_back(
    mia: Actor, client: Actor, ada: Account
) -> None:
    from clearstage.files.models import File
    from clearstage.files.operations.changing import bin_file, restore_file

    own, theirs = stored(client, ada), stored(mia, ada, "photo.jpg", jpeg(), shared=True)
    with pytest.raises(Forbidden, match="only files that you sent yourself"):
        bin_file(client, theirs.pk)
    bin_file(client, own.pk)
    bin_file(client, own.pk)
    assert list(File.objects.binned_by(client)) == [own]
    restore_file(client, own.pk)
    assert set(File.objects.visible_to(client)) == {own, theirs}


def test_what_something_rests_on_is_not_thrown_away(
    mia: Actor, client: Actor, ada: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    from clearstage.files import guards
    from clearstage.files.operations.changing import bin_file

    monkeypatch.setattr(guards, "_guards", {})

    @guards.bin_guard("organizers")
    def submitted(actor: Actor, file: File) -> str:
        return "It is part of what you submitted." if actor.kind == "contact" else ""

    file = stored(client, ada)
    with pytest.raises(Forbidden, match="part of what you submitted"):
        bin_file(client, file.pk)
    assert bin_file(mia, file.pk).binned_at


def test_somebody_elses_file_does_not_exist(
    mia: Actor, stranger: Actor, employee_actor: Actor, ada: Account
) -> None:
    from clearstage.files.operations.changing import bin_file, restore_file, share_file

    file = stored(mia, ada, shared=True)
    for actor in (stranger, employee_actor):
        for run in (bin_file, restore_file, lambda who, number: share_file(who, number, True)):
            with pytest.raises(NotFound):
                run(actor, file.pk)


def test_the_bin_is_emptied_after_thirty_days_and_the_row_stays(mia: Actor, ada: Account) -> None:
    from clearstage.files.operations.changing import bin_file, restore_file
    from clearstage.files.operations.sweeping import delete_leftovers, empty_the_bin
    from clearstage.files.storage import place

    file = stored(mia, ada)
    kept = stored(mia, ada, "photo.jpg", jpeg())
    bin_file(mia, file.pk)
    with clock.at(clock.now() + timedelta(days=29)):
        assert empty_the_bin(10) == 0
    with clock.at(clock.now() + timedelta(days=31)):
        assert empty_the_bin(10) == 1
        assert empty_the_bin(10) == 0
        assert delete_leftovers(10) == 1
        with pytest.raises(Forbidden, match="deleted for good"):
            restore_file(mia, file.pk)
    file.refresh_from_db()
    assert file.purged_at
    assert not place().exists(file.stored)
    assert place().exists(kept.stored)
    assert events()[-1] == ("file_purged", "return.pdf")


def test_bytes_whose_row_never_came_are_deleted_after_a_day(mia: Actor, ada: Account) -> None:
    """As after a kill between the bytes and their row."""
    from io import BytesIO

    from clearstage.files.operations.storing import add_file, keep
    from clearstage.files.operations.sweeping import delete_leftovers
    from clearstage.files.storage import place
    from clearstage.kernel.errors import Refused

    kept = keep("return.pdf", BytesIO(PDF))
    assert delete_leftovers(10) == 0
    with clock.at(clock.now() + timedelta(days=2)):
        with pytest.raises(Refused, match="took too long"):
            add_file(mia, ada.pk, kept)
        assert delete_leftovers(10) == 1
    assert not place().exists(kept.stored)


def test_only_their_owner_may_read_the_bytes(mia: Actor, ada: Account) -> None:
    from pathlib import Path

    from clearstage.files.storage import place

    path = Path(place().path(stored(mia, ada).stored))
    assert path.stat().st_mode & 0o777 == 0o600
    assert path.parent.stat().st_mode & 0o777 == 0o700
