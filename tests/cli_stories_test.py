#!/usr/bin/env python3
"""JUnit, SARIF, tune, shrink and diff from outside. Usage: cli_stories_test.py BINARY"""

import json
import xml.etree.ElementTree as ElementTree
from pathlib import Path

from cli_fixture import REFERENCE, ROOT, CommandLine, main

TOO_TIGHT = "whenever recovers(primary) then working(line1) = primary within 66499ms"
VACUOUS = "whenever fails(gateway) then up(gateway) within 1s"
IN_A_MINUTE = "whenever recovers(primary) then working(line1) = primary within 60s " \
    "unless fails(primary)"


STAYS = str(ROOT / "tests/data/properties/failback.violated.json")


class Stories(CommandLine):
    def text(self, name):
        return Path(self.path(name)).read_text()

    def check_all_outcomes(self, *more):
        """One property of each outcome but undecided."""
        return self.run_it("check", REFERENCE, "-p", "failback", "-p", TOO_TIGHT, "-p", VACUOUS,
                           "--junit", "junit.xml", "--sarif", "check.sarif", *more)

    # JUnit: what Jenkins' schema, pytest's xunit2 and GitLab have in common.

    def test_junit(self):
        self.assertEqual(self.check_all_outcomes().returncode, 1)
        suites = ElementTree.fromstring(self.text("junit.xml"))
        self.assertEqual(suites.tag, "testsuites")
        suite, = suites
        self.assertEqual((suite.tag, suite.get("name")), ("testsuite", REFERENCE))
        counts = [suite.get(key) for key in ("tests", "failures", "errors", "skipped")]
        self.assertEqual(counts, ["3", "1", "0", "1"])
        held, broken, vacuous = suite
        for case in suite:
            self.assertEqual(case.tag, "testcase")
            self.assertEqual((case.get("classname"), case.get("file")), ("reference", REFERENCE))
        self.assertEqual((held.get("name"), len(held)), ("failback(line1, primary)", 0))
        lines = Path(REFERENCE).read_text().splitlines()
        self.assertIn("66500ms", lines[int(held.get("line")) - 1])
        failure = broken.find("failure")
        self.assertEqual(failure.get("type"), "violated")
        self.assertIn("overdue", failure.get("message"))
        self.assertIn("outage of primary ends", failure.text)
        attached = broken.find("system-out").text
        self.expect(0, "replay", attached.removeprefix("[[ATTACHMENT|").removesuffix("]]"))
        self.assertIn("vacuous", vacuous.find("skipped").get("message"))

    def test_undecided_and_vacuous_are_no_passes(self):
        self.expect(2, "check", REFERENCE, "--max-memory", "10K", "--no-slice", "--no-reduce",
                    "--junit", "junit.xml", "--sarif", "check.sarif")
        case, = ElementTree.fromstring(self.text("junit.xml")).iter("testcase")
        self.assertEqual(case.find("error").get("type"), "undecided")
        run, = json.loads(self.text("check.sarif"))["runs"]
        self.assertEqual(run["results"][0]["kind"], "open")
        self.assertEqual(run["invocations"][0]["exitCode"], 2)
        notification, = run["invocations"][0]["toolExecutionNotifications"]
        self.assertIn("undecided", notification["message"]["text"])
        self.expect(3, "check", REFERENCE, "--strict", "-p", VACUOUS, "--junit", "junit.xml",
                    "--sarif", "check.sarif")
        case, = ElementTree.fromstring(self.text("junit.xml")).iter("testcase")
        self.assertEqual(case.find("failure").get("type"), "vacuous")
        self.assertEqual(json.loads(self.text("check.sarif"))["runs"][0]["results"][0]["level"],
                         "error")

    def test_a_fault_that_never_strikes_is_told(self):
        def wait_in_vain(design):
            design["faults"].append({"name": "update", "kind": "crash", "server": "gateway",
                                     "after": {"refused": "line1", "server": "primary"}})
        design = self.variant(wait_in_vain)
        text = "fault \"update\" never strikes: refused(line1, primary) never happens"
        self.assertIn(text, self.expect(0, "check", design).stdout)
        done = self.expect(3, "check", design, "--strict", "--json", "--junit", "junit.xml",
                           "--sarif", "check.sarif")
        self.assertEqual(json.loads(done.stdout)["awaited"],
                         [{"fault": "update", "event": "refused(line1, primary)", "times": 1,
                           "happens": False}])
        *_, case = ElementTree.fromstring(self.text("junit.xml")).iter("testcase")
        self.assertEqual((case.get("name"), case.find("failure").get("type")),
                         ("fault update", "vacuous"))
        *_, result = json.loads(self.text("check.sarif"))["runs"][0]["results"]
        self.assertEqual((result["kind"], result["message"]["text"].count(text)), ("fail", 1))

    # SARIF 2.1.0: the essential rules of the standard, by section.

    def check_message(self, message):  # 3.11
        self.assertTrue(message["text"])

    def check_location(self, location):  # 3.28, 3.29
        physical = location["physicalLocation"]
        self.assertEqual(physical["artifactLocation"]["uri"], REFERENCE)
        if "region" in physical:
            self.assertGreaterEqual(physical["region"]["startLine"], 1)

    def check_flow(self, flow):  # 3.36 to 3.38
        self.assertTrue(flow["threadFlows"])
        ids = [thread["id"] for thread in flow["threadFlows"]]
        self.assertEqual(len(ids), len(set(ids)))
        orders = []
        for thread in flow["threadFlows"]:
            self.assertTrue(thread["locations"])
            for state in thread["initialState"].values():
                self.check_message(state)
            for step in thread["locations"]:
                self.check_location(step["location"])
                self.check_message(step["location"]["message"])
                self.assertIn(step["importance"], ("important", "essential", "unimportant"))
                orders.append(step["executionOrder"])
            own = [step["executionOrder"] for step in thread["locations"]]
            self.assertEqual(own, sorted(own))
        self.assertEqual(sorted(orders), list(range(1, len(orders) + 1)))

    def check_result(self, result, rules):  # 3.27
        self.assertEqual(rules[result["ruleIndex"]]["id"], result["ruleId"])
        self.assertIn(result["kind"], ("pass", "open", "notApplicable", "fail"))
        self.assertEqual(result["level"] == "none", result["kind"] != "fail")  # 3.27.10
        self.check_message(result["message"])
        self.assertEqual(len(result["locations"]), 1)
        for location in result["locations"]:
            self.check_location(location)
        for value in result["partialFingerprints"].values():
            self.assertIsInstance(value, str)
        self.assertEqual("codeFlows" in result, result["properties"]["outcome"] == "violated")
        for flow in result.get("codeFlows", []):
            self.check_flow(flow)

    def test_sarif(self):
        self.check_all_outcomes()
        log = json.loads(self.text("check.sarif"))
        self.assertEqual(log["version"], "2.1.0")
        run, = log["runs"]
        driver = run["tool"]["driver"]
        self.assertEqual(driver["name"], "failback")
        ids = [rule["id"] for rule in driver["rules"]]
        self.assertEqual(len(ids), len(set(ids)))
        self.assertIn("failback", ids)
        for rule in driver["rules"]:
            self.check_message(rule["shortDescription"])
        self.assertEqual([r["kind"] for r in run["results"]], ["pass", "fail", "notApplicable"])
        for result in run["results"]:
            self.check_result(result, driver["rules"])
        self.assertTrue(run["invocations"][0]["executionSuccessful"])
        threads = {t["id"] for t in run["results"][1]["codeFlows"][0]["threadFlows"]}
        self.assertLessEqual({"phone", "primary"}, threads)

    def test_reports_are_the_same_each_time(self):
        self.check_all_outcomes()
        first = self.text("junit.xml"), self.text("check.sarif")
        self.check_all_outcomes("--threads", "2")
        self.assertEqual(first, (self.text("junit.xml"), self.text("check.sarif")))

    # tune

    def test_the_longest_retry_wait(self):
        tune = ("tune", REFERENCE, "--vary", "/phones/phone/retry/1=30s..120s", "--goal",
                IN_A_MINUTE)
        answer = json.loads(self.expect(0, *tune, "--json").stdout)
        self.assertEqual(answer["holds"], [{"from": 30000, "to": 53500, "proved": True}])
        self.assertTrue(answer["complete"])
        self.assertEqual(answer["present"], 60000)
        for trial in answer["trials"]:
            self.assertEqual(trial["outcome"] == "holds", trial["max_ms"] <= 60000)
            self.assertEqual(trial["max_ms"], trial["value"] + 6500)  # as bound says of 60 s
        text = self.expect(0, *tune, "--plot", "curve.svg").stdout
        self.assertIn("holds for 30 s to 53.5 s; the design says 60 s", text)
        picture = ElementTree.fromstring(self.text("curve.svg"))
        self.assertTrue(picture.tag.endswith("svg"))

    def test_tuning_that_fails(self):
        goal = ("--goal", IN_A_MINUTE)
        self.expect(1, "tune", REFERENCE, "--vary", "phones/phone/retry/1=60s..120s", *goal)
        done = self.expect(64, "tune", REFERENCE, "--vary", "phones/phone/retry/1=1s..120s", *goal)
        self.assertIn("the earliest first", done.stderr)
        done = self.expect(64, "tune", REFERENCE, "--vary", "phones/phone/expires=100500ms..120s",
                           *goal)
        self.assertIn("--step 1s", done.stderr)
        self.expect(2, "tune", REFERENCE, "--vary", "phones/phone/retry/1=30s..120s", *goal,
                    "--max-memory", "10K", "--no-slice", "--no-reduce")

    # campaigns

    def simulated(self, *options, code=1):
        return self.expect(code, "simulate", STAYS, "--until", "6h", *options).stdout

    def test_campaign_goes_on(self):
        whole = self.simulated("--runs", "6", "--json", "--out", "a")
        self.simulated("--runs", "2", "--json", "--out", "b", "--campaign", "b.campaign.json")
        rest = self.simulated("--runs", "6", "--json", "--out", "b", "--campaign",
                              "b.campaign.json", "--threads", "2")
        self.assertEqual(rest.replace('"b/', '"a/'), whole)
        again = self.simulated("--runs", "6", "--json", "--campaign", "b.campaign.json")
        self.assertEqual(again, rest)  # nothing is left to do
        for violation in json.loads(rest)["verdicts"][0]["violations"]:
            self.expect(0, "replay", violation["trace"])

    def test_campaign_that_is_saved_meanwhile(self):
        whole = self.simulated("--runs", "60", "--json", "--out", "a")
        parts = self.simulated("--runs", "60", "--json", "--out", "b", "--campaign", "c.json")
        self.assertEqual(parts.replace('"b/', '"a/'), whole)
        self.assertEqual(json.loads(self.text("c.json"))["runs"], 60)

    def test_campaign_of_another_design_is_refused(self):
        self.expect(1, "simulate", STAYS, "--runs", "1", "--campaign", "c.json")
        for other, name in (("--seed=2", "--seed"), ("--until=5h", "--until"),
                            ("--random-faults=1", "--random-faults"),
                            ("-pagreement", "list of properties")):
            done = self.expect(64, "simulate", STAYS, "--campaign", "c.json", other)
            self.assertIn("another " + name, done.stderr)
        for text in ("", "{}", '{"failback_campaign": 2}', "[1]"):
            Path(self.path("d.json")).write_text(text, encoding="utf-8")
            done = self.expect(65, "simulate", STAYS, "--campaign", "d.json")
            self.assertRegex(done.stderr, r"d\.json:\d+:\d+: ")
            self.assertIn("remove the file to begin anew", done.stderr)

    def test_campaign_with_random_faults(self):
        answer = json.loads(self.simulated("--runs", "3", "--random-faults", "12", "--json",
                                           "--stop-at-first"))
        violation = answer["verdicts"][0]["violations"][0]
        self.expect(0, "replay", violation["trace"])
        short = json.loads(self.expect(0, "shrink", violation["trace"], "--json").stdout)
        self.assertEqual(short["after"]["faults"], 1)
        done = self.expect(64, "simulate", STAYS, "--random-faults", "24")
        self.assertIn("from 0 to 23", done.stderr)

    def test_campaign_as_a_table(self):
        table = self.expect(2, "simulate", REFERENCE, "--runs", "20", "--histogram").stdout
        self.assertIn("how long it took", table)
        self.assertIn("####", table)
        table = self.simulated("--runs", "3")
        self.assertIn("3 of 3 runs, after outage", table)

    # shrink and diff

    def test_coverage(self):
        plain = self.expect(0, "check", REFERENCE).stdout
        covered = self.expect(0, "check", REFERENCE, "--coverage").stdout
        self.assertIn(plain.rstrip("\n"), covered)
        self.assertIn("1 of 1 slices searched to the end\n", covered)
        self.assertIn("    never while ", covered)
        one = self.expect(0, "check", REFERENCE, "--coverage", "--json").stdout
        found = json.loads(one)["coverage"]
        self.assertEqual((found["slices"], found["complete"], found["stopped_by"]), (1, 1, ""))
        self.assertEqual(found["seen"], sum(len(role["seen"]) for role in found["roles"]))
        runs = ("simulate", REFERENCE, "--runs", "6", "--coverage", "--json")
        alone = json.loads(self.expect(2, *runs).stdout)["coverage"]
        together = json.loads(self.expect(2, *runs, "--threads", "3").stdout)["coverage"]
        self.assertEqual(alone, together)
        self.assertGreater(alone["seen"], 15)
        done = self.expect(64, "simulate", REFERENCE, "--coverage", "--campaign", "night.json")
        self.assertIn("--coverage: found together with --campaign", done.stderr)

    def test_shrink_and_diff(self):
        stay = str(ROOT / "tests/data/properties/failback.violated.json")
        self.expect(1, "simulate", stay, "--runs", "3", "--out", "out")
        trace, = Path(self.path("out")).glob("*.trace.json")
        answer = json.loads(self.expect(0, "shrink", str(trace), "--json").stdout)
        self.assertLess(answer["after"]["steps"], answer["before"]["steps"])
        self.assertEqual(answer["after"]["faults"], 1)
        self.assertTrue(answer["smallest"])
        self.assertTrue(answer["output"].endswith(".shrunk.trace.json"))
        self.expect(0, "replay", answer["output"])
        self.expect(0, "diff", str(trace), str(trace))
        differs = self.expect(1, "diff", str(trace), answer["output"], "--json")
        self.assertFalse(json.loads(differs.stdout)["same"])
        text = self.expect(1, "diff", str(trace), answer["output"]).stdout
        self.assertIn("then they part: ", text)
        self.expect(0, "bound", REFERENCE, "--from", "recovers(primary)", "--to",
                    "working(line1) = primary", "--no-what-if", "--out", "bound")
        done = self.expect(64, "shrink", "bound/reference.bound.longest.trace.json")
        self.assertIn("violates no property", done.stderr)


if __name__ == "__main__":
    main()
