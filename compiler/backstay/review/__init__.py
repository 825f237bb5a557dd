"""What a reviewer of a change gets: difference, proofs and forecast in one comment, or on one page."""
