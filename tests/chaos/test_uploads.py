"""Large uploads and killed web processes: memory stays flat, nothing acknowledged is lost, nothing is there twice."""

from __future__ import annotations

import random
import secrets
from base64 import b64encode
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING

import httpx
import pytest

from tests.files.samples import PDF
from tests.files.served import Served, installation, signed_in_client
from tests.running import end, free_port, kill, start, wait_until_it_answers

if TYPE_CHECKING:
    from subprocess import Popen

pytestmark = pytest.mark.chaos
MEGABYTE = 1024 * 1024
PIECE = 5 * MEGABYTE
LARGE, MOST_GROWTH = 100, 30  # MB
BYTES = "application/offset+octet-stream"
TUS = {"Tus-Resumable": "1.0.0"}


def piece(number: int) -> bytes:
    """A megabyte that is like no other one."""
    return random.Random(number).randbytes(MEGABYTE)


def large_file(megabytes: int) -> Iterator[bytes]:
    yield PDF
    for number in range(megabytes):
        yield piece(number)


def family(process: Popen[bytes]) -> list[int]:
    """The web's processes: the one that was started, and those that it made."""
    children = Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text().split()
    return [process.pid, *map(int, children)]


def peak(pid: int) -> int:
    """The most memory a process has had since `forget_peak`, in MB."""
    [line] = [
        line for line in Path(f"/proc/{pid}/status").read_text().splitlines() if line.startswith("VmHWM")
    ]
    return int(line.split()[1]) // 1024


def forget_peak(pid: int) -> int:
    """The memory it has now, in MB."""
    Path(f"/proc/{pid}/clear_refs").write_text("5")
    return peak(pid)


def test_a_hundred_megabytes_hardly_grow_the_web_process(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    growth = {}
    with installation(tmp_path, CLEARSTAGE_WEB_PROCESSES="1") as of:
        port = free_port()
        url = f"http://127.0.0.1:{port}"
        process = start("web", "--port", str(port), env=of.env, log=of.log)
        try:
            wait_until_it_answers(process, url, of.token, of.log)
            # Signing in takes 100 MB for a moment, on purpose: that is how passwords are hashed.
            with of.api(url) as api, signed_in_client(url) as browser:
                for road in ("a form", "pieces"):
                    send(of, api, browser, road, 1)  # what every first request brings is no growth
                    before = {pid: forget_peak(pid) for pid in family(process)}
                    send(of, api, browser, road, LARGE)
                    download(api)
                    growth[road] = max(peak(pid) - had for pid, had in before.items())
        finally:
            end(process)
    with capsys.disabled():
        print(f"\n{LARGE} MB in and out: the web process grew by (MB) {growth}")
    assert max(growth.values()) < MOST_GROWTH


def send(of: Served, api: httpx.Client, browser: httpx.Client, road: str, megabytes: int) -> None:
    size = len(PDF) + megabytes * MEGABYTE
    if road == "a form":
        with (of.folder / "large.pdf").open("wb+") as file:
            file.writelines(large_file(megabytes))
            file.seek(0)
            form = {"account": f"acc_{of.account}"}
            sent = api.post("/files", data=form, files={"file": ("large.pdf", file)})
        assert sent.status_code == 201, sent.text
        return
    address, offset, answer = begin(browser, of.account, size), 0, None
    for length, content in grouped(megabytes):
        answer = go_on(browser, address, offset, content, length)
        offset += length
    assert answer
    assert answer.headers["Clearstage-File"]


def grouped(megabytes: int) -> Iterator[tuple[int, bytes]]:
    """In pieces of five megabytes, as pages send them."""
    gathered = b""
    for each in large_file(megabytes):
        gathered += each
        if len(gathered) >= PIECE:
            yield len(gathered), gathered
            gathered = b""
    if gathered:
        yield len(gathered), gathered


def download(api: httpx.Client) -> None:
    newest = api.get("/files").json()["results"][0]
    digest, size = sha256(), 0
    with api.stream("GET", f"/files/{newest['id']}/content") as answer:
        for chunk in answer.iter_bytes():
            digest.update(chunk)
            size += len(chunk)
    assert (digest.hexdigest(), size) == (newest["sha256"], len(PDF) + LARGE * MEGABYTE)


def begin(browser: httpx.Client, account: int, size: int) -> str:
    said = {"filename": "large.pdf", "account": f"acc_{account}", "key": secrets.token_hex(8)}
    metadata = ",".join(f"{name} {b64encode(value.encode()).decode()}" for name, value in said.items())
    headers = {**TUS, "Upload-Length": str(size), "Upload-Metadata": metadata}
    answer = browser.post("/portal/files/uploads/", headers=headers)
    assert answer.status_code == 201, answer.text
    return str(answer.headers["Location"])


def go_on(
    browser: httpx.Client, address: str, offset: int, content: bytes | Iterator[bytes], size: int
) -> httpx.Response:
    headers = {**TUS, "Upload-Offset": str(offset), "Content-Type": BYTES, "Content-Length": str(size)}
    answer = browser.patch(address, content=content, headers=headers)
    assert answer.status_code == 204, answer.text
    return answer


def test_an_upload_survives_kills_of_the_web_and_makes_one_file(tmp_path: Path) -> None:
    """Killed with -9 in the middle of a piece, and between the last piece and its answer."""
    whole = b"".join(large_file(6))
    with installation(tmp_path) as of:
        port = free_port()
        url = f"http://127.0.0.1:{port}"
        process = start("web", "--port", str(port), env=of.env, log=of.log)
        wait_until_it_answers(process, url, of.token, of.log)
        with signed_in_client(url) as browser:
            address = begin(browser, of.account, len(whole))
            for at in (1, 3, 6):
                offset = received(browser, address)
                with pytest.raises(httpx.TransportError):
                    go_on(
                        browser,
                        address,
                        offset,
                        cut(whole, offset, at * MEGABYTE, process),
                        len(whole) - offset,
                    )
                process = start("web", "--port", str(port), env=of.env, log=of.log)
                wait_until_it_answers(process, url, of.token, of.log)
                assert received(browser, address) >= offset
            offset = received(browser, address)
            last = go_on(browser, address, offset, whole[offset:], len(whole) - offset)
            again = go_on(browser, address, len(whole), b"", 0)
        end(process)
        process = start("web", "--port", str(port), env=of.env, log=of.log)
        wait_until_it_answers(process, url, of.token, of.log)
        with of.api(url) as api:
            [only] = api.get("/files").json()["results"]
            content = api.get(f"/files/{only['id']}/content").content
        end(process)
    assert last.headers["Clearstage-File"] == again.headers["Clearstage-File"] == only["id"]
    assert content == whole


def cut(whole: bytes, offset: int, place: int, process: Popen[bytes]) -> Iterator[bytes]:
    """The rest of a file, and on the way the web is killed."""
    yield whole[offset:place]
    kill(process)
    yield whole[place:]


def received(browser: httpx.Client, address: str) -> int:
    answer = browser.head(address, headers=TUS)
    assert answer.status_code == 200
    return int(answer.headers["Upload-Offset"])
