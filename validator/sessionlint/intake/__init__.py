"""Paths to captures: what the user names, and what lies in the folders they name."""
