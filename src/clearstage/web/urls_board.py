"""Boards, jobs, and what is done with them. Row numbers stand in addresses; what may not be seen is not there (X4)."""

from django.urls import path

from .views import access_requests, adding, board, cards, job, job_tasks, jobs_list, moving, new_status, undo

urlpatterns = [
    path("pipelines/", board.pipelines, name="pipelines"),
    path("pipelines/<int:pipeline>/", board.board, name="board"),
    path("pipelines/<int:pipeline>/changes/", board.changes, name="board-changes"),
    path("pipelines/<int:pipeline>/stages/<int:stage>/cards/", board.more, name="board-cards"),
    path("pipelines/<int:pipeline>/stages/<int:stage>/jobs/", board.column_jobs, name="board-column-jobs"),
    path("jobs/", jobs_list.jobs, name="jobs"),
    path("jobs/add/", adding.add, name="new-job"),
    path("jobs/add/accounts/", adding.accounts, name="new-job-accounts"),
    path("jobs/menu/", cards.menu, name="job-menu"),
    path("jobs/move/", moving.move, name="move"),
    path("jobs/status/", moving.status, name="status"),
    path("jobs/status/new/", new_status.new_status, name="status-new"),
    path("jobs/assign/", cards.assign, name="assign"),
    path("jobs/priority/", cards.priority, name="priority"),
    path("jobs/dates/", cards.dates, name="dates"),
    path("jobs/tags/", cards.tags, name="job-tags"),
    path("jobs/client/", cards.client, name="client-block"),
    path("jobs/<int:job>/", job.job, name="job"),
    path("jobs/<int:job>/history/", job.history, name="job-history"),
    path("jobs/<int:job>/edit/", job.edit, name="job-edit"),
    path("jobs/<int:job>/retry/", job.retry, name="job-retry"),
    path("jobs/<int:job>/unlink/", job_tasks.unlink, name="job-unlink"),
    path("jobs/<int:job>/tasks/", job_tasks.add, name="job-task-new"),
    path("jobs/<int:job>/tasks/<int:task>/edit/", job_tasks.edit, name="job-task-edit"),
    path("jobs/<int:job>/tasks/<int:task>/comment/", job_tasks.comment, name="job-task-comment"),
    path("jobs/<int:job>/tasks/<int:task>/tick/<int:entry>/", job_tasks.tick, name="job-task-tick"),
    *[
        path(
            f"jobs/<int:job>/tasks/<int:task>/{what}/", job_tasks.act, {"what": what}, name=f"job-task-{what}"
        )
        for what in ("complete", "cancel", "reopen", "start")
    ],
    path("access-requests/", access_requests.ask, name="access-request"),
    path("actions/<int:action>/undo/", undo.undo_action, name="undo"),
]
