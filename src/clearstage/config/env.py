"""Typed readers of the environment. A value that cannot be read stops the program with the variable's name."""

from __future__ import annotations

import os
import secrets
from contextlib import suppress
from importlib.util import find_spec
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit


class BadEnvironment(SystemExit):
    def __init__(self, name: str, problem: str) -> None:
        super().__init__(f"clearstage: the environment variable {name} {problem}")


def text(name: str, default: str = "") -> str:
    return os.environ.get(name, default).strip() or default


def flag(name: str, default: bool = False) -> bool:
    value = text(name).casefold()
    if value in ("", "0", "1", "true", "false", "yes", "no"):
        return value in ("1", "true", "yes") if value else default
    raise BadEnvironment(name, f"is “{value}”; it takes true or false")


def number(name: str, default: int, most: int) -> int:
    value = text(name) or str(default)
    if not value.isascii() or not value.isdigit() or not 1 <= int(value) <= most:
        raise BadEnvironment(name, f"is “{value}”; it takes a number from 1 to {most}")
    return int(value)


def folder(name: str, default: str) -> Path:
    return Path(text(name, default)).expanduser().resolve()


def database(name: str, sqlite_file: Path) -> dict[str, Any]:
    """`postgres://user:password@host:port/name`, `sqlite:///path`, or SQLite in the data folder when unset."""
    url = text(name)
    if not url or url.startswith("sqlite:"):
        path = Path(unquote(urlsplit(url).path)) if url else sqlite_file
        return {
            "ENGINE": "django.db.backends.sqlite3",
            "NAME": path,
            "CONN_MAX_AGE": 600,
            "OPTIONS": {
                "transaction_mode": "IMMEDIATE",
                "timeout": 30,
                "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA cache_size=-16000;",
            },
        }
    parts = urlsplit(url)
    if parts.scheme not in ("postgres", "postgresql") or not parts.path.strip("/"):
        raise BadEnvironment(name, "is no address of a database; use postgres://user:password@host:port/name")
    try:
        port = str(parts.port or "")
    except ValueError:
        raise BadEnvironment(name, "has a port that is no number") from None
    options = {key: values[-1] for key, values in parse_qs(parts.query).items()}
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(parts.path.strip("/")),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": options.pop("host", parts.hostname or ""),
        "PORT": port,
        "CONN_MAX_AGE": 60,
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": options,
    }


def mail(name: str, mail_folder: Path) -> dict[str, Any]:
    """`smtp://user:password@host:port` (`smtps://` for TLS from the start, `smtp+tls://` for STARTTLS), or `file:///dir`."""
    url = text(name)
    if not url or url.startswith("file:"):
        path = Path(unquote(urlsplit(url).path)) if url else mail_folder
        return {"EMAIL_BACKEND": "clearstage.outbox.mail_folder.MailFolder", "EMAIL_FILE_PATH": str(path)}
    parts = urlsplit(url)
    if parts.scheme not in ("smtp", "smtps", "smtp+tls") or not parts.hostname:
        raise BadEnvironment(
            name, "is no address of a mail server; use smtp://user:password@host:port or file:///folder"
        )
    return {
        "EMAIL_BACKEND": "django.core.mail.backends.smtp.EmailBackend",
        "EMAIL_HOST": parts.hostname,
        "EMAIL_PORT": parts.port or {"smtp": 25, "smtps": 465, "smtp+tls": 587}[parts.scheme],
        "EMAIL_HOST_USER": unquote(parts.username or ""),
        "EMAIL_HOST_PASSWORD": unquote(parts.password or ""),
        "EMAIL_USE_SSL": parts.scheme == "smtps",
        "EMAIL_USE_TLS": parts.scheme == "smtp+tls",
        "EMAIL_TIMEOUT": 20,
    }


def files(name: str, files_folder: Path) -> dict[str, Any]:
    """A folder, by default in the data folder (`file:///dir`), or `s3://bucket/prefix?endpoint_url=…&region_name=…`.

    Keys for S3 come from where Amazon's own tools look for them (AWS_ACCESS_KEY_ID and so on).
    """
    url = text(name)
    if not url or url.startswith("file:"):
        place = Path(unquote(urlsplit(url).path)) if url else files_folder
        modes = {"file_permissions_mode": 0o600, "directory_permissions_mode": 0o700}
        return {"BACKEND": "clearstage.files.storage.Folder", "OPTIONS": {"location": str(place), **modes}}
    parts = urlsplit(url)
    if parts.scheme != "s3" or not parts.hostname:
        raise BadEnvironment(name, "is no place for files; use s3://bucket/prefix or file:///folder")
    if find_spec("storages") is None:
        raise BadEnvironment(name, "names S3, which takes more packages: pip install 'clearstage[s3]'")
    given = {key: values[-1] for key, values in parse_qs(parts.query).items()}
    if unknown := sorted(set(given) - {"endpoint_url", "region_name", "addressing_style"}):
        raise BadEnvironment(name, f"holds what nobody knows: {', '.join(unknown)}")
    fixed = {"bucket_name": parts.netloc, "location": parts.path.strip("/"), "file_overwrite": False}
    return {"BACKEND": "storages.backends.s3.S3Storage", "OPTIONS": {**given, **fixed, "default_acl": None}}


def secret_key(name: str, key_file: Path) -> str:
    """The given key, or one that is made once and kept in the data folder, readable by its owner only."""
    if given := text(name):
        return given
    if not key_file.exists():
        key_file.parent.mkdir(parents=True, exist_ok=True)
        # Written in full under another name first: whoever starts at the same moment never reads half a key.
        mine = key_file.with_name(f".{key_file.name}.{os.getpid()}")
        with os.fdopen(os.open(mine, os.O_CREAT | os.O_TRUNC | os.O_WRONLY, 0o600), "w") as file:
            file.write(secrets.token_urlsafe(48))
        with suppress(FileExistsError):
            os.link(mine, key_file)
        mine.unlink()
    key = key_file.read_text().strip()
    if not key:
        raise BadEnvironment(
            name, f"is unset and {key_file} is empty; delete that file to have a new key made"
        )
    return key
