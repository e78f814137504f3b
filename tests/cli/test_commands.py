"""What the commands say and how they end: one sentence and a status, never a traceback."""

from __future__ import annotations

import re
import socket

import pytest

from .installations import OWNER, PASSWORD, POSTGRES, Installation


def test_without_a_command_or_with_a_wrong_one_the_usage_is_shown(empty: Installation) -> None:
    for words in (
        [],
        ["dance"],
        ["up", "--port", "many"],
        ["token", "create"],
        ["token", "create", "--scope", "all"],
    ):
        done = empty.run(*words)
        assert (done.returncode, done.stdout) == (2, ""), words
        assert done.stderr.startswith("usage: clearstage")
        assert "Traceback" not in done.stderr
    assert not empty.folder.exists()


def test_the_version_is_told(empty: Installation) -> None:
    assert re.fullmatch(r"clearstage \d+\.\d+\.\d+\n", empty.run("--version").stdout)


def test_a_firm_is_created_with_a_password_that_is_printed(empty: Installation) -> None:
    done = empty.run("firm", "create", "Ada & Co", "--owner", OWNER, "--timezone", "Europe/Berlin")
    assert done.returncode == 0, done.stderr
    password = re.fullmatch(
        rf"“Ada & Co” is set up; its owner is {OWNER}.\nPassword: (\S{{20}})\n", done.stdout
    )[1]
    look = (
        "from clearstage.firm.models import Firm, Member\n"
        f"owner = Member.objects.get(email={OWNER!r}, role='owner')\n"
        f"print(owner.check_password({password!r}), Firm.objects.get().timezone)"
    )
    assert empty.python(look) == "True Europe/Berlin"


def test_a_password_can_be_given_and_is_printed_nowhere(empty: Installation) -> None:
    done = empty.run(
        "firm", "create", "Ada & Co", "--owner", OWNER, "--password-stdin", stdin=PASSWORD + "\n"
    )
    assert done.returncode == 0, done.stderr
    assert PASSWORD not in done.stdout + done.stderr
    look = (
        "from clearstage.firm.models import Member\nprint(Member.objects.get().check_password('"
        + PASSWORD
        + "'))"
    )
    assert empty.python(look) == "True"


def test_firms_that_are_created_at_the_same_moment_are_one(empty: Installation) -> None:
    processes = [empty.start("firm", "create", f"Firm {n}", "--owner", OWNER) for n in range(4)]
    assert sorted(process.wait(timeout=60) for process in processes) == [0, 1, 1, 1], empty.output.read_text()
    assert "Traceback" not in empty.output.read_text()
    assert empty.output.read_text().count("This installation is set up already") == 3
    assert empty.python("from clearstage.firm.models import Firm, Member\nprint(Firm.objects.count())") == "1"


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["--owner", "nobody"], "e-mail"),
        (["--owner", OWNER, "--timezone", "Mars/Olympus"], "time zone"),
        (["--owner", OWNER, "--password-stdin"], "no password on standard input"),
    ],
)
def test_a_firm_that_cannot_be_is_refused(empty: Installation, words: list[str], says: str) -> None:
    done = empty.run("firm", "create", "Ada & Co", *words)
    assert (done.returncode, done.stdout) == (1, "")
    assert says in done.stderr
    assert done.stderr.count("\n") == 1


def test_a_token_is_all_that_is_printed_and_it_works(firm_installation: Installation) -> None:
    for scope in ("read", "write"):
        done = firm_installation.run(
            "token", "create", "--member", OWNER.upper(), "--scope", scope, "--name", "Robot"
        )
        assert done.returncode == 0, done.stderr
        assert re.fullmatch(r"\S+\n", done.stdout)
        look = "from clearstage.firm.operations.tokens import member_by_token\nmember, scope = member_by_token({!r})\n"
        look += "print(member.email, scope)"
        assert firm_installation.python(look.format(done.stdout.strip())) == f"{OWNER} {scope}"


def test_a_token_for_nobody_is_refused(firm_installation: Installation) -> None:
    done = firm_installation.run("token", "create", "--member", "nobody@example.com")
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == "clearstage: There is no member with the e-mail nobody@example.com.\n"


@pytest.mark.parametrize(
    "words", [["token", "create", "--member", OWNER], ["verify"], ["backup", "/dev/null/x"]]
)
def test_nothing_is_done_and_nothing_is_made_where_nothing_is_set_up(
    empty: Installation, words: list[str]
) -> None:
    if POSTGRES:
        assert empty.run(*words).stderr.startswith("clearstage: The database is not set up yet; ")
    else:
        assert empty.run(*words).stderr.startswith(f"clearstage: There is no data folder {empty.folder}; ")
        assert not empty.folder.exists()
        empty.folder.mkdir()
        assert empty.run(*words).stderr.startswith("clearstage: The database is not set up yet; ")
    assert empty.run(*words).returncode == 1


def test_a_database_that_cannot_be_reached_is_one_sentence_without_the_password(empty: Installation) -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    empty.database_url = f"postgres://ada:se-cret@127.0.0.1:{port}/books"
    for words in (["verify"], ["worker"], ["firm", "create", "Ada", "--owner", OWNER]):
        done = empty.run(*words)
        assert done.returncode == 1
        assert done.stderr.startswith("clearstage: The database cannot be reached (DATABASE_URL): ")
        assert done.stderr.count("\n") == 1
        assert "se-cret" not in done.stderr


def test_a_wrong_environment_is_one_sentence(empty: Installation) -> None:
    empty.database_url = "mysql://books"
    done = empty.run("verify")
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.startswith(
        "clearstage: the environment variable DATABASE_URL is no address of a database"
    )


def test_a_data_folder_that_is_none_is_one_sentence(empty: Installation) -> None:
    empty.folder.write_text("a file")
    done = empty.run("firm", "create", "Ada & Co", "--owner", OWNER)
    assert (done.returncode, done.stdout) == (1, "")
    assert re.fullmatch(r"clearstage: \S+: File exists\.\n", done.stderr)


def test_a_database_of_a_newer_version_is_left_alone(firm_installation: Installation) -> None:
    firm_installation.python(
        "from django.db import connection\nfrom django.db.migrations.recorder import MigrationRecorder\n"
        "MigrationRecorder(connection).record_applied('firm', '0999_flying_cars')"
    )
    for words in (["verify"], ["up", "--port", "0"], ["worker"], ["firm", "create", "Ada", "--owner", OWNER]):
        done = firm_installation.run(*words)
        assert (done.returncode, done.stdout) == (1, "")
        assert "a newer version of Clearstage (firm 0999_flying_cars)" in done.stderr


def test_a_database_of_an_older_version_is_brought_up_to_date_by_what_runs_it_only(
    firm_installation: Installation,
) -> None:
    firm_installation.python(
        "from django.core.management import call_command\ncall_command('migrate', 'events', '0001')"
    )
    done = firm_installation.run("verify")
    assert done.returncode == 1
    assert "from an older version" in done.stderr
    assert firm_installation.run("firm", "create", "Ada", "--owner", OWNER).returncode == 1
    assert firm_installation.run("verify").returncode == 0


def test_a_database_that_stopped_in_between_is_left_alone(firm_installation: Installation) -> None:
    """As one that was set up before the migrations of `messaging` were one, and not brought up to date since."""
    firm_installation.sql(
        "DELETE FROM django_migrations WHERE app = ? AND name = ?", "messaging", "0007_notices_apart"
    )
    for words in (["verify"], ["up", "--port", "0"], ["worker"]):
        done = firm_installation.run(*words)
        assert (done.returncode, done.stdout) == (1, "")
        assert "while Clearstage was still being built (messaging 0001_initial)" in done.stderr
