"""What the rule `flickr` makes of links."""

from __future__ import annotations

EXAMPLES = {
    # Known pairs: https://www.flickr.com/groups/api/discuss/72157616713786392/
    "http://flic.kr/p/7Afjsu": ("flickr", "photo", "4325695128"),
    "http://flic.kr/p/5hruZg": ("flickr", "photo", "2811466321"),
    "http://flic.kr/p/9aeit3": ("flickr", "photo", "5355297820"),
    "https://flic.kr/p/2ji9tby": ("flickr", "photo", "50077147136"),
    "https://www.flickr.com/photos/lcraw/28322212136": ("flickr", "photo", "28322212136"),
    "http://www.flickr.com/photos/37724106@N00/47226764/": ("flickr", "photo", "47226764"),
    "http://www.flickr.com/photos/ameerkat/5904479978/lightbox/": ("flickr", "photo", "5904479978"),
    "https://www.flickr.com/photos/chucksutherland/8378201253/sizes/l": ("flickr", "photo", "8378201253"),
    "http://www.flickr.com/photos/thekog/6886709962/sizes/l/in/set-72157629710255725/": (
        "flickr",
        "photo",
        "6886709962",
    ),
    "https://www.flickr.com/photos/ronaldtan/27532895143/in/dateposted-public/": (
        "flickr",
        "photo",
        "27532895143",
    ),
    "https://m.flickr.com/photos/lcraw/28322212136": ("flickr", "photo", "28322212136"),
    "https://www.flickr.com/photo.gne?id=28322212136": ("flickr", "photo", "28322212136"),
    "https://live.staticflickr.com/65535/50035200063_04da51f720_o.jpg": ("flickr", "image", "50035200063"),
    "https://c1.staticflickr.com/5/4636/25316407448_de5fbf183d_o.jpg": ("flickr", "image", "25316407448"),
    "https://live.staticflickr.com/65535/50035200063_04da51f720_6k.jpg": ("flickr", "image", "50035200063"),
    "https://farm1.staticflickr.com/595/22870282792_4bfe54c113_k.jpg": ("flickr", "resized", "22870282792"),
    "https://farm8.static.flickr.com/7049/6946979188_25bb44852b.jpg": ("flickr", "resized", "6946979188"),
    "https://live.staticflickr.com/7049/6946979188_25bb44852b_z_d.jpg": ("flickr", "resized", "6946979188"),
    "http://www.flickr.com/photos/ioerror/sets/905698/": ("flickr", "album", "905698"),
    "https://www.flickr.com/photos/ioerror/albums/905698": ("flickr", "album", "905698"),
    "https://www.flickr.com/photos/ioerror/": None,
    "https://www.flickr.com/photo.gne?id=x": None,
    "https://flic.kr/p/0OIl": None,
    "https://live.staticflickr.com/65535/buddyicons/x.html": None,
}
