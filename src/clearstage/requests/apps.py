from importlib import import_module

from django.apps import AppConfig


class RequestsConfig(AppConfig):
    name = "clearstage.requests"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from clearstage.jobs.items import register
        from clearstage.jobs.templates import template_kind

        from .items import RequestItems
        from .templates import RequestTemplate

        import_module("clearstage.requests.events")
        import_module("clearstage.requests.guards")
        register(RequestItems())
        template_kind("request", RequestTemplate, for_clients=True)
