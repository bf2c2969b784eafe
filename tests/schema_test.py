#!/usr/bin/python3
"""The JSON Schema of design files accepts what ships and refuses every typo in it.

schema_test.py [FAILBACK]    with FAILBACK, `failback schema` must print the same schema
"""
import copy
import json
import pathlib
import re
import subprocess
import sys
import unittest

import jsonschema

SOURCE = pathlib.Path(__file__).resolve().parent.parent
FAILBACK = sys.argv[1] if len(sys.argv) > 1 else None

SCHEMA_TEXT = (SOURCE / "model/design.schema.json").read_text(encoding="utf-8")
SCHEMA = json.loads(SCHEMA_TEXT)
VALIDATOR = jsonschema.Draft7Validator(SCHEMA)
PROFILES = [json.loads(path.read_text(encoding="utf-8"))
            for path in sorted((SOURCE / "model/profiles").glob("*.json"))]
EVERY_KEY = SOURCE / "tests/data/every_key.json"


def designs():
    return [EVERY_KEY, *sorted((SOURCE / "designs").rglob("*.json"))]


def walk(value, path=()):
    """All (path, value) of a document."""
    yield path, value
    items = ()
    if isinstance(value, (dict, list)):
        items = value.items() if isinstance(value, dict) else enumerate(value)
    for key, child in items:
        yield from walk(child, (*path, key))


def at(document, path):
    for key in path:
        document = document[key]
    return document


def changed(document, path, value):
    mutant = copy.deepcopy(document)
    at(mutant, path[:-1])[path[-1]] = value
    return mutant


def renamed(document, path):
    """The last key of the path with a letter too many."""
    mutant = copy.deepcopy(document)
    parent = at(mutant, path[:-1])
    parent[path[-1] + "x"] = parent.pop(path[-1])
    return mutant


def mutants(document):
    """Documents with one typo each, and what the typo is."""
    for path, value in walk(document):
        if not path:
            continue
        if isinstance(path[-1], str):
            yield f"{path} misspelt", renamed(document, path)
        yield f"{path} is a number with decimals", changed(document, path, 0.5)
        if isinstance(value, str) and re.fullmatch("[0-9]+(ms|s|m|h)", value):
            for wrong in (value + "ec", value.rstrip("msh"), "-" + value, "1." + value):
                yield f"{path} is {wrong}", changed(document, path, wrong)


class SchemaTest(unittest.TestCase):
    def test_is_draft_07(self):
        self.assertEqual(SCHEMA["$schema"], "http://json-schema.org/draft-07/schema#")
        jsonschema.Draft7Validator.check_schema(SCHEMA)

    def test_every_object_is_closed_and_every_key_described(self):
        for path, value in walk(SCHEMA):
            if not isinstance(value, dict) or not isinstance(value.get("properties"), dict):
                continue
            if value.get("type") != "object":
                continue  # a condition on an object that is closed elsewhere
            self.assertIs(value.get("additionalProperties"), False, path)
            for key, definition in value["properties"].items():
                self.assertTrue(definition.get("description"), (path, key))

    def test_settings_of_products_name_keys(self):
        keys = {key for _, value in walk(SCHEMA) if isinstance(value, dict)
                for key in (value["properties"] if isinstance(value.get("properties"), dict)
                            else ())}
        text = (SOURCE / "docs/guide/settings.md").read_text(encoding="utf-8")
        rows = [line.split("|") for line in text.splitlines() if line.startswith("| ")]
        named = [name for row in rows for name in re.findall("`([^`]*)`", row[2])]
        self.assertGreater(len(named), 60)
        for name in named:
            for segment in name.split("/"):
                known = segment in keys or segment == "a" or '"%s"' % segment in SCHEMA_TEXT
                self.assertTrue(known, name)

    def test_examples_and_defaults_are_valid(self):
        count = 0
        for path, value in walk(SCHEMA):
            if not isinstance(value, dict) or path[-1:] in (("properties",), ("definitions",)):
                continue
            samples = list(value.get("examples", []))
            if "default" in value:
                samples.append(value["default"])
            resolved = {**value, "definitions": SCHEMA["definitions"]}
            for sample in samples:
                jsonschema.Draft7Validator(resolved).validate(sample)
                count += 1
        self.assertGreater(count, 50)

    def test_shipped_designs_are_valid(self):
        self.assertGreaterEqual(len(designs()), 4)
        for design in [*designs(), *sorted((SOURCE / "tests/bench/designs").glob("*.json"))]:
            with self.subTest(design=design.name):
                VALIDATOR.validate(json.loads(design.read_text(encoding="utf-8")))

    def test_every_key_is_in_the_sample(self):
        written = {path[-1] for path, _ in walk(json.loads(EVERY_KEY.read_text(encoding="utf-8")))
                   if path}
        for path, value in walk(SCHEMA):
            if isinstance(value, dict) and value.get("type") == "object":
                self.assertEqual(set(value["properties"]) - written, set(), path)

    def test_mutants_are_refused(self):
        count = 0
        for design in designs():
            for what, mutant in mutants(json.loads(design.read_text(encoding="utf-8"))):
                self.assertFalse(VALIDATOR.is_valid(mutant), f"{design.name}: {what}")
                count += 1
        self.assertGreater(count, 500)

    def test_keys_that_do_not_apply_are_refused(self):
        design = json.loads(EVERY_KEY.read_text(encoding="utf-8"))
        wrong = [
            (("faults", 0), "window", "any"), (("faults", 0), "phone", "phone"),
            (("faults", 0), "direction", "both"), (("faults", 1), "bindings", "kept"),
            (("faults", 2), "at", "any"), (("faults", 2), "lasts", "60s"),
            (("faults", 3), "bindings", "kept"), (("phones", 0, "refresh"), "lead", "5s"),
            (("phones", 0, "subscription", "refresh"), "percent", 50),
            (("phones", 0, "subscription"), "to", "nobody"), (("links", 0), "delay", "1s"),
            (("faults", 6), "server", "primary"), (("faults", 6), "window", "any"),
            (("phones", 0, "after_restart"), "call_id", "new"),
            (("phones", 0, "after_restart"), "contact", "same"),
            (("properties", 3), "within", "1s"), (("properties", 2), "says", "true"),
        ]
        for path, key, value in wrong:
            with self.subTest(path=path, key=key):
                self.assertFalse(VALIDATOR.is_valid(changed(design, (*path, key), value)))

    def test_reference_page_names_every_key(self):
        page = "".join(path.read_text(encoding="utf-8")
                       for path in sorted((SOURCE / "docs").glob("design-*.md")))
        for path, value in walk(SCHEMA):
            if isinstance(value, dict) and value.get("type") == "object":
                for key in value["properties"]:
                    self.assertIn(f"`{key}`", page, path)
            for word in value.get("enum", []) if isinstance(value, dict) else []:
                self.assertIn(f"`{word}`", page, path)

    def test_profiles_are_those_that_ship(self):
        for part, is_phone in (("phone", True), ("server", False)):
            listed = SCHEMA["definitions"][part]["properties"]["profile"]["enum"]
            shipped = [p["name"] for p in PROFILES if (p["kind"] == "phone") == is_phone]
            self.assertEqual(listed, shipped)

    def test_values_of_profiles_are_valid(self):
        for profile in PROFILES:
            part = "phone" if profile["kind"] == "phone" else "server"
            for path, value in profile["values"].items():
                design = {"name": "x", **({"lines": [{"name": "l", "aor": "sip:1@e"}],
                                           "servers": ["s"]} if part == "phone" else {})}
                place = design
                *objects, key = path.split("/")
                for name in objects:
                    place = place.setdefault(name, {})
                place[key] = value["value"]
                if path == "refresh/percent":
                    place["rule"] = "fraction"
                if path == "after_restart/instance_id":
                    place["contact"] = "new"
                if path == "failback/by":
                    place["probe"] = "30s"
                schema = {**SCHEMA["definitions"][part], "definitions": SCHEMA["definitions"]}
                with self.subTest(profile=profile["name"], key=path):
                    jsonschema.Draft7Validator(schema).validate(design)

    def test_products_page_says_what_the_profiles_say(self):
        page = "".join((SOURCE / f"docs/guide/products-{kind}.md").read_text(encoding="utf-8")
                       for kind in ("phones", "registrars", "gateways"))
        sections = dict(re.findall(r"^## (\S+)\n(.*?)(?=^## |\Z)", page, re.MULTILINE | re.DOTALL))
        self.assertEqual(set(sections), {profile["name"] for profile in PROFILES})
        for profile in PROFILES:
            section = sections[profile["name"]]
            for key, value in profile["values"].items():
                mark = "" if value["certain"] else " **?**"
                self.assertIn(f"| `{key}` | `{json.dumps(value['value'])}`{mark} | "
                              f"{value['source']} |", section)
            self.assertEqual(section.count("\n| `"), len(profile["values"]))
            for text in [*profile["not_modelled"], profile["product"], profile["description"],
                         *profile["documents"].values()]:
                self.assertIn(text, section)

    @unittest.skipUnless(FAILBACK, "no binary given")
    def test_the_tool_prints_this_schema(self):
        result = subprocess.run([FAILBACK, "schema"], capture_output=True, check=True, text=True)
        self.assertEqual(json.loads(result.stdout), SCHEMA)


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1])
