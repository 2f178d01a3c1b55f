"""Trains the watermark classifier on rendered watermarks, measures it and exports it to ONNX."""
