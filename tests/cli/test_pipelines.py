"""`clearstage pipeline check`, `plan`, `apply` and `export`."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from clearstage import library

from .installations import Installation

Write = Callable[..., str]

SMALL = "pipeline: Small\nstages:\n  - stage: Open\n    on_entry:\n      - task: {title: Do it}\n  - stage: Closed\n"
WARNED = "pipeline: Warned\nstages:\n  - stage: Open\n    automove: true\n  - stage: Closed\n"
WRONG = "pipeline: Wrong\nstages:\n  - stage: Open\n  - stage: Closed\n    automove: true\n"
BROKEN = "pipeline: Broken\nstages:\n  - stage: Open\n    colour: red\n"


@pytest.fixture
def write(tmp_path: Path) -> Write:
    def write_file(text: str, name: str = "p.yaml") -> str:
        path = tmp_path / name
        path.write_text(text, encoding="utf-8")
        return str(path)

    return write_file


# Checking, where nothing is set up


@pytest.mark.parametrize(
    ("text", "more", "status", "lines"),
    [
        (SMALL, [], 0, []),
        (WARNED, [], 0, [":4 warning automove-without-blocker “Open” goes on by itself"]),
        (WARNED, ["--strict"], 1, [":4 warning automove-without-blocker “Open” goes on by itself"]),
        (WRONG, ["--strict"], 2, [":5 error automove-on-last-stage “Closed” is the last stage"]),
        (BROKEN, [], 2, [":4 error unreadable line 4, column 5: stages[0].colour: unknown key “colour”"]),
        ("", [], 2, [":1 error unreadable the document is empty"]),
    ],
)
def test_check_tells_one_line_a_finding_and_its_exit_status_says_how_bad_it_is(
    empty: Installation, write: Write, text: str, more: list[str], status: int, lines: list[str]
) -> None:
    file = write(text)
    done = empty.run("pipeline", "check", file, *more)
    told = done.stdout.splitlines()
    assert (done.returncode, done.stderr) == (status, "")
    assert [line.startswith(file + start) for line, start in zip(told, lines, strict=True)] == [True] * len(
        lines
    )
    assert not empty.folder.exists(), "checking makes no data folder"


def test_check_of_a_file_that_is_not_there_or_no_text_is_unreadable(
    empty: Installation, tmp_path: Path
) -> None:
    latin, gone = tmp_path / "latin.yaml", tmp_path / "gone.yaml"
    latin.write_bytes(b"pipeline: K\xfcrbis")
    done = empty.run("pipeline", "check", str(gone), str(latin))
    assert done.returncode == 2
    assert done.stdout.splitlines() == [
        f"{gone}:1 error unreadable No such file or directory",
        f"{latin}:1 error unreadable This is not text in UTF-8.",
    ]


def test_the_whole_library_is_checked_without_errors(empty: Installation, write: Write) -> None:
    files = [write(text, f"{name}.yaml") for name, text in library.documents().items()]
    done = empty.run("pipeline", "check", *files)
    assert (done.returncode, done.stderr) == (0, "")
    assert " error " not in done.stdout


def test_without_a_firm_there_is_nothing_to_change_or_export(empty: Installation, write: Write) -> None:
    for words in (["plan", write(SMALL)], ["apply", write(SMALL)], ["export", "Small"]):
        done = empty.run("pipeline", *words)
        assert (done.returncode, done.stdout) == (1, "")


# With a firm


def test_with_a_firm_names_are_looked_up_and_files_know_each_other(
    firm_installation: Installation, write: Write
) -> None:
    maker = write(
        "pipeline: Maker\nstages: [{stage: a, on_entry: [create_job: {pipeline: Small}]}]", "maker.yaml"
    )
    done = firm_installation.run("pipeline", "check", maker)
    assert (done.returncode, done.stdout) == (
        2,
        f"{maker}:2 error unknown-pipeline There is no pipeline “Small”. Make the pipeline, or name another.\n",
    )
    done = firm_installation.run("pipeline", "check", maker, write(SMALL))
    assert (done.returncode, done.stdout) == (0, "")


def test_plan_shows_what_apply_then_does_once(firm_installation: Installation, write: Write) -> None:
    file = write(SMALL)
    made = "The pipeline was made with 2 stages and 0 statuses.\n"
    for words, told in (
        ("plan", made),
        ("plan", made),
        ("apply", f"{made}Saved as revision 1.\n"),
        ("plan", "Nothing would change.\n"),
        ("apply", "Nothing to change.\n"),
    ):
        done = firm_installation.run("pipeline", words, file)
        assert (done.returncode, done.stdout, done.stderr) == (0, told, "")
    assert firm_installation.run("verify").returncode == 0


def test_what_is_exported_applies_without_a_change(firm_installation: Installation, write: Write) -> None:
    assert firm_installation.run("pipeline", "apply", write(library.documents()["us-1040"])).returncode == 0
    exported = firm_installation.run("pipeline", "export", "1040 INDIVIDUAL income tax (US)").stdout
    assert exported.startswith("pipeline: 1040 individual income tax (US)\n")
    done = firm_installation.run("pipeline", "apply", write(exported, "again.yaml"))
    assert (done.returncode, done.stdout) == (0, "Nothing to change.\n")


def test_findings_of_plan_and_apply_go_to_standard_error(
    firm_installation: Installation, write: Write
) -> None:
    done = firm_installation.run("pipeline", "plan", write(WARNED))
    assert done.returncode == 0
    assert ":4 warning automove-without-blocker" in done.stderr
    done = firm_installation.run("pipeline", "apply", write(BROKEN))
    assert done.returncode == 2
    assert ":4 error unreadable" in done.stderr
    done = firm_installation.run("pipeline", "apply", write(f"available_to: [who@example.test]\n{SMALL}"))
    assert done.returncode == 2
    assert ":1 error unreadable line 1, column 16: available_to[0]: there is no member" in done.stderr


def test_what_breaks_a_rule_is_refused_with_its_reason(firm_installation: Installation, write: Write) -> None:
    file = write(SMALL.replace("stage: Closed", "stage: Closed\n    when: {assigned: true}"))
    done = firm_installation.run("pipeline", "apply", file)
    assert done.returncode == 1
    assert "“Closed” is the first or the last stage, and those take no condition." in done.stderr


def test_exporting_a_pipeline_that_is_not_there_is_refused(firm_installation: Installation) -> None:
    done = firm_installation.run("pipeline", "export", "Gone")
    assert (done.returncode, done.stderr) == (1, "clearstage: There is no pipeline “Gone”.\n")
