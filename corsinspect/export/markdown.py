"""Calls as Markdown, for a bug report."""

from corsinspect.export.reports import report_writer

WRITERS = {"calls": report_writer("markdown")}
