"""What every page is made of: page, chart, table, heat, sections, notebook, document."""
