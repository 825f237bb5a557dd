"""What stands in a report: its columns, its rows, its spelling, and the way into the bucket."""
