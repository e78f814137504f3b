"""T2, T4: templates of every kind this version has; what is renamed is followed, what is used is not lost."""

from __future__ import annotations

import pytest

from clearstage.events.models import Event
from clearstage.events.record import in_words
from clearstage.firm.models import Role
from clearstage.firm.operations.roles import remove_role, rename_role
from clearstage.jobs.models import Automation, Job, Template
from clearstage.jobs.operations.adding import NewJobs, add_jobs
from clearstage.jobs.operations.templates import create_template, delete_template, edit_template
from clearstage.jobs.templates import template_kinds, unknown_shortcodes
from clearstage.kernel.errors import Forbidden, Invalid, NotFound, Refused

EMAIL = {"subject": "Welcome, [CONTACT_FIRST_NAME]", "text": "We are glad to work for [ACCOUNT_NAME]."}
WELCOME = """
pipeline: Welcome
stages:
  - stage: Start
    on_entry:
      - email: {template: Welcome mail}
      - task: {template: First call}
"""


def words():
    event = Event.objects.last()
    return str(in_words(event.kind, event.data))


def test_there_is_a_kind_for_what_this_version_can_make():
    assert {"email", "job", "message", "organizer", "task"} <= set(template_kinds())


@pytest.mark.parametrize(
    ("kind", "body"),
    [
        ("email", EMAIL),
        ("email", {**EMAIL, "sender": "role:partner"}),
        ("task", {"title": "Call [CONTACT_NAME]"}),
        (
            "task",
            {
                "title": "Call",
                "assignees": ["role:preparer"],
                "due": "5 business days",
                "checklist": ["a", "b"],
            },
        ),
        ("job", {}),
        (
            "job",
            {
                "name": "Return [LAST_YEAR]",
                "pipeline": "Tax return",
                "stage": "Documents",
                "budget_minutes": 90,
            },
        ),
        ("job", {"start": "2 days", "due": "2026-04-15", "client_status": {"hide": True}}),
        (
            "job",
            {"client_status": {"show": "In progress", "description": "We are at it.", "job_name": "Taxes"}},
        ),
    ],
)
def test_a_template_is_kept_as_it_was_given(owner_actor, kind, body):
    template = create_template(owner_actor, kind, "Mine", body)
    template.refresh_from_db()
    assert template.body == body
    assert words() == f"Made the {kind} template “Mine”"


@pytest.mark.parametrize(
    ("kind", "body", "where"),
    [
        ("email", {"subject": "", "text": "x"}, "body.subject"),
        ("email", {"subject": "x"}, "body.text"),
        ("email", {**EMAIL, "text": ""}, "body.text"),
        ("email", {**EMAIL, "colour": "red"}, "body.colour"),
        ("email", {**EMAIL, "text": "a\x00b"}, "body.text"),
        ("task", {}, "body.title"),
        ("task", {"title": "x", "template": "y"}, "body.template"),
        ("task", {"title": "x", "due": "soon"}, "body.due"),
        ("task", {"title": "x", "priority": "top"}, "body.priority"),
        ("job", {"budget_minutes": "90"}, "body.budget_minutes"),
        ("job", {"client_status": {"show": "x", "hide": True}}, "body.client_status"),
        ("job", {"client_status": {"show": "x", "turn": "client"}}, "body.client_status.turn"),
        ("proposal", {}, "kind"),
        ("poem", {}, "kind"),
    ],
)
def test_a_body_that_cannot_be_understood_is_refused_with_its_place(owner_actor, kind, body, where):
    with pytest.raises(Invalid) as refusal:
        create_template(owner_actor, kind, "Mine", body)
    assert [each for each, _message in refusal.value.errors] == [where]
    assert not Template.objects.exists()
    assert not Event.objects.exists()


def test_kinds_of_later_versions_are_named_honestly(owner_actor):
    with pytest.raises(Invalid, match="“invoice” is not available in this version"):
        create_template(owner_actor, "invoice", "Mine", {})


def test_a_name_is_taken_once_for_each_kind(owner_actor):
    create_template(owner_actor, "email", "Début", EMAIL)
    create_template(owner_actor, "task", "Début", {"title": "x"})
    for name in ("DÉBUT", "", "x" * 121):
        with pytest.raises(Invalid):
            create_template(owner_actor, "email", name, EMAIL)
    assert Template.objects.count() == 2


def test_pipelines_follow_the_new_name_of_a_template(owner_actor, make_pipeline):
    mail = create_template(owner_actor, "email", "Welcome mail", EMAIL)
    create_template(owner_actor, "task", "First call", {"title": "Call"})
    pipeline = make_pipeline(WELCOME)
    edit_template(owner_actor, mail.pk, name="Greeting")
    assert Automation.objects.get(kind="email").settings == {"template": "Greeting"}
    assert Automation.objects.get(kind="task").settings == {"template": "First call"}
    pipeline.refresh_from_db()
    assert pipeline.revision == 2
    assert words() == "Changed the email template “Greeting”: name: “Welcome mail” → “Greeting”"


def test_a_template_in_use_is_deleted_only_when_that_is_meant(owner_actor, make_pipeline):
    mail = create_template(owner_actor, "email", "Welcome mail", EMAIL)
    create_template(owner_actor, "task", "First call", {"title": "Call"})
    make_pipeline(WELCOME)
    with pytest.raises(Refused, match="Welcome · Start") as refusal:
        delete_template(owner_actor, mail.pk)
    assert refusal.value.extra == {"places": ["Welcome · Start"]}
    assert Template.objects.filter(pk=mail.pk).exists()
    delete_template(owner_actor, mail.pk, even_if_used=True)
    assert words() == "Deleted the email template “Welcome mail”"


def test_an_edited_template_changes_no_existing_job(owner_actor, tax, ada):
    template = create_template(
        owner_actor, "job", "Return", {"name": "Return for [ACCOUNT_NAME]", "priority": "high"}
    )
    job = Job.objects.get(
        pk=add_jobs(owner_actor, NewJobs([ada.pk], tax.pk, template="Return")).plan.going[0].id
    )
    assert (job.name, job.priority) == ("Return for Ada Okafor", "high")
    edit_template(owner_actor, template.pk, body={"name": "Other", "due": "3 days"})
    job.refresh_from_db()
    assert job.name == "Return for Ada Okafor"
    assert words() == "Changed the job template “Return”: due, name, priority"


def test_what_is_so_already_is_no_change(owner_actor):
    template = create_template(owner_actor, "email", "Mine", EMAIL)
    edit_template(owner_actor, template.pk, name=" Mine ", body={**EMAIL, "sender": None})
    assert Event.objects.count() == 1


def test_roles_in_templates_follow_and_hold_the_role(owner_actor):
    template = create_template(
        owner_actor, "task", "Call", {"title": "Call", "assignees": ["role:Payroll", "role:partner"]}
    )
    payroll = Role.objects.get(name="payroll")
    rename_role(owner_actor, payroll.pk, "wages")
    template.refresh_from_db()
    assert template.body["assignees"] == ["role:wages", "role:partner"]
    with pytest.raises(Refused, match="task template “Call”"):
        remove_role(owner_actor, payroll.pk)


def test_the_editor_is_told_of_shortcodes_that_stand_for_nothing():
    body = {"title": "[ACCOUNT_NAME] [ACOUNT_NAME]", "checklist": ["[NOBODY]", "[TODAY]", "[NOBODY]"]}
    assert unknown_shortcodes(body) == ["ACOUNT_NAME", "NOBODY"]


def test_templates_take_the_right(employee_actor, make_member, actor_for):
    template = create_template(actor_for(make_member(rights=["templates"])), "email", "Mine", EMAIL)
    for attempt in (
        lambda: create_template(employee_actor, "email", "Other", EMAIL),
        lambda: edit_template(employee_actor, template.pk, name="Other"),
        lambda: delete_template(employee_actor, template.pk),
    ):
        with pytest.raises(Forbidden):
            attempt()
    assert Event.objects.count() == 1


def test_a_template_that_is_not_there_cannot_be_changed(owner_actor):
    for attempt in (
        lambda: edit_template(owner_actor, 4711, name="x"),
        lambda: delete_template(owner_actor, 4711),
    ):
        with pytest.raises(NotFound):
            attempt()
