"""Seeds wrong decisions into the model, one at a time, and asks the shipped designs for verdicts.

The mutants are in tests/data/mutants/*.txt: a name and a reason, and the lines of a file that it
has instead of others. Each is compiled alone, linked with everything else as it is, and runs
`check` on the designs until a verdict differs from that of the program without it: first on the one
that noticed it when the page was written, then on all, cheapest first. Results are kept in
build/mutants/results, so that it goes on where it was stopped.

    nice -n 19 tests/mutants.py            all that have no result yet
    tests/mutants.py --only NAME           one, again
    tests/mutants.py --table               writes docs/reader/mutants.md from the results

How a mutant is killed, the strongest first:
    verdict    a property has another verdict, in a design as it ships
    pair       the same, in the designs of each property of the catalogue (tests/data/properties)
    decision   the same, in the designs that are about a decision (tests/data/decisions)
    catalogue  the same, where the whole catalogue is asked about a design that ships
    assertion  an internal error, exit code 70
    limit      a search that does not end, or that the model's limits refuse
"""

import argparse
import hashlib
import json
import os
import re
import shlex
import shutil
import subprocess
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
LISTS = ROOT / "tests/data/mutants"
BUILD = ROOT / "build/mutants"
RESULTS = BUILD / "results"
PAGE = ROOT / "docs/reader/mutants.md"
DESIGNS = [design for folder in ("designs", "designs/museum")
           for design in sorted((ROOT / folder).glob("*.json"))]
PAIRS = "tests/data/properties"
DECISIONS = "tests/data/decisions"
WHOLE = BUILD / "whole"
SECONDS = 30   # of one design
SECONDS_OF_WHOLE = 5   # of one that is asked for the whole catalogue
MOST_CLASSES = 1_000   # of a design that is asked for the whole catalogue


class Mutant:
    def __init__(self, name, file, reason):
        self.name, self.file, self.reason = name, file, reason
        self.old, self.new = [], []

    def count(self):
        return (ROOT / self.file).read_text().count("\n".join(self.old))

    def text(self):
        original = (ROOT / self.file).read_text()
        return original.replace("\n".join(self.old), "\n".join(self.new))

    def digest(self):
        return hashlib.sha256(self.text().encode()).hexdigest()[:16]


def mutants():
    found = []
    for path in sorted(LISTS.glob("*.txt")):
        file = None
        for line in path.read_text().splitlines():
            if line.startswith("file "):
                file = line[5:]
            elif line.startswith("@ "):
                name, reason = line[2:].split(": ", 1)
                found.append(Mutant(name, file, reason))
            elif line[:1] in ("-", "+"):
                (found[-1].old if line[0] == "-" else found[-1].new).append(line[2:])
            elif line and not line.startswith("#"):
                raise ValueError(f"{path.name}: what is \"{line}\"?")
    return found


def by_turns(everyone):
    """The first of each file, then the second, so that half of a run has something of all."""
    turns = {}
    ordered = []
    for each in everyone:
        turns[each.file] = turns.get(each.file, 0) + 1
        ordered.append((turns[each.file], len(ordered), each))
    return [each for _, _, each in sorted(ordered, key=lambda each: each[:2])]


def survivors():
    """The arguments of LISTS/survivors.md, by the name of the mutant."""
    arguments, name = {}, None
    path = LISTS / "survivors.md"
    for line in path.read_text().splitlines() if path.exists() else []:
        if line.startswith("## "):
            name = line[3:]
            arguments[name] = []
        elif name and line:
            arguments[name].append(line)
    return {name: " ".join(lines) for name, lines in arguments.items()}


def build_base():
    """From a copy, so that the sources may change meanwhile."""
    base, source = BUILD / "base", BUILD / "source"
    for folder in ("sim", "model", "properties", "traces", "app", "tests", "designs"):
        shutil.copytree(ROOT / folder, source / folder, dirs_exist_ok=True)
    shutil.copy2(ROOT / "CMakeLists.txt", source)
    subprocess.run(["cmake", "-S", source, "-B", base, "-G", "Ninja", "-DCMAKE_BUILD_TYPE=Debug",
                    "-DCMAKE_CXX_FLAGS_DEBUG=-O1 -g0", "-DFAILBACK_HEADER_CHECKS=OFF",
                    "-DCMAKE_DISABLE_PRECOMPILE_HEADERS=ON",
                    "-DCMAKE_EXPORT_COMPILE_COMMANDS=ON"], check=True, stdout=subprocess.DEVNULL)
    subprocess.run(["cmake", "--build", base, "-j1", "--target", "failback"], check=True,
                   stdout=subprocess.DEVNULL)
    commands = json.loads((base / "compile_commands.json").read_text())
    return base, {os.path.relpath(each["file"], source): each["command"] for each in commands}


def build(mutant, base, commands):
    source, target = BUILD / f"{mutant.name}.cpp", BUILD / f"{mutant.name}.o"
    source.write_text(mutant.text())
    command = shlex.split(commands[mutant.file])
    command = command[:command.index("-o")] + ["-O0", "-w", "-o", target, "-c", source]
    compiled = subprocess.run(command, cwd=base, capture_output=True, text=True, check=False)
    source.unlink()
    if compiled.returncode != 0:
        return None, compiled.stderr
    program = BUILD / "failback"
    folders = ("app", "traces", "properties", "model", "sim")
    libraries = [f"libfailback_{folder}.a" for folder in folders]
    subprocess.run(["c++", "-o", program, "CMakeFiles/failback.dir/app/main.cpp.o", target,
                    *libraries, "-lpugixml", "-lfmt", "-lxxhash", "-lpthread"], cwd=base,
                   check=True)
    target.unlink()
    return program, ""


def ask(program, design):
    """The verdicts of a design by property, and what went wrong if something did."""
    seconds = SECONDS_OF_WHOLE if design.parent == WHOLE else SECONDS
    try:
        done = subprocess.run([program, "check", design, "--json", "--max-memory", "2G",
                               "--max-time", f"{seconds}s", "--out", BUILD / "out"],
                              capture_output=True, text=True, timeout=2 * seconds, check=False)
    except subprocess.TimeoutExpired:
        return {}, "limit", 0
    if done.returncode < 0 or done.returncode == 70:
        return {}, "assertion", 0
    if done.returncode > 3:
        return {}, "limit", 0
    answer = json.loads(done.stdout)
    verdicts = {each["property"]: each["outcome"] for each in answer["verdicts"]}
    return verdicts, "", answer["search"]["classes_expanded"]


def designs():
    """Those that ship, and those of tests."""
    asked = [("verdict", design) for design in DESIGNS]
    for how, folder in (("pair", PAIRS), ("decision", DECISIONS)):
        asked += [(how, design) for design in sorted((ROOT / folder).glob("*.json"))]
    return asked


def questions():
    """The designs, and the first that ship with the whole catalogue."""
    WHOLE.mkdir(parents=True, exist_ok=True)
    asked = designs()
    for design in DESIGNS:
        content = json.loads(design.read_text())
        if content.pop("properties", None) is not None:
            (WHOLE / design.name).write_text(json.dumps(content, indent=1))
            asked.append(("catalogue", WHOLE / design.name))
    return asked


class Baseline:
    """What the program without a mutant says."""

    def __init__(self, program):
        self.program = program
        self.questions = questions()
        self.answers = {}
        self.everything = None

    def answer(self, design):
        """Verdicts, trouble and number of classes, of a design that is asked for the first time."""
        if design not in self.answers:
            self.answers[design] = ask(self.program, design)
        return self.answers[design]

    def named(self, stem):
        return next(([how, design] for how, design in self.questions if design.stem == stem), None)

    def all(self):
        """[how, design] of those that can be asked, cheapest first."""
        if self.everything is None:
            rows = []
            for how, design in self.questions:
                verdicts, trouble, classes = self.answer(design)
                is_large = how == "catalogue" and classes > MOST_CLASSES
                if trouble or is_large or "undecided" in verdicts.values():
                    print(f"left out: {how} {design.name}: {trouble or f'{classes} classes'}",
                          flush=True)
                    continue
                rows.append((classes, design.name, [how, design]))
            self.everything = [row[2] for row in sorted(rows, key=lambda row: row[:2])]
        return self.everything


# What the designs have that such a file is about: these are asked first.
ABOUT = {
    "lookup": "dns", "boot_span": "restart", "digest": "authentication",
    "authentication": "authentication", "survivability": "watches", "flow": "keep_alive|nat",
    "subscriber": "subscription", "notifier": "subscription", "call": "calls",
    "call_server": "calls", "dialog": "calls|incoming", "transfer": "transfer",
    "incoming": "incoming",
    "appearance": "appearance|seiz", "line": "failback",
}


RANKS = ("verdict", "pair", "decision", "catalogue")


def is_about(mutant, design):
    word = ABOUT.get(Path(mutant.file).stem, "")
    return re.search(word, design.read_text()) is not None


def noticed():
    """What noticed a mutant when the page was written: how, if weaker than a verdict, and where."""
    killed = PAGE.read_text().partition("## Killed")[2] if PAGE.exists() else ""
    row = r"^\| `([a-z0-9-]+)` \| .* \| (?:(limit|assertion), )?([a-z0-9.-]+)(?:: .*)? \|$"
    return {name: (how, design) for name, how, design in re.findall(row, killed, re.MULTILINE)}


def in_order(mutant, baseline):
    first = baseline.named(noticed().get(mutant.name, ("", ""))[1])
    if first:
        yield first
    yield from sorted((each for each in baseline.all() if each != first),
                      key=lambda each: (not is_about(mutant, each[1]), RANKS.index(each[0])))


def answer_of(program, how, design, expected):
    """What the answer of a mutant to one design shows, or nothing. One that found no time for what
    the program without it needs shows nothing."""
    verdicts, _, needed = expected
    found, trouble, classes = ask(program, design)
    result = {"how": trouble, "design": design.stem, "property": "", "found": ""}
    if trouble:
        return result
    for name, outcome in verdicts.items():
        if outcome not in ("undecided", found[name]):
            if found[name] != "undecided":
                return result | {"how": how, "property": name, "found": found[name]}
            if classes > needed:
                result = result | {"how": "limit", "property": name, "found": "undecided"}
    return result if result["how"] else None


def try_out(mutant, program, baseline):
    """As strong as can be, but no stronger than it was noticed last time."""
    weaker = None
    enough = noticed().get(mutant.name, ("", ""))
    for how, design in in_order(mutant, baseline):
        result = answer_of(program, how, design, baseline.answer(design))
        if result and (result["how"] in RANKS or (result["how"], design.stem) == enough):
            return result
        if result and (not weaker or (weaker["how"], result["how"]) == ("limit", "assertion")):
            weaker = result
    return weaker or {"how": "survives", "design": "", "property": "", "found": ""}


def result_of(mutant):
    path = RESULTS / f"{mutant.name}.json"
    result = json.loads(path.read_text()) if path.exists() else None
    return result if result and result["digest"] == mutant.digest() else None


def run(chosen):
    RESULTS.mkdir(parents=True, exist_ok=True)
    base, commands = build_base()
    baseline = Baseline(base / "failback")
    for mutant in chosen:
        program, error = build(mutant, base, commands)
        result = (try_out(mutant, program, baseline) if program else
                  {"how": "does not compile", "design": "", "property": error[:500], "found": ""})
        result.update(name=mutant.name, digest=mutant.digest())
        (RESULTS / f"{mutant.name}.json").write_text(json.dumps(result, indent=1))
        print(f"{mutant.name}: {result['how']} {result['design']} {result['property']} "
              f"{result['found']}", flush=True)


HEAD = """# Mutants

Whether the catalogue bites: wrong decisions, seeded into the functions of the nodes one at a time,
and the verdicts that notice them. Written by `tests/mutants.py --table`;
[Testing](testing.md#mutants) says how.

"""


def page(everyone):
    """What became of each mutant, by file, and why those that survive do."""
    results = {each.name: result_of(each) for each in everyone}
    arguments = survivors()
    counts = {}
    for result in results.values():
        how = result["how"] if result else "not run"
        counts[how] = counts.get(how, 0) + 1
    words = {"verdict": "a verdict of a design as it ships",
             "pair": f"a verdict of the designs of each property ({PAIRS})",
             "decision": f"a verdict of the designs about a decision ({DECISIONS})",
             "assertion": "an internal error",
             "catalogue": "a verdict of the whole catalogue on a design that ships",
             "limit": "a search that does not end any more", "survives": "nothing"}
    text = HEAD + f"{len(everyone)} mutants. Noticed by:\n\n| by | mutants |\n|---|---|\n"
    for how, what in words.items():
        text += f"| {what} | {counts.pop(how, 0)} |\n"
    if counts:
        text += "".join(f"| ({how}) | {count} |\n" for how, count in sorted(counts.items()))
    survive = [each for each in everyone
               if results[each.name] and results[each.name]["how"] == "survives"]
    text += "\n## Survivors\n\nWhy no verdict changes:\n\n"
    for each in survive:
        if each.name in arguments:
            text += f"- `{each.name}`: {each.reason}. {arguments[each.name]}\n"
    unargued = [each for each in survive if each.name not in arguments]
    if unargued:
        text += ("\nNot argued yet. Each is a hole in the designs or in the catalogue until it is "
                 "shown to be none:\n\n")
    for each in unargued:
        text += f"- `{each.name}` ({each.file}): {each.reason}\n"
    text += "\n## Killed\n\n| mutant | it decides that | noticed by |\n|---|---|---|\n"
    for file in dict.fromkeys(each.file for each in everyone):
        rows = [each for each in everyone if each.file == file and results[each.name]
                and results[each.name]["how"] != "survives"]
        text += f"| **{file}** | | |\n" if rows else ""
        for each in rows:
            result = results[each.name]
            by = f"{result['design']}: {result['property']} {result['found']}".strip(": ")
            by = by if result["how"] in RANKS else f"{result['how']}, {by}"
            text += f"| `{each.name}` | {each.reason} | {by} |\n"
    return text


def main():
    parser = argparse.ArgumentParser(description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", action="append", metavar="NAME")
    parser.add_argument("--table", action="store_true")
    arguments = parser.parse_args()
    everyone = mutants()
    if arguments.table:
        PAGE.write_text(page(everyone))
    elif arguments.only:
        run([each for each in everyone if each.name in arguments.only])
    else:
        run([each for each in by_turns(everyone) if not result_of(each)])


if __name__ == "__main__":
    main()
