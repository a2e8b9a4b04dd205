"""The dashboard: pages that the server renders from the answers of the service, in the style of the reports.

They need no script, load nothing from elsewhere, and say of which release their numbers are.
"""
