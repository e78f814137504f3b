"""Client requests: on the page of a job, and where everything that was sent is checked."""

from django.urls import path

from .views import job_requests, request_checks

urlpatterns = [
    path("jobs/<int:job>/requests/", job_requests.add, name="job-request-new"),
    path("jobs/<int:job>/requests/<int:asked>/", job_requests.show, name="job-request"),
    path("jobs/<int:job>/requests/<int:asked>/entries/", job_requests.add_entry, name="job-request-add"),
    path("jobs/<int:job>/requests/<int:asked>/due/", job_requests.due, name="job-request-due"),
    path(
        "jobs/<int:job>/requests/<int:asked>/<int:n>/due/",
        job_requests.entry_due,
        name="job-request-entry-due",
    ),
    path(
        "jobs/<int:job>/requests/<int:asked>/<int:n>/answer/",
        job_requests.answer_entry,
        name="job-request-answer",
    ),
    path(
        "jobs/<int:job>/requests/<int:asked>/<int:n>/<slug:what>/",
        job_requests.judge,
        name="job-request-entry",
    ),
    path("jobs/<int:job>/requests/<int:asked>/<slug:what>/", job_requests.act, name="job-request-act"),
    path("requests/", request_checks.requests, name="requests"),
    path("requests/<int:asked>/", request_checks.show, name="request"),
    path("requests/<int:asked>/<int:n>/<slug:what>/", request_checks.judge, name="request-entry"),
    path("requests/<int:asked>/<slug:what>/", request_checks.act, name="request-act"),
]
