"""Tables as files that spreadsheets open: CSV and XLSX, with nothing in them that a spreadsheet would run."""
