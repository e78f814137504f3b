"""Below /portal/: signing in by a link or a passkey, and changing how one signs in."""

from django.urls import path

from .views import links, own_sign_in, sign_in

urlpatterns = [
    path("sign-in/link/", links.ask, name="portal-ask-link"),
    path("sign-in/link/sent/", links.sent, name="portal-link-sent"),
    path("link/", links.link, name="portal-link"),
    path("link/again/", links.again, name="portal-link-again"),
    path("link/<path:token>", links.arrive, name="portal-link-arrive"),
    path("sign-in/passkey/", sign_in.passkey, name="portal-passkey-sign-in"),
    path("sign-in/passkey/options/", sign_in.passkey_options, name="portal-passkey-request"),
    path("you/password/", own_sign_in.password, name="portal-password"),
    path("you/passkeys/", own_sign_in.add, name="portal-passkey-add"),
    path("you/passkeys/options/", own_sign_in.passkey_options, name="portal-passkey-options"),
    path("you/passkeys/<int:passkey>/remove/", own_sign_in.remove, name="portal-passkey-remove"),
    path("you/sign-out-everywhere/", own_sign_in.everywhere, name="portal-sign-out-everywhere"),
]
