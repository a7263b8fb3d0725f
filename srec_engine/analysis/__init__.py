"""Looking inside a file: the ledger of its bytes, and maps of what the network expected and paid."""
