from importlib import import_module

from django.apps import AppConfig


class FilesConfig(AppConfig):
    name = "clearstage.files"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        import_module("clearstage.files.events")
