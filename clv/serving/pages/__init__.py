"""The dashboard: pages that the server renders from the responses of the service, in the style of the reports.

They need no script, load nothing external, and show the release that their numbers come from.
"""
