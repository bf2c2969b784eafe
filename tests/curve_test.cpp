// Curves of tune, and what is said of searches that were stopped.
#include <catch2/catch.hpp>

#include <cstdlib>
#include <regex>
#include <string>
#include <vector>

#include "properties/findings.hpp"
#include "traces/curve_view.hpp"

namespace failback::tests::curve_test {
namespace {

struct Label {
    int x = 0;
    int y = 0;
    std::string text;
};

std::vector<Label> labels_of(const std::string& svg) {
    const std::regex label(R"re(<text x="(\d+)" y="(\d+)"[^>]*>([^<]*)<)re");
    std::vector<Label> labels;
    for (std::sregex_iterator at(svg.begin(), svg.end(), label), end; at != end; ++at) {
        labels.push_back({std::stoi((*at)[1]), std::stoi((*at)[2]), (*at)[3]});
    }
    return labels;
}

traces::Curve curve(sim::TimeMs within, const std::vector<traces::CurvePoint>& points) {
    return {"goal", "/phones/0/retry/1", true, within, points};
}

}  // namespace

TEST_CASE("curve: labels of close durations do not lie over each other") {
    for (const sim::TimeMs within : {64'400, 64'500, 64'600, 65'000}) {
        const auto svg = traces::as_curve(curve(
            within, {{10'000, 64'500, true}, {12'000, 64'550, true}, {26'000, 64'700, true}}));
        std::vector<Label> left;
        for (const Label& label : labels_of(svg)) {
            if (label.x < 110) {
                left.push_back(label);
            }
        }
        REQUIRE(left.size() == (within == 64'500 ? 2 : 3));
        for (std::size_t i = 1; i < left.size(); ++i) {
            CHECK(left[i].y - left[i - 1].y >= 11);
        }
    }
}

TEST_CASE("curve: the ends between which the property holds are marked") {
    const auto svg = traces::as_curve(curve(60'000, {{0, 70'000, false},
                                                     {1000, 60'000, true},
                                                     {2000, 50'000, true},
                                                     {3000, 60'000, true},
                                                     {9000, 70'000, false}}));
    std::vector<std::string> marks;
    for (const Label& label : labels_of(svg)) {
        if (label.x > 110 && label.y < 350) {
            marks.push_back(label.text);
        }
    }
    CHECK(marks == std::vector<std::string>{"1 s", "3 s"});
    const auto all = traces::as_curve(curve(60'000, {{0, 1, true}, {9000, 2, true}}));
    CHECK(all.find("stroke-dasharray=\"3 3\"") == std::string::npos);
}

TEST_CASE("undecided: all phases of a search count") {
    sim::SearchStatistics loosened;
    loosened.stopped_by = "interrupted";
    loosened.classes_expanded = 55'296;
    loosened.waiting = 12;
    sim::SearchStatistics exact;
    exact.stopped_by = "interrupted";
    exact.waiting = 1;
    CHECK(properties::undecided_reason(exact) == "interrupted before anything was searched");
    properties::add(loosened, exact);
    CHECK(properties::undecided_reason(loosened) ==
          "interrupted after 55296 classes, 12 waiting");
}

}  // namespace failback::tests::curve_test
