from importlib import import_module

from django.apps import AppConfig


class FirmConfig(AppConfig):
    name = "clearstage.firm"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        import_module("clearstage.firm.events")
