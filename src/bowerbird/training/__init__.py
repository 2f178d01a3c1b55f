"""From a folder of pictures to a bundle. Needs scikit-learn, the extra `train`."""
