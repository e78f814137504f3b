from importlib import import_module

from django.apps import AppConfig


class WorkConfig(AppConfig):
    name = "clearstage.work"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from clearstage.jobs.items import register
        from clearstage.jobs.templates import template_kind

        from .task_items import TaskItems
        from .templates import TaskTemplate

        import_module("clearstage.work.events")
        register(TaskItems())
        template_kind("task", TaskTemplate)
