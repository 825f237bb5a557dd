"""How findings are written down, one file a format. Stands on the contract, knows nothing else of Backstay."""
