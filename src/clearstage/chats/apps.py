from importlib import import_module

from django.apps import AppConfig


class ChatsConfig(AppConfig):
    name = "clearstage.chats"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from clearstage.jobs.items import register
        from clearstage.jobs.templates import template_kind

        from .items import ChatItems
        from .templates import MessageTemplate

        for name in ("events", "kept_files"):
            import_module(f"clearstage.chats.{name}")
        register(ChatItems())
        template_kind("message", MessageTemplate, for_clients=True)
