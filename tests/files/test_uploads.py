"""Uploads in pieces: each piece counts once, whatever breaks in between, and the end makes one file."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from clearstage.kernel import clock
from clearstage.kernel.errors import Invalid, NotFound, Refused, Stale

from .samples import PDF
from .test_storing import bytes_of, events, rows

if TYPE_CHECKING:
    from clearstage.clients.models import Account
    from clearstage.files.models import Upload
    from clearstage.kernel.actor import Actor


def begun(
    actor: Actor, account: Account, name: str = "return.pdf", size: int = len(PDF), **more: Any
) -> Upload:
    from clearstage.files.operations.uploads import begin_upload

    return begin_upload(actor, account.pk, name, size, **more)


def sent(actor: Actor, upload: Upload, offset: int, *pieces: bytes) -> Upload:
    from clearstage.files.operations.uploads import append_to_upload

    return append_to_upload(actor, upload.token, offset, pieces)


def test_pieces_make_a_file(client: Actor, ada: Account) -> None:
    from clearstage.files.operations.uploads import finish_upload

    upload = begun(client, ada)
    assert sent(client, upload, 0, PDF[:20], PDF[20:30]).received == 30
    assert sent(client, upload, 30, PDF[30:]).received == len(PDF)
    file = finish_upload(client, upload.token)
    assert bytes_of(file) == PDF
    assert file.shared
    assert file.from_client
    assert events() == [("file_uploaded", "return.pdf")]


def test_finishing_twice_makes_one_file(client: Actor, ada: Account) -> None:
    from clearstage.files.models import File
    from clearstage.files.operations.uploads import finish_upload

    upload = sent(client, begun(client, ada), 0, PDF)
    assert finish_upload(client, upload.token) == finish_upload(client, upload.token)
    assert File.objects.count() == 1


def test_the_same_key_is_the_same_upload(client: Actor, mia: Actor, ada: Account) -> None:  # M12
    upload = begun(client, ada, key="one")
    assert begun(client, ada, key="one") == upload
    assert begun(mia, ada, key="one") != upload
    with pytest.raises(Refused, match="used for another file"):
        begun(client, ada, "other.pdf", key="one")


def test_a_connection_that_breaks_loses_nothing_that_came(client: Actor, ada: Account) -> None:
    from clearstage.files.operations.uploads import append_to_upload, finish_upload, upload_of

    upload = begun(client, ada)

    def breaks() -> Iterator[bytes]:
        yield PDF[:40]

    append_to_upload(client, upload.token, 0, breaks())
    assert upload_of(client, upload.token).received == 40
    with pytest.raises(Refused, match="Only 40 of"):
        finish_upload(client, upload.token)
    sent(client, upload, 40, PDF[40:])
    assert bytes_of(finish_upload(client, upload.token)) == PDF


@pytest.mark.parametrize("offset", [0, 19, 21, 2**40])
def test_a_piece_that_does_not_go_on_where_it_stopped_is_refused(
    client: Actor, ada: Account, offset: int
) -> None:
    upload = sent(client, begun(client, ada), 0, PDF[:20])
    with pytest.raises(Stale, match="goes on at byte 20"):
        sent(client, upload, offset, PDF[20:])


def test_the_same_piece_twice_at_once_counts_once(client: Actor, ada: Account) -> None:
    from clearstage.files.operations.uploads import append_to_upload, finish_upload, upload_of

    upload = begun(client, ada)

    def slowly() -> Iterator[bytes]:
        sent(client, upload, 0, PDF[:50])
        yield PDF[:30]

    with pytest.raises(Stale, match="came twice"):
        append_to_upload(client, upload.token, 0, slowly())
    assert upload_of(client, upload.token).received == 50
    sent(client, upload, 50, PDF[50:])
    assert bytes_of(finish_upload(client, upload.token)) == PDF


def test_more_than_was_announced_is_refused(client: Actor, ada: Account) -> None:
    with pytest.raises(Refused, match="More bytes"):
        sent(client, begun(client, ada), 0, PDF + b"x")


def test_a_long_stream_is_kept_in_pieces(
    client: Actor, ada: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    from clearstage.files.operations import uploads

    monkeypatch.setattr(uploads, "CHUNK_SIZE", 10)
    upload = sent(client, begun(client, ada), 0, *(PDF[at : at + 5] for at in range(0, len(PDF), 5)))
    assert upload.parts.count() == -(-len(PDF) // 10)
    assert bytes_of(uploads.finish_upload(client, upload.token)) == PDF


def test_what_is_not_taken_is_said_before_it_is_sent(client: Actor, ada: Account) -> None:
    before = rows()
    for name, size, sentence in (
        ("page.html", 10, "are not taken"),
        ("a.pdf", 0, "is empty"),
        ("a.pdf", 300 * 1024**2, "larger than 250 MB"),
    ):
        with pytest.raises(Invalid, match=sentence):
            begun(client, ada, name, size)
    assert rows() == before


def test_what_is_refused_at_the_end_is_forgotten_and_its_bytes_go(client: Actor, ada: Account) -> None:
    from clearstage.files.models import File, Leftover, Upload, UploadPart
    from clearstage.files.operations.sweeping import delete_leftovers
    from clearstage.files.operations.uploads import finish_upload
    from clearstage.files.storage import place

    upload = sent(client, begun(client, ada), 0, b"<html>".ljust(len(PDF)))
    [part] = UploadPart.objects.all()
    with pytest.raises(Invalid, match="is a web page"):
        finish_upload(client, upload.token)
    assert not Upload.objects.exists()
    assert not File.objects.exists()
    assert delete_leftovers(10) == 1
    assert not place().exists(part.stored)
    assert not Leftover.objects.exists()


def test_the_pieces_are_deleted_once_they_are_a_file(client: Actor, ada: Account) -> None:
    from clearstage.files.models import UploadPart
    from clearstage.files.operations.sweeping import delete_leftovers
    from clearstage.files.operations.uploads import finish_upload
    from clearstage.files.storage import place

    upload = sent(client, begun(client, ada), 0, PDF)
    [part] = UploadPart.objects.all()
    file = finish_upload(client, upload.token)
    assert delete_leftovers(10) == 1
    assert not place().exists(part.stored)
    assert bytes_of(file) == PDF


def test_an_upload_nobody_goes_on_with_is_swept(client: Actor, ada: Account) -> None:
    from clearstage.files.operations.sweeping import delete_leftovers, drop_old_uploads

    before = rows()
    upload = sent(client, begun(client, ada), 0, PDF[:20])
    assert drop_old_uploads(10) == 0
    with clock.at(clock.now() + timedelta(days=3)):
        with pytest.raises(NotFound):
            sent(client, upload, 20, PDF[20:])
        assert drop_old_uploads(10) == 1
        assert delete_leftovers(10) == 1
    assert rows() == before


def test_sweeping_a_finished_upload_leaves_its_file(client: Actor, ada: Account) -> None:
    from clearstage.files.operations.sweeping import delete_leftovers, drop_old_uploads
    from clearstage.files.operations.uploads import finish_upload

    upload = sent(client, begun(client, ada), 0, PDF)
    file = finish_upload(client, upload.token)
    with clock.at(clock.now() + timedelta(days=29)):  # a device that lost the answer comes back late
        assert drop_old_uploads(10) == 0
        again = begun(client, ada, key=upload.key)
        assert finish_upload(client, again.token) == file
    with clock.at(clock.now() + timedelta(days=31)):
        assert drop_old_uploads(10) == 1
        delete_leftovers(10)
    assert bytes_of(file) == PDF


def test_somebody_elses_upload_does_not_exist(
    client: Actor, mia: Actor, stranger: Actor, ada: Account
) -> None:  # X4
    from clearstage.files.operations.uploads import cancel_upload, finish_upload

    upload = begun(client, ada)
    for actor in (mia, stranger):
        with pytest.raises(NotFound):
            sent(actor, upload, 0, PDF)
        with pytest.raises(NotFound):
            finish_upload(actor, upload.token)
        with pytest.raises(NotFound):
            cancel_upload(actor, upload.token)
    with pytest.raises(NotFound):
        begun(stranger, ada)


def test_an_account_that_was_closed_meanwhile_gets_no_file(client: Actor, ada: Account) -> None:
    from clearstage.files.models import File
    from clearstage.files.operations.uploads import finish_upload

    upload = sent(client, begun(client, ada), 0, PDF)
    ada.contact_links.update(login=False)
    with pytest.raises(NotFound):
        finish_upload(client, upload.token)
    assert not File.objects.exists()
