"""Passkeys (WebAuthn): what a browser is asked, and whether what it answers is true. Nothing here is stored.

The installation's own address is what a passkey is bound to. Where that is a bare IP address, or not encrypted (and not
this very machine), browsers make no passkeys, so none are offered.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from ipaddress import ip_address
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.utils.translation import gettext as _t
from webauthn import (
    generate_authentication_options,
    generate_registration_options,
    options_to_json,
    verify_authentication_response,
    verify_registration_response,
)
from webauthn.authentication.verify_authentication_response import VerifiedAuthentication
from webauthn.helpers import (
    base64url_to_bytes,
    bytes_to_base64url,
    parse_authentication_credential_json,
    parse_registration_credential_json,
)
from webauthn.helpers.exceptions import WebAuthnException
from webauthn.helpers.structs import (
    AuthenticationCredential,
    AuthenticatorSelectionCriteria,
    PublicKeyCredentialDescriptor,
    RegistrationCredential,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)
from webauthn.registration.verify_registration_response import VerifiedRegistration

from clearstage.kernel.errors import Refused
from clearstage.kernel.ids import public_id

from .models import Contact, Passkey

LONGEST_ANSWER = 20_000
_UNREADABLE = (WebAuthnException, ValueError, TypeError, KeyError, RecursionError)
_USUAL_PORTS = {"https": 443, "http": 80}


@dataclass(frozen=True, slots=True)
class RelyingParty:
    """Who passkeys are for: the host they are bound to, and the origin that a browser has to name."""

    id: str
    origin: str


def relying_party() -> RelyingParty | None:
    """None where browsers make no passkeys for the installation's address."""
    parts = urlsplit(settings.BASE_URL)
    host = parts.hostname or ""
    if (
        not host
        or _is_address(host)
        or not (parts.scheme == "https" or host == "localhost" or host.endswith(".localhost"))
    ):
        return None
    port = "" if parts.port in (None, _USUAL_PORTS.get(parts.scheme)) else f":{parts.port}"
    return RelyingParty(host, f"{parts.scheme}://{host}{port}")


def creation_options(firm: str, contact: Contact, known: Iterable[Passkey]) -> tuple[dict[str, Any], bytes]:
    """What the browser is to make for a contact, and the challenge in it; not what he has already."""
    options = generate_registration_options(
        rp_id=_party().id,
        rp_name=firm,
        user_id=handle_of(contact),
        user_name=contact.email,
        user_display_name=contact.name,
        authenticator_selection=AuthenticatorSelectionCriteria(
            resident_key=ResidentKeyRequirement.REQUIRED,
            user_verification=UserVerificationRequirement.REQUIRED,
        ),
        exclude_credentials=[
            PublicKeyCredentialDescriptor(base64url_to_bytes(each.credential)) for each in known
        ],
    )
    return json.loads(options_to_json(options)), options.challenge


def request_options() -> tuple[dict[str, Any], bytes]:
    """What the browser is to ask its owner for, whoever he is, and the challenge in it."""
    options = generate_authentication_options(
        rp_id=_party().id, user_verification=UserVerificationRequirement.REQUIRED
    )
    return json.loads(options_to_json(options)), options.challenge


def made(answer: str, challenge: bytes) -> tuple[RegistrationCredential, VerifiedRegistration]:
    """A new passkey, checked; `Refused` for whatever is none, or answers another challenge or address."""
    try:
        credential = parse_registration_credential_json(_bounded(answer))
        return credential, verify_registration_response(
            credential=credential,
            expected_challenge=challenge,
            expected_rp_id=_party().id,
            expected_origin=_party().origin,
            require_user_verification=True,
        )
    except _UNREADABLE:
        raise refusal() from None


def read(answer: str) -> AuthenticationCredential:
    """What a browser answers at the sign-in, not checked yet: only good to find the passkey it speaks of."""
    try:
        return parse_authentication_credential_json(_bounded(answer))
    except _UNREADABLE:
        raise refusal() from None


def shown(credential: AuthenticationCredential, passkey: Passkey, challenge: bytes) -> VerifiedAuthentication:
    """Whether it was signed with this passkey, for this challenge, at this address, by its owner; else `Refused`."""
    handle = credential.response.user_handle
    if handle and handle != handle_of(passkey.contact):
        raise refusal()
    try:
        return verify_authentication_response(
            credential=credential,
            expected_challenge=challenge,
            expected_rp_id=_party().id,
            expected_origin=_party().origin,
            credential_public_key=base64url_to_bytes(passkey.public_key),
            credential_current_sign_count=passkey.sign_count,
            require_user_verification=True,
        )
    except _UNREADABLE:
        raise refusal() from None


def as_text(part: bytes) -> str:
    """A passkey's id or public key as it is kept: base64url."""
    return bytes_to_base64url(part)


def handle_of(contact: Contact) -> bytes:
    """Who a passkey is for, in a word that says nothing about the person."""
    return public_id("contact", contact.pk).encode()


def refusal() -> Refused:
    """The same words for whatever is wrong, so that they teach nobody anything."""
    return Refused([_t("That did not work. Please try again, or choose another way to sign in.")])


def _party() -> RelyingParty:
    party = relying_party()
    if party is None:
        raise Refused([_t("Passkeys need an encrypted address with a name; this installation has none.")])
    return party


def _bounded(answer: str) -> str:
    if len(answer) > LONGEST_ANSWER:
        raise ValueError
    return answer


def _is_address(host: str) -> bool:
    try:
        ip_address(host)
    except ValueError:
        return False
    return True
