"""The firm's pages. Boards and lists have files of their own beside this one."""

from importlib import import_module
from importlib.util import find_spec

from django.urls import URLPattern, URLResolver, path

from .views import home, search, setup, sign_in

urlpatterns: list[URLPattern | URLResolver] = [
    path("", home.home, name="home"),
    path("sign-in/", sign_in.sign_in, name="sign-in"),
    path("sign-out/", sign_in.sign_out, name="sign-out"),
    path("set-up/", sign_in.set_up, name="set-up"),
    path("setup/<str:token>/", setup.setup, name="setup"),
    path("search/", search.search, name="search"),
]

_PARTS = ("urls_board", "urls_manage", "urls_files", "urls_chats", "urls_organizers", "urls_requests")
for _name in (f"clearstage.web.{part}" for part in _PARTS):
    if find_spec(_name):
        urlpatterns += import_module(_name).urlpatterns
