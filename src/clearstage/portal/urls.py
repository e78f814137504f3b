"""Below /portal/, where the clients' session cookie is sent."""

from django.urls import path
from django.views.decorators.http import require_safe

from .access import contact_page
from .offline import kept_offline
from .pages import PAGES
from .urls_signing_in import urlpatterns as signing_in
from .views import app, chats, files, organizers, requests, sign_in, you

urlpatterns = [
    path("files/", files.add, name="portal-file-add"),
    path("files/uploads/", files.uploads, name="portal-uploads"),
    path("files/uploads/<str:token>/", files.upload, name="portal-upload"),
    path("files/documents/", files.uploads, name="portal-documents"),
    path("files/documents/<str:token>/", files.document, name="portal-document"),
    path("files/<str:file>/bin/", files.throw_away, name="portal-file-bin"),
    path("files/<str:file>/restore/", files.restore, name="portal-file-restore"),
    path("messages/begin/", chats.begin, name="portal-chat-begin"),
    path("messages/<str:chat>/write/", chats.write, name="portal-chat-write"),
    path("messages/<str:chat>/seen/", chats.seen, name="portal-chat-seen"),
    path("messages/<str:chat>/tasks/<int:n>/", chats.tick, name="portal-chat-tick"),
    path("organizers/<str:item>/<int:section>/save/", organizers.save, name="portal-organizer-save"),
    path("organizers/<str:item>/submit/", organizers.submit, name="portal-organizer-submit"),
    path("you/name/", you.name, name="portal-name"),
    path("you/notices/", you.notices, name="portal-notices"),
    path("requests/<str:request_id>/<int:n>/", requests.submit, name="portal-request-submit"),
    path("manifest.webmanifest", app.manifest, name="portal-manifest"),
    path("service-worker.js", app.service_worker, name="portal-worker"),
    path("offline/", app.offline_page, name="portal-offline"),
    path("language/", sign_in.change_language, name="portal-language"),
    path("sign-in/", sign_in.sign_in, name="portal-sign-in"),
    path("sign-out/", sign_in.sign_out, name="portal-sign-out"),
    *signing_in,
    *(
        path(page.route, require_safe(contact_page(kept_offline(page.show))), name=f"portal-{page.name}")
        for page in PAGES
    ),
]
