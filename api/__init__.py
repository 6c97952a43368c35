"""The doors: command line, HTTP, web pages, and the wiring of the parts."""
