"""Legal holds: recovery points that nobody, and no lifecycle, deletes until the hold is cancelled."""
