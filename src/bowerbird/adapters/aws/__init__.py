"""The cloud ports: SQS, S3 and DynamoDB."""
