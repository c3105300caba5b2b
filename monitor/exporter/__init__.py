"""From a report to the bytes that a scrape is handed."""
