"""What the rule `cloudinary` makes of links."""

from __future__ import annotations

EXAMPLES = {
    "https://res.cloudinary.com/demo/image/upload/c_fill,w_500/v1571218039/folder/dawn.jpg": (
        "cloudinary",
        "resized",
        "59fe818b30af64de",
    ),
    "https://media-cldnry.s-nbcnews.com/image/upload/t_fit-1500w,f_auto/newscms/2015_41/dawn.jpg": (
        "cloudinary",
        "resized",
        "ba2a12af6f73cefc",
    ),
    "https://res.cloudinary.com/demo/image/upload/v1571218039/dawn.jpg": (
        "direct",
        "image",
        "966cf5201f80be8e",
    ),
}
