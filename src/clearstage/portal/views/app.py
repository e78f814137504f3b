"""What makes the portal an app: manifest, service worker, and the page for the time without a connection.

All three are the same for everybody, signed in or not.
"""

from __future__ import annotations

import json

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.templatetags.static import static
from django.urls import reverse
from django.utils.translation import get_language
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from clearstage.firm.queries import the_firm_row

from .. import offline

ICONS = (("app", "any"), ("app-maskable", "maskable"))
THEME, GROUND = "#005f5d", "#f8f4ee"


@require_safe
@cache_control(no_cache=True)
def manifest(request: HttpRequest) -> HttpResponse:
    """Installed it bears the firm's name."""
    home, name = reverse("portal-home"), _firm_name()
    said = {
        "id": home, "start_url": home, "scope": home, "display": "standalone", "lang": get_language(),
        "name": name, "short_name": name, "theme_color": THEME, "background_color": GROUND,
        "icons": [
            {
                "src": static(f"clearstage/{icon}-{size}.png"),
                "sizes": f"{size}x{size}",
                "type": "image/png",
                "purpose": purpose,
            }
            for icon, purpose in ICONS
            for size in (192, 512)
        ],
    }  # fmt: skip
    return HttpResponse(json.dumps(said), content_type="application/manifest+json")


@require_safe
@cache_control(no_cache=True)
def service_worker(request: HttpRequest) -> HttpResponse:
    build = {
        "version": offline.version(_firm_name()),
        "files": [static(name) for name in offline.FILES],
        "static": static(""),
        "home": reverse("portal-home"),
        "offline": reverse("portal-offline"),
        "signIn": reverse("portal-sign-in"),
        "signOut": [reverse("portal-sign-out"), reverse("portal-sign-out-everywhere")],
        "keep": offline.KEEP,
    }
    body = f"const BUILD = {json.dumps(build)};\n".encode() + offline.content(offline.WORKER)
    return HttpResponse(body, content_type="text/javascript; charset=utf-8")


@require_safe
@cache_control(no_cache=True)
def offline_page(request: HttpRequest) -> HttpResponse:
    return render(request, "portal/offline.html", {"firm": the_firm_row()})


def _firm_name() -> str:
    firm = the_firm_row()
    return firm.name if firm else "Clearstage"
