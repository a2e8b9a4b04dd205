"""The service over the releases of the pipeline: reads, forecasts, a journal of events, pages. Nothing here trains."""
