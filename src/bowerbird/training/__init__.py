"""Makes a bundle from a folder of pictures. Needs scikit-learn, the extra `train`."""
