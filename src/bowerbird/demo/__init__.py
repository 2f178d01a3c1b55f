"""The recorded hour: posts, pictures and a loopback server that plays Reddit and the image hosts."""
