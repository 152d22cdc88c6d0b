"""Reading text faithfully: decoding, structure, words. Nothing here knows a drug or a claim."""
