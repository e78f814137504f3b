"""Questionnaires on a job: sent by hand, answered for the client, opened again, printed."""

from django.urls import path

from .views import organizers

urlpatterns = [
    path("jobs/<int:job>/organizers/", organizers.send, name="job-organizer-new"),
    path("jobs/<int:job>/organizers/<int:organizer>/answer/", organizers.answer, name="job-organizer-answer"),
    path("jobs/<int:job>/organizers/<int:organizer>/due/", organizers.due, name="job-organizer-due"),
    path("jobs/<int:job>/organizers/<int:organizer>/pdf/", organizers.pdf, name="job-organizer-pdf"),
    path(
        "jobs/<int:job>/organizers/<int:organizer>/history/", organizers.history, name="job-organizer-history"
    ),
    *[
        path(
            f"jobs/<int:job>/organizers/<int:organizer>/{what}/",
            organizers.act,
            {"what": what},
            name=f"job-organizer-{what}",
        )
        for what in organizers.ACTS
    ],
]
