"""Labels, catalog and sensors to and from the platform's JSON (platform-api.md sections D, E and F).

The one codec for dump, validate, upload and server. Encoders give plain dicts and lists; a number that is NaN or
infinite stays a float and becomes `null` in JSON text. Decoders raise RecordError with the pointer of the part
that does not fit; what they accept although it is not the documented spelling goes to a Report as a warning.
"""

from lading.model.codec.catalogs import decode_catalog, encode_catalog
from lading.model.codec.labels import SINGLE_KINDS, decode_labels, encode_label, encode_labels
from lading.model.codec.sensors import (
    decode_sensor,
    decode_transform,
    encode_sensor,
    encode_transform,
)

__all__ = [
    "SINGLE_KINDS",
    "decode_catalog",
    "decode_labels",
    "decode_sensor",
    "decode_transform",
    "encode_catalog",
    "encode_label",
    "encode_labels",
    "encode_sensor",
    "encode_transform",
]
