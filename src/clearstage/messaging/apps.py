from importlib import import_module

from django.apps import AppConfig


class MessagingConfig(AppConfig):
    name = "clearstage.messaging"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from clearstage.files.telling import register_document_teller
        from clearstage.jobs.client_news import register_client_teller
        from clearstage.jobs.failures import register_teller
        from clearstage.jobs.status_names import on_status_rename
        from clearstage.jobs.templates import template_kind

        from .client_news import StatusMails
        from .documents import tell_of_document
        from .failures import tell_failures
        from .operations.reminders import follow_statuses
        from .templates import EmailTemplate

        import_module("clearstage.messaging.events")
        register_teller(tell_failures)
        on_status_rename(follow_statuses)
        register_document_teller(tell_of_document)
        register_client_teller(StatusMails())
        template_kind("email", EmailTemplate, for_clients=True)
