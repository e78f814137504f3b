from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True
    replaces = [
        ("outbox", "0002_together"),
    ]

    dependencies = []

    operations = [
        migrations.CreateModel(
            name="Delivery",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("key", models.CharField(max_length=200, unique=True)),
                ("kind", models.CharField(max_length=20)),
                ("to", models.CharField(max_length=400)),
                ("payload", models.JSONField()),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("pending", "Pending"),
                            ("sent", "Sent"),
                            ("failed", "Failed"),
                            ("undone", "Undone"),
                        ],
                        default="pending",
                        max_length=10,
                    ),
                ),
                ("not_before", models.DateTimeField()),
                ("created_at", models.DateTimeField()),
                ("sent_at", models.DateTimeField(null=True)),
                ("lease_until", models.DateTimeField(null=True)),
                ("attempts", models.IntegerField(default=0)),
                ("error", models.TextField(default="")),
                ("together", models.CharField(default="", max_length=100)),
                ("mail", models.CharField(max_length=200, null=True)),
                ("job", models.BigIntegerField(null=True)),
                ("event", models.BigIntegerField(null=True)),
                ("action", models.BigIntegerField(null=True)),
            ],
            options={
                "indexes": [
                    models.Index(
                        condition=models.Q(("state", "pending")),
                        fields=["not_before"],
                        name="delivery_pending",
                    ),
                    models.Index(
                        condition=models.Q(("state", "pending"), models.Q(("together", ""), _negated=True)),
                        fields=["together", "to"],
                        name="delivery_together",
                    ),
                    models.Index(
                        condition=models.Q(("mail__isnull", False)), fields=["mail"], name="delivery_by_mail"
                    ),
                    models.Index(
                        condition=models.Q(("job__isnull", False)), fields=["job"], name="delivery_by_job"
                    ),
                    models.Index(
                        condition=models.Q(("action__isnull", False)),
                        fields=["action"],
                        name="delivery_by_action",
                    ),
                ],
            },
        ),
    ]
