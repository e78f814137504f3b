"""*Check* (F4): a rule table that an accountant can read, and the library, which has no errors."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from clearstage import library
from clearstage.clients.models import Tag
from clearstage.jobs.check import Finding, check
from clearstage.jobs.document import read_document
from clearstage.jobs.known import Known, KnownPipeline, KnownStatus, known_names, pipeline_of
from clearstage.jobs.models import ClientStatus, Template
from clearstage.jobs.templates import checked_body, unknown_shortcodes
from clearstage.kernel import clock

FIRM = Known(
    client_statuses={
        "in progress": KnownStatus("In progress", "firm", "We are at work."),
        "finished": KnownStatus("Finished", "nobody"),
        "filed": KnownStatus("Filed", "agency"),
    },
    tags={"foreign": "foreign"},
    templates={
        ("task", "review"): ("Review", {"title": "Review it"}),
        ("email", "empty"): ("Empty", {"subject": "Hello"}),
        ("job", "next year"): ("Next year", {"stage": "Somewhere"}),
    },
    roles={"preparer": "preparer"},
    members={"mia@example.test": True, "gone@example.test": False},
    pipelines={"extension": KnownPipeline("Extension", ("File it", "Done"))},
)


def found(text: str, known: Known | None = FIRM) -> list[Finding]:
    document, places = read_document(text)
    return check(document, known, places)


def told(text: str, known: Known | None = FIRM) -> list[tuple[str, str, str]]:
    return [(each.severity, each.code, each.where) for each in found(text, known)]


def stages(*lines: str, also: str = "") -> str:
    """A document with these stages, and a quiet first and last one."""
    return (
        "pipeline: Tax\nstages:\n  - stage: First\n"
        + "".join(f"  - {line}\n" for line in (*lines, "stage: Last"))
        + also
    )


def entry(automation: str, more: str = "") -> str:
    return stages(f"{{stage: Middle, {more}on_entry: [{automation}]}}")


def status(rest: str) -> str:
    return stages(also=f"statuses:\n  - {{status: Waiting, {rest}}}\n")


HOLDS = "on_entry: [task: {title: x}]"
ONLY_FOREIGN = "on_entry: [{task: {title: x}, when: {tags: {all: [foreign]}}}]"
NOT_FOREIGN = "{task: {title: x}, when: {tags: {none: [foreign]}}}"
EITHER = f"{ONLY_FOREIGN[:-1]}, {NOT_FOREIGN}]"

RULES = [
    # stages and conditions
    (stages(), []),
    (stages(f"{{stage: Middle, automove: true, {HOLDS}}}"), []),
    (
        stages("{stage: Middle, automove: true}"),
        [("warning", "automove-without-blocker", "stages[1].automove")],
    ),
    (
        stages(f"{{stage: Middle, automove: true, {ONLY_FOREIGN}}}"),
        [("warning", "automove-without-blocker", "stages[1].automove")],
    ),
    (stages(f"{{stage: Middle, automove: true, {EITHER}}}"), []),
    (stages("{stage: Middle, automove: true}", also="options: {pass_through: true}"), []),
    (
        stages("{stage: Middle, automove: true, on_entry: [{task: {title: x}, enabled: false}]}"),
        [("warning", "automove-without-blocker", "stages[1].automove")],
    ),
    (
        "pipeline: Tax\nstages: [{stage: a}, {stage: b, automove: true}]",
        [("error", "automove-on-last-stage", "stages[1].automove")],
    ),
    (
        "pipeline: Tax\nstages: [{stage: a, when: {assigned: true}}, {stage: b, when: {assigned: true}}]",
        [
            ("error", "condition-on-first-or-last", "stages[0].when"),
            ("error", "condition-on-first-or-last", "stages[1].when"),
        ],
    ),
    (
        stages(
            f"{{stage: Auto, automove: true, {HOLDS}}}",
            "{stage: Middle, when: {tags: {all: [foreign], none: [Foreign]}}}",
        ),
        [("error", "unreachable-stage", "stages[2].when")],
    ),
    (
        stages(
            f"{{stage: Auto, automove: true, {HOLDS}}}",
            "{stage: Middle, when: {all: [{account_kind: company}, {not: {account_kind: [company, other]}}]}}",
        ),
        [("error", "unreachable-stage", "stages[2].when")],
    ),
    (
        stages("{stage: Middle, when: {tags: {all: [foreign]}}}"),
        [("warning", "condition-never-asked", "stages[1].when")],
    ),
    (
        stages(
            f"{{stage: Auto, automove: true, {HOLDS}}}",
            "{stage: Middle, when: {tags: {all: [foreign]}}}",
            "{stage: Next, when: {tags: {none: [foreign]}}}",
        ),
        [],
    ),
    (
        entry("{task: {title: x}, when: {priority: low, not: {priority: [low, high]}}}"),
        [("error", "condition-never-holds", "stages[1].on_entry[0].when")],
    ),
    # what the client reads
    (
        stages("{stage: A, on_entry: [client_status: {show: Finished}]}", "{stage: B}"),
        [
            ("warning", "client-status-left-standing", "stages[2]"),
            ("warning", "client-status-left-standing", "stages[3]"),
        ],
    ),
    (stages("{stage: A, on_entry: [client_status: {hide: true}]}", "{stage: B}"), []),
    (
        "pipeline: T\nstages: [{stage: a, on_entry: [client_status: {show: In progress}]}]",
        [("warning", "last-stage-still-in-progress", "stages[0]")],
    ),
    ("pipeline: T\nstages: [{stage: a, on_entry: [client_status: {show: Filed}]}]", []),
    (
        entry("client_status: {show: Finnished}"),
        [
            ("error", "unknown-client-status", "stages[1].on_entry[0].client_status.show"),
            ("warning", "client-status-left-standing", "stages[2]"),
        ],
    ),
    (
        "client_statuses: [{name: In progress, turn: client}, {name: finished}]\n" + stages(),
        [("warning", "client-status-differs", "client_statuses[0]")],
    ),
    # statuses
    (status(HOLDS), []),
    (status("color: red"), [("warning", "status-without-return", "statuses[0]")]),
    (status(ONLY_FOREIGN), [("warning", "status-without-return", "statuses[0]")]),
    (
        status(f"restore_client_status: true, {HOLDS}"),
        [("warning", "restore-without-change", "statuses[0].restore_client_status")],
    ),
    # names
    (entry("task: {template: Review}"), []),
    (
        entry("task: {template: Reviews}"),
        [("error", "unknown-template", "stages[1].on_entry[0].task.template")],
    ),
    (
        entry("task: {title: x, assignees: ['role:boss', mia@example.test]}"),
        [("warning", "unknown-role", "stages[1].on_entry[0].task.assignees[0]")],
    ),
    (
        entry("task: {title: x, assignees: [gone@example.test, preparer]}"),
        [
            ("warning", "unknown-member", "stages[1].on_entry[0].task.assignees[0]"),
            ("warning", "unknown-member", "stages[1].on_entry[0].task.assignees[1]"),
        ],
    ),
    (
        entry("email: {subject: a, text: b, sender: who@example.test}"),
        [("error", "unknown-member", "stages[1].on_entry[0].email.sender")],
    ),
    (
        "available_to: [who@example.test]\n" + stages(),
        [("error", "unknown-member", "available_to[0]")],
    ),
    (
        entry("tags: {add: [foreing], remove: [foreign]}"),
        [("warning", "unknown-tag", "stages[1].on_entry[0].tags.add[0]")],
    ),
    (
        entry("{task: {title: x}, when: {any: [{tags: {all: [new]}}, {tags: {any: [new]}}]}}"),
        [("warning", "unknown-tag", "stages[1].on_entry[0].when")],
    ),
    (
        entry("task: {title: 'For [ACOUNT_NAME] and [ACCOUNT_NAME]'}"),
        [("warning", "unknown-shortcode", "stages[1].on_entry[0].task.title")],
    ),
    (entry("email: {template: Empty}"), [("error", "email-without-words", "stages[1].on_entry[0].email")]),
    (entry("email: {template: Empty, text: Words}"), []),
    (
        entry("proposal: {template: 1040}", "automove: true, "),
        [("error", "kind-not-available", "stages[1].on_entry[0].proposal")],
    ),
    # jobs that make jobs
    (entry("create_job: {pipeline: Extension, stage: done}"), []),
    (
        entry("create_job: {pipeline: Extensions}"),
        [("error", "unknown-pipeline", "stages[1].on_entry[0].create_job.pipeline")],
    ),
    (
        entry("create_job: {pipeline: Extension, stage: Gone}"),
        [("error", "unknown-stage", "stages[1].on_entry[0].create_job.stage")],
    ),
    (
        entry("create_job: {pipeline: Extension, template: Next year}"),
        [("error", "unknown-stage", "stages[1].on_entry[0].create_job.template")],
    ),
    (
        entry("create_job: {pipeline: Tax, stage: Middle}"),
        [("error", "create-job-loop", "stages[1].on_entry[0].create_job")],
    ),
    (
        entry("{create_job: {pipeline: Tax, stage: Middle}, when: {tags: {all: [foreign]}}}"),
        [("warning", "create-job-loop", "stages[1].on_entry[0].create_job")],
    ),
    (
        entry("create_job: {pipeline: Tax}"),
        [("warning", "create-job-loop", "stages[1].on_entry[0].create_job")],
    ),
]


@pytest.mark.parametrize(("text", "expected"), RULES, ids=range(len(RULES)))
def test_each_rule_finds_what_it_is_for_and_nothing_else(text: str, expected: Any) -> None:
    assert told(text) == expected


def test_the_rules_together_know_every_promised_code() -> None:
    promised = """
        client-status-left-standing automove-without-blocker automove-on-last-stage condition-on-first-or-last
        unreachable-stage last-stage-still-in-progress status-without-return restore-without-change unknown-template
        unknown-role unknown-member unknown-tag unknown-client-status unknown-pipeline unknown-stage create-job-loop
        kind-not-available unknown-shortcode client-status-differs email-without-words
    """
    assert {code for _text, expected in RULES for _severity, code, _where in expected} >= set(
        promised.split()
    )


def test_findings_come_in_the_order_of_the_text_with_line_column_and_remedy() -> None:
    text = """pipeline: Tax
stages:
  - stage: First
    when: {assigned: true}
    on_entry:
      - task: {template: Reviewed}
  - stage: Last
    automove: true
"""
    first, second, third = found(text)
    assert (first.line, first.column, first.code, first.blocks) == (4, 5, "condition-on-first-or-last", True)
    assert (second.line, second.column, second.remedy) == (6, 16, "Did you mean “Review”?")
    assert (third.line, third.code, third.blocks) == (8, "automove-on-last-stage", False)
    assert all(each.message and each.remedy for each in (first, second, third))


def test_values_without_a_text_have_findings_without_lines() -> None:
    document, places = read_document({"pipeline": "x", "stages": [{"stage": "a", "automove": True}]})
    (finding,) = check(document, FIRM, places)
    assert finding.as_values()["line"] is None
    assert finding.where == "stages[0].automove"


def test_without_a_firm_only_what_the_document_itself_can_tell_is_told() -> None:
    automations = (
        "task: {template: T, assignees: ['role:boss', who@example.test, boss]}",
        "client_status: {show: S}",
        "create_job: {pipeline: Elsewhere}",
        "tags: {add: [anything]}",
    )
    text = entry("{" + "}, {".join(automations) + "}")
    assert told(text, None) == [
        ("warning", "unknown-member", "stages[1].on_entry[0].task.assignees[2]"),
        ("warning", "client-status-left-standing", "stages[2]"),
    ]


def test_a_loop_that_goes_through_the_firms_other_pipelines_is_found() -> None:
    back = read_document(
        "pipeline: Extension\nstages: [{stage: File it, on_entry: [create_job: {pipeline: Tax}]}]"
    )[0]
    known = replace(FIRM, pipelines={"extension": pipeline_of(back)})
    text = "pipeline: Tax\nstages: [{stage: First, on_entry: [create_job: {pipeline: Extension}]}]"
    (finding,) = found(text, known)
    assert finding.code == "create-job-loop"
    assert finding.severity == "error"
    assert "Tax → Extension → Tax" in finding.message


def test_a_condition_of_many_tags_is_not_tried_out_for_ever() -> None:
    names = ", ".join(f"t{number}" for number in range(60))
    text = stages(
        f"{{stage: A, automove: true, {HOLDS}}}",
        f"{{stage: B, when: {{tags: {{all: [{names}], none: [t0]}}}}}}",
    )
    assert told(text, None) == []


def test_the_firms_names_are_read_in_as_many_queries_as_there_are_nouns(
    make_pipeline: Any, employee: Any, django_assert_num_queries: Any
) -> None:
    make_pipeline(
        "pipeline: Extension\nstages: [{stage: File it, on_entry: [create_job: {pipeline: Extension}]}]"
    )
    Tag.objects.create(name="Foreign")
    ClientStatus.objects.create(name="Deleted", deleted_at=clock.now())
    Template.objects.create(kind="task", name="Review", body={"title": "Review"}, created_at=clock.now())
    with django_assert_num_queries(9):  # and what clients read
        known = known_names()
    assert known.complete
    assert known.tags == {"foreign": "Foreign"}
    assert known.client_statuses == {}
    assert known.templates == {("task", "review"): ("Review", {"title": "Review"})}
    assert known.members[employee.email]
    assert known.pipelines["extension"].creations[0].stage == "File it"


# The library


def the_library() -> tuple[dict[str, Any], Known]:
    documents = {name: read_document(text) for name, text in library.documents().items()}
    known = Known(
        roles={role: role for role in ("preparer", "reviewer", "partner", "admin", "bookkeeper", "payroll")},
        templates={
            (each["kind"], each["name"].casefold()): (each["name"], each["body"])
            for each in library.templates()
        },
    )
    return documents, known.with_documents(document for document, _places in documents.values())


def test_the_library_has_no_errors_when_its_documents_know_each_other() -> None:
    documents, known = the_library()
    errors = [
        (name, finding.line, finding.message)
        for name, (document, places) in documents.items()
        for finding in check(document, known, places)
        if finding.severity == "error"
    ]
    assert errors == []


def test_the_library_is_warned_of_nothing_that_could_be_mended() -> None:
    """Tags are made where they are used; and some statuses have to be taken back by a person."""
    documents, known = the_library()
    warned = {
        (name, finding.message.split("”")[0].strip("“"))
        for name, (document, places) in documents.items()
        for finding in check(document, known, places)
        if finding.code != "unknown-tag"
    }
    assert warned == {
        ("advisory", "Scope change"),
        ("audit", "Going concern or fraud matter"),
        ("cleanup", "More than expected"),
        ("offboarding", "Legal hold"),
        ("us-1040", "Invoice overdue"),
        ("us-1040", "On extension"),
        ("us-business-return", "On extension"),
        ("us-estimates", "Large change"),
    }


def test_every_template_of_the_library_is_sound_and_used() -> None:
    texts = "\n".join(library.documents().values())
    for each in library.templates():
        assert checked_body(each["kind"], each["body"])
        assert unknown_shortcodes(each["body"]) == []
        assert each["name"] in texts, each["name"]
