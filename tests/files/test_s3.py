"""Files in a bucket: what the installation says, against a server on loopback that speaks S3."""

from __future__ import annotations

from collections.abc import Iterator
from io import BytesIO
from typing import TYPE_CHECKING, Any

import pytest
from django.conf import settings as of_django
from django.core.files.storage import storages
from django.test import override_settings

from clearstage.config import env
from clearstage.kernel import clock

from .samples import PDF
from .sending import begin, client_browser, go_on, pdf, sent

if TYPE_CHECKING:
    from clearstage.clients.models import Account
    from clearstage.kernel.actor import Actor

pytestmark = pytest.mark.django_db
BUCKET = "papers"


@pytest.fixture(scope="module")
def s3() -> Iterator[str]:
    """The address of the server."""
    from moto.server import ThreadedMotoServer

    server = ThreadedMotoServer("127.0.0.1", port=0)
    server.start()
    host, port = server.get_host_and_port()
    yield f"http://{host}:{port}"
    server.stop()


@pytest.fixture
def bucket(s3: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """The bucket, empty, as the place where files are."""
    import boto3

    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "loopback")
    monkeypatch.setenv(
        "CLEARSTAGE_FILES_URL", f"s3://{BUCKET}/clients?endpoint_url={s3}&region_name=us-east-1"
    )
    made = boto3.resource("s3", endpoint_url=s3, region_name="us-east-1").create_bucket(Bucket=BUCKET)
    place = env.files("CLEARSTAGE_FILES_URL", None)  # type: ignore[arg-type]
    with override_settings(STORAGES={**of_django.STORAGES, "files": place}):
        yield made
    made.objects.all().delete()
    made.delete()


def names(bucket: Any) -> list[str]:
    return sorted(each.key for each in bucket.objects.all())


def test_a_file_goes_up_in_pieces_and_comes_back_whole(bucket: Any, client: Actor, ada: Account) -> None:
    from clearstage.files.models import File

    browser = client_browser(client)
    address = begin(browser, ada).headers["Location"]
    go_on(browser, address, 0, PDF[:30])
    assert len(names(bucket)) == 1
    assert go_on(browser, address, 30, PDF[30:]).status_code == 204
    file = File.objects.get()
    assert f"clients/{file.stored}" in names(bucket)
    answer = browser.get(f"/portal/files/fil_{file.pk}/")
    assert b"".join(answer.streaming_content) == PDF
    assert answer.headers["Content-Disposition"].startswith("attachment")


def test_the_bin_keeps_the_bytes_and_the_worker_deletes_them_after_its_days(
    bucket: Any, client: Actor, ada: Account
) -> None:
    from clearstage.files.limits import KEPT_IN_BIN
    from clearstage.files.operations.changing import bin_file, restore_file
    from clearstage.files.operations.storing import store_file
    from clearstage.files.operations.sweeping import delete_leftovers, empty_the_bin

    file = store_file(client, ada.pk, "return.pdf", [PDF])
    bin_file(client, file.pk)
    restore_file(client, file.pk)
    with storages["files"].open(file.stored) as kept:
        assert kept.read() == PDF
    bin_file(client, file.pk)
    with clock.at(clock.now() + KEPT_IN_BIN * 1.1):
        while empty_the_bin(50) or delete_leftovers(50):
            pass
    assert names(bucket) == []


def test_the_bucket_is_nobody_elses(bucket: Any, client: Actor, ada: Account) -> None:
    """No address that opens without signing in, and nothing is overwritten."""
    from clearstage.files.operations.storing import store_file

    file = store_file(client, ada.pk, "return.pdf", [PDF])
    grants = bucket.Object(f"clients/{file.stored}").Acl().grants
    assert not [each for each in grants if each["Grantee"].get("URI")]
    saved = storages["files"].save(file.stored, BytesIO(b"other"))
    assert saved != file.stored


def test_a_bucket_that_is_not_there_takes_nothing_and_leaves_no_row(
    bucket: Any, client: Actor, ada: Account, caplog: pytest.LogCaptureFixture
) -> None:
    from clearstage.files.models import File

    browser = client_browser(client)
    address = begin(browser, ada).headers["Location"]
    bucket.delete()
    try:
        answer = go_on(browser, address, 0, PDF)
        assert (answer.status_code, "try again later" in answer.content.decode()) == (503, True)
        page = sent(browser, "/portal", ada, pdf())
        assert (page.status_code, "try again later" in page.content.decode()) == (409, True)
        assert "NoSuchBucket" in caplog.text
        assert not File.objects.exists()
    finally:
        bucket.create()
    assert go_on(browser, address, 0, PDF).status_code == 204
    assert File.objects.count() == 1
