"""Crawl: from a website to markdown/, one file a page. ../../crawl.py is the program."""
