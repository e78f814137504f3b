"""Everything that changes jobs and pipelines. Order inside each: allowed? lock, change, record, follow up."""
