from importlib import import_module
from pkgutil import iter_modules

from django.apps import AppConfig


class AutomationsConfig(AppConfig):
    name = "clearstage.automations"

    def ready(self) -> None:
        """Putting a file into this folder is the whole installation of a kind."""
        package = import_module("clearstage.automations")
        for module in iter_modules(package.__path__):
            if module.name != "apps":
                import_module(f"clearstage.automations.{module.name}")
