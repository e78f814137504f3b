"""An authenticator in software: makes passkeys and signs with them as a phone does, and lies where it is told to."""

from __future__ import annotations

import json
import secrets
from hashlib import sha256
from typing import Any

import cbor2
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from webauthn.helpers import base64url_to_bytes, bytes_to_base64url

PRESENT, VERIFIED, MAY_SYNC, SYNCED, ATTESTED = 0x01, 0x04, 0x08, 0x10, 0x40


class Authenticator:
    """One passkey. `counts` is off for those that are synced between devices."""

    def __init__(self, origin: str = "http://localhost", *, counts: bool = True) -> None:
        self.origin = origin
        self.key = ec.generate_private_key(ec.SECP256R1())
        self.id = secrets.token_bytes(32)
        self.flags = PRESENT | VERIFIED | (0 if counts else MAY_SYNC | SYNCED)
        self.step = 1 if counts else 0
        self.counter = 0
        self.handle = b""

    def create(self, options: dict[str, Any], **lies: Any) -> str:
        """What a browser answers to `creation_options`."""
        self.handle = base64url_to_bytes(options["user"]["id"])
        point = self.key.public_key().public_numbers()
        public = {1: 2, 3: -7, -1: 1, -2: point.x.to_bytes(32, "big"), -3: point.y.to_bytes(32, "big")}
        credential = bytes(16) + len(self.id).to_bytes(2, "big") + self.id + cbor2.dumps(public)
        data = self._data(options["rp"]["id"], ATTESTED, **lies) + credential
        attestation = cbor2.dumps({"fmt": "none", "attStmt": {}, "authData": data})
        said = self._said("webauthn.create", options, **lies)
        return self._answer(
            {"clientDataJSON": said, "attestationObject": attestation}, transports=["internal"]
        )

    def get(self, options: dict[str, Any], **lies: Any) -> str:
        """What a browser answers to `request_options`."""
        data, said = self._data(options["rpId"], **lies), self._said("webauthn.get", options, **lies)
        signature = self.key.sign(data + sha256(said).digest(), ec.ECDSA(hashes.SHA256()))
        handle = lies.get("handle", self.handle)
        response = {
            "clientDataJSON": said,
            "authenticatorData": data,
            "signature": signature,
            "userHandle": handle,
        }
        return self._answer(response)

    def _data(self, party: str, more: int = 0, **lies: Any) -> bytes:
        self.counter = lies.get("counter", self.counter + self.step)
        flags = lies.get("flags", self.flags) | more
        party = lies.get("elsewhere", party)
        return sha256(party.encode()).digest() + bytes([flags]) + self.counter.to_bytes(4, "big")

    def _said(self, kind: str, options: dict[str, Any], **lies: Any) -> bytes:
        said = {"type": lies.get("type", kind), "challenge": options["challenge"], "crossOrigin": False}
        return json.dumps(said | {"origin": lies.get("origin", self.origin)}).encode()

    def _answer(self, response: dict[str, bytes], **more: Any) -> str:
        name = bytes_to_base64url(self.id)
        said = {key: bytes_to_base64url(value) for key, value in response.items()}
        return json.dumps({"id": name, "rawId": name, "type": "public-key", "response": {**said, **more}})
