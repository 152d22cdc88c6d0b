"""The command `extract`: a thin layer over plain functions."""

from __future__ import annotations

import argparse
import contextlib
import io
import json
import os
import shutil
import sys
from collections.abc import Sequence
from pathlib import Path

from extract.errors import ExtractError
from extract.project import Params, Project, find_project, load_params

_EXIT_CODES = """environment: EXTRACT_HOME names the folder that --home does; EXTRACT_HANDLE_KEY is the key
of author pseudonyms. exit codes: 0 done; 2 wrong usage or input, said in one line; 3 the tables break a
promise of their schema and were not published; 130 interrupted."""

_PIPED = 100  # columns of an explanation that no terminal shows


def build_parser() -> argparse.ArgumentParser:
    """The whole command line."""
    common = argparse.ArgumentParser(add_help=False)
    common.add_argument(
        "--home",
        type=Path,
        metavar="DIR",
        help="folder that holds lexicon/, rules/ and schemas/ (default: the project's own)",
    )
    common.add_argument(
        "--params", type=Path, metavar="FILE", help="parameters (default: params.yaml in that folder)"
    )
    parser = argparse.ArgumentParser(
        prog="extract",
        description="Validated pharmacological claims from French text, each tied to its exact characters.",
        epilog=_EXIT_CODES,
    )
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")

    def add(name: str, text: str, *arguments: tuple[str, str]) -> argparse.ArgumentParser:
        command = commands.add_parser(name, help=text, description=text, parents=[common], epilog=_EXIT_CODES)
        for argument, what in arguments:
            command.add_argument(argument, type=Path, help=what)
        return command

    source = ("source", "folder of sources: .txt, .md, .html, .htm, .jsonl, also nested")
    interim = ("interim", "folder of interim results")
    add(
        "run", "run all stages over a folder: tables in OUT/tables", source, ("out", "folder for the results")
    )
    add("clean", "stage 1: read sources, set furniture aside, find blocks and sentences", source, interim)
    add("annotate", "stage 2: find mentions of substances, targets, effects, conditions", source, interim)
    add("claims", "stage 3: read the claims and their stance", source, interim)
    add("findings", "stage 4: gather equal claims of all documents, count and confront them", interim)
    add("validate", "stage 5: hold every table to its schema, every span to its source", source, interim)
    add(
        "publish",
        "stage 6: write the validated tables",
        interim,
        ("out", "folder for tables, csv, datapackage.json"),
    )
    score = add(
        "evaluate",
        "score tables against annotated documents",
        ("tables", "folder of Parquet tables"),
        ("gold", "folder of *.gold.json"),
    )
    score.add_argument("--json", type=Path, metavar="FILE", help="write every figure here")
    score.add_argument(
        "--errors", type=Path, metavar="FILE", help="write every miss and every spurious row here, as CSV"
    )
    score.add_argument(
        "--allow-none",
        action="store_true",
        help="succeed though none of the annotated documents is in the tables",
    )
    score.add_argument("--only", default="*", metavar="GLOB", help="score only documents whose path matches")
    add("summary", "say what a run made", ("out", "folder that a run wrote"))
    explain = add("explain", "say why a claim was read, or what a sentence states and why no more")
    explain.add_argument("claim", nargs="?", metavar="CLAIM_ID", help="id of a claim, or how it begins")
    explain.add_argument(
        "out",
        type=Path,
        nargs="?",
        default=Path("outputs"),
        help="folder that a run wrote (default: outputs)",
    )
    explain.add_argument(
        "--text", metavar="TEXT", help="explain this text instead of a claim; - reads standard input"
    )
    explain.add_argument("--json", action="store_true", help="print it as JSON, with every feature")
    train = add("train", "learn the scorer from annotated documents: rules/scorer.json")
    train.add_argument(
        "corpus",
        type=Path,
        nargs="+",
        help="a folder of sources and the folder of its gold; more pairs may follow",
    )
    train.add_argument("--dry-run", action="store_true", help="report figures, write nothing")
    lexicon = commands.add_parser(
        "lexicon",
        help="check the lexicon, find a term in it, or suggest what it lacks",
        description="check the lexicon, find a term in it, or suggest what it lacks",
        epilog=_EXIT_CODES,
    )
    actions = lexicon.add_subparsers(dest="action", required=True, metavar="ACTION")
    actions.add_parser(
        "check",
        parents=[common],
        help="read the whole lexicon and say what is wrong with it",
        description="read the whole lexicon and say what is wrong with it",
    )
    find = actions.add_parser(
        "find",
        parents=[common],
        help="say which concepts a term names",
        description="say which concepts a term names",
    )
    find.add_argument("term", help="a name, brand, street name or abbreviation")
    suggest = actions.add_parser(
        "suggest",
        parents=[common],
        help="list the terms of a corpus that the lexicon lacks, the most useful first",
        description="list the terms of a corpus that the lexicon lacks, the most useful first: how often and "
        "in how many documents each stands, the type it seems to have, why, and where",
    )
    suggest.add_argument("source", type=Path, help=source[1])
    suggest.add_argument(
        "--top", type=_positive, default=40, metavar="N", help="so many at most (default: 40)"
    )
    suggest.add_argument(
        "--min-count", type=_positive, default=1, metavar="N", help="leave out what is rarer (default: 1)"
    )
    suggest.add_argument("--json", action="store_true", help="print them as JSON, with every example")
    return parser


def _positive(text: str) -> int:
    """A whole number from 1 on. Raises ArgumentTypeError for anything else."""
    if not text.isdecimal() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"{text!r} is no whole number from 1 on")
    return int(text)


def main(argv: Sequence[str] | None = None) -> int:
    """Runs the command; the exit code. Messages for the user go to standard error."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")  # a console without «ρ» still gets its line
    arguments = build_parser().parse_args(argv)
    try:
        code = _dispatch(arguments)
        sys.stdout.flush()
        return code
    except ExtractError as error:
        print(f"extract: {error}", file=sys.stderr)
        return error.exit_code
    except KeyboardInterrupt:
        print("extract: interrupted; what was published before stays as it was", file=sys.stderr)
        return 130
    except BrokenPipeError:
        # The reader of our output has gone: leave quietly, and let nothing flush into the void.
        _quieten()
        return 0
    except OSError as error:  # a full disk, a report that cannot be written
        print(f"extract: {error.filename or 'output'}: {error.strerror or error}", file=sys.stderr)
        _quieten()
        return 2


def _quieten() -> None:
    """What is still buffered for standard output goes nowhere, without another complaint."""
    with contextlib.suppress(io.UnsupportedOperation):  # a stream of a caller's own, in memory
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _dispatch(arguments: argparse.Namespace) -> int:
    project = find_project(arguments.home)
    params = load_params(arguments.params or project.params)
    if arguments.params and not arguments.params.exists():
        raise ExtractError(f"{arguments.params}: no such file")
    if arguments.command == "evaluate":
        return _evaluate(arguments, project)
    if arguments.command == "summary":
        from extract.summary import summary

        print(summary(arguments.out, project), end="")
        return 0
    if arguments.command == "explain":
        return _explain(arguments, project, params)
    if arguments.command == "lexicon":
        return _lexicon(arguments, project, params)
    if arguments.command == "train":
        return _train(arguments, project, params)
    return _stages(arguments, project, params)


def _stages(arguments: argparse.Namespace, project: Project, params: Params) -> int:
    from extract.locking import locked
    from extract.reading import source_paths
    from extract.run import Pipeline, run

    if arguments.command == "run":
        run(arguments.source, arguments.out, project, params)
        from extract.summary import summary

        print(summary(arguments.out, project), end="")
        return 0
    pipeline = Pipeline(project, params, arguments.interim)
    if arguments.command == "publish":
        with locked(arguments.out):
            pipeline.publish(arguments.out)
    elif arguments.command == "findings":
        with locked(arguments.interim):
            pipeline.findings()
    else:
        source_paths(arguments.source)  # a wrong source leaves no trace
        with locked(arguments.interim):
            getattr(pipeline, arguments.command)(arguments.source)
    return 0


def _evaluate(arguments: argparse.Namespace, project: Project) -> int:
    from extract.evaluate import evaluate
    from extract.evaluation.figures import metrics
    from extract.summary import score_lines, write_errors

    result = evaluate(
        arguments.tables, arguments.gold, project.schemas, project.rules / "folding.yaml", arguments.only
    )
    if not result.present and not arguments.allow_none:
        raise ExtractError(
            f"{arguments.tables}: holds none of the annotated documents of {arguments.gold}, "
            f"such as {result.documents[0].path}; paths count from the source folder"
        )
    if arguments.json:
        arguments.json.parent.mkdir(parents=True, exist_ok=True)
        arguments.json.write_text(
            json.dumps(metrics(result), ensure_ascii=False, indent=2) + "\n", encoding="utf-8"
        )
    if arguments.errors:
        write_errors(result, arguments.errors)
    print("\n".join(score_lines(metrics(result))))
    return 0


def _explain(arguments: argparse.Namespace, project: Project, params: Params) -> int:
    from extract.explain import explain_claim, explain_text
    from extract.explanation.report import account_json, account_lines

    if (arguments.claim is None) == (arguments.text is None):
        raise ExtractError("explain: give either the id of a claim or a text with --text")
    if arguments.claim is not None:
        account = explain_claim(arguments.claim, arguments.out, project, params)
    else:
        text = sys.stdin.read() if arguments.text == "-" else arguments.text
        account = explain_text(text, project, params)
    wide = shutil.get_terminal_size().columns if sys.stdout.isatty() else _PIPED
    print(account_json(account) if arguments.json else "\n".join(account_lines(account, wide)))
    return 0


def _train(arguments: argparse.Namespace, project: Project, params: Params) -> int:
    from extract import train

    if len(arguments.corpus) % 2:
        raise ExtractError("train: every folder of sources needs the folder of its gold after it")
    pairs = list(zip(arguments.corpus[::2], arguments.corpus[1::2], strict=True))
    pages = [page for source, gold in pairs for page in train.pages(source, gold, project, params)]
    print("\n".join(train.report(pages)))
    if not arguments.dry_run:
        train.write(train.fit(train.examples(pages)), train.THRESHOLD, project.rules / "scorer.json")
        print(f"written to {project.rules / 'scorer.json'}")
    return 0


def _lexicon(arguments: argparse.Namespace, project: Project, params: Params) -> int:
    if arguments.action == "suggest":
        return _suggest(arguments, project, params)
    from extract.lexicon import whole_lexicon
    from extract.morphology import load_morphology
    from extract.summary import lexicon_lines, term_lines

    lexicon = whole_lexicon(project.lexicon, load_morphology(project.rules))
    if arguments.action == "find":
        print("\n".join(term_lines(lexicon, arguments.term)))
        return 0
    from extract.soundness import check_forms, common_forms, load_small_words
    from extract.vocabulary import load_vocabulary

    check_forms(lexicon, load_small_words(project, lexicon))
    doubtful = common_forms(lexicon, load_vocabulary(lexicon.morphology))
    for line in doubtful:
        print(f"extract: warning: {line}", file=sys.stderr)
    print("\n".join(lexicon_lines(lexicon, len(doubtful))))
    return 0


def _suggest(arguments: argparse.Namespace, project: Project, params: Params) -> int:
    from extract.reading import source_paths
    from extract.suggest.gaps import Suggester, gaps
    from extract.suggest.report import gap_json, gap_lines

    source_paths(arguments.source)  # a wrong source is told before anything is loaded
    found = gaps(arguments.source, Suggester.load(project, params), arguments.min_count)[: arguments.top]
    print(gap_json(found) if arguments.json else "\n".join(gap_lines(found)))
    return 0


if __name__ == "__main__":
    sys.exit(main())
