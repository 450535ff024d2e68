"""The commit pipeline: pure functions from what the store holds to what it shall hold."""
