"""The deployed functions; each folder is one Lambda function and imports from the layers only."""
