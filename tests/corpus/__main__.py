"""`python -m tests.corpus`: how often corsinspect says what the browser said, in figures; with -v, each difference.

Names of collections (oracle, webkit, modern) as arguments: those alone.
"""

import sys

from corsinspect.analysis import judge_all
from corsinspect.report.jsonl import row
from corsinspect.session import load
from tests.corpus import COLLECTIONS, recording, truth
from tests.corpus.scoring import FIGURES, Score, score


def main() -> None:
    wanted = [name for name in sys.argv[1:] if name in COLLECTIONS] or list(COLLECTIONS)
    for collection in wanted:
        for browser, names in COLLECTIONS[collection].items():
            total = Score()
            for name in names:
                total.add(score(truth(name), [row(call) for call in judge_all(load(recording(name)).exchanges)]))
            _print(f"{collection}, {browser}", total, "-v" in sys.argv)


def _print(title: str, total: Score, differences: bool) -> None:
    print(f"{title}: {total.of['outcome']} calls")
    for figure in FIGURES:
        if figure == "overclaims":
            print(f"  {figure:<11}{total.missed(figure)}")
        elif total.of[figure]:
            print(f"  {figure:<11}{total.right[figure]}/{total.of[figure]}  {total.share(figure):.2%}")
    if not differences:
        return
    for wanted, calls, figures in total.wrong:
        got = [(call["outcome"], call["certainty"], call["reason"], call["stage"]) for call in calls]
        said = f"{wanted['outcome']} {wanted['cors_error']}"
        print(f"    {wanted['case']}#{wanted['step']}: {said}; got {got}: {', '.join(figures)}")


if __name__ == "__main__":
    main()
