"""Use cases: one public function, one transaction, domain objects out."""
