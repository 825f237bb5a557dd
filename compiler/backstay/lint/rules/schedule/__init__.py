"""When rules start, and the windows in which they may."""
