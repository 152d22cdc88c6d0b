"""EDS-NLP's drug matcher over JSON Lines: run by bench/peers.py, in an environment of its own.

Reads records with ``id`` and ``text`` from standard input and writes, as JSON, the spans by id and
the seconds that loading and matching took.
"""

from __future__ import annotations

import json
import sys
import time

import spacy  # noqa: F401  (before edsnlp, whose import else breaks spaCy's factories)

import edsnlp  # isort: skip


def main() -> None:
    began = time.perf_counter()
    nlp = edsnlp.blank("eds")
    for pipe in ("eds.sentences", "eds.normalizer", "eds.drugs"):
        nlp.add_pipe(pipe)
    loaded = time.perf_counter()
    spans = {}
    for line in sys.stdin:
        record = json.loads(line)
        spans[record["id"]] = [(e.start_char, e.end_char) for e in nlp(record["text"]).ents]
    seconds = {"load": loaded - began, "match": time.perf_counter() - loaded}
    json.dump({"version": edsnlp.__version__, "seconds": seconds, "spans": spans}, sys.stdout)


if __name__ == "__main__":
    main()
