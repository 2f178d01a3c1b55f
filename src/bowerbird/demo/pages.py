"""Makes the HTML pages of the played hosts, with only the parts that a crawler may look at."""

from __future__ import annotations

from html import escape


def imgur_page(media_id: str, title: str, file: str, width: int, height: int) -> str:
    """Make the page of a picture, album or gallery. Its metadata name one file, the album's first."""
    url = f"https://i.imgur.com/{file}?fb"
    return f"""<!doctype html><html lang="en"><head><title>{escape(title)} - Imgur</title>
<link rel="canonical" href="https://imgur.com/{media_id}">
<meta property="og:site_name" content="Imgur"><meta property="og:type" content="article">
<meta property="og:title" content="{escape(title)}">
<meta property="og:image:width" content="{width}"><meta property="og:image:height" content="{height}">
<meta property="og:image" data-react-helmet="true" content="{url}">
<meta name="twitter:card" content="summary_large_image"><meta name="twitter:image" content="{url}">
</head><body><div id="root"></div></body></html>
"""


def flickr_page(photo_id: str, title: str, copies: dict[str, tuple[str, int, int]]) -> str:
    """A photo's page: `b` in the metadata, every size (label → file, width, height) in the script."""
    file, width, height = copies["b"]
    sizes = ",".join(
        f'"{label}":{{"displayUrl":"\\/\\/live.staticflickr.com{path.replace("/", chr(92) + "/")}",'
        f'"width":{w},"height":{h},"key":"{label}"}}'
        for label, (path, w, h) in copies.items()
    )
    return f"""<!doctype html><html lang="en-us"><head><title>{escape(title)} | Flickr</title>
<meta property="og:site_name" content="Flickr"><meta property="og:type" content="article">
<meta property="og:title" content="{escape(title)}">
<meta property="og:image" content="https://live.staticflickr.com{file}">
<meta property="og:image:width" content="{width}"><meta property="og:image:height" content="{height}">
</head><body><script>
modelExport: {{"main":{{"photo-models":[{{"sizes":{{"data":{{{sizes}}}}},"id":"{photo_id}"}}]}}}}
</script></body></html>
"""


def viewer_page(url: str) -> str:
    """Make the page that i.redd.it shows to browsers, and other hosts to everybody: a picture in a page."""
    return f"""<!doctype html><html lang="en"><head><title>image</title>
<meta property="og:image" content="{escape(url)}"></head><body><img src="{escape(url)}" alt=""></body></html>
"""


def error_page(status: int, what: str) -> str:
    """Make an error page, in HTML as on most hosts."""
    return f"<!doctype html><html><head><title>{status} {what}</title></head><body>{what}</body></html>"
