"""What a corpus names and the lexicon does not: ``extract lexicon suggest``."""
