"""The office: websocket gateway, commit pipeline, hub, stores, administration."""
