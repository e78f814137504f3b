from importlib import import_module

from django.apps import AppConfig


class ClientsConfig(AppConfig):
    name = "clearstage.clients"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        import_module("clearstage.clients.events")
