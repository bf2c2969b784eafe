#!/usr/bin/env python3
"""The command line from outside: exit codes, messages, JSON. Usage: cli_test.py BINARY"""

import json
import os
import random
import signal
import subprocess
from pathlib import Path

from cli_fixture import BINARY, REFERENCE, ROOT, CommandLine, main

TOO_TIGHT = "whenever recovers(primary) then working(line1) = primary within 66499ms"


class Commands(CommandLine):
    # Verdicts and their exit codes.

    def test_reference_holds(self):
        done = self.expect(0, "check", REFERENCE, "--json")
        answer = json.loads(done.stdout)
        self.assertEqual([v["outcome"] for v in answer["verdicts"]], ["holds"])
        verdict = answer["verdicts"][0]
        for key in ("property", "line", "outcome", "reason", "trace"):
            self.assertIn(key, verdict)
        for key in ("complete", "classes_expanded", "classes_stored", "discrete_states",
                    "transitions", "seconds", "peak_memory_bytes"):
            self.assertIn(key, answer["search"])
        self.assertTrue(answer["search"]["complete"])
        self.assertIn("66500ms", Path(REFERENCE).read_text().splitlines()[verdict["line"] - 1])

    def test_one_millisecond_less_is_violated_and_replays(self):
        done = self.expect(1, "check", REFERENCE, "--json", "-p", TOO_TIGHT)
        verdict = json.loads(done.stdout)["verdicts"][0]
        self.assertEqual(verdict["outcome"], "violated")
        self.expect(0, "replay", verdict["trace"])
        for view in ("text", "ladder", "timeline", "json"):
            self.assertTrue(self.expect(0, "show", verdict["trace"], "--as", view).stdout)

    def test_undecided_and_vacuous(self):
        done = self.expect(2, "check", str(ROOT / "designs/polycom-soundpoint.json"),
                           "--max-memory", "10K")
        self.assertIn("memory limit", done.stdout)
        self.expect(2, "check", REFERENCE, "--max-time", "1ms", "--no-slice", "--no-reduce")
        vacuous = "whenever fails(gateway) then up(gateway) within 1s"
        self.assertIn("vacuous", self.expect(0, "check", REFERENCE, "-p", vacuous).stdout)
        self.expect(3, "check", REFERENCE, "--strict", "-p", vacuous)

    def twins(self, **phone):
        """The reference design with a second phone that is the same."""
        def add(design):
            design["phones"][0].update(phone)
            second = json.loads(json.dumps(design["phones"][0]).replace("line1", "line2"))
            second["name"] = "second"
            second["lines"][0]["aor"] = "sip:1002@example.com"
            design["phones"].append(second)
            design["properties"] = ["failback", "never-give-up"]
        return self.variant(add)

    def test_identical_properties(self):
        name = self.twins()
        def verdicts(*options):
            answer = json.loads(self.expect(0, "check", name, "--json", *options).stdout)
            return answer, {v["property"]: v for v in answer["verdicts"]}
        answer, rows = verdicts()
        self.assertEqual(answer["identical"], len(rows) // 2)
        self.assertEqual(rows["failback(line2, primary)"]["same_as"], "failback(line1, primary)")
        self.assertIsNone(rows["failback(line1, primary)"]["same_as"])
        self.assertIn("line2", rows["failback(line2, primary)"]["searched"][0])
        for options in (["--no-share"], ["--no-share", "--threads", "2"]):
            each, rows_of_each = verdicts(*options)
            self.assertEqual(each["identical"], 0)
            self.assertGreater(each["search"]["classes_expanded"],
                               answer["search"]["classes_expanded"])
            for key, row in rows.items():
                self.assertEqual(rows_of_each[key], {**row, "same_as": None})
        table = self.expect(0, "check", name).stdout
        self.assertIn("; 3 identical but for names\n", table)
        self.assertEqual(table, self.expect(0, "check", name, "--threads", "2").stdout)

    def test_identical_violations_have_a_trace_each(self):
        done = self.expect(1, "check", self.twins(failback="stay"), "--json", "-p", "failback")
        answer = json.loads(done.stdout)
        self.assertEqual(answer["identical"], 0)
        traces = [v["trace"] for v in answer["verdicts"]]
        self.assertEqual(len(set(traces)), 2)
        for trace, line in zip(traces, ("line1", "line2")):
            self.expect(0, "replay", trace)
            self.assertIn(line + ")", self.expect(0, "show", trace).stdout)

    # Progress.

    PROGRESS = {"command": str, "property": (str, type(None)), "phase": str,
                "classes_expanded": int, "classes_stored": int, "classes_per_second": int,
                "waiting": int, "waiting_trend": str, "memory_bytes": int, "elapsed_ms": int,
                "longest_ms": (int, type(None)), "done": bool}

    def progress(self, code, *arguments):
        """The lines of --progress=json; they change nothing on stdout."""
        done = self.expect(code, *arguments, "--progress=json")
        silent = self.expect(code, *arguments, "--progress=none")
        self.assertEqual(done.stdout, silent.stdout)
        lines = [json.loads(line) for line in done.stderr.splitlines()]
        for line in lines:
            self.assertEqual(line.keys(), self.PROGRESS.keys())
            for key, kind in self.PROGRESS.items():
                self.assertIsInstance(line[key], kind, key)
            self.assertIn(line["waiting_trend"], ("growing", "shrinking", "steady"))
            self.assertEqual(line["command"], arguments[0])
        self.assertEqual([line["done"] for line in lines], [False] * (len(lines) - 1) + [True])
        self.assertEqual(lines[-1]["phase"], "done")
        entered = [b for a, b in zip([{}, *lines], lines)
                   if any(a.get(key) != b[key] for key in ("property", "phase"))]
        for line in entered[:-1]:  # nothing of the search before
            self.assertEqual((line["classes_expanded"], line["waiting_trend"]), (0, "steady"))
        return lines

    def test_progress_of_a_check(self):
        lines = self.progress(1, "check", REFERENCE, "-p", TOO_TIGHT)
        self.assertEqual({line["property"] for line in lines[:-1]}, {TOO_TIGHT})
        phases = [line["phase"] for line in lines]
        self.assertEqual(sorted(set(phases), key=phases.index), ["exact", "path", "done"])
        self.assertGreater(lines[-1]["classes_expanded"], 0)

    def test_progress_of_approximate_searches(self):
        lines = self.progress(0, "check", REFERENCE, "-p", "best-server(line1, gateway)")
        self.assertIn("abstracted", {line["phase"] for line in lines})

    def test_progress_of_a_long_search(self):
        name = self.variant(lambda d: d["faults"][0].update({"count": 20}))
        lines = self.progress(2, "check", name, "--no-slice", "--no-reduce", "--exact-only",
                              "--max-memory", "20M")
        self.assertEqual(lines[-1]["property"], None)
        self.assertGreater(lines[-1]["memory_bytes"], 10 << 20)

    def test_progress_of_other_commands(self):
        bound = ("bound", REFERENCE, "--from", "recovers(primary)", "--to",
                 "working(line1) = primary")
        lines = self.progress(0, *bound)
        self.assertEqual({line["property"] for line in lines},
                         {"from recovers(primary) to working(line1) = primary", None})
        self.assertEqual(lines[-1]["longest_ms"], 66_500)
        self.progress(0, "graph", REFERENCE)

    def test_threads_in_one_search(self):
        bound = ("bound", REFERENCE, "--from", "recovers(primary)", "--to",
                 "working(line1) = primary", "--no-slice", "--no-what-if")
        self.assertEqual(self.expect(0, *bound).stdout,
                         self.expect(0, *bound, "--threads", "3").stdout)
        check = ("check", REFERENCE, "-p", TOO_TIGHT)
        self.assertEqual(self.expect(1, *check).stdout,
                         self.expect(1, *check, "--threads", "3").stdout)

    def test_no_progress_without_a_terminal(self):
        for option in ("--progress=auto", "--progress=none"):
            done = self.expect(0, "check", REFERENCE, option)
            self.assertNotIn("waiting", done.stderr)
            self.assertIn("state classes", done.stderr)

    def expecting(self, *expected):
        """The reference design with failback in 66 s (violated) and never-give-up (holds)."""
        uses = [{"use": "failback", "within": "66s"}, {"use": "never-give-up", "server": "primary"}]
        for use, verdict in zip(uses, expected):
            use.update({"expect": verdict} if verdict else {})
        return self.variant(lambda d: d.update({"properties": uses}))

    def test_expected_verdicts_are_told_and_change_nothing(self):
        met = "every verdict is as expected\n"
        table = self.expect(1, "check", self.expecting("violated", "holds")).stdout
        self.assertIn("not within 66 s; violated, as expected\n", table)
        self.assertIn("for every timing; holds, as expected\n", table)
        self.assertIn(met, table)
        table = self.expect(1, "check", self.expecting("holds", "vacuous")).stdout
        self.assertIn("; violated, but holds was expected\n", table)
        self.assertIn("; holds, but vacuous was expected\n", table)
        self.assertNotIn(" as expected\n", table)
        table = self.expect(1, "check", self.expecting("violated", None)).stdout
        self.assertIn("\n1 of 2 verdicts were foreseen, and are as expected\n", table)
        self.assertNotIn("expected", self.expect(1, "check", self.expecting(None, None)).stdout)
        answer = json.loads(self.expect(1, "check", self.expecting("holds", None), "--json").stdout)
        self.assertEqual([v["expected"] for v in answer["verdicts"]], ["holds", None])

    def test_undecided_is_never_as_expected(self):
        stopped = ("--max-memory", "1", "--exact-only")
        table = self.expect(2, "check", self.expecting("holds", "holds"), *stopped).stdout
        self.assertIn("; undecided, but holds was expected\n", table)
        self.assertNotIn(" as expected\n", table)

    def test_simulation_never_says_holds(self):
        done = self.expect(2, "simulate", REFERENCE, "--runs", "3", "--json")
        outcomes = {v["outcome"] for v in json.loads(done.stdout)["verdicts"]}
        self.assertEqual(outcomes, {"undecided"})

    def test_simulated_violation_replays(self):
        name = self.variant(lambda d: d["phones"][0].update({"failback": "stay"}))
        done = self.expect(1, "simulate", name, "--runs", "50", "--json")
        traces = [v["trace"] for v in json.loads(done.stdout)["verdicts"] if v["trace"]]
        self.assertTrue(traces)
        for trace in traces:
            self.expect(0, "replay", trace)

    def test_simulation_judges_every_property_of_a_run(self):
        name = self.variant(lambda d: d["phones"][0].update({"failback": "stay"}))
        due = "whenever recovers(primary) then working(line1) = primary within {}s"
        options = [o for s in (1, 2, 3000) for o in ("-p", due.format(s))]
        done = self.expect(1, "simulate", name, "--runs", "3", "--json", *options)
        verdicts = json.loads(done.stdout)["verdicts"]
        first = [v["reason"].split(" at ")[0] for v in verdicts]
        self.assertEqual(first, [first[0]] * 3)  # all in the same run
        for verdict in verdicts:
            self.expect(0, "replay", verdict["trace"])

    def test_simulation_aligns_its_table(self):
        names = [f"{p}(line1, primary)" for p in ("failback", "agreement", "never-give-up")]
        options = [o for n in names for o in ("-p", n)]
        table = self.expect(2, "simulate", REFERENCE, "--runs", "1", *options).stdout.splitlines()
        rows = [row for row in table if row.startswith("  undecided")]
        self.assertEqual(len(rows), 3)
        self.assertEqual(len({row.index("only simulated") for row in rows}), 1)

    def test_same_seed_same_run(self):
        for name in ("a.json", "b.json"):
            self.expect(2, "simulate", REFERENCE, "--seed", "0x2a", "--runs", "1", "--record", name)
        a, b = (Path(self.path(n)).read_bytes() for n in ("a.json", "b.json"))
        self.assertEqual(a, b)
        self.expect(0, "replay", "a.json")

    def test_interrupted(self):
        def busy(design):
            design["faults"][0]["count"] = 20
        name = self.variant(busy)
        process = subprocess.Popen([BINARY, "check", name, "--no-slice", "--no-reduce"],
                                   cwd=self.folder.name, stdout=subprocess.PIPE,
                                   stderr=subprocess.PIPE, text=True)
        try:
            # The program installs its handler before it reads anything from the search.
            while "SigCgt" in (status := Path(f"/proc/{process.pid}/status").read_text()):
                caught = int(status.split("SigCgt:")[1].split()[0], 16)
                if caught & (1 << (signal.SIGINT - 1)):
                    break
            process.send_signal(signal.SIGINT)
            out, err = process.communicate(timeout=60)
        finally:
            process.kill()
        self.assertEqual(process.returncode, 130, out + err)
        self.assertIn("interrupted", out)

    # Wrong use and bad input.

    def test_wrong_use(self):
        for arguments in ((), ("frobnicate",), ("check",), ("check", REFERENCE, "--bogus"),
                          ("check", REFERENCE, "-p", "failbak"),
                          ("check", REFERENCE, "--max-memory", "lots"),
                          ("check", REFERENCE, "--max-time", "60"),
                          ("check", REFERENCE, "--threads", "0"),
                          ("check", REFERENCE, "--progress", "loud"),
                          ("bound", REFERENCE, "--from", "recover(primary)", "--to", "up(primary)"),
                          ("simulate", REFERENCE, "--seed", "x"),
                          ("show", REFERENCE, "--as", "poem"),
                          ("graph", REFERENCE, "--line", "line9"),
                          ("graph", REFERENCE, "--group-by", "colour(line1)")):
            with self.subTest(arguments=arguments):
                self.assertTrue(self.expect(64, *arguments).stderr)

    def test_help_is_no_error(self):
        self.expect(0, "--help")
        self.expect(0, "check", "--help")
        self.expect(0, "version")

    def bad(self, *arguments, words=()):
        done = self.expect(65, *arguments)
        for word in words:
            self.assertIn(word, done.stderr)
        return done.stderr

    def test_bad_designs(self):
        def phone(d):
            return d["phones"][0]
        cases = {
            "unknown key": (lambda d: phone(d).update({"retri": "3s"}), ["retri", "did you mean"]),
            "missing unit": (lambda d: phone(d).update({"expires": "3600"}), ["3600", "unit"]),
            "negative": (lambda d: phone(d).update({"retry": ["-5s", "60s"]}), ["-5s"]),
            "inverted": (lambda d: phone(d).update({"retry": ["60s", "30s"]}), ["60s"]),
            "unknown server": (lambda d: phone(d)["servers"].append("nowhere"), ["nowhere"]),
            "circular priority": (lambda d: phone(d)["servers"].append("primary"), ["circular"]),
            "unknown property": (lambda d: d.update(properties=["failbak"]), ["failback"]),
            "bad expression": (lambda d: d.update(properties=[
                {"name": "x", "says": "whenever recovers(primary) then up(primary)"}]),
                ["within", "character"]),
        }
        for name, (change, words) in cases.items():
            with self.subTest(name):
                message = self.bad("check", self.variant(change), words=words)
                self.assertRegex(message, r"variant\.json:\d+:\d+: ")
                self.assertIn("expected", message)

    def test_garbage(self):
        noise = random.Random(92)
        for name, text in {"empty": b"", "brackets": b"[" * 10_000_000,
                           "noise": noise.randbytes(10_000_000),
                           "truncated": Path(REFERENCE).read_bytes()[:400]}.items():
            with self.subTest(name):
                message = self.bad("check", self.write("garbage.json", text))
                self.assertLess(len(message), 2000)
                self.assertRegex(message, r"garbage\.json:\d+:\d+: ")
        self.bad("check", "no-such-file.json")

    def make_trace(self):
        done = self.expect(1, "check", REFERENCE, "--json", "-p", TOO_TIGHT)
        return Path(self.path(json.loads(done.stdout)["verdicts"][0]["trace"])).read_text()

    def test_bad_traces(self):
        text = self.make_trace()
        trace = json.loads(text)
        for length in (0, 1, 100, len(text) // 2, len(text) - 3):
            self.bad("replay", self.write("bad.trace.json", text[:length]))
        other = dict(trace, format=2)
        self.bad("show", self.write("bad.trace.json", json.dumps(other)), words=["format"])
        edited = json.loads(text)
        edited["design"]["phones"][0]["retry"] = ["1s", "2s"]
        self.bad("replay", self.write("bad.trace.json", json.dumps(edited)), words=["edited"])
        self.bad("show", REFERENCE)

    def test_changed_choice_diverges(self):
        trace = json.loads(self.make_trace())
        trace["choices"][-1]["at"] += 1
        trace["steps"][-1]["at"] += 1
        done = self.expect(1, "replay", self.write("other.trace.json", json.dumps(trace)))
        self.assertIn(f"step {len(trace['steps'])}", done.stdout)

    def test_output_that_cannot_be_written(self):
        self.expect(73, "graph", REFERENCE, "-o", "no/such/folder/graph.dot")

    def test_graph(self):
        graph = json.loads(self.expect(0, "graph", REFERENCE, "--json").stdout)["graph"]
        self.assertEqual(sum(n["initial"] for n in graph["nodes"]), 1)
        self.assertIn("working(line1)", graph["variables"])
        self.assertTrue(self.expect(0, "graph", REFERENCE, "--as", "svg").stdout.startswith("<"))

    def test_colour(self):
        def stdout(**environment):
            return self.run_it("check", REFERENCE, env={**os.environ, **environment}).stdout
        self.assertNotIn("\x1b", stdout())
        self.assertIn("\x1b", stdout(FORCE_COLOR="1"))
        self.assertNotIn("\x1b", stdout(FORCE_COLOR="1", NO_COLOR="1"))


if __name__ == "__main__":
    main()
