"""The ways in which traffic is recorded: HAR files, mitmproxy flows, and what they are packed in."""
