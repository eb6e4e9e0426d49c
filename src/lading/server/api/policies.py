"""Upload policies, the POST they allow, and the addresses of objects (platform-api.md B13, B14, B21)."""

from __future__ import annotations

import hmac
from typing import Annotated

from fastapi import APIRouter, Query, Request, Response
from fastapi.responses import FileResponse

from lading.platform import wire
from lading.platform.wire.constants import MAX_INT, POLICIES, POLICY_EXPIRED_MAX_S, POLICY_EXPIRED_S, POLICY_GRACE_S
from lading.server.api.request import Caller, DatasetPath, Platform, answer
from lading.server.folder_store import BLOBS_PATH, UPLOAD_PATH, FolderStore
from lading.server.media_type import media_type
from lading.server.metadata import datasets, pruning, versions
from lading.server.post_object import receive_post
from lading.server.post_policy import refuse
from lading.server.services import Services

router = APIRouter()

#: The storage's own addresses: no access key, their policies and signatures authorise them (A2).
storage_router = APIRouter()

#: No browser shall take an object for a page of this platform.
_AS_IT_IS = {"X-Content-Type-Options": "nosniff", "Content-Security-Policy": "sandbox"}

#: The official client wants the field to be there and does not use it (B13).
_MULTIPLE_UPLOAD_LIMIT = 10


@router.get(f"/{POLICIES}")
def get_policy(
    platform: Platform,
    dataset_id: DatasetPath,
    client: Caller,
    draft_number: Annotated[int, Query(alias="draftNumber", ge=1, le=MAX_INT)],
    expired: Annotated[int, Query(ge=0)] = POLICY_EXPIRED_S,
) -> Response:
    """B13; the signed expiration lies 60 s behind `expireAt` (C2)."""
    with platform.database.reading() as connection:
        datasets.get_dataset(connection, dataset_id)
        versions.writable_version(connection, dataset_id, draft_number)
    issued_s = int(platform.now_s())
    expire_at = issued_s + min(expired or POLICY_EXPIRED_S, POLICY_EXPIRED_MAX_S)
    expiration_s = expire_at + POLICY_GRACE_S
    if platform.objects.is_by_dataset:  # such a POST does not come past here, where it would be seen
        with platform.database.writing() as connection:
            pruning.note_grant(connection, dataset_id, expiration_s)
    grant = platform.objects.grant(client.base_url, dataset_id, issued_s=issued_s, expiration_s=expiration_s)
    extra = wire.PolicyExtra(host=grant.host, backend_type="s3", object_prefix=grant.prefix)
    result: dict[str, str | int | None] = {**grant.fields, "multipleUploadLimit": _MULTIPLE_UPLOAD_LIMIT}
    return answer(wire.Policy(result=result, extra=extra, expire_at=expire_at))


@storage_router.post(f"/{UPLOAD_PATH}")
async def post_object(platform: Platform, request: Request) -> Response:
    """B14."""
    largest = platform.settings.max_object_bytes
    return await receive_post(request, _own_store(platform), platform.now_s(), largest)


@storage_router.head(f"/{BLOBS_PATH}/{{checksum}}", include_in_schema=False)
@storage_router.get(f"/{BLOBS_PATH}/{{checksum}}")
def get_object(platform: Platform, request: Request, checksum: str) -> Response:
    """The bytes of an object, whole or a range of them; 403 once the address has expired (B21)."""
    expires = request.query_params.get("Expires", "")
    given = request.query_params.get("Signature", "")
    if not (expires.isascii() and expires.isdigit() and len(expires) < 16):
        refuse(403, "AccessDenied", "Query-string authentication requires the Signature and Expires parameters")
    store = _own_store(platform)
    expected = store.signature(checksum, int(expires))
    if not hmac.compare_digest(expected.encode(), given.encode()):
        refuse(403, "SignatureDoesNotMatch", "The signature of this address is wrong.")
    if platform.now_s() > int(expires):
        refuse(403, "AccessDenied", "Request has expired")
    if store.size(checksum) is None:
        refuse(404, "NoSuchKey", "The specified key does not exist.", Key=checksum)
    path = store.path(checksum)
    return FileResponse(path, media_type=media_type(path), headers={"ETag": f'"{checksum}"', **_AS_IT_IS})


def _own_store(platform: Services) -> FolderStore:
    """The store whose POST and bytes go through the platform. A bucket's go past it."""
    if not isinstance(platform.objects, FolderStore):
        refuse(403, "AccessDenied", "The objects of this platform are in a bucket; post to the host of the policy.")
    return platform.objects
