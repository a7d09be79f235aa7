"""The function that answers the GET routes."""
