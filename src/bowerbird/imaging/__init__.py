"""Turns untrusted bytes into facts and pixels. Refusals are PermanentErrors: a short word, then details."""

from bowerbird.imaging.formats import sniff
from bowerbird.imaging.header import ImageInfo, inspect
from bowerbird.imaging.pixels import UNFINISHED, decode, read, thumbnail
from bowerbird.imaging.weight import weight

__all__ = ["UNFINISHED", "ImageInfo", "decode", "inspect", "read", "sniff", "thumbnail", "weight"]
