"""What a person looks at: charts. Reads the warehouse, changes nothing."""
