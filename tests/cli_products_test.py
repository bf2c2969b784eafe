#!/usr/bin/env python3
"""Profiles and import from outside. Usage: cli_products_test.py BINARY"""

import json
from pathlib import Path

from cli_fixture import ROOT, CommandLine, main

SAMPLES = ROOT / "tests/data/import"
POLYCOM = [str(SAMPLES / "polycom-phone.cfg"), str(SAMPLES / "polycom-site.cfg")]


class Products(CommandLine):
    def with_profile(self, **phone):
        """The reference design, in which the phone has a profile instead of its own rules."""
        def change(design):
            for key in ("transport", "timers", "expires", "refresh", "retry", "belief",
                        "subscription"):
                del design["phones"][0][key]
            design["phones"][0].update(phone)
        return self.variant(change)

    def test_profiles_are_listed(self):
        text = self.expect(0, "profiles").stdout
        for word in ("phones", "servers", "polycom-soundpoint-2.1", "gateway    Oracle"):
            self.assertIn(word, text)
        answer = json.loads(self.expect(0, "profiles", "--json").stdout)
        shipped = sorted(path.stem for path in (ROOT / "model/profiles").glob("*.json"))
        self.assertEqual(sorted(p["name"] for p in answer["profiles"]), shipped)

    def test_one_profile(self):
        text = self.expect(0, "profiles", "b222s").stdout
        for word in ('"512s"', "BM2022 p. 158", "not modelled", "?"):
            self.assertIn(word, text)
        profile, = json.loads(self.expect(0, "profiles", "b222s", "--json").stdout)["profiles"]
        file = json.loads((ROOT / "model/profiles/b222s.json").read_text())
        del file["format"]
        self.assertEqual(profile, file)
        done = self.expect(64, "profiles", "b222")
        self.assertIn('did you mean "b222s"?', done.stderr)

    def test_bounds_name_the_profile(self):
        name = self.with_profile(profile="polycom-soundpoint-2.1", timers={"timer_f": "32s"})
        bound = ("bound", name, "--from", "recovers(primary)", "--to", "working(line1) = primary")
        text = self.expect(0, *bound).stdout
        self.assertIn("at most  66500 ms", text)
        self.assertIn("longest of /phones/0/retry, profile polycom-soundpoint-2.1; 1 s shorter: "
                      "65500 ms", text)
        self.assertIn("/phones/0/timers/t2, default", text)
        chain = json.loads(self.expect(0, *bound, "--json").stdout)["bound"]["chain"]
        retry, = [link for link in chain if link["key"] == "/phones/0/retry"]
        self.assertEqual((retry["profile"], retry["line"]), ("polycom-soundpoint-2.1", None))
        self.assertIn(None, [link["profile"] for link in chain])

    def test_traces_hold_the_values_and_replay(self):
        name = self.with_profile(profile="asterisk-client")
        done = self.expect(1, "check", name, "-p", "never-give-up(line1, primary)", "--json")
        trace = json.loads(done.stdout)["verdicts"][0]["trace"]
        self.expect(0, "replay", trace)
        phone = json.loads(Path(self.path(trace)).read_text())["design"]["phones"][0]
        self.assertNotIn("profile", phone)
        self.assertEqual(phone["max_retries"], 10)
        self.assertTrue(self.expect(0, "graph", name, "--trace", trace).stdout)
        self.expect(1, "simulate", name, "--runs", "1", "--record", "run.json", "-p", "failback")
        self.expect(0, "replay", "run.json")

    def test_a_proxy_stands_between_the_phone_and_its_servers(self):
        design = str(ROOT / "designs/museum/outbound-proxy-in-the-centre.json")
        self.expect(1, "check", design, "--out", "out")
        trace, = Path(self.path("out")).glob("*.trace.json")
        participants = json.loads(trace.read_text())["participants"]
        self.assertEqual([each["kind"] for each in participants],
                         ["phone", "proxy", "registrar", "gateway"])
        self.expect(0, "replay", str(trace))

    def test_import_writes_a_design(self):
        done = self.expect(0, "import", "polycom", *POLYCOM, "-o", "mine.json")
        self.assertEqual(done.stdout, "")
        self.assertIn("Not imported: reg.2.server.1.failOver.failRegistrationOn", done.stderr)
        self.assertIn("next: failback check mine.json", done.stderr)
        written = Path(self.path("mine.json")).read_text()
        self.assertEqual(self.expect(0, "import", "polycom", *POLYCOM).stdout, written)
        answer = json.loads(self.expect(0, "import", "polycom", *POLYCOM, "--json").stdout)
        self.assertEqual(answer["design"], json.loads(written))
        self.assertTrue(answer["unknown"])
        self.expect(0, "check", "mine.json", "-p", "failback(line1, server1)")

    def test_import_of_what_is_wrong(self):
        done = self.expect(64, "import", "policom", *POLYCOM)
        self.assertIn('did you mean "polycom"?', done.stderr)
        self.expect(64, "import", "polycom")
        self.expect(65, "import", "polycom", "no-such-file.cfg")
        bad = self.write("bad.cfg", "<a\n b=1/>")
        done = self.expect(65, "import", "polycom", bad, "-o", "bad.json")
        self.assertRegex(done.stderr, r"bad\.cfg:2:\d+: found .*, expected an XML file")
        self.assertFalse(Path(self.path("bad.json")).exists())
        self.expect(73, "import", "polycom", *POLYCOM, "-o", "no/such/folder/mine.json")


if __name__ == "__main__":
    main()
