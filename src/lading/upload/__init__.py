"""Upload a dataset: policy, S3 POST, callback, commit, so that a rerun only sends what is new."""

from lading.upload.engine import ask_async, upload_async
from lading.upload.options import Options
from lading.upload.result import Progress, UploadResult
from lading.upload.run import upload
from lading.upload.settings import Settings

__all__ = ["Options", "Progress", "Settings", "UploadResult", "ask_async", "upload", "upload_async"]
