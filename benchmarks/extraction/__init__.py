"""Pages with known text: how much of a document comes out of the page that it stands in, and nothing else."""
