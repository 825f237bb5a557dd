"""Prepares an organization for Backstay: looks, decides, shows, acts. Run again, there is nothing to do."""
