// Configuration files with random changes: importers give a design or errors, and never anything
// else. The changes are drawn from a seed; `[.fuzz]` goes on for FAILBACK_FUZZ_SECONDS.
#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <string>

#include <catch2/catch.hpp>

#include "model/file/design_file.hpp"
#include "sim/random.hpp"
#include "tests/import_fixture.hpp"

namespace failback::tests::import_fuzz_test {
namespace {

// What the formats are made of, so that changes get past the first line.
const std::vector<std::string> kPieces{
    "<", ">", "\"", "'", "=", ";", "\n", "[", "]", "(!)", "&amp;", "<!--", "-->", "]]>",
    "<![CDATA[", "0", "-1", "1.5", "65535", "2147483647", "99999999999999999999",
    std::string(1, '\0'), "\xFF", "\xC3\xA4", "\xEF\xBB\xBF", ";--", "--;", "sip:", "@",
    "reg.1.address=\"1\"", "<Proxy_1_>", "account.1.enable = 1\n", "</flat-profile>"};

class Mutator {
public:
    explicit Mutator(std::uint64_t seed) : random_(seed) {}

    std::string mutated(std::string text) {
        const std::size_t changes = 1 + below(6);
        for (std::size_t i = 0; i < changes && text.size() < kLargest; ++i) {
            change(text);
        }
        return text;
    }

    std::size_t below(std::size_t limit) { return static_cast<std::size_t>(random_.below(limit)); }

private:
    static constexpr std::size_t kLargest = 1U << 16U;

    void change(std::string& text) {
        const std::size_t at = below(text.size() + 1);
        const std::size_t length = below(std::min<std::size_t>(text.size() - at, 60) + 1);
        switch (below(6)) {
            case 0:
                text.erase(at, length);
                break;
            case 1:
                text.insert(below(text.size() + 1), text.substr(at, length));
                break;
            case 2:
                text.insert(at, kPieces[below(kPieces.size())]);
                break;
            case 3:
                text.resize(at);
                break;
            case 4:
                text += text.substr(at);
                break;
            default:
                if (at < text.size()) {
                    text[at] = static_cast<char>(below(256));
                }
        }
    }

    sim::Random random_;
};

// How many of the mutants became designs.
int fuzz(std::uint64_t seed, int rounds) {
    static const std::vector<Sample> originals = samples();
    Mutator mutator(seed);
    int designs = 0;
    for (int round = 0; round < rounds; ++round) {
        Sample sample = originals[mutator.below(originals.size())];
        for (model::ConfigFile& file : sample.files) {
            file.text = mutator.mutated(file.text);
        }
        try {
            const auto design = model::import_design(sample.vendor, sample.files);
            (void)model::parse_design(design.text, "d.json");
            ++designs;
        } catch (const model::InputError& error) {
            const bool is_told = !error.problems().empty();
            if (!is_told) {
                FAIL("an error without words: seed " << seed << ", round " << round);
            }
        }
    }
    return designs;
}

}  // namespace

TEST_CASE("import: changed files give a design or errors, never a crash", "[import]") {
    const int designs = fuzz(1, 1500);
    CHECK(designs > 100);
    CHECK(designs < 1400);
    CHECK(fuzz(1, 50) == fuzz(1, 50));
}

TEST_CASE("import: changed files, for a given time", "[.fuzz]") {
    const char* given = std::getenv("FAILBACK_FUZZ_SECONDS");
    const std::chrono::seconds limit(given != nullptr ? std::atoi(given) : 10);
    const char* first = std::getenv("FAILBACK_FUZZ_SEED");
    const auto start = std::chrono::steady_clock::now();
    std::uint64_t seed = first != nullptr ? std::strtoull(first, nullptr, 10) : 1;
    std::uint64_t rounds = 0;
    for (; std::chrono::steady_clock::now() - start < limit; ++seed, rounds += 100) {
        (void)fuzz(seed, 100);
    }
    WARN(rounds << " files, the next seed is " << seed);
}

}  // namespace failback::tests::import_fuzz_test
