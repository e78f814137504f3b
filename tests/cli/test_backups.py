"""A whole installation in one file, and back out of it, into either database."""

from __future__ import annotations

import json
import os
import shutil
import zipfile
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

from clearstage.cli.archive import demand_inside, reading
from clearstage.cli.backups import bring_back
from clearstage.events.models import Event
from clearstage.firm.models import Firm, Member, Role
from clearstage.kernel.errors import Refused

from .installations import OWNER, PASSWORD, POSTGRES, Installation, new_installation

Change = Callable[[dict[str, bytes]], None]


@pytest.fixture
def full(firm_installation: Installation) -> Installation:
    """Rows in every table, sealed events, and files."""
    firm_installation.python("from tests.cli.filling import fill_every_table\nfill_every_table()")
    paper = firm_installation.folder / "files" / "2026" / "paper.pdf"
    paper.parent.mkdir(parents=True)
    paper.write_bytes(os.urandom(3_000_000))
    (paper.parent / "empty").write_bytes(b"")
    (paper.parent / "link").symlink_to("/etc/passwd")
    (firm_installation.folder / "mail").mkdir(exist_ok=True)
    (firm_installation.folder / "mail" / "sent.eml").write_text("Subject: sent")
    return firm_installation


@pytest.fixture(scope="session")
def first_backup(with_firm: Installation) -> Path:
    return made(with_firm, with_firm.folder.parent / "backup.zip")


@pytest.fixture
def backup(first_backup: Path, tmp_path: Path) -> Path:
    """Of an installation with a firm."""
    return Path(shutil.copy2(first_backup, tmp_path / "backup.zip"))


def made(installation: Installation, file: Path) -> Path:
    done = installation.run("backup", str(file))
    assert done.returncode == 0, done.stderr
    return file


def contents(file: Path) -> dict[str, bytes]:
    with zipfile.ZipFile(file) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def rows(file: Path) -> dict[str, Any]:
    """What the tables hold, told apart from how numbers are written."""
    tables = {name: text for name, text in contents(file).items() if name.startswith("tables/")}
    last_ids = {
        table: part["last_id"]
        for table, part in json.loads(contents(file)["manifest.json"])["tables"].items()
    }
    return {
        name: [json.loads(line) for line in text.splitlines()] for name, text in tables.items()
    } | last_ids


def rewritten(file: Path, change: Change) -> Path:
    """Another backup, with one thing different and the sums in the manifest as they should be."""
    inside = contents(file)
    change(inside)
    other = file.with_name("changed.zip")
    with zipfile.ZipFile(other, "w") as archive:
        for name, text in inside.items():
            archive.writestr(name, text)
    return other


def manifest_with(**values: Any) -> Change:
    def change(inside: dict[str, bytes]) -> None:
        inside["manifest.json"] = json.dumps(json.loads(inside["manifest.json"]) | values).encode()

    return change


def table_with(table: str, text: bytes) -> Change:
    def change(inside: dict[str, bytes]) -> None:
        inside[f"tables/{table}.jsonl"] = text
        manifest = json.loads(inside["manifest.json"])
        manifest["tables"][table]["sha256"] = sha256(text).hexdigest()
        inside["manifest.json"] = json.dumps(manifest).encode()

    return change


def without_the_guards(file: Path) -> list[list[str]]:
    migrations: list[list[str]] = json.loads(contents(file)["manifest.json"])["migrations"]
    return [each for each in migrations if each != ["events", "0002_append_only"]]


def is_empty(installation: Installation) -> bool:
    """Whether there is nobody and nothing in it, with tables or without."""
    look = "from django.db import connection\nfrom clearstage.firm.models import Firm, Member\n"
    look += "from clearstage.events.models import Event\nthere = connection.introspection.table_names()\n"
    look += "print(sum(model.objects.count() for model in (Firm, Member, Event) if model._meta.db_table in there))"
    return installation.python(look) == "0"


def test_a_backup_restores_into_the_other_database_and_back_equal(full: Installation, tmp_path: Path) -> None:
    first = made(full, tmp_path / "first.zip")
    expected = rows(first)
    assert not [name for name, lines in expected.items() if name.startswith("tables/") and len(lines) < 2]
    with (
        new_installation(tmp_path / "other" / "data", sqlite=True) as other,
        new_installation(tmp_path / "back" / "data") as back,
    ):
        for target, file, again in [
            (other, first, "second.zip"),
            (back, tmp_path / "second.zip", "third.zip"),
        ]:
            done = target.run("restore", str(file))
            assert done.returncode == 0, done.stderr + done.stdout
            assert ": the chain holds; head " in done.stdout
            assert rows(made(target, tmp_path / again)) == expected
            assert target.run("verify").stdout == full.run("verify").stdout
            for name in ("secret-key", "files/2026/paper.pdf", "files/2026/empty"):
                assert (target.folder / name).read_bytes() == (full.folder / name).read_bytes()
            assert not (target.folder / "files/2026/link").exists()
            assert not (target.folder / "mail").exists()
            assert not list(target.folder.glob(".restore*"))
            assert (target.folder / "files/2026/paper.pdf").stat().st_mode & 0o077 == 0


def test_what_was_restored_works_on(firm_installation: Installation, backup: Path, tmp_path: Path) -> None:
    """No id is given out twice, passwords and the guards on the record hold."""
    gone = "from clearstage.clients.models import Tag\ntag = Tag.objects.create(name='x')\nprint(tag.pk)\ntag.delete()"
    last = int(firm_installation.python(gone))
    made(firm_installation, backup)
    with new_installation(tmp_path / "other" / "data") as other:
        assert other.run("restore", str(backup)).returncode == 0
        assert int(other.python(gone)) == last + 1
        assert other.run("token", "create", "--member", OWNER).returncode == 0
        look = (
            "from clearstage.firm.models import Member\nprint(Member.objects.get().check_password('"
            + PASSWORD
            + "'))"
        )
        assert other.python(look) == "True"
        attempt = "from clearstage.events.models import Event\nfrom django.db import IntegrityError\n"
        attempt += "try:\n    Event.objects.update(kind='x')\nexcept IntegrityError:\n    print('refused')"
        assert other.python(attempt) == "refused"


def test_a_backup_is_for_its_owner_alone_and_replaces_the_one_before(
    firm_installation: Installation, backup: Path
) -> None:
    assert backup.stat().st_mode & 0o777 == 0o600
    before = backup.read_bytes()
    assert firm_installation.run("backup", str(backup)).returncode == 0
    assert backup.read_bytes() != before
    assert [path.name for path in backup.parent.iterdir() if "partial" in path.name] == []


def test_a_backup_that_fails_leaves_the_one_before(firm_installation: Installation, backup: Path) -> None:
    before = backup.read_bytes()
    firm_installation.python(
        "from django.db import connection\nconnection.cursor().execute('DROP TABLE work_taskassignee')"
    )
    done = firm_installation.run("backup", str(backup))
    assert done.returncode == 1
    assert done.stderr.startswith("clearstage: The database refused: ")
    assert backup.read_bytes() == before
    assert [path.name for path in backup.parent.iterdir() if "partial" in path.name] == []


def test_a_backup_is_of_one_moment_while_work_goes_on(
    firm_installation: Installation, tmp_path: Path
) -> None:
    """Somebody writes two rows at once, again and again: no backup has one without the other, and none waits long."""
    writing = firm_installation.python_in_background(
        "from django.db import transaction\nfrom clearstage.clients.models import Tag\n"
        "from clearstage.firm.models import Role\n"
        "for n in range(100000):\n"
        "    with transaction.atomic():\n"
        "        Tag.objects.create(name=f'tag {n}')\n"
        "        Role.objects.create(name=f'role {n}')\n"
    )
    for number in range(3):
        found = rows(made(firm_installation, tmp_path / f"{number}.zip"))
        tags = {line[1] for line in found["tables/clients_tag.jsonl"][1:]}
        roles = {line[1] for line in found["tables/firm_role.jsonl"][1:] if line[1].startswith("role ")}
        assert {tag.removeprefix("tag ") for tag in tags} == {role.removeprefix("role ") for role in roles}
    assert tags
    assert writing.poll() is None
    assert "Error" not in firm_installation.output.read_text()


def test_a_firm_is_never_overwritten(firm_installation: Installation, backup: Path) -> None:
    before = made(firm_installation, backup.with_name("before.zip"))
    done = firm_installation.run("restore", str(backup))
    assert done.returncode == 1
    assert (
        done.stderr
        == "clearstage: Here is a firm already (“Ada & Co”); restore into an empty installation.\n"
    )
    assert rows(made(firm_installation, backup.with_name("after.zip"))) == rows(before)


def test_an_older_backup_is_brought_up_to_date(backup: Path, empty: Installation) -> None:
    """As if made before the guards on the record came."""
    older = rewritten(backup, manifest_with(migrations=without_the_guards(backup)))
    done = empty.run("restore", str(older))
    assert done.returncode == 0, done.stderr
    attempt = "from clearstage.events.models import Event\nfrom django.db import IntegrityError\n"
    attempt += "try:\n    Event.objects.update(kind='x')\nexcept IntegrityError:\n    print('refused')"
    assert empty.python(attempt) == "refused"


def test_a_backup_with_the_names_of_migrations_that_were_replaced_is_restored(
    backup: Path, empty: Installation
) -> None:
    migrations = json.loads(contents(backup)["manifest.json"])["migrations"]
    assert ["chats", "0001_chats"] in migrations
    named = [each for each in migrations if each != ["chats", "0001_initial"]]
    done = empty.run("restore", str(rewritten(backup, manifest_with(migrations=named))))
    assert done.returncode == 0, done.stderr
    assert rows(made(empty, backup.with_name("after.zip"))) == rows(backup)


def test_an_older_backup_is_not_put_into_a_newer_database(backup: Path, empty: Installation) -> None:
    assert empty.run("firm", "create", "", "--owner", OWNER).returncode == 1, (
        "the database is set up, without a firm"
    )
    older = rewritten(backup, manifest_with(migrations=without_the_guards(backup)))
    done = empty.run("restore", str(older))
    assert done.returncode == 1
    assert "of an older version of Clearstage" in done.stderr
    assert is_empty(empty)


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (manifest_with(version=2, clearstage="9.0"), "newer version of Clearstage (9.0)"),
        (manifest_with(migrations=[["firm", "0999_flying_cars"]]), "newer version of Clearstage"),
        (manifest_with(format="a holiday"), "no backup of Clearstage"),
        (manifest_with(tables=5), "no backup of Clearstage"),
        (manifest_with(files={"files/../../evil": {"sha256": ""}}), "does not belong there"),
        (manifest_with(files={"files/gone": {"sha256": ""}}), "files/gone is not as it was written"),
        (manifest_with(tables={}), "other tables than its version has"),
        (lambda inside: inside.pop("manifest.json"), "no backup of Clearstage"),
        (lambda inside: inside.pop("tables/firm_member.jsonl"), "firm_member.jsonl is not as it was written"),
        (lambda inside: inside.update({"tables/firm_role.jsonl": b""}), "firm_role.jsonl is not as it was written"),
        (lambda inside: inside.update({"secret-key": b"mine"}), "secret-key is not as it was written"),
        (table_with("firm_role", b'["id","name","position"]\n'), "0 rows of 6 in firm_role"),
        (table_with("firm_role", b'["id","name"]\n[1,"x"]\n'), "other columns"),
        (table_with("firm_role", b'["id","name","position"]\n[1,"x"]\n'), "does not fit together"),
        (table_with("firm_role", b'["id","name","position"]\n[1,"x",null]\n'), "does not fit together"),
        (table_with("firm_role", b"not JSON"), "does not fit together"),
        (
            table_with("clients_accounttag", b'["id","account_id","tag_id"]\n[1,5,5]\n'),
            "does not fit together",
        ),
    ],
)  # fmt: skip
def test_a_backup_that_is_wrong_is_refused_and_leaves_nothing(
    backup: Path, change: Change, says: str, db: None, settings: Any, tmp_path: Path
) -> None:
    settings.DATA = tmp_path / "target"
    settings.DATA.mkdir()
    wrong = rewritten(backup, change)
    with pytest.raises(Refused) as refusal, reading(wrong) as reader:
        bring_back(reader)
    assert says in str(refusal.value)
    assert list(settings.DATA.iterdir()) == []
    assert [Firm.objects.count(), Member.objects.count(), Role.objects.count(), Event.objects.count()] == [
        0
    ] * 4


def test_the_same_backup_unchanged_is_taken(backup: Path, db: None, settings: Any, tmp_path: Path) -> None:
    settings.DATA = tmp_path / "target"
    settings.DATA.mkdir()
    with reading(rewritten(backup, lambda inside: None)) as reader:
        bring_back(reader)
    assert [path.name for path in settings.DATA.iterdir()] == ["secret-key"]
    assert [Firm.objects.count(), Member.objects.count(), Role.objects.count(), Event.objects.count()] == [
        1,
        1,
        6,
        1,
    ]


def test_a_file_that_is_cut_off_or_damaged_or_something_else_is_refused(
    backup: Path, empty: Installation
) -> None:
    whole = backup.read_bytes()
    with zipfile.ZipFile(backup) as archive:
        part = archive.getinfo("tables/firm_role.jsonl")
    head = part.header_offset
    place = (
        head + 30 + sum(int.from_bytes(whole[head + at : head + at + 2], "little") for at in (26, 28)) + 10
    )
    damaged = [
        whole[: len(whole) // 2],
        whole[:place] + bytes([whole[place] ^ 255]) + whole[place + 1 :],
        b"",
        b"text",
    ]
    for text in damaged:
        backup.write_bytes(text)
        done = empty.run("restore", str(backup))
        assert done.returncode == 1
        assert done.stderr.startswith(("clearstage: This file is no backup", "clearstage: The backup "))
        assert done.stderr.count("\n") == 1
    assert empty.run("restore", str(backup.parent / "missing.zip")).stderr.endswith(
        ": No such file or directory.\n"
    )
    assert is_empty(empty)


def test_a_record_that_was_tampered_with_is_restored_and_said_so(
    firm_installation: Installation, backup: Path, empty: Installation
) -> None:
    lines = contents(backup)["tables/events_event.jsonl"]
    changed = rewritten(backup, table_with("events_event", lines.replace(b"firm_created", b"firm_deleted")))
    done = empty.run("restore", str(changed))
    assert done.returncode == 1
    assert "Event 1 does not match seal 1" in done.stdout
    assert empty.run("verify").returncode == 1
    assert firm_installation.run("verify").returncode == 0


@pytest.mark.parametrize(
    "name",
    ["/etc/passwd", "../x", "files/../../x", "files/../secret-key", "files", "files/", "files//x", "./secret-key", "x",
     "clearstage.sqlite3", "files\\..\\x", "files/x\x00", "", ".", "secret-key/x", "mail/x", "files/./x"],
)  # fmt: skip
def test_names_that_lead_elsewhere_are_refused(name: str) -> None:
    with pytest.raises(Refused, match="does not belong there"):
        demand_inside(name)


@pytest.mark.parametrize(
    "name", ["secret-key", "demo-signins.json", "files/x", "files/2026/01/.. paper.pdf", "files/ä b"]
)
def test_names_of_what_belongs_to_an_installation_are_taken(name: str) -> None:
    demand_inside(name)


@pytest.mark.only_postgres
def test_the_two_databases_really_are_two(full: Installation, tmp_path: Path) -> None:
    assert POSTGRES
    assert not (full.folder / "clearstage.sqlite3").exists()
    with new_installation(tmp_path / "other" / "data", sqlite=True) as other:
        assert other.run("restore", str(made(full, tmp_path / "first.zip"))).returncode == 0
        assert (other.folder / "clearstage.sqlite3").exists()
