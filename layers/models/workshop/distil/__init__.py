"""Trains the small network of a glance to guess what an encoder says, and exports it to ONNX."""
