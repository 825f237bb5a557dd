"""What an audit read and found, as tables: Parquet in folders by day, account and Region, asked in SQL."""
