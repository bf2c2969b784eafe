"""What all designs that ship let the program see of its model, together.

    tests/coverage.py BINARY            writes docs/reader/coverage.md

For each design: `check --coverage`, an exact search of the slices of its properties that leaves
nothing out, and `simulate --coverage`, once as it ships and once with more faults. It takes some
minutes; the results do not depend on the machine.
"""

import json
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PAGE = ROOT / "docs/reader/coverage.md"
RUNS = {
    "search": ["check"],
    "simulation": ["simulate", "--runs", "30", "--until", "8h"],
    "with more faults": ["simulate", "--runs", "20", "--until", "8h", "--random-faults", "6"],
}
HEAD = """# Coverage

Which pairs of a phase and an event the designs that ship let the program see, all together, and which
never. Written by `tests/coverage.py BINARY`; [Testing](testing.md#coverage) says what a pair is.

"""


def seen_by(binary, design, how, folder):
    done = subprocess.run([binary, RUNS[how][0], design, *RUNS[how][1:], "--coverage", "--json",
                           "--out", folder], capture_output=True, text=True, check=False)
    if done.returncode > 3:
        sys.exit(f"{design.name}, {how}: {done.stderr}")
    return json.loads(done.stdout)["coverage"]


def union(binary):
    """By role: for each pair that is possible, by what it was seen."""
    roles, slices, complete = {}, 0, 0
    with tempfile.TemporaryDirectory() as folder:
        for path in ("designs", "designs/museum"):
            for design in sorted((ROOT / path).glob("*.json")):
                for how in RUNS:
                    found = seen_by(binary, design, how, folder)
                    slices += found.get("slices", 0)
                    complete += found.get("complete", 0)
                    for role in found["roles"]:
                        pairs = roles.setdefault(role["role"], {})
                        for phase, event in role["seen"] + role["never"]:
                            pairs.setdefault((phase, event), set())
                        for phase, event in role["seen"]:
                            pairs[phase, event].add(how)
    return roles, slices, complete


def page(roles, slices, complete):
    text = HEAD + (f"The searches saw {slices} slices, {complete} of them to the end; the others "
                   "stopped after 5000 state classes.\n\n")
    text += "| role | possible | seen | by search | by simulation | with more faults only |\n"
    text += "|---|---|---|---|---|---|\n"
    for role, pairs in roles.items():
        seen = [hows for hows in pairs.values() if hows]
        only = sum(hows == {"with more faults"} for hows in seen)
        text += (f"| {role} | {len(pairs)} | {len(seen)} | {sum('search' in h for h in seen)} "
                 f"| {sum('simulation' in h for h in seen)} | {only} |\n")
    total = [hows for pairs in roles.values() for hows in pairs.values()]
    text += (f"| all | {len(total)} | {sum(bool(h) for h in total)} | "
             f"{sum('search' in h for h in total)} | {sum('simulation' in h for h in total)} | "
             f"{sum(h == {'with more faults'} for h in total)} |\n")
    text += "\n## Never seen\n"
    for role, pairs in roles.items():
        never = {}
        for (phase, event), hows in pairs.items():
            if not hows:
                never.setdefault(phase, []).append(event)
        if never:
            text += f"\n{role}\n\n"
            text += "".join(f"- while {phase}: {', '.join(events)}\n"
                            for phase, events in never.items())
    return text


if __name__ == "__main__":
    PAGE.write_text(page(*union(str(Path(sys.argv[1]).resolve()))))
