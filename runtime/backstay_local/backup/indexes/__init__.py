"""Search indexes of recovery points: made with a backup or later, listed, deleted (semantics §8)."""
