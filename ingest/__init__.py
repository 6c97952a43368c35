"""From an address or a path to headed text: the network and the file formats."""
