"""The service for releases of the pipeline: reads, forecasts, a journal of events, pages. It trains nothing."""
