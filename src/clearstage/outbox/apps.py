from django.apps import AppConfig


class OutboxConfig(AppConfig):
    name = "clearstage.outbox"
    default_auto_field = "django.db.models.BigAutoField"
