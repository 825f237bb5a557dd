"""What costs more than it is worth."""
