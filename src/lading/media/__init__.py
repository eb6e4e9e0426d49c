"""What a file of media is, from its bytes: its size, whether it opens and is whole, its digest, a mask's values."""

from lading.media.names import guess_mime, has_format_of_name, is_image_name
from lading.media.pixels import MaskPixels, encode_mask, panoptic_ids, read_mask, read_picture
from lading.media.probing import Probe, probe, quarter_turn, sha1_hex

__all__ = [
    "MaskPixels",
    "Probe",
    "encode_mask",
    "guess_mime",
    "has_format_of_name",
    "is_image_name",
    "panoptic_ids",
    "probe",
    "quarter_turn",
    "read_mask",
    "read_picture",
    "sha1_hex",
]
