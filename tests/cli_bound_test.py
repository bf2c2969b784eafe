#!/usr/bin/env python3
"""`failback bound` from outside: chains, what they stem from. Usage: cli_bound_test.py BINARY"""

import json
from pathlib import Path

from cli_fixture import REFERENCE, CommandLine, main


class Bounds(CommandLine):
    def test_bound_is_exact(self):
        done = self.expect(0, "bound", REFERENCE, "--json", "--from", "recovers(primary)", "--to",
                           "working(line1) = primary")
        bound = json.loads(done.stdout)["bound"]
        self.assertEqual((bound["min_ms"], bound["max_ms"]), (0, 66500))
        self.assertEqual(sum(link["ms"] for link in bound["chain"]), 66500)
        words = " ".join(link["what"] for link in bound["chain"])
        for word in ("dead server", "Timer F", "retry wait", "REGISTER", "200"):
            self.assertIn(word, words)
        self.expect(0, "replay", bound["trace"])
        self.expect(0, "replay", bound["min_trace"])

    def bound(self, *arguments):
        done = self.expect(0, "bound", REFERENCE, "--from", "recovers(primary)", "--to",
                           "working(line1) = primary", *arguments)
        return json.loads(done.stdout)["bound"] if "--json" in arguments else done.stdout

    def test_bound_names_the_parameters(self):
        lines = Path(REFERENCE).read_text().splitlines()
        def line_of(words):
            return 1 + next(n for n, line in enumerate(lines) if words in line)
        back, timer_f, retry, there, answer = self.bound("--json")["chain"]
        for link, key, end, line in (
                (back, "/phones/0/timers/t2", None, None),
                (back["also"][0], "/phones/0/timers/t1", None, line_of('"t1"')),
                (timer_f, "/phones/0/timers/timer_f", None, line_of('"timer_f"')),
                (retry, "/phones/0/retry", "longest", line_of('"retry"')),
                (there, "/delay", "longest", line_of('"delay"')),
                (answer, "/delay", "longest", line_of('"delay"'))):
            with self.subTest(key):
                self.assertEqual((link["key"], link["end"], link["line"]), (key, end, line))
        self.assertEqual([link["ms"] for link in (timer_f, retry)], [32000, 60000])

    def test_bound_with_a_time_one_second_shorter(self):
        back, timer_f, retry, there, _ = self.bound("--json")["chain"]
        self.assertEqual(retry["if_one_second_shorter"]["ms"], 65500)
        self.assertIsNone(back["also"][0]["if_one_second_shorter"]["ms"])
        self.assertIn("less than a second", back["also"][0]["if_one_second_shorter"]["reason"])
        def changed(pointer, value):
            def change(design):
                *path, last = pointer.split("/")[1:]
                for key in path:
                    design = design[int(key) if key.isdigit() else key]
                design[last] = value
            done = self.expect(0, "bound", self.variant(change), "--json", "--no-what-if", "--from",
                               "recovers(primary)", "--to", "working(line1) = primary")
            return json.loads(done.stdout)["bound"]["max_ms"]
        for link, value in ((timer_f, "31s"), (back, "3s"), (there, ["0s", "0s"])):
            with self.subTest(link["key"]):
                self.assertEqual(link["if_one_second_shorter"]["ms"], changed(link["key"], value))

    def test_bound_measures_changes_where_that_is_cheap_or_asked_for(self):
        text = self.bound()
        self.assertIn("longest of /phones/0/retry, line 19; 1 s shorter: 65500 ms\n", text)
        self.assertIn("/phones/0/timers/t2, default; 1 s shorter: ", text)
        self.assertEqual(text, self.bound("--what-if"))
        self.assertNotIn("1 s shorter", self.bound("--no-what-if"))
        self.assertIsNone(self.bound("--json", "--no-what-if")["chain"][0]["if_one_second_shorter"])
        many = self.variant(lambda d: d["faults"][0].update(count=30))
        large = ("bound", many, "--from", "fails(primary)", "--to", "lapses(line1, primary)",
                 "--unless", "recovers(primary)")
        text = self.expect(0, *large).stdout
        self.assertNotIn("; 1 s shorter", text)
        self.assertIn("next: --what-if", text)
        text = self.expect(0, *large, "--what-if").stdout
        self.assertRegex(text, r"timer_f, line \d+; 1 s shorter: 3572000 ms\n")
        self.assertRegex(text, r"refresh/lead, line \d+; 1 s shorter: 3574000 ms\n")

    def test_bound_names_both_runs(self):
        text = self.bound()
        for which in ("longest", "shortest"):
            path = f"failback-out/reference.bound.{which}.trace.json"
            self.assertRegex(text, f"(?m)^{which} run: +{path}$")
            trace = json.loads(Path(self.path(path)).read_text())
            self.assertEqual(trace["outcome"], "witness")
            self.expect(0, "replay", path)

    def test_no_bound_within_the_horizon(self):
        done = self.expect(1, "bound", REFERENCE, "--json", "--from", "fails(primary)", "--to",
                           "up(primary)", "--horizon", "1h")
        answer = json.loads(done.stdout)
        for words in ("horizon of 1 h", "set by --horizon"):
            self.assertIn(words, answer["reason"])
        bound = answer["bound"]
        self.assertIsNone(bound["max_ms"])
        self.expect(0, "replay", bound["trace"])


if __name__ == "__main__":
    main()
