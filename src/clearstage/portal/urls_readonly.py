"""Below /as-client/, where the firm's session cookie is sent: the same pages, read-only."""

from django.urls import path

from . import readonly
from .pages import PAGES

urlpatterns = [
    path("<int:account>/", readonly.choose, name="as-client"),
    *(
        path(
            f"<int:account>/<int:contact>/{page.route}",
            readonly.seen_as_client(page),
            name=f"as-client-{page.name}",
        )
        for page in PAGES
    ),
]
