"""Implementations of the ports; boto3 is imported in `aws` only."""
