"""All addresses. The first that fits answers, so the firm's pages, which start at the root, come last."""

from django.urls import URLPattern, URLResolver, include, path

urlpatterns: list[URLPattern | URLResolver] = [
    path("api/", include("clearstage.api.urls")),
    path("portal/", include("clearstage.portal.urls")),
    path("as-client/", include("clearstage.portal.urls_readonly")),
    path("", include("clearstage.web.urls")),
]

handler400 = "clearstage.config.errors.bad_request"
handler403 = "clearstage.config.errors.forbidden"
handler404 = "clearstage.config.errors.not_found"
handler500 = "clearstage.config.errors.broke"
