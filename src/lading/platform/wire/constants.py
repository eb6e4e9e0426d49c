"""Paths, limits and words that both sides of the wire use, each from its section of platform-api.md."""

from __future__ import annotations

#: Between the address of a platform and a path below (A1).
API_ROOT = "gatewayv2/tensorbay-open-api/v1/"

#: Not part of the API and outside its root: whether the server is up.
HEALTH = "health"

# Paths below API_ROOT, `{id}` being the dataset's (B0).
DATASETS = "datasets"  # B2, B3
DATASET = "datasets/{id}"  # B4, B6
DRAFTS = "datasets/{id}/drafts"  # B8
COMMITS = "datasets/{id}/commits"  # B9
TAGS = "datasets/{id}/tags"  # B10
NOTES = "datasets/{id}/notes"  # B11
POLICIES = "datasets/{id}/policies"  # B13
CALLBACK = "datasets/{id}/callback"  # B15
MULTI_CALLBACK = "datasets/{id}/multi/callback"  # B16
SEGMENTS = "datasets/{id}/segments"  # B17
CATALOGS = "datasets/{id}/labels/catalogs"  # B18
SENSORS = "datasets/{id}/sensors"  # B19
DATA = "datasets/{id}/data"  # B20
DATA_URLS = "datasets/{id}/data/urls"  # B21
DATA_DETAILS = "datasets/{id}/data/details"  # B22
LABELS = "datasets/{id}/labels"  # B24, B26

TOKEN_HEADER = "X-Token"  # A2
SOURCE_HEADER = "X-Source"  # A2
REQUEST_ID_HEADER = "X-Request-Id"  # A2

#: Rows a page has, by default and at most (A5).
PAGE_SIZE = 128

#: Values of the query `sortBy` (A5); `remotePath` for `data/urls` alone.
SORT_KEYS = ("created_at", "updated_at")
SORT_KEYS_OF_URLS = (*SORT_KEYS, "remotePath")

#: Objects of one multi/callback that the official client sends at most (B16).
CALLBACK_BATCH = 50

#: Seconds that a policy holds where the request does not say, and at most (B13).
POLICY_EXPIRED_S = 60
POLICY_EXPIRED_MAX_S = 300

#: Seconds by which the signed expiration is later than `expireAt` (C2).
POLICY_GRACE_S = 60

#: No number of a draft and no offset is larger: what JSON readers hold exactly.
MAX_INT = 2**53 - 1

#: The commit of a new dataset, readable and empty (A6).
ROOT_COMMIT = "0" * 32
DEFAULT_BRANCH = "main"  # A7

NORMAL, FUSION = 0, 1  # `type` of a dataset (A7)

# `status` of a draft, and the word for all of them in the query (A7, B8).
OPEN, CLOSED, COMMITTED, ALL = "OPEN", "CLOSED", "COMMITTED", "ALL"

#: Codes of the error body and the status that each comes with (A4).
ERROR_STATUS = {
    "Unauthorized": 401,
    "AccessDenied": 403,
    "Forbidden": 403,
    "InvalidParamsValue": 400,
    "RequestParamsMissing": 400,
    "ResourceNotExist": 404,
    "NameConflict": 409,
    "InternalServerError": 500,
    "SystemError": 500,
}
