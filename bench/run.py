"""Benchmarks: ``make bench``, or ``python bench/run.py [NAME …]`` for some of them.

Each figure is of one process on one core. Results go to bench/results.json and, as a table, to
standard output; compare ratios of one run, not seconds of two machines.
"""

from __future__ import annotations

import json
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from extract.clean import Cleaned, Cleaner, clean, read_document, sentences
from extract.lexicon import whole_lexicon
from extract.morphology import load_morphology
from extract.project import Params, find_project
from extract.reading import Source
from extract.text.words import tokenise

ROOT = Path(__file__).resolve().parents[1]
SAMPLES = sorted((ROOT / "raw").rglob("*.txt"))
MEGABYTE = 1_000_000


def sample_text() -> str:
    """The plain-text samples, one after the other."""
    return "\n\n".join(path.read_bytes().decode("utf-8", "replace") for path in SAMPLES)


def cleaning() -> dict[str, float]:
    """Plain text read, with its furniture, structure and sentences: megabytes a second."""
    cleaner = Cleaner.load(find_project(), Params())
    text = sample_text() * 40
    source = Source("a.txt", text, "utf-8", "")
    rates = []
    for _ in range(5):
        began = time.perf_counter()
        for _ in sentences(read_document(source, cleaner), cleaner.split):
            pass
        rates.append(len(text.encode()) / MEGABYTE / (time.perf_counter() - began))
    return {"MB/s median": statistics.median(rates), "MB/s best": max(rates)}


def records() -> dict[str, float]:
    """JSON Lines of 10 MB, 100 MB and 1 GB cleaned record by record: the peak of memory, in MB."""
    out = {}
    for size in (10, 100, 1000):
        done = subprocess.run(
            [sys.executable, __file__, "--records", str(size)], check=True, capture_output=True, text=True
        )
        out |= {f"{size} MB: {name}": value for name, value in json.loads(done.stdout).items()}
    return out


def _records(megabytes: int) -> dict[str, float]:
    cleaner = Cleaner.load(find_project(), Params())
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "posts.jsonl"
        with file.open("w", encoding="utf-8") as stream:
            for line in _lines(megabytes * MEGABYTE):
                stream.write(line)
        began, count = time.perf_counter(), 0
        for read in clean(Path(folder), file.name, cleaner):
            count += isinstance(read, Cleaned)
        took = time.perf_counter() - began
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1000
    return {"records": count, "peak MB": peak, "MB/s": megabytes / took}


def _lines(size: int) -> Iterator[str]:
    """Records of some kilobytes, each different, ``size`` bytes of them in all."""
    texts = [path.read_bytes().decode("utf-8", "replace") for path in SAMPLES]
    written = number = 0
    while written < size:
        text = f"Message {number}.\n{texts[number % len(texts)]}"
        line = json.dumps({"id": f"p{number}", "text": text}, ensure_ascii=False) + "\n"
        written += len(line.encode())
        number += 1
        yield line


def lexicon() -> dict[str, float]:
    """The lexicon loaded and made ready, in seconds; and all of it looked up against mere tokenising."""
    project = find_project()
    morphology = load_morphology(project.rules)
    loads = []
    for _ in range(5):
        began = time.perf_counter()
        phrases = whole_lexicon(project.lexicon, morphology).phrases
        loads.append(time.perf_counter() - began)
    text, fold = sample_text() * 10, morphology.folding
    tokenising, matching = [], []
    for _ in range(5):
        began = time.perf_counter()
        tokens = tokenise(text, fold)
        tokenising.append(time.perf_counter() - began)
        began = time.perf_counter()
        phrases.find(tokens, fold)
        matching.append(time.perf_counter() - began)
    best = min(tokenising)
    return {
        "load s": statistics.median(loads),
        "tokens": len(tokens),
        "tokenising tokens/s": len(tokens) / best,
        "matching tokens/s": len(tokens) / min(matching),
        "matching : tokenising": min(matching) / best,
    }


BENCHMARKS: dict[str, Callable[[], dict[str, float]]] = {
    "cleaning": cleaning,
    "records": records,
    "lexicon": lexicon,
}


def main(names: list[str]) -> None:
    """Runs the named benchmarks, or all of them."""
    if names[:1] == ["--records"]:
        print(json.dumps(_records(int(names[1]))))
        return
    unknown = [name for name in names if name not in BENCHMARKS]
    if unknown:
        sys.exit(f"bench: no benchmark {unknown[0]!r}; there are {', '.join(BENCHMARKS)}")
    file = ROOT / "bench" / "results.json"
    results = json.loads(file.read_text(encoding="utf-8")) if file.exists() else {}
    for name in names or BENCHMARKS:
        results[name] = {key: round(value, 2) for key, value in BENCHMARKS[name]().items()}
        for key, value in results[name].items():
            print(f"{name:12s} {key:28s} {value:12.2f}", flush=True)
    file.write_text(json.dumps(results, indent=2, sort_keys=True) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1:])
