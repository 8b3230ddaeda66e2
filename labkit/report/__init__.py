"""A report: executed notebooks become one HTML page and one PDF, with a manifest, published whole or not at all."""
