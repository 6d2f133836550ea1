"""Calls as one HTML file, which opens anywhere."""

from corsinspect.export.reports import report_writer

WRITERS = {"calls": report_writer("html")}
