"""Where results go: places that cannot be written, and results that come out all the same."""

import json
import os
import signal
import subprocess
import time
from pathlib import Path
from xml.etree import ElementTree

from cli_fixture import BINARY, REFERENCE, ROOT, CommandLine, main

STAYS = str(ROOT / "tests/data/properties/failback.violated.json")


class Outputs(CommandLine):
    def setUp(self):
        super().setUp()
        self.write("file", "")

    def test_a_place_that_cannot_be_written_is_told_before_the_search(self):
        bound = ("--from", "recovers(primary)", "--to", "working(line1) = primary")
        tune = ("--vary", "phones/phone/retry/1=30s..120s", "--goal", "failback")
        for arguments in (("check", STAYS, "--out", "file"),
                          ("check", STAYS, "--out", "file/below"),
                          ("check", STAYS, "--junit", "none/x.xml"),
                          ("check", STAYS, "--sarif", "."),
                          ("bound", REFERENCE, *bound, "--out", "file"),
                          ("tune", REFERENCE, *tune, "--plot", "none/x.svg"),
                          ("simulate", STAYS, "--out", "file", "--campaign", "c.json"),
                          ("simulate", STAYS, "--campaign", "none/c.json"),
                          ("simulate", STAYS, "--record", "file/x.json"),
                          ("graph", REFERENCE, "-o", "none/x.dot")):
            with self.subTest(arguments=arguments):
                done = self.expect(73, *arguments)
                self.assertEqual(done.stdout, "")
                self.assertRegex(done.stderr, r"^failback: .+: (Not|No|Is) ")
        self.assertEqual(os.listdir(self.folder.name), ["file"])

    def test_trying_a_place_leaves_nothing_behind(self):
        self.expect(0, "check", REFERENCE, "--out", "new/folder")
        self.assertEqual(os.listdir(self.folder.name), ["file"])

    def test_reports_may_be_in_the_folder_of_the_traces(self):
        self.expect(0, "check", REFERENCE, "--out", "out", "--junit", "out/x", "--sarif", "./out/y")
        self.assertEqual(sorted(os.listdir(self.path("out"))), ["x", "y"])

    def test_one_file_for_two_results_is_refused(self):
        for other in ("x", "./x", self.path("x")):
            done = self.expect(64, "check", REFERENCE, "--junit", "x", "--sarif", other)
            self.assertIn("where --junit goes, too", done.stderr)
        self.expect(64, "simulate", REFERENCE, "--record", "x", "--campaign", "x")

    # A folder with the name of a trace cannot be replaced by the trace.
    def spoil(self, *names):
        for name in names:
            Path(self.path("out"), name + ".trace.json", "x").mkdir(parents=True)

    def test_a_verdict_comes_out_without_its_trace(self):
        self.spoil("failback.violated.failback-line1-primary")
        done = self.expect(73, "check", STAYS, "--out", "out", "--junit", "junit.xml")
        self.assertIn("violated  failback(line1, primary)", done.stdout)
        self.assertIn("failback-line1-primary.trace.json: Is a directory", done.stderr)
        self.assertEqual(ElementTree.parse(self.path("junit.xml")).getroot().get("failures"), "1")

    def test_a_campaign_comes_out_without_its_traces(self):
        self.spoil("failback.violated.simulated.failback-line1-primary")
        done = self.expect(73, "simulate", STAYS, "--runs", "3", "--until", "6h", "--out", "out",
                           "--campaign", "c.json")
        self.assertIn("3 of 3 runs, after outage", done.stdout)
        self.assertNotIn("next: ", done.stdout)
        campaign = json.loads(Path(self.path("c.json")).read_text(encoding="utf-8"))
        self.assertEqual((campaign["runs"], campaign["violations"][0]["trace"]), (3, ""))

    def test_stdout_that_takes_nothing(self):
        for arguments in (("check", REFERENCE), ("check", REFERENCE, "--json"), ("version",),
                          ("schema",), ("--help",), ("profiles", "--json"),
                          ("graph", REFERENCE)):
            with self.subTest(arguments=arguments), open("/dev/full", "w",
                                                         encoding="utf-8") as full:
                done = subprocess.run([BINARY, *arguments], cwd=self.folder.name, stdout=full,
                                      stderr=subprocess.PIPE, text=True, check=False)
                self.assertEqual(done.returncode, 73, done.stderr)
                self.assertIn("failback: stdout: No space left on device", done.stderr)

    def flapping(self, seconds):
        def flap(design):
            design["faults"] = [{"name": "f", "kind": "unreachable", "server": "primary",
                                 "at": seconds, "lasts": seconds, "count": "unlimited"}]
        return self.variant(flap)

    def test_a_long_run_is_stopped_in_its_middle(self):
        begin = time.monotonic()
        done = self.expect(2, "simulate", self.flapping("1ms"), "--runs", "1", "--max-time",
                           "50ms", "--campaign", "c.json", "--record", "first.json")
        self.assertLess(time.monotonic() - begin, 10)
        self.assertIn("stopped: time limit", done.stdout)
        self.assertIn(", 0 runs of up to 24 h, 0 steps", done.stdout)
        self.assertIn("first.json is not written", done.stderr)
        self.assertFalse(os.path.exists(self.path("first.json")))

    # shrink

    def long_trace(self):
        done = self.expect(1, "simulate", STAYS, "--runs", "1", "--json")
        return json.loads(done.stdout)["verdicts"][0]["trace"]

    def test_shrink_with_a_time_limit(self):
        trace = self.long_trace()
        done = self.expect(2, "shrink", trace, "--max-time", "1ms", "-o", "short.trace.json",
                           "--progress", "json")
        self.assertIn("stopped: time limit; this is the smallest story so far", done.stdout)
        self.assertNotIn("no run of the design", done.stdout)
        self.expect(0, "replay", "short.trace.json")
        *_, last = map(json.loads, done.stderr.splitlines())
        self.assertEqual((last["command"], last["done"]), ("shrink", True))
        answer = json.loads(self.expect(2, "shrink", trace, "--max-time", "1ms", "--json").stdout)
        self.assertEqual((answer["smallest"], answer["stopped_by"]), (False, "time limit"))
        answer = json.loads(self.expect(0, "shrink", trace, "--json").stdout)
        self.assertEqual((answer["smallest"], answer["stopped_by"]), (True, ""))
        self.expect(73, "shrink", trace, "-o", "none/short.trace.json")

    def test_shrink_that_is_interrupted(self):
        text = Path(self.path(self.long_trace())).read_text(encoding="utf-8")
        os.mkfifo(self.path("pipe"))
        process = subprocess.Popen([BINARY, "shrink", "pipe", "-o", "s.trace.json"],
                                   cwd=self.folder.name, stdout=subprocess.PIPE,
                                   stderr=subprocess.PIPE, text=True)
        try:
            with open(self.path("pipe"), "w", encoding="utf-8") as pipe:
                process.send_signal(signal.SIGINT)   # it reads, and has its handler
                pipe.write(text)
            out, err = process.communicate(timeout=60)
        finally:
            process.kill()
        self.assertEqual(process.returncode, 130, out + err)
        self.assertIn("stopped: interrupted; this is the smallest story so far", out)
        self.expect(0, "replay", "s.trace.json")


if __name__ == "__main__":
    main()
