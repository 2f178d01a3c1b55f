"""From a folder of pictures to a bundle. Needs scikit-learn (`pip install bowerbird[train]`)."""
