"""The addresses below /api/; whatever is none of them is answered as a problem, too."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, path, re_path

from .service import api, guarded, read_only, unknown_address


def _v1() -> list[URLPattern | URLResolver]:
    patterns, _app, _namespace = api.urls
    for pattern in patterns:
        assert isinstance(pattern, URLPattern)
        view = (
            read_only(pattern.callback) if pattern.name in ("openapi-json", "api-root") else pattern.callback
        )
        pattern.callback = guarded(view)
    return patterns


urlpatterns: list[URLPattern | URLResolver] = [
    path("v1/", (_v1(), "ninja", api.urls_namespace)),
    re_path("", guarded(unknown_address)),
]
