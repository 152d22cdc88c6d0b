"""The claim grammar: interprets the frames, cues and devices of rules/ over mentions."""
