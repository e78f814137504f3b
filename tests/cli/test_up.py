"""`clearstage up`: everything in one go, and nothing left behind."""

from __future__ import annotations

import json
import os
import re
import signal
import socket
import subprocess
import urllib.request
from pathlib import Path

import pytest

from tests.running import free_port

from .installations import Installation, descendants, is_running, wait_until

READY = re.compile(r"^Clearstage is ready at (http://127\.0\.0\.1:\d+)/$", re.MULTILINE)


def up(installation: Installation, *arguments: str) -> tuple[subprocess.Popen[str], str, str]:
    """(process, what it printed until it was ready, the address)"""
    process = installation.start("up", "--port", "0", *arguments)
    wait_until(
        lambda: READY.search(installation.output.read_text()) or process.poll() is not None,
        60,
        installation.output.read_text,
    )
    printed = installation.output.read_text()
    found = READY.search(printed)
    assert found, printed
    return process, printed, found[1]


def test_up_prints_a_set_up_link_and_its_address_and_a_signal_ends_it_cleanly(empty: Installation) -> None:
    process, printed, address = up(empty)
    link = re.search(r"^  (http://127\.0\.0\.1:\d+)/setup/([\w-]{40,})/$", printed, re.MULTILINE)
    assert link
    assert link[1] == address
    with pytest.raises(urllib.error.HTTPError) as answer:
        urllib.request.urlopen(address + "/there-is-no-such-page", timeout=10)
    assert answer.value.code == 404
    wait_until(lambda: len(descendants(process.pid)) == 4)  # the web, two processes of it, the worker
    below = descendants(process.pid)

    process.send_signal(signal.SIGTERM)

    assert process.wait(timeout=20) == 0, empty.output.read_text()
    assert not [pid for pid in below if is_running(pid)]
    assert "Traceback" not in empty.output.read_text()


def test_the_set_up_link_is_kept_as_a_hash_that_its_owner_alone_can_read(empty: Installation) -> None:
    _process, printed, _address = up(empty)
    token = re.search(r"/setup/([\w-]+)/", printed)[1]
    kept = empty.folder / "setup-token"
    assert kept.stat().st_mode & 0o777 == 0o600
    assert token not in kept.read_text()
    answer = f"from clearstage.firm.setup_link import is_valid; print(is_valid({token!r}), is_valid('x'), is_valid(''))"
    assert empty.python(answer) == "True False False"
    empty.create_firm()
    assert empty.python(answer) == "False False False"
    assert not kept.exists()


def test_all_that_is_written_is_in_the_data_folder_and_for_its_owner_alone(empty: Installation) -> None:
    up(empty)
    everything = [empty.folder, *empty.folder.rglob("*")]
    assert {path.name: oct(path.stat().st_mode) for path in everything if path.stat().st_mode & 0o077} == {}
    assert sorted(path for path in empty.folder.parent.iterdir() if path != empty.output) == [empty.folder]


def test_ctrl_c_ends_it_cleanly_too_and_it_starts_again(firm_installation: Installation) -> None:
    for _ in range(2):
        process, printed, _address = up(firm_installation)
        assert "/setup/" not in printed
        process.send_signal(signal.SIGINT)
        assert process.wait(timeout=20) == 0
        assert "Traceback" not in firm_installation.output.read_text()
        firm_installation.output.unlink()


def test_a_port_that_is_taken_is_said_in_one_sentence_and_nothing_is_made(empty: Installation) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        done = empty.run("up", "--port", str(port))
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == f"clearstage: Port {port} on 127.0.0.1 is taken; choose another with --port.\n"
    assert not empty.folder.exists()


@pytest.mark.parametrize("part", ["web", "worker"])
def test_when_one_part_dies_the_other_is_ended(firm_installation: Installation, part: str) -> None:
    process, _printed, _address = up(firm_installation)
    below = descendants(process.pid)
    victim = next(pid for pid in below if f"\0{part}\0" in Path(f"/proc/{pid}/cmdline").read_text())
    os.kill(victim, signal.SIGKILL)
    assert process.wait(timeout=30) == 1
    assert f"clearstage: The {part} has ended by itself" in firm_installation.output.read_text()
    wait_until(lambda: not [pid for pid in below if is_running(pid)], 15)


def test_nothing_is_left_behind_when_it_is_killed(firm_installation: Installation) -> None:
    process, _printed, address = up(firm_installation)
    below = descendants(process.pid)
    process.kill()
    process.wait()
    wait_until(lambda: not [pid for pid in below if is_running(pid)], 15)
    port = int(address.rpartition(":")[2])
    socket.create_server(("127.0.0.1", port)).close()


def test_later_starts_print_the_sign_ins_of_the_demo_with_the_address_of_the_day(
    firm_installation: Installation,
) -> None:
    kept = firm_installation.folder / "demo-signins.json"
    sign_in = {
        "role": "owner",
        "email": "ada@example.com",
        "password": "pw",
        "url": "http://127.0.0.1:1/sign-in/",
    }
    client = {
        "role": "client",
        "email": "carl@example.com",
        "password": "pw-2",
        "url": "http://127.0.0.1:1/portal/",
    }
    kept.write_text(json.dumps([sign_in, client]))
    _process, printed, address = up(firm_installation, "--demo")
    assert "  role    e-mail            password  address\n" in printed
    assert f"  owner   ada@example.com   pw        {address}/sign-in/\n" in printed
    assert f"  client  carl@example.com  pw-2      {address}/portal/\n" in printed
    assert json.loads(kept.read_text())[1] == client | {"url": f"{address}/portal/"}


def test_the_demo_is_never_loaded_over_a_firm(firm_installation: Installation) -> None:
    _process, printed, _address = up(firm_installation, "--demo")
    assert "holds the firm “Ada & Co” already, so no demo firm was loaded" in printed


def test_the_web_alone_and_the_worker_alone_can_be_run_and_ended(firm_installation: Installation) -> None:
    port = free_port()
    web, worker = firm_installation.start("web", "--port", str(port)), firm_installation.start("worker")

    def answers() -> bool:
        try:
            urllib.request.urlopen(f"http://127.0.0.1:{port}/", timeout=5).close()
        except urllib.error.HTTPError:
            return True
        except OSError:
            return False
        return True

    wait_until(answers, 60, firm_installation.output.read_text)
    for process in (web, worker):
        process.send_signal(signal.SIGTERM)
    assert (web.wait(timeout=20), worker.wait(timeout=20)) == (0, 0)
