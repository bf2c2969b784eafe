"""The list of mutants (tests/mutants.py) fits the sources, and nothing of it is forgotten."""

import re
import sys
import unittest

import mutants


class Mutants(unittest.TestCase):
    def setUp(self):
        self.everyone = mutants.mutants()

    def test_there_are_a_hundred_with_names_of_their_own(self):
        self.assertGreaterEqual(len(self.everyone), 100)
        self.assertEqual(len({each.name for each in self.everyone}), len(self.everyone))

    def test_each_applies_to_exactly_one_place(self):
        for each in self.everyone:
            with self.subTest(each.name):
                self.assertEqual(each.count(), 1, each.file)
                self.assertNotEqual(each.old, each.new)

    def test_each_survivor_is_argued_and_nothing_else(self):
        page = mutants.PAGE.read_text()
        survivors = re.findall(r"^- `([a-z0-9-]+)`", page, re.MULTILINE)
        self.assertEqual(set(mutants.survivors()), set(survivors))

    def test_the_page_says_which_design_is_asked_first(self):
        designs = {design.stem for _, design in mutants.designs()}
        noticed = mutants.noticed()
        self.assertLessEqual({design for _, design in noticed.values()}, designs)
        survivors = set(mutants.survivors())
        self.assertEqual(set(noticed) | survivors, {each.name for each in self.everyone})

    def test_the_page_has_all_of_them(self):
        page = mutants.PAGE.read_text()
        for each in self.everyone:
            self.assertIn(f"`{each.name}`", page)


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1])
