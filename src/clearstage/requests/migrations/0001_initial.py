import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True
    replaces = [
        ("requests", "0001_requests"),
    ]

    dependencies = [
        ("clients", "0001_initial"),
        ("files", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="ClientRequest",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("title", models.CharField(max_length=300)),
                ("state", models.CharField(max_length=12)),
                ("due", models.DateField(null=True)),
                ("made_by", models.CharField(default="", max_length=100)),
                ("version", models.PositiveIntegerField(default=1)),
                ("translations", models.JSONField(default=dict)),
                ("created_at", models.DateTimeField()),
                ("finished_at", models.DateTimeField(null=True)),
                ("intro", models.TextField(default="")),
                ("review", models.BooleanField(default=True)),
                ("rest_percent", models.PositiveSmallIntegerField(default=100)),
                ("entries_made", models.PositiveSmallIntegerField(default=0)),
                (
                    "account",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to="clients.account"
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="EntryFile",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "file",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="entry_files",
                        to="files.file",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="RequestEntry",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("n", models.PositiveSmallIntegerField()),
                ("title", models.CharField(max_length=300)),
                ("help", models.TextField(default="")),
                (
                    "kind",
                    models.CharField(
                        choices=[("either", "Files or text"), ("upload", "Files"), ("text", "Text")],
                        default="either",
                        max_length=8,
                    ),
                ),
                ("required", models.BooleanField(default=True)),
                ("critical", models.BooleanField(default=False)),
                ("due", models.DateField(null=True)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("requested", "Requested"),
                            ("submitted", "Submitted"),
                            ("accepted", "Accepted"),
                            ("returned", "Returned"),
                        ],
                        default="requested",
                        max_length=10,
                    ),
                ),
                ("text", models.TextField(default="")),
                ("not_applicable", models.CharField(default="", max_length=500)),
                ("reason", models.CharField(default="", max_length=1000)),
                ("submissions", models.PositiveIntegerField(default=0)),
                ("returns", models.PositiveIntegerField(default=0)),
                ("submitted_by", models.CharField(default="", max_length=200)),
                ("from_client", models.BooleanField(default=False)),
                ("submitted_at", models.DateTimeField(null=True)),
                ("judged_by", models.CharField(default="", max_length=200)),
                ("judged_at", models.DateTimeField(null=True)),
                ("before", models.CharField(default="", max_length=10)),
                (
                    "files",
                    models.ManyToManyField(
                        related_name="request_entries", through="requests.EntryFile", to="files.file"
                    ),
                ),
                (
                    "request",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="entries",
                        to="requests.clientrequest",
                    ),
                ),
            ],
        ),
        migrations.AddField(
            model_name="entryfile",
            name="entry",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE,
                related_name="entry_files",
                to="requests.requestentry",
            ),
        ),
        migrations.AddIndex(
            model_name="clientrequest",
            index=models.Index(fields=["account"], name="request_by_account"),
        ),
        migrations.AddIndex(
            model_name="clientrequest",
            index=models.Index(fields=["state", "account"], name="request_by_state"),
        ),
        migrations.AddIndex(
            model_name="requestentry",
            index=models.Index(
                condition=models.Q(("state", "submitted")),
                fields=["submitted_at"],
                name="request_entry_to_check",
            ),
        ),
        migrations.AddConstraint(
            model_name="requestentry",
            constraint=models.UniqueConstraint(fields=("request", "n"), name="request_entry_once"),
        ),
        migrations.AddConstraint(
            model_name="entryfile",
            constraint=models.UniqueConstraint(fields=("entry", "file"), name="request_entry_file_once"),
        ),
    ]
