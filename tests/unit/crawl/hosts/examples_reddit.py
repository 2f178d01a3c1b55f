"""What the rule `reddit` makes of links."""

from __future__ import annotations

EXAMPLES = {
    "https://i.redd.it/z5mux8w0bgx21.jpg": ("reddit", "image", "z5mux8w0bgx21"),
    "http://i.redd.it/z5mux8w0bgx21.png?x=1": ("reddit", "image", "z5mux8w0bgx21"),
    "https://I.REDD.IT/z5mux8w0bgx21.JPG": ("reddit", "image", "z5mux8w0bgx21"),
    "https://i.redd.it/z5mux8w0bgx21.gif": ("reddit", "animation", "z5mux8w0bgx21"),
    "https://i.redd.it/z5mux8w0bgx21.mp4": ("reddit", "video", "z5mux8w0bgx21"),
    "https://preview.redd.it/z5mux8w0bgx21.jpg?width=640&s=abc": ("reddit", "resized", "z5mux8w0bgx21"),
    "https://preview.redd.it/dawn-at-the-lake-v0-z5mux8w0bgx21.jpeg?width=640&s=abc": (
        "reddit",
        "resized",
        "z5mux8w0bgx21",
    ),
    "https://external-preview.redd.it/Ab_c-9.jpg?auto=webp&s=abc": ("reddit", "preview", "Ab_c-9"),
    "https://www.reddit.com/media?url=https%3A%2F%2Fi.redd.it%2Fabc.png": ("reddit", "image", "abc"),
    "https://www.reddit.com/media?url=https%3A%2F%2Fpreview.redd.it%2Fabc.png%3Fs%3D1": (
        "reddit",
        "resized",
        "abc",
    ),
    "https://v.redd.it/vutpixgde3w01": ("reddit", "video", "vutpixgde3w01"),
    "https://v.redd.it/vutpixgde3w01/DASH_720.mp4": ("reddit", "video", "vutpixgde3w01"),
    "https://www.reddit.com/gallery/1ski9rr": ("reddit", "gallery", "1ski9rr"),
    "https://www.reddit.com/video/vutpixgde3w01": ("reddit", "video", "vutpixgde3w01"),
    "https://old.reddit.com/r/pics/comments/abc12/dawn/": ("reddit", "submission", "abc12"),
    "https://np.reddit.com/r/pics/comments/abc12": ("reddit", "submission", "abc12"),
    "https://m.reddit.com/comments/abc12": ("reddit", "submission", "abc12"),
    "https://new.reddit.com/user/some-one/comments/abc12/x": ("reddit", "submission", "abc12"),
    "http://reddit.com/info/1gre7/comments": ("reddit", "submission", "1gre7"),
    "https://i.reddituploads.com/700ca9869b714716a22c8dbdb97c263e?fit=max&h=1536&s=5d": (
        "reddit",
        "preview",
        "700ca9869b714716a22c8dbdb97c263e",
    ),
    "https://redd.it/abc12": ("reddit", "submission", "abc12"),
    "https://www.reddit.com/r/pics/s/AbCdEf1234": ("reddit", "share", "AbCdEf1234"),
    "https://www.reddit.com/media?url=https%3A%2F%2Fevil.example%2Fabc.png": None,
    "https://www.reddit.com/media": None,
    "https://www.reddit.com/r/pics/": None,
    "https://reddit.com": None,
    "https://i.redd.it/": None,
    "https://notreddit.com/r/pics/comments/abc12/": None,
    "https://i.redd.it:8080/abc": None,
}
