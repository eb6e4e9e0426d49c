"""What every endpoint works with: settings, database, objects and keys of one platform."""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import dataclass

from lading.errors import OptionError
from lading.server.credentials import AccessKeys, keep_new_access_key, key_digest, load_signing_secret
from lading.server.metadata.database import Database
from lading.server.objects import ObjectStore
from lading.server.post_policy import SigningKey
from lading.server.settings import ServerSettings

#: Seconds that the URL of a file holds; the hosted service gave a day (B21).
URL_LIFE_S = 24 * 3600

UPLOAD_PATH = "upload"
BLOBS_PATH = "blobs"


@dataclass(frozen=True, slots=True)
class Services:
    """One platform's parts; `made_key` is the access key that was made where the settings gave none."""

    settings: ServerSettings
    database: Database
    objects: ObjectStore
    signing_key: SigningKey
    keys: AccessKeys
    made_key: str | None

    def now_s(self) -> float:
        """Unix seconds."""
        return self.settings.clock()

    def blob_url(self, base_url: str, checksum: str) -> str:
        """The address of an object, signed, good for URL_LIFE_S."""
        expires = int(self.now_s()) + URL_LIFE_S
        signature = self.blob_signature(checksum, expires)
        return f"{base_url}/{BLOBS_PATH}/{checksum}?Expires={expires}&Signature={signature}"

    def blob_signature(self, checksum: str, expires: int) -> str:
        """Hex HMAC-SHA256 of what an address allows."""
        text = f"GET {checksum} {expires}"
        return hmac.new(self.signing_key.secret.encode(), text.encode(), hashlib.sha256).hexdigest()


def open_services(settings: ServerSettings) -> Services:
    """Make or open the data folder. Raises OptionError for what cannot be used."""
    settings.check()
    store = ObjectStore(settings.objects_dir)
    try:
        settings.data_dir.mkdir(parents=True, exist_ok=True)
        store.prepare()
    except OSError as exc:
        raise OptionError(f"--data: expected a folder that can be written to, found {exc}") from exc
    made: str | None = None
    if settings.access_key is None:
        made, keys = keep_new_access_key(settings.data_dir)
    else:
        keys = AccessKeys([key_digest(settings.access_key)])
    secret = load_signing_secret(settings.data_dir)
    key_id = hashlib.sha256(secret.encode()).hexdigest()[:20].upper()
    database = Database(settings.database_url)
    database.prepare()
    return Services(settings, database, store, SigningKey(key_id, secret), keys, made)
