#!/usr/bin/env python3
"""The documentation says what the program does. Usage: docs_test.py BINARY

Runs every command in the `sh` blocks of README.md and docs/**/*.md in a temporary folder with links
to the designs, one folder for each document, and compares what is printed with the `text` block
that follows. Also checks links, lengths, quoted source code and pictures.

In a `sh` block, `# exit N` is the exit code of the next command (0 if absent); other comments are
ignored. In a `text` block, a line `...` stands for any number of lines.
UPDATE=1 rewrites the `text` blocks and the pictures.
"""

import concurrent.futures
import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
UPDATE = bool(os.environ.get("UPDATE"))
SKIPPED = {"./test", "tests/fuzz.sh 600", "./test --fast -R sim", "tests/bench/run",
           "tests/bench/run --name before --only '^design'",
           "UPDATE=1 /usr/bin/python3 tests/docs_test.py build/release/failback"}
LINKED = ["app", "designs", "docs", "model", "tests"]
LONGEST_DOCUMENT = 500
LONGEST_COMMAND = 300  # seconds; with sanitizers everything takes long

# A picture, and the commands that draw it, the last one on stdout. Graphviz places nodes by the
# fonts of the machine, hence its pictures are only drawn anew, not compared.
REFERENCE_BOUND = ("./failback bound designs/reference.json --from 'recovers(primary)' "
                   "--to 'working(line1) = primary'")
LONGEST = "failback-out/reference.bound.longest.trace.json"
STAYS = "tests/data/properties/failback.violated.json"
STAYS_TRACE = "failback-out/failback.violated.failback-line1-primary.trace.json"
PICTURES = {
    "worst-case.timeline.svg": ([REFERENCE_BOUND, f"./failback show {LONGEST} --as timeline"], True),
    "worst-case.ladder.svg": ([REFERENCE_BOUND, f"./failback show {LONGEST} --as ladder"], True),
    "stay.timeline.svg": ([f"./failback check {STAYS} || true",
                           f"./failback show {STAYS_TRACE} --as timeline"], True),
    "stay.ladder.svg": ([f"./failback check {STAYS} || true",
                         f"./failback show {STAYS_TRACE} --as ladder"], True),
    "retry.curve.svg": ([
        "./failback tune designs/reference.json --vary /phones/phone/retry/1=30s..120s --goal "
        "'whenever recovers(primary) then working(line1) = primary within 60s unless "
        "fails(primary)' --plot curve.svg", "cat curve.svg"], True),
    "states.svg": (["./failback graph designs/reference.json --as svg"], False),
    "stay.states.svg": ([f"./failback check {STAYS} || true",
                         f"./failback graph {STAYS} --trace {STAYS_TRACE} --as svg"], False),
}


class Block:
    """A fenced block: its language, its lines, and where they stand in the document."""

    def __init__(self, language, first, lines):
        self.language = language
        self.first = first
        self.lines = lines

    @property
    def end(self):
        return self.first + len(self.lines)


def blocks_of(lines):
    blocks = []
    number = 0
    while number < len(lines):
        fence = re.match(r"```(\w*)$", lines[number])
        number += 1
        if fence:
            first = number
            while lines[number] != "```":
                number += 1
            blocks.append(Block(fence[1], first, lines[first:number]))
            number += 1
    return blocks


def output_block(lines, blocks, index):
    """The `text` block right behind a block, with nothing but blank lines between."""
    if index + 1 == len(blocks) or blocks[index + 1].language != "text":
        return None
    between = lines[blocks[index].end + 1:blocks[index + 1].first - 1]
    return None if any(line.strip() for line in between) else blocks[index + 1]


def commands_of(block):
    """(command, exit code) for each command of an `sh` block."""
    commands = []
    code = 0
    pending = ""
    for line in block.lines:
        expected = re.match(r"# exit (\d+)$", line)
        if expected:
            code = int(expected[1])
        if not line.strip() or (line.startswith("#") and not pending):
            continue
        if line.endswith("\\"):
            pending += line[:-1]
            continue
        commands.append((pending + line, code))
        pending, code = "", 0
    return commands


def matches(expected, got):
    """Is `got` as expected, where `...` stands for any lines?"""
    if "..." not in expected:
        return expected == got
    cut = expected.index("...")
    rest = expected[cut + 1:]
    if got[:cut] != expected[:cut]:
        return False
    return any(matches(rest, got[start:]) for start in range(cut, len(got) + 1))


def updated(expected, got):
    """`got`, shortened as `expected` is if that has one `...`."""
    if matches(expected, got):
        return expected
    if expected.count("...") != 1:
        return got
    cut = expected.index("...")
    tail = len(expected) - cut - 1
    return got[:cut] + ["..."] + got[len(got) - tail:]


class Folder:
    """A place to run commands in, as if it were the root of the project."""

    def __init__(self, binary):
        self.holder = tempfile.TemporaryDirectory()
        self.path = Path(self.holder.name)
        (self.path / "failback").symlink_to(binary)
        for name in LINKED:
            (self.path / name).symlink_to(ROOT / name)
        self.environment = {**os.environ, "NO_COLOR": "1", "LC_ALL": "C.UTF-8"}

    def run(self, command):
        return subprocess.run(["bash", "-c", command], cwd=self.path, capture_output=True,
                              text=True, env=self.environment, stdin=subprocess.DEVNULL,
                              timeout=LONGEST_COMMAND, check=False)


class Document:
    def __init__(self, path, binary):
        self.path = path
        self.binary = binary
        self.name = str(path.relative_to(ROOT))
        self.lines = path.read_text().split("\n")
        self.problems = []
        self.commands = 0

    def problem(self, line, text):
        self.problems.append(f"{self.name}:{line + 1}: {text}")

    def check(self):
        if len(self.lines) > LONGEST_DOCUMENT:
            self.problem(0, f"{len(self.lines)} lines, at most {LONGEST_DOCUMENT}")
        self.check_links()
        self.check_quotes()
        self.check_commands()
        return self

    def check_links(self):
        inside = False
        for number, line in enumerate(self.lines):
            inside = inside != line.startswith("```")
            for target in [] if inside else re.findall(r"\]\(([^)\s]+)\)", line):
                if re.match(r"[a-z]+:", target):
                    continue
                file, _, anchor = target.partition("#")
                linked = (self.path.parent / file) if file else self.path
                if not linked.exists():
                    self.problem(number, f"no such file: {target}")
                elif anchor and anchor not in anchors_of(linked):
                    self.problem(number, f"no such heading: {target}")

    def check_quotes(self):
        """`<!-- from FILE -->` before a block: the file has these lines."""
        for block in blocks_of(self.lines):
            above = self.lines[block.first - 2] if block.first > 1 else ""
            source = re.match(r"<!-- from (\S+) -->$", above)
            if source and "\n".join(block.lines) not in (ROOT / source[1]).read_text():
                self.problem(block.first, f"not what {source[1]} says")

    def check_commands(self):
        blocks = blocks_of(self.lines)
        folder = Folder(self.binary)
        changes = []
        for index, block in enumerate(blocks):
            if block.language != "sh":
                continue
            printed = self.run_block(folder, block)
            expected = output_block(self.lines, blocks, index)
            if expected is None or printed is None:
                continue
            got = printed.rstrip("\n").split("\n")
            if matches(expected.lines, got):
                continue
            if UPDATE:
                changes.append((expected, updated(expected.lines, got)))
            else:
                self.problem(expected.first, "printed is instead:\n" + printed)
        for expected, lines in reversed(changes):
            self.lines[expected.first:expected.end] = lines
        if changes:
            self.path.write_text("\n".join(self.lines))

    def run_block(self, folder, block):
        """What the commands print together; None if they are not run."""
        printed = ""
        for command, code in commands_of(block):
            if command in SKIPPED:
                return None
            self.commands += 1
            done = folder.run(command)
            printed += done.stdout
            if done.returncode != code:
                self.problem(block.first, f"exit {done.returncode}, expected {code}: {command}\n" +
                             done.stderr)
        return printed


def anchors_of(path):
    headings = re.findall(r"^#+ (.*)$", path.read_text(), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading).lower().replace(" ", "-") for heading in headings}


def check_picture(binary, name):
    commands, compared = PICTURES[name]
    path = ROOT / "docs/pictures" / name
    if not compared and not UPDATE:
        return [] if path.exists() else [f"{path}: missing"]
    folder = Folder(binary)
    for command in commands:
        done = folder.run(command)
    if done.returncode != 0:
        return [f"{path}: {done.stderr}"]
    if UPDATE:
        path.write_text(done.stdout)
    return [] if path.exists() and path.read_text() == done.stdout else [
        f"{path}: not what the program draws; run with UPDATE=1 and look at it"]


def main():
    binary = Path(sys.argv[1]).resolve()
    documents = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]
    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        pictures = [pool.submit(check_picture, binary, name) for name in PICTURES]
        checked = list(pool.map(lambda path: Document(path, binary).check(), documents))
    problems = [problem for document in checked for problem in document.problems]
    problems += [problem for picture in pictures for problem in picture.result()]
    for problem in problems:
        print(problem)
    commands = sum(document.commands for document in checked)
    print(f"{len(documents)} documents, {commands} commands, {len(PICTURES)} pictures, "
          f"{len(problems)} problems")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
