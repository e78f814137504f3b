"""Addresses of what is set up rather than worked through: pipelines, clients, templates, settings; and of tasks."""

from django.urls import URLPattern, URLResolver, path

from .views import (
    account_contacts,
    accounts,
    client_statuses,
    editor,
    editor_new,
    inbox,
    members,
    settings,
    tasks,
    template_translations,
    templates,
    yaml_view,
)

urlpatterns: list[URLPattern | URLResolver] = [
    path("pipelines/new/", editor_new.new, name="pipeline-new"),
    path("pipelines/<int:pipeline>/edit/", editor.edit, name="pipeline-edit"),
    path("pipelines/<int:pipeline>/rename/", editor.rename, name="pipeline-rename"),
    path("pipelines/<int:pipeline>/yaml/", yaml_view.yaml, name="pipeline-yaml"),
    path("pipelines/<int:pipeline>/pipeline.yaml", yaml_view.download, name="pipeline-download"),
    path("pipelines/<int:pipeline>/revisions/", yaml_view.revisions, name="pipeline-revisions"),
    path("pipelines/<int:pipeline>/try/", yaml_view.attempt, name="pipeline-try"),
    path("clients/", accounts.accounts, name="accounts"),
    path("clients/new/", accounts.create, name="account-new"),
    path("clients/<int:account>/", accounts.account, name="account"),
    path("clients/<int:account>/edit/", accounts.edit, name="account-edit"),
    path("clients/<int:account>/follow/", accounts.follow, name="account-follow"),
    path("clients/<int:account>/access/", accounts.grant, name="account-grant"),
    path("clients/<int:account>/access/<int:member>/revoke/", accounts.revoke, name="account-revoke"),
    path("clients/<int:account>/contacts/new/", account_contacts.add, name="contact-new"),
    path("clients/<int:account>/contacts/<int:contact>/", account_contacts.edit, name="contact-edit"),
    path(
        "clients/<int:account>/contacts/<int:contact>/unlink/", account_contacts.unlink, name="contact-unlink"
    ),
    path(
        "clients/<int:account>/contacts/<int:contact>/invite/", account_contacts.invite, name="contact-invite"
    ),
    path("tasks/", tasks.tasks, name="tasks"),
    path("tasks/<int:task>/", tasks.task, name="task"),
    *[
        path(f"tasks/<int:task>/{what}/", tasks.act, {"what": what}, name=f"task-{what}")
        for what in tasks.ACTS
    ],
    path("inbox/", inbox.inbox, name="inbox"),
    path("inbox/read/", inbox.read_all, name="inbox-read"),
    path("inbox/<int:entry>/", inbox.follow, name="inbox-follow"),
    path("inbox/<int:entry>/grant/", inbox.grant, name="inbox-grant"),
    path("inbox/<int:entry>/decline/", inbox.decline, name="inbox-decline"),
    path("inbox/<int:entry>/retry/", inbox.retry, name="inbox-retry"),
    *[
        path(f"inbox/<int:entry>/{what}/", inbox.mark, {"what": what}, name=f"inbox-{what}")
        for what in ("done", "open", "mark-read", "mark-unread")
    ],
    path("inbox/<int:entry>/snooze/", inbox.put_off, name="inbox-snooze"),
    path("inbox/count/", inbox.count, name="inbox-count"),
    path("templates/", templates.templates, name="templates"),
    path("templates/client-statuses/", client_statuses.statuses, name="client-statuses"),
    path("templates/client-statuses/new/", client_statuses.create, name="client-status-new"),
    path("templates/client-statuses/order/", client_statuses.reorder, name="client-status-order"),
    path("templates/client-statuses/<int:status>/", client_statuses.edit, name="client-status-edit"),
    path(
        "templates/client-statuses/<int:status>/delete/", client_statuses.delete, name="client-status-delete"
    ),
    path("templates/<int:template>/", templates.edit, name="template-edit"),
    path("templates/<int:template>/delete/", templates.delete, name="template-delete"),
    path(
        "templates/<int:template>/translations/<slug:language>/",
        template_translations.translate,
        name="template-translate",
    ),
    path("templates/new/<slug:kind>/", templates.create, name="template-new"),
    path("templates/preview/<slug:kind>/", templates.preview, name="template-preview"),
    path("settings/", members.members, name="members"),
    path("settings/members/new/", members.add, name="member-new"),
    path("settings/members/<int:member>/", members.edit, name="member-edit"),
    path("settings/members/<int:member>/password/", members.password, name="member-password"),
    path("settings/firm/", settings.firm, name="settings"),
    path("settings/roles/", settings.roles, name="roles"),
    path("settings/roles/new/", settings.role, name="role-new"),
    path("settings/roles/<int:role>/", settings.role, name="role-edit"),
    path("settings/roles/<int:role>/delete/", settings.role_delete, name="role-delete"),
    path("settings/tags/", settings.tags, name="tags"),
    path("settings/tags/new/", settings.tag, name="tag-new"),
    path("settings/tags/<int:tag>/", settings.tag, name="tag-edit"),
    path("settings/tags/<int:tag>/delete/", settings.tag_delete, name="tag-delete"),
]
