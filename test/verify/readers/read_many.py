"""Reads the first page of PDF files: `read_many.py pypdf|pdfminer PATH...`. Prints a JSON array of texts."""
import json
import sys


def by_pypdf(path):
    from pypdf import PdfReader
    return PdfReader(path).pages[0].extract_text()


def by_pdfminer(path):
    from pdfminer.high_level import extract_text
    return extract_text(path, page_numbers=[0])


read = {"pypdf": by_pypdf, "pdfminer": by_pdfminer}[sys.argv[1]]
print(json.dumps([read(path) for path in sys.argv[2:]]))
