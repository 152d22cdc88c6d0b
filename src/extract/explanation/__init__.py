"""Says for a sentence which claims it states, by which rule and after which decisions, and why not others."""
