import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True
    replaces = [
        ("organizers", "0001_organizers"),
    ]

    dependencies = [
        ("clients", "0001_initial"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Organizer",
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
                ("template", models.CharField(default="", max_length=120)),
                ("content", models.JSONField()),
                ("submitted_by", models.CharField(default="", max_length=200)),
                ("sealed_at", models.DateTimeField(null=True)),
                (
                    "account",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to="clients.account"
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Answer",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("question", models.CharField(max_length=60)),
                ("value", models.JSONField(null=True)),
                ("prefilled", models.BooleanField(default=False)),
                ("by_name", models.CharField(default="", max_length=200)),
                ("at", models.DateTimeField()),
                ("via", models.CharField(default="", max_length=20)),
                (
                    "by_contact",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="clients.contact",
                    ),
                ),
                (
                    "by_member",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "organizer",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="answers",
                        to="organizers.organizer",
                    ),
                ),
            ],
        ),
        migrations.AddIndex(
            model_name="organizer",
            index=models.Index(fields=["account", "state"], name="organizer_by_account"),
        ),
        migrations.AddIndex(
            model_name="organizer",
            index=models.Index(fields=["template", "account"], name="organizer_by_template"),
        ),
        migrations.AddConstraint(
            model_name="answer",
            constraint=models.UniqueConstraint(fields=("organizer", "question"), name="answer_once"),
        ),
    ]
