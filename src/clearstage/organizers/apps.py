from importlib import import_module

from django.apps import AppConfig


class OrganizersConfig(AppConfig):
    name = "clearstage.organizers"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from clearstage.firm.renames import on_rename
        from clearstage.jobs.items import register, register_answers
        from clearstage.jobs.templates import template_kind

        from .items import OrganizerItems
        from .operations.making import follow_template
        from .queries import answers_of_jobs
        from .templates import OrganizerTemplate

        import_module("clearstage.organizers.events")
        import_module("clearstage.organizers.guards")
        register(OrganizerItems())
        register_answers(answers_of_jobs)
        template_kind("organizer", OrganizerTemplate, for_clients=True)
        on_rename(follow_template)
