import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True
    replaces = [
        ("chats", "0001_chats"),
        ("chats", "0002_chat_translations"),
    ]

    dependencies = [
        ("clients", "0001_initial"),
        ("files", "0001_initial"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Chat",
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
                ("seen_version", models.PositiveIntegerField(default=1)),
                ("last_at", models.DateTimeField()),
                (
                    "account",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to="clients.account"
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="ClientTask",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("n", models.PositiveSmallIntegerField()),
                ("title", models.CharField(max_length=300)),
                ("ticked_at", models.DateTimeField(null=True)),
                ("ticked_by", models.CharField(default="", max_length=200)),
                (
                    "chat",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="tasks", to="chats.chat"
                    ),
                ),
            ],
            options={
                "ordering": ["n"],
            },
        ),
        migrations.CreateModel(
            name="Message",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("author_name", models.CharField(max_length=200)),
                ("from_client", models.BooleanField(default=False)),
                ("internal", models.BooleanField(default=False)),
                ("text", models.TextField()),
                ("mentions", models.JSONField(default=list)),
                ("at", models.DateTimeField()),
                ("withdrawn_at", models.DateTimeField(null=True)),
                (
                    "chat",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="messages", to="chats.chat"
                    ),
                ),
                (
                    "contact",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="clients.contact",
                    ),
                ),
                (
                    "member",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Attachment",
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
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="files.file"
                    ),
                ),
                (
                    "message",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="attachments",
                        to="chats.message",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="ReadMarker",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("up_to", models.BigIntegerField()),
                (
                    "chat",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="read_markers",
                        to="chats.chat",
                    ),
                ),
                (
                    "contact",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="clients.contact",
                    ),
                ),
                (
                    "member",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
        ),
        migrations.AddIndex(
            model_name="chat",
            index=models.Index(fields=["account", "-last_at"], name="chat_by_account"),
        ),
        migrations.AddConstraint(
            model_name="clienttask",
            constraint=models.UniqueConstraint(fields=("chat", "n"), name="client_task_once"),
        ),
        migrations.AddIndex(
            model_name="message",
            index=models.Index(fields=["chat", "id"], name="message_by_chat"),
        ),
        migrations.AddConstraint(
            model_name="message",
            constraint=models.CheckConstraint(
                condition=models.Q(("internal", False), ("from_client", False), _connector="OR"),
                name="no_internal_message_of_a_client",
            ),
        ),
        migrations.AddConstraint(
            model_name="attachment",
            constraint=models.UniqueConstraint(fields=("message", "file"), name="attached_once"),
        ),
        migrations.AddConstraint(
            model_name="readmarker",
            constraint=models.UniqueConstraint(fields=("chat", "member"), name="read_by_member_once"),
        ),
        migrations.AddConstraint(
            model_name="readmarker",
            constraint=models.UniqueConstraint(fields=("chat", "contact"), name="read_by_contact_once"),
        ),
        migrations.AddConstraint(
            model_name="readmarker",
            constraint=models.CheckConstraint(
                condition=models.Q(("member__isnull", True), ("contact__isnull", True), _connector="XOR"),
                name="read_by_one",
            ),
        ),
    ]
