"""Everything about the models that runs in production: numpy and onnxruntime only."""
