"""Triage of a support dump: what is in it, what is broken and why, and what ailed the users' network.

`collect.Collector` sees every capture once and keeps counts and samples, in bounded memory; what it
hands on (`model.Triage`) is written as text, JSON, Markdown or one HTML page.
"""
