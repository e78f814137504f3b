from django.apps import AppConfig


class PortalConfig(AppConfig):
    name = "clearstage.portal"

    def ready(self) -> None:
        from . import events  # noqa: F401  how its events are told
