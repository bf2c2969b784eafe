"""The figures of tests/bench/run as aligned tables."""

GIGA = [(1e9, "G"), (1e6, "M"), (1e3, "k")]


def short(value):
    """Three digits and a unit, or a dash."""
    if value is None:
        return "-"
    for size, unit in GIGA:
        if value >= size:
            return f"{value / size:.3g} {unit}" if value < 1000 * size else f"{value / size:.0f} {unit}"
    return f"{value:.3g}"


def grouped(value):
    return "-" if value is None else f"{int(value):,}".replace(",", " ")


def times(numerator, denominator):
    return f"{numerator / denominator:.2f}" if numerator and denominator else "-"


def print_table(title, header, rows):
    """The first column is a name, the others are figures."""
    if not rows:
        return
    cells = [header, *rows]
    widths = [max(len(row[column]) for row in cells) for column in range(len(header))]
    print(f"\n{title}")
    for row in cells:
        figures = [cell.rjust(width) for cell, width in zip(row[1:], widths[1:])]
        print("  ".join(["  " + row[0].ljust(widths[0]), *figures]))


class Results:
    def __init__(self, results):
        self.all = results["benchmarks"]

    def get(self, name, figure):
        return self.all.get(name, {}).get(figure)

    def below(self, prefix):
        """(name without the prefix, figures), in the order in which they ran."""
        return [(name[len(prefix):], figures) for name, figures in self.all.items()
                if name.startswith(prefix)]

    def speed_of_two_threads(self, name):
        """Elapsed time of one thread by that of two."""
        return times(self.get(name, "wall_s"), self.get(name + "/2-threads", "wall_s"))


def print_designs(results):
    rows = []
    for name, of in results.below("design/"):
        if name.endswith("/2-threads"):
            continue
        rows.append([name, f"{of['user_s']:.3f}", f"{of['decided']:.0f}/{of['properties']:.0f}",
                     grouped(of["classes_expanded"]), grouped(of["classes_stored"]),
                     grouped(of["discrete_states"]), short(of["classes_per_s"]),
                     grouped(of["bytes_per_class"]), short(of["memory_bytes"]),
                     results.speed_of_two_threads("design/" + name)])
    print_table("Designs: state classes", ["design", "user s", "decided", "expanded", "stored",
                "discrete", "classes/s", "B/class", "memory", "2 threads"], rows)
    for ten in ("ten-identical-phones", "ten-different-phones"):
        ratio = times(results.get("design/" + ten, "user_s"),
                      results.get("design/reference-catalogue", "user_s"))
        if ratio != "-":
            print(f"  {ten} take {ratio} times as long as one (reference-catalogue)")


def spin_rows(results, managers):
    rows = []
    ours = results.all.get(f"two-phase-commit/{managers}", {})
    # An unfinished search says how fast it was, but not how much memory it needs.
    memory = ours.get("peak_rss_bytes") if ours.get("complete") else None
    for name, spin in results.below(f"two-phase-commit/{managers}/spin-"):
        rows.append(["  SPIN " + name, f"{spin['user_s']:.2f}", grouped(spin["discrete_states"]),
                     short(spin["states_per_s"]), short(spin["peak_bytes"]), "-",
                     times(ours.get("states_per_s"), spin["states_per_s"]),
                     times(memory, spin["peak_bytes"])])
    return rows


def print_two_phase_commit(results):
    rows = []
    for managers in (7, 8, 9):
        name = f"two-phase-commit/{managers}"
        ours = results.all.get(name)
        if ours:
            unfinished = "" if ours["complete"] else " (not finished)"
            rows.append([f"{managers} managers{unfinished}", f"{ours['user_s']:.2f}",
                         grouped(ours["discrete_states"]), short(ours["states_per_s"]),
                         short(ours["peak_rss_bytes"]), results.speed_of_two_threads(name), "", ""])
        rows += spin_rows(results, managers)
    print_table("Two-phase commit: discrete states; how many times SPIN's",
                ["", "user s", "states", "states/s", "memory", "2 threads", "speed", "memory"],
                rows)


def print_simulation(results):
    rows = [[name, f"{of['user_s']:.3f}", grouped(of["events"]), short(of["events_per_s"])]
            for name, of in results.below("simulation/")]
    print_table("Simulation", ["design", "user s", "events", "events/s"], rows)


def print_steps(results):
    seconds = {name: of["user_s"] for name, of in results.below("step/")}
    if len(seconds) < 5:
        return
    parts = {
        "model calls": seconds["model"],
        "condition": seconds["condition"],
        "schedule, rebase, drop": seconds["condition-and-gather"] - seconds["condition"],
        "store: inclusion, merging": seconds["store"],
    }
    parts["queue and the rest"] = seconds["whole"] - sum(parts.values())
    transitions = results.get("step/whole", "transitions")
    print_table("Parts of a search", ["", "share", "ns/transition"],
                [[name, f"{100 * part / seconds['whole']:.0f} %", f"{part / transitions * 1e9:.0f}"]
                 for name, part in parts.items()])


def print_zones(results):
    by_operation = {}
    for name, of in results.below("zone/"):
        operation, dimension = name.split("/")
        seconds = 1 / of["items_per_second"] if "items_per_second" in of else of["user_s"]
        by_operation.setdefault(operation, {})[dimension] = seconds * 1e9
    dimensions = ["4", "8", "12", "16", "24", "32"]
    print_table("Zones by dimension: ns", ["", *dimensions],
                [[operation, *(grouped(of.get(dimension)) for dimension in dimensions)]
                 for operation, of in by_operation.items()])


def print_keys(results):
    rows = [[name, f"{of['user_s'] / of['keys'] * 1e9:.0f}", grouped(of.get("bytes_per_key"))]
            for name, of in results.below("keys/")]
    print_table("Key table, keys of 48 bytes", ["", "ns/key", "B/key"], rows)


def print_results(document):
    machine = document["machine"]
    print(f"{machine['cpu']}, {machine['cores']} cores, {machine['memory_gb']} GB, "
          f"{machine['compiler']}, load {machine['load']:.1f}")
    results = Results(document)
    for part in (print_designs, print_two_phase_commit, print_steps, print_simulation, print_zones,
                 print_keys):
        part(results)


def print_comparison(before, after):
    """How many times better the second is: faster, with fewer classes, in less memory."""
    rows = []
    for name, old in before["benchmarks"].items():
        new = after["benchmarks"].get(name)
        if new is None or "/spin-" in name:
            continue
        better = lambda figure: times(old.get(figure), new.get(figure))
        rows.append([name, f"{old['user_s']:.3g}", f"{new['user_s']:.3g}", better("user_s"),
                     times(new.get("classes_per_s") or new.get("states_per_s"),
                           old.get("classes_per_s") or old.get("states_per_s")),
                     better("classes_expanded"), better("bytes_per_class"),
                     better("peak_rss_bytes")])
    print_table("How many times better", ["benchmark", "user s", "user s", "time", "rate", "classes",
                "B/class", "memory"], rows)
