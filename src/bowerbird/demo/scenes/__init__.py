"""The posts of the recorded hour, by where their pictures lie and what should become of them."""
