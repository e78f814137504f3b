import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True
    replaces = [
        ("events", "0003_read_in_order"),
    ]

    dependencies = []

    operations = [
        migrations.CreateModel(
            name="Event",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("at", models.DateTimeField()),
                ("kind", models.CharField(max_length=60)),
                ("actor_kind", models.CharField(max_length=10)),
                ("actor", models.BigIntegerField(null=True)),
                ("actor_name", models.CharField(max_length=200)),
                ("on_behalf", models.CharField(default="", max_length=200)),
                ("via", models.CharField(max_length=20)),
                ("cause", models.BigIntegerField(null=True)),
                ("action", models.BigIntegerField(null=True)),
                ("job", models.BigIntegerField(null=True)),
                ("account", models.BigIntegerField(null=True)),
                ("revision", models.IntegerField(null=True)),
                ("data", models.JSONField(default=dict)),
            ],
            options={
                "ordering": ["id"],
                "indexes": [
                    models.Index(fields=["job", "id"], name="event_by_job"),
                    models.Index(
                        condition=models.Q(("action__isnull", False)),
                        fields=["action"],
                        name="event_by_action",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Seal",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("hash", models.CharField(max_length=64)),
                (
                    "event",
                    models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, to="events.event"),
                ),
            ],
        ),
    ]
