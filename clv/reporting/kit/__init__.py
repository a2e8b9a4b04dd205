"""Building blocks of every page: page, chart, table, heat, sections, notebook, document."""
