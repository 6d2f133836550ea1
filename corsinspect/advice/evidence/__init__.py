"""What of the traffic shows a cause beyond the headers of the answer where a call stopped."""
