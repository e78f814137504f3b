import clearstage.clients.models
import django.db.models.deletion
import django.db.models.functions.text
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True
    replaces = [
        ("clients", "0002_notice_preferences"),
        ("clients", "0003_portal_sign_in"),
    ]

    dependencies = [
        ("firm", "0001_initial"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Account",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("name", models.CharField(max_length=200)),
                (
                    "kind",
                    models.CharField(
                        choices=[("individual", "Individual"), ("company", "Company"), ("other", "Other")],
                        default="individual",
                        max_length=10,
                    ),
                ),
                ("number", models.CharField(blank=True, default="", max_length=40)),
                ("version", models.PositiveIntegerField(default=1)),
                ("created_at", models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name="LinkRequest",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("email", models.CharField(max_length=254)),
                ("at", models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name="AccountContact",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("login", models.BooleanField(default=False)),
                ("notify", models.BooleanField(default=True)),
                (
                    "account",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="contact_links",
                        to="clients.account",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Contact",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("name", models.CharField(max_length=200)),
                ("email", models.EmailField(max_length=254)),
                ("password", models.CharField(default=clearstage.clients.models.no_password, max_length=200)),
                ("language", models.CharField(default="en", max_length=10)),
                (
                    "notices",
                    models.CharField(
                        choices=[("each", "At once"), ("daily", "Once a day"), ("none", "Not at all")],
                        default="each",
                        max_length=5,
                    ),
                ),
                ("status_notices", models.BooleanField(default=True)),
                ("invited_at", models.DateTimeField(null=True)),
                ("signed_in_at", models.DateTimeField(null=True)),
                ("sessions_round", models.PositiveIntegerField(default=0)),
                ("created_at", models.DateTimeField()),
                (
                    "accounts",
                    models.ManyToManyField(
                        related_name="contacts", through="clients.AccountContact", to="clients.account"
                    ),
                ),
            ],
        ),
        migrations.AddField(
            model_name="accountcontact",
            name="contact",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE,
                related_name="account_links",
                to="clients.contact",
            ),
        ),
        migrations.CreateModel(
            name="Passkey",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("name", models.CharField(max_length=60)),
                ("credential", models.CharField(max_length=1400, unique=True)),
                ("public_key", models.TextField()),
                ("sign_count", models.BigIntegerField(default=0)),
                ("synced", models.BooleanField(default=False)),
                ("transports", models.JSONField(default=list)),
                ("created_at", models.DateTimeField()),
                ("used_at", models.DateTimeField(null=True)),
                (
                    "contact",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="passkeys",
                        to="clients.contact",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="RoleHolder",
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
                        related_name="role_holders",
                        to="clients.account",
                    ),
                ),
                (
                    "member",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="roles_held",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "role",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="holders", to="firm.role"
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="SignInLink",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "purpose",
                    models.CharField(
                        choices=[("invitation", "Invitation"), ("sign-in", "Sign In")], max_length=10
                    ),
                ),
                ("digest", models.CharField(max_length=64, unique=True)),
                ("email", models.EmailField(max_length=254)),
                ("created_at", models.DateTimeField()),
                ("expires_at", models.DateTimeField()),
                ("used_at", models.DateTimeField(null=True)),
                ("ended_at", models.DateTimeField(null=True)),
                (
                    "contact",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="sign_in_links",
                        to="clients.contact",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Tag",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("name", models.CharField(max_length=60)),
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
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        django.db.models.functions.text.Lower("name"), name="tag_name_once"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="AccountTag",
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
                        related_name="account_tags",
                        to="clients.account",
                    ),
                ),
                (
                    "tag",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="account_tags",
                        to="clients.tag",
                    ),
                ),
            ],
        ),
        migrations.AddField(
            model_name="account",
            name="tags",
            field=models.ManyToManyField(
                related_name="accounts", through="clients.AccountTag", to="clients.tag"
            ),
        ),
        migrations.CreateModel(
            name="AccountAccess",
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
                        related_name="access",
                        to="clients.account",
                    ),
                ),
                (
                    "member",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="account_access",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("account", "member"), name="account_access_once")
                ],
            },
        ),
        migrations.AddConstraint(
            model_name="contact",
            constraint=models.UniqueConstraint(
                django.db.models.functions.text.Lower("email"), name="contact_email_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="accountcontact",
            constraint=models.UniqueConstraint(fields=("account", "contact"), name="account_contact_once"),
        ),
        migrations.AddConstraint(
            model_name="roleholder",
            constraint=models.UniqueConstraint(fields=("account", "role", "member"), name="role_holder_once"),
        ),
        migrations.AddConstraint(
            model_name="accounttag",
            constraint=models.UniqueConstraint(fields=("account", "tag"), name="account_tag_once"),
        ),
        migrations.AddIndex(
            model_name="account",
            index=models.Index(django.db.models.functions.text.Lower("name"), name="account_by_name"),
        ),
    ]
