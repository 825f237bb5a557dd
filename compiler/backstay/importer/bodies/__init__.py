"""AWS request bodies as people and tools have them in files: which members there are, and how to take only those."""
