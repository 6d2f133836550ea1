"""`python -m tests.corpus`: how often corsinspect says what the browser said, in figures; with -v, each difference."""

import sys

from corsinspect.analysis import judge_all
from corsinspect.report.jsonl import row
from corsinspect.session import load
from tests.corpus import BROWSERS, GROUPS, recording, truth
from tests.corpus.scoring import Score, score

FIGURES = "outcome decided calls stage code reason parameter preflight readable".split()


def main() -> None:
    for browser in BROWSERS:
        total = Score()
        for group in GROUPS:
            name = f"{browser}-{group}"
            total.add(score(truth(name), [row(call) for call in judge_all(load(recording(name)).exchanges)]))
        print(f"{browser}: {total.of['outcome']} calls")
        for figure in FIGURES:
            if total.of[figure]:
                print(f"  {figure:<11}{total.right[figure]}/{total.of[figure]}  {total.share(figure):.2%}")
        print(f"  overclaims {total.of['overclaims'] - total.right['overclaims']}")
        if "-v" in sys.argv:
            for wanted, calls, figures in total.wrong:
                got = [(call["outcome"], call["certainty"], call["reason"], call["stage"]) for call in calls]
                print(
                    f"    {wanted['case']}: {wanted['outcome']} {wanted['cors_error']}; got {got}: {', '.join(figures)}"
                )


if __name__ == "__main__":
    main()
