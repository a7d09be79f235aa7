"""The function that answers the POST routes."""
