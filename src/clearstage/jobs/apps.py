from importlib import import_module

from django.apps import AppConfig


class JobsConfig(AppConfig):
    name = "clearstage.jobs"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from clearstage.firm.renames import on_asking_use, on_rename

        from .names import follow_rename, places_naming
        from .templates import JobTemplate, template_kind

        import_module("clearstage.jobs.events")
        on_rename(follow_rename)
        on_asking_use(places_naming)
        template_kind("job", JobTemplate)
