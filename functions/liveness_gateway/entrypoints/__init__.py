"""What calls the gateway: HTTP requests, batches of the stream and the queue, the clock."""
