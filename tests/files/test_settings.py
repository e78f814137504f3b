"""Where files are, and how large they may be, as the environment says it; what cannot be read stops the program."""

from __future__ import annotations

from pathlib import Path

import pytest

from clearstage.config import env

NAME = "CLEARSTAGE_FILES_URL"
S3 = "s3://papers/clients?endpoint_url=https://s3.example.test&region_name=eu"


def test_files_are_in_a_folder_unless_said_otherwise(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.delenv(NAME, raising=False)
    assert env.files(NAME, tmp_path)["OPTIONS"]["location"] == str(tmp_path)
    monkeypatch.setenv(NAME, "file:///srv/client%20files")
    assert env.files(NAME, tmp_path)["OPTIONS"]["location"] == "/srv/client files"


def test_files_are_in_s3_where_its_packages_are_installed(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv(NAME, S3)
    monkeypatch.setattr(env, "find_spec", lambda name: None)
    with pytest.raises(SystemExit, match=r"pip install 'clearstage\[s3\]'"):
        env.files(NAME, tmp_path)
    monkeypatch.setattr(env, "find_spec", lambda name: object())
    found = env.files(NAME, tmp_path)
    assert found["BACKEND"] == "storages.backends.s3.S3Storage"
    assert found["OPTIONS"] == {
        "bucket_name": "papers",
        "location": "clients",
        "endpoint_url": "https://s3.example.test",
        "region_name": "eu",
        "file_overwrite": False,
        "default_acl": None,
    }


@pytest.mark.parametrize("url", ["ftp://x/y", "s3:///nothing", "papers", f"{S3}&acl=public"])
def test_a_place_that_is_none_stops_the_program(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, url: str
) -> None:
    monkeypatch.setattr(env, "find_spec", lambda name: object())
    monkeypatch.setenv(NAME, url)
    with pytest.raises(SystemExit, match=NAME):
        env.files(NAME, tmp_path)


@pytest.mark.parametrize("size", ["0", "-1", "250 MB", "٣", "1000000"])
def test_a_size_that_is_none_stops_the_program(monkeypatch: pytest.MonkeyPatch, size: str) -> None:
    monkeypatch.setenv("CLEARSTAGE_MAX_UPLOAD_MB", size)
    with pytest.raises(SystemExit, match="CLEARSTAGE_MAX_UPLOAD_MB"):
        env.number("CLEARSTAGE_MAX_UPLOAD_MB", 250, most=100_000)
