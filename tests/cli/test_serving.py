"""Small parts of serving: where the web listens, how it is set, what `up` says."""

from __future__ import annotations

import json
import socket
from pathlib import Path

import pytest

from clearstage.cli.first_start import at_this_address, table
from clearstage.cli.web_server import address_of, choices, open_port
from clearstage.kernel.errors import Refused


@pytest.mark.parametrize(
    ("host", "address"),
    [
        ("127.0.0.1", "http://127.0.0.1:{}"),
        ("localhost", "http://127.0.0.1:{}"),
        ("0.0.0.0", "http://127.0.0.1:{}"),
        ("::1", "http://[::1]:{}"),
    ],
)
def test_the_address_is_one_that_this_machine_can_open(host: str, address: str) -> None:
    with open_port(host, 0) as listener:
        port = listener.getsockname()[1]
        assert address_of(listener) == address.format(port)
        socket.create_connection(("::1" if host == "::1" else "127.0.0.1", port), timeout=5).close()


@pytest.mark.parametrize("host", ["192.0.2.1", "no such host"])
def test_a_host_that_is_not_here_is_refused(host: str) -> None:
    with pytest.raises(Refused, match=f"There is no address {host} here"):
        open_port(host, 0)


def test_the_web_is_set_by_numbers_in_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("CLEARSTAGE_WEB_PROCESSES", raising=False)
    monkeypatch.setenv("CLEARSTAGE_WEB_THREADS", " 8 ")
    assert (choices(3)["workers"], choices(3)["threads"], choices(3)["bind"]) == (2, 8, "fd://3")
    for wrong in ("0", "-1", "many", "1.5", "٣", "1001"):
        monkeypatch.setenv("CLEARSTAGE_WEB_PROCESSES", wrong)
        with pytest.raises(Refused, match=f"CLEARSTAGE_WEB_PROCESSES is “{wrong}”"):
            choices(3)


def test_a_second_factor_is_shown_where_somebody_has_one() -> None:
    without = {"role": "client", "email": "carl@example.com", "password": "pw", "url": "http://x/portal/"}
    assert table([without])[0] == "  role    e-mail            password  address"
    with_one = {
        "role": "owner",
        "email": "ada@example.com",
        "password": "pw",
        "url": "http://x/",
        "totp_secret": "ABC",
    }
    assert table([without, with_one]) == [
        "  role    e-mail            password  address           authenticator key",
        "  client  carl@example.com  pw        http://x/portal/",
        "  owner   ada@example.com   pw        http://x/         ABC",
    ]


def test_sign_ins_that_are_right_already_are_not_written_again(tmp_path: Path) -> None:
    kept = tmp_path / "demo-signins.json"
    kept.write_text(json.dumps([{"role": "owner", "url": "http://127.0.0.1:8000/sign-in/"}]))
    before = kept.stat()
    assert at_this_address(kept, "http://127.0.0.1:8000")[0]["url"] == "http://127.0.0.1:8000/sign-in/"
    assert (kept.stat().st_mtime_ns, kept.stat().st_ino) == (before.st_mtime_ns, before.st_ino)
    assert (
        at_this_address(kept, "https://books.example.com")[0]["url"] == "https://books.example.com/sign-in/"
    )
    assert json.loads(kept.read_text())[0]["url"] == "https://books.example.com/sign-in/"
    assert kept.stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize("text", ["", "{", "5", "[5]", '[{"role": "owner"}]', '[{"url": 5}]'])
def test_a_file_of_sign_ins_that_is_none_is_a_sentence(tmp_path: Path, text: str) -> None:
    kept = tmp_path / "demo-signins.json"
    kept.write_text(text)
    with pytest.raises(Refused, match="cannot be read as sign-ins"):
        at_this_address(kept, "http://127.0.0.1:8000")
