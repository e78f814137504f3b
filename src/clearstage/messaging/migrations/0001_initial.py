import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True
    replaces = [
        ("messaging", "0002_notices_and_reminders"),
        ("messaging", "0003_gathered_by_action"),
        ("messaging", "0004_inbox_unread"),
        ("messaging", "0005_comments"),
        ("messaging", "0006_gathering_entries"),
        ("messaging", "0007_notices_apart"),
    ]

    dependencies = [
        ("clients", "0001_initial"),
        ("jobs", "0001_initial"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="AccountFollow",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "account",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="followers",
                        to="clients.account",
                    ),
                ),
                (
                    "member",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="follows",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("member", "account"), name="account_followed_once")
                ],
            },
        ),
        migrations.CreateModel(
            name="Comment",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("kind", models.CharField(default="", max_length=20)),
                ("item", models.BigIntegerField(null=True)),
                ("text", models.TextField()),
                ("mentions", models.JSONField(default=list)),
                ("at", models.DateTimeField()),
                (
                    "account",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="comments",
                        to="clients.account",
                    ),
                ),
                (
                    "job",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="comments",
                        to="jobs.job",
                    ),
                ),
                (
                    "member",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(
                        condition=models.Q(("job__isnull", False)),
                        fields=["job", "id"],
                        name="comment_by_job",
                    ),
                    models.Index(
                        condition=models.Q(("item__isnull", False)),
                        fields=["kind", "item"],
                        name="comment_by_item",
                    ),
                    models.Index(
                        condition=models.Q(("item__isnull", True), ("job__isnull", True)),
                        fields=["account", "id"],
                        name="comment_by_account",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="GatheredNotice",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("key", models.CharField(max_length=200, unique=True)),
                ("subject", models.JSONField()),
                ("text", models.JSONField()),
                ("kind", models.CharField(default="", max_length=20)),
                ("item", models.BigIntegerField(null=True)),
                ("until_done", models.BooleanField(default=True)),
                ("apart", models.BooleanField(default=False)),
                ("event", models.BigIntegerField(null=True)),
                ("action", models.BigIntegerField(null=True)),
                ("not_before", models.DateTimeField()),
                ("settled_by", models.CharField(max_length=200, null=True)),
                (
                    "account",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="gathered_notices",
                        to="clients.account",
                    ),
                ),
                (
                    "contact",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="gathered_notices",
                        to="clients.contact",
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(
                        condition=models.Q(("action__isnull", False)),
                        fields=["action"],
                        name="gathered_by_action",
                    ),
                    models.Index(
                        condition=models.Q(("settled_by__isnull", True)),
                        fields=["not_before"],
                        name="gathered_open",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="InboxEntry",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("notice", "Notice"),
                            ("automation_failed", "Automation failed"),
                            ("access_request", "Access request"),
                            ("client_activity", "Client activity"),
                            ("client_documents", "Documents from a client"),
                            ("mention", "Mention"),
                        ],
                        max_length=20,
                    ),
                ),
                ("text", models.JSONField()),
                ("many", models.JSONField(null=True)),
                ("count", models.PositiveIntegerField(default=1)),
                ("gathers", models.CharField(max_length=100, null=True)),
                ("event", models.BigIntegerField(null=True)),
                ("at", models.DateTimeField()),
                ("read_at", models.DateTimeField(null=True)),
                ("done_at", models.DateTimeField(null=True)),
                ("snoozed_until", models.DateTimeField(null=True)),
                (
                    "account",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="inbox_entries",
                        to="clients.account",
                    ),
                ),
                (
                    "job",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="inbox_entries",
                        to="jobs.job",
                    ),
                ),
                (
                    "member",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="inbox",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(
                        condition=models.Q(("done_at__isnull", True)),
                        fields=["member", "-at", "-id"],
                        name="inbox_open",
                    ),
                    models.Index(
                        condition=models.Q(("done_at__isnull", True), ("read_at__isnull", True)),
                        fields=["member", "snoozed_until"],
                        name="inbox_unread",
                    ),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("gathers__isnull", True)),
                        fields=("member", "kind", "event"),
                        name="told_once",
                    ),
                    models.UniqueConstraint(fields=("member", "gathers"), name="gathered_in_one"),
                ],
            },
        ),
        migrations.CreateModel(
            name="Reminder",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("kind", models.CharField(max_length=20)),
                ("item", models.BigIntegerField()),
                ("first_days", models.PositiveSmallIntegerField()),
                ("every_days", models.PositiveSmallIntegerField()),
                ("most", models.PositiveSmallIntegerField()),
                ("then_status", models.CharField(max_length=100, null=True)),
                ("next_at", models.DateTimeField()),
                ("sent", models.PositiveSmallIntegerField(default=0)),
                ("number", models.PositiveIntegerField(default=0)),
                ("stopped_at", models.DateTimeField(null=True)),
                (
                    "account",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="reminders",
                        to="clients.account",
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(
                        condition=models.Q(("stopped_at__isnull", True)),
                        fields=["next_at"],
                        name="reminder_due",
                    )
                ],
                "constraints": [models.UniqueConstraint(fields=("kind", "item"), name="reminder_once")],
            },
        ),
    ]
