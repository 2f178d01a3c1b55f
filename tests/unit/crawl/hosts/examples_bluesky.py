_DID = "did:plc:z72i7hdynmk6r22z27h6tvur"
_CID = "bafkreibjfgx2gprinfvicegelk5kosd6y2frmqpqzwqkg7usac74l3t2v4"

EXAMPLES = {
    f"https://cdn.bsky.app/img/feed_fullsize/plain/{_DID}/{_CID}@jpeg": (
        "bluesky",
        "resized",
        f"{_DID}/{_CID}",
    ),
    f"https://cdn.bsky.app/img/feed_thumbnail/plain/{_DID}/{_CID}": ("bluesky", "resized", f"{_DID}/{_CID}"),
    f"https://cdn.bsky.app/img/avatar/plain/did:web:example.org/{_CID}@webp": (
        "bluesky",
        "resized",
        f"did:web:example.org/{_CID}",
    ),
    f"https://pds.example.org/xrpc/com.atproto.sync.getBlob?did={_DID}&cid={_CID}": (
        "bluesky",
        "original",
        f"{_DID}/{_CID}",
    ),
    "https://bsky.app/profile/bsky.app/post/3mk4lzkrnk22d": ("bluesky", "post", "bsky.app/3mk4lzkrnk22d"),
    f"https://bsky.app/profile/{_DID}/post/3mk4lzkrnk22d/": ("bluesky", "post", f"{_DID}/3mk4lzkrnk22d"),
    "https://bsky.app/profile/bsky.app": None,
    "https://cdn.bsky.app/img/feed_fullsize/plain/nobody/xyz": None,
    f"https://pds.example.org/xrpc/com.atproto.sync.getBlob?did=did:key:abc&cid={_CID}": None,
}
