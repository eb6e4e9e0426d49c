"""What every endpoint works with: settings, database, objects and keys of one platform."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path

from lading.errors import OptionError
from lading.server import manifest
from lading.server.credentials import AccessKeys, keep_new_access_key, key_digest, load_signing_secret
from lading.server.metadata.database import Database
from lading.server.objects import ObjectStore, open_store
from lading.server.post_policy import SigningKey
from lading.server.settings import ServerSettings


@dataclass(frozen=True, slots=True)
class Services:
    """One platform's parts; `made_key` is the access key that was made where the settings gave none."""

    settings: ServerSettings
    database: Database
    objects: ObjectStore
    keys: AccessKeys
    made_key: str | None

    def now_s(self) -> float:
        """Unix seconds."""
        return self.settings.clock()

    def url(self, base_url: str, dataset_id: str, checksum: str) -> str:
        """The address of an object, signed, good for URL_LIFE_S."""
        return self.objects.url(base_url, dataset_id, checksum, self.now_s())


def open_services(settings: ServerSettings) -> Services:
    """Make or open the data folder. Raises OptionError for what cannot be used."""
    settings.check()
    try:
        settings.data_dir.mkdir(parents=True, exist_ok=True)
    except OSError as exc:
        wanted = "a folder that can be written to, as --data or LADING_HOME names it"
        raise OptionError(f"{settings.data_dir}: expected {wanted}, found: {exc.strerror}") from exc
    made: str | None = None
    if settings.access_key is None:
        made, keys = keep_new_access_key(settings.data_dir)
    else:
        keys = AccessKeys([key_digest(settings.access_key)])
    store = open_store(settings.objects_place, load_signing_key(settings.data_dir), largest=settings.max_object_bytes)
    store.prepare()
    database = Database(settings.database_url)
    database.prepare()
    manifest.refresh(store, database)
    return Services(settings, database, store, keys, made)


def load_signing_key(data_dir: Path) -> SigningKey:
    """What the platform signs with while it keeps the objects itself."""
    secret = load_signing_secret(data_dir)
    return SigningKey(hashlib.sha256(secret.encode()).hexdigest()[:20].upper(), secret)
