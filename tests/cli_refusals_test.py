"""What is refused, where, and with which words: from the command line, designs and traces."""

import json
from pathlib import Path
from urllib.parse import unquote

from cli_fixture import REFERENCE, CommandLine, main

TOO_TIGHT = ("whenever recovers(primary) then working(line1) = primary within 66s "
             "unless fails(primary)")
DEEP = "(" * 9000 + "up(primary)" + ")" * 9000
FAR_TOO_DEEP = "(" * 60_000 + "up(primary)" + ")" * 60_000


class Refusals(CommandLine):
    def trace(self):
        done = self.expect(1, "check", REFERENCE, "--json", "-p", TOO_TIGHT)
        path = json.loads(done.stdout)["verdicts"][0]["trace"]
        return json.loads(Path(self.path(path)).read_text(encoding="utf-8"))

    def test_deep_texts_on_the_command_line(self):
        tune = ("tune", REFERENCE, "--vary", "phones/phone/retry/1=30s..60s", "--goal")
        for arguments in (("check", REFERENCE, "-p", "never " + DEEP),
                          ("check", REFERENCE, "-p", "always " + FAR_TOO_DEEP),
                          ("check", REFERENCE, "-p", "never " + "not " * 4000 + "up(primary)"),
                          ("bound", REFERENCE, "--from", "recovers(primary)", "--to", DEEP),
                          (*tune, "never " + DEEP)):
            done = self.expect(64, *arguments)
            self.assertRegex(done.stderr, "at character [0-9]+: found .*, expected .*at most")
            self.assertLess(len(done.stderr), 300)

    def test_texts_in_traces(self):
        trace = self.trace()
        for says, words in (("never " + DEEP, "at most 1000 deep"),
                            ("never " + FAR_TOO_DEEP, "at most 20000 bytes"),
                            ("never up(prymary)", "did you mean \"primary\"")):
            name = self.write("t.trace.json", json.dumps(dict(trace, says=says), indent=1))
            for command in ("replay", "shrink"):
                done = self.expect(65, command, name)
                self.assertRegex(done.stderr, r"t\.trace\.json:\d+:\d+: /says: found ")
                self.assertIn(words, done.stderr)

    def test_a_design_in_a_trace_has_its_place_in_the_trace(self):
        trace = self.trace()
        trace["design"]["phones"][0]["servers"] = []
        name = self.write("t.trace.json", json.dumps(trace, indent=1))
        done = self.expect(65, "replay", name)
        hash_of = done.stderr.split("hash ")[1].split()[0].rstrip(",")
        trace["design_hash"] = hash_of
        text = json.dumps(trace, indent=1)
        done = self.expect(65, "replay", self.write("t.trace.json", text))
        place, line = done.stderr.split(": /")[:2]
        self.assertTrue(line.startswith("design/phones/0/servers"), done.stderr)
        self.assertIn("\"servers\"", text.splitlines()[int(place.split(":")[-2]) - 1])

    def test_a_design_for_a_trace_and_the_other_way_round(self):
        for arguments in (("show", REFERENCE), ("replay", REFERENCE), ("shrink", REFERENCE),
                          ("diff", REFERENCE, REFERENCE)):
            lines = self.expect(65, *arguments).stderr.splitlines()
            self.assertEqual(len(lines), 1, lines)
            self.assertIn(":1:1: found a design, expected a trace", lines[0])
        name = self.write("t.trace.json", json.dumps(self.trace()))
        for command in ("check", "simulate"):
            lines = self.expect(65, command, name).stderr.splitlines()
            self.assertEqual(len(lines), 1, lines)
            self.assertIn(":1:1: found a trace, expected a design", lines[0])

    def test_properties_by_name(self):
        for name, words in (("one-423", "one that applies to this design: that one says nothing"),
                            ("failback(line9, primary)", "one of \"failback(line1, primary)\""),
                            ("failbak", "did you mean \"failback\"?")):
            done = self.expect(64, "check", REFERENCE, "-p", name)
            self.assertIn(words, done.stderr)
        self.assertNotIn("did you mean", self.expect(64, "check", REFERENCE, "-p",
                                                     "one-423").stderr)
        self.expect(0, "check", REFERENCE, "-p", "always up(gateway)")

    def test_an_empty_property(self):
        name = self.variant(lambda d: d.update(properties=[{"name": "x", "says": ""}]))
        self.assertIn("found \"\", expected a property, such as", self.expect(
            65, "check", name).stderr)

    def test_what_can_be_varied(self):
        def tune(what, *more):
            return self.expect(64, "tune", REFERENCE, "--goal", "failback", "--vary", what,
                               *more).stderr
        for text in ("/name=30s..60s", "description=30s..60s", "servers/primary/address=1..2"):
            self.assertIn("which holds a text, expected", tune(text))
        for wrong in ("/phones/phone/expirs=30s..60s", "/phones/phone/retry/1=1s..20s"):
            self.assertNotIn("--step", tune(wrong))
        self.assertIn("--step 1s", tune("/phones/phone/expires=100500ms..120s"))

    def test_uris_in_sarif(self):
        name = "sp ace \u00fc#d & <x>.json"
        self.write(name, Path(REFERENCE).read_text(encoding="utf-8"))
        self.expect(1, "check", name, "-p", TOO_TIGHT, "--sarif", "s.sarif")
        (run,) = json.loads(Path(self.path("s.sarif")).read_text(encoding="utf-8"))["runs"]
        (result,) = run["results"]
        uri = result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"]
        self.assertEqual(uri, "sp%20ace%20%C3%BC%23d%20%26%20%3Cx%3E.json")
        self.assertEqual(unquote(uri), name)
        attached = result["attachments"][0]["artifactLocation"]["uri"]
        self.assertTrue(Path(self.path(unquote(attached))).exists())


if __name__ == "__main__":
    main()
