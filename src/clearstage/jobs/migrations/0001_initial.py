import clearstage.engine.facts
import clearstage.jobs.models
import django.db.models.deletion
import django.db.models.functions.text
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True
    replaces = [
        ("jobs", "0002_translations"),
    ]

    dependencies = [
        ("clients", "0001_initial"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="CommandRun",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("kind", models.CharField(max_length=30)),
                ("actor_kind", models.CharField(max_length=10)),
                ("actor", models.BigIntegerField(null=True)),
                ("actor_name", models.CharField(max_length=200)),
                ("at", models.DateTimeField()),
                ("undo_until", models.DateTimeField()),
                ("undone_at", models.DateTimeField(null=True)),
            ],
        ),
        migrations.CreateModel(
            name="CustomStatus",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("name", models.CharField(max_length=100)),
                (
                    "color",
                    models.CharField(
                        choices=[
                            ("blue", "blue"),
                            ("azure", "azure"),
                            ("indigo", "indigo"),
                            ("purple", "purple"),
                            ("pink", "pink"),
                            ("red", "red"),
                            ("orange", "orange"),
                            ("yellow", "yellow"),
                            ("lime", "lime"),
                            ("green", "green"),
                            ("teal", "teal"),
                            ("cyan", "cyan"),
                            ("gray", "gray"),
                        ],
                        default="orange",
                        max_length=10,
                    ),
                ),
                ("description", models.TextField(blank=True, default="")),
                ("restore_client_status", models.BooleanField(default=False)),
            ],
            options={
                "ordering": ["id"],
            },
        ),
        migrations.CreateModel(
            name="ClientStatus",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("name", models.CharField(max_length=100)),
                ("description", models.TextField(blank=True, default="")),
                ("translations", models.JSONField(default=dict)),
                (
                    "color",
                    models.CharField(
                        choices=[
                            ("blue", "blue"),
                            ("azure", "azure"),
                            ("indigo", "indigo"),
                            ("purple", "purple"),
                            ("pink", "pink"),
                            ("red", "red"),
                            ("orange", "orange"),
                            ("yellow", "yellow"),
                            ("lime", "lime"),
                            ("green", "green"),
                            ("teal", "teal"),
                            ("cyan", "cyan"),
                            ("gray", "gray"),
                        ],
                        default="gray",
                        max_length=10,
                    ),
                ),
                (
                    "turn",
                    models.CharField(
                        choices=[
                            ("client", "Client"),
                            ("firm", "Firm"),
                            ("agency", "Agency"),
                            ("nobody", "Nobody"),
                        ],
                        default="firm",
                        max_length=10,
                    ),
                ),
                ("position", models.PositiveIntegerField(default=0)),
                ("deleted_at", models.DateTimeField(null=True)),
            ],
            options={
                "ordering": ["position", "id"],
                "constraints": [
                    models.UniqueConstraint(
                        django.db.models.functions.text.Lower("name"),
                        condition=models.Q(("deleted_at__isnull", True)),
                        name="client_status_name_once",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Job",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("name", models.CharField(max_length=200)),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("active", "Active"),
                            ("completed", "Completed"),
                            ("archived", "Archived"),
                            ("custom", "Custom"),
                        ],
                        default=clearstage.engine.facts.JobStatus["ACTIVE"],
                        max_length=10,
                    ),
                ),
                ("visit", models.PositiveIntegerField(default=0)),
                ("status_visit", models.PositiveIntegerField(default=0)),
                ("visits", models.PositiveIntegerField(default=0)),
                ("placed_by", models.BigIntegerField(null=True)),
                ("entered_stage_at", models.DateTimeField()),
                ("status_since", models.DateTimeField()),
                (
                    "priority",
                    models.CharField(
                        choices=[
                            ("low", "Low"),
                            ("medium", "Medium"),
                            ("high", "High"),
                            ("urgent", "Urgent"),
                        ],
                        default="medium",
                        max_length=10,
                    ),
                ),
                ("description", models.TextField(blank=True, default="")),
                ("start", models.DateField(null=True)),
                ("due", models.DateField(null=True)),
                ("deadline", models.DateField(null=True)),
                ("budget_minutes", models.PositiveIntegerField(null=True)),
                ("client_shown", models.BooleanField(default=False)),
                ("client_job_name", models.CharField(max_length=200, null=True)),
                ("client_description", models.TextField(null=True)),
                ("client_since", models.DateTimeField(null=True)),
                ("saved_block", models.JSONField(null=True)),
                ("version", models.PositiveIntegerField(default=1)),
                ("created_at", models.DateTimeField()),
                (
                    "account",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="jobs", to="clients.account"
                    ),
                ),
                (
                    "client_status",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="jobs",
                        to="jobs.clientstatus",
                    ),
                ),
                (
                    "custom_status",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="jobs",
                        to="jobs.customstatus",
                    ),
                ),
                (
                    "made_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="made",
                        to="jobs.job",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="JobAssignee",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "job",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="job_assignees",
                        to="jobs.job",
                    ),
                ),
                (
                    "member",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="job_assignments",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
        ),
        migrations.AddField(
            model_name="job",
            name="assignees",
            field=models.ManyToManyField(
                related_name="jobs", through="jobs.JobAssignee", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.CreateModel(
            name="Pipeline",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("name", models.CharField(max_length=120)),
                ("description", models.TextField(blank=True, default="")),
                ("for_everyone", models.BooleanField(default=True)),
                ("card_fields", models.JSONField(default=list)),
                ("pass_through", models.BooleanField(default=False)),
                ("reviewer_is_not_preparer", models.BooleanField(default=False)),
                ("revision", models.PositiveIntegerField(default=0)),
                ("stamp", models.CharField(default=clearstage.jobs.models.new_stamp, max_length=32)),
                (
                    "available_to",
                    models.ManyToManyField(related_name="pipelines", to=settings.AUTH_USER_MODEL),
                ),
            ],
            options={
                "ordering": [django.db.models.functions.text.Lower("name")],
            },
        ),
        migrations.AddField(
            model_name="job",
            name="pipeline",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="jobs", to="jobs.pipeline"
            ),
        ),
        migrations.AddField(
            model_name="customstatus",
            name="pipeline",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="statuses", to="jobs.pipeline"
            ),
        ),
        migrations.CreateModel(
            name="PipelineRevision",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("number", models.PositiveIntegerField()),
                ("document", models.JSONField()),
                ("changes", models.JSONField(default=list)),
                ("author", models.CharField(max_length=200)),
                ("at", models.DateTimeField()),
                (
                    "pipeline",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="revisions",
                        to="jobs.pipeline",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Stage",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("position", models.PositiveIntegerField()),
                ("name", models.CharField(max_length=100)),
                (
                    "color",
                    models.CharField(
                        choices=[
                            ("blue", "blue"),
                            ("azure", "azure"),
                            ("indigo", "indigo"),
                            ("purple", "purple"),
                            ("pink", "pink"),
                            ("red", "red"),
                            ("orange", "orange"),
                            ("yellow", "yellow"),
                            ("lime", "lime"),
                            ("green", "green"),
                            ("teal", "teal"),
                            ("cyan", "cyan"),
                            ("gray", "gray"),
                        ],
                        default="gray",
                        max_length=10,
                    ),
                ),
                ("automove", models.BooleanField(default=False)),
                ("time_limit", models.PositiveIntegerField(null=True)),
                ("condition", models.JSONField(null=True)),
                (
                    "pipeline",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="stages", to="jobs.pipeline"
                    ),
                ),
            ],
            options={
                "ordering": ["position"],
            },
        ),
        migrations.CreateModel(
            name="LinkedItem",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("kind", models.CharField(max_length=20)),
                ("item", models.BigIntegerField()),
                ("visit", models.PositiveIntegerField()),
                ("holds", models.BooleanField(default=True)),
                ("made_by", models.CharField(default="", max_length=100)),
                ("due", models.DateField(null=True)),
                ("finished_at", models.DateTimeField(null=True)),
                (
                    "job",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="links", to="jobs.job"
                    ),
                ),
                (
                    "status",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.SET_NULL, to="jobs.customstatus"
                    ),
                ),
                (
                    "stage",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.SET_NULL, to="jobs.stage"
                    ),
                ),
            ],
        ),
        migrations.AddField(
            model_name="job",
            name="stage",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="jobs", to="jobs.stage"
            ),
        ),
        migrations.CreateModel(
            name="Automation",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("position", models.PositiveIntegerField()),
                ("key", models.CharField(max_length=60)),
                ("kind", models.CharField(max_length=30)),
                ("settings", models.JSONField()),
                ("condition", models.JSONField(null=True)),
                ("enabled", models.BooleanField(default=True)),
                (
                    "status",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="automations",
                        to="jobs.customstatus",
                    ),
                ),
                (
                    "stage",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="automations",
                        to="jobs.stage",
                    ),
                ),
            ],
            options={
                "ordering": ["position"],
            },
        ),
        migrations.CreateModel(
            name="Template",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("kind", models.CharField(max_length=20)),
                ("name", models.CharField(max_length=120)),
                ("body", models.JSONField(default=dict)),
                ("translations", models.JSONField(default=dict)),
                ("created_at", models.DateTimeField()),
            ],
            options={
                "ordering": ["kind", django.db.models.functions.text.Lower("name")],
                "constraints": [
                    models.UniqueConstraint(
                        models.F("kind"),
                        django.db.models.functions.text.Lower("name"),
                        name="template_name_once",
                    )
                ],
            },
        ),
        migrations.AddConstraint(
            model_name="jobassignee",
            constraint=models.UniqueConstraint(fields=("job", "member"), name="job_assignee_once"),
        ),
        migrations.AddConstraint(
            model_name="pipeline",
            constraint=models.UniqueConstraint(
                django.db.models.functions.text.Lower("name"), name="pipeline_name_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="customstatus",
            constraint=models.UniqueConstraint(
                models.F("pipeline"),
                django.db.models.functions.text.Lower("name"),
                name="custom_status_name_once",
            ),
        ),
        migrations.AddConstraint(
            model_name="pipelinerevision",
            constraint=models.UniqueConstraint(fields=("pipeline", "number"), name="revision_number_once"),
        ),
        migrations.AddConstraint(
            model_name="stage",
            constraint=models.UniqueConstraint(
                models.F("pipeline"), django.db.models.functions.text.Lower("name"), name="stage_name_once"
            ),
        ),
        migrations.AddIndex(
            model_name="linkeditem",
            index=models.Index(fields=["kind", "item"], name="link_by_item"),
        ),
        migrations.AddConstraint(
            model_name="linkeditem",
            constraint=models.UniqueConstraint(fields=("job", "kind", "item"), name="linked_once"),
        ),
        migrations.AddIndex(
            model_name="job",
            index=models.Index(
                condition=models.Q(("status", "archived"), _negated=True),
                fields=["stage", "-entered_stage_at", "-id"],
                name="job_on_board",
            ),
        ),
        migrations.AddIndex(
            model_name="job",
            index=models.Index(fields=["account", "status"], name="job_by_account"),
        ),
        migrations.AddIndex(
            model_name="job",
            index=models.Index(condition=models.Q(("due__isnull", False)), fields=["due"], name="job_by_due"),
        ),
        migrations.AddConstraint(
            model_name="automation",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("stage__isnull", True), ("status__isnull", False)),
                    models.Q(("stage__isnull", False), ("status__isnull", True)),
                    _connector="OR",
                ),
                name="automation_has_one_trigger",
            ),
        ),
    ]
