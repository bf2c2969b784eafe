#include "traces/cut.hpp"

#include <algorithm>

namespace failback::traces {

namespace {

using nlohmann::json;

json without(const json& design, const char* list, std::size_t index) {
    json cut = design;
    cut[list].erase(index);
    return cut;
}

}  // namespace

json without_fault(const json& design, std::size_t fault) {
    return without(design, "faults", fault);
}

json without_call(const json& design, std::size_t call) { return without(design, "calls", call); }

json without_phone(const json& design, std::size_t phone) {
    const json name = design["phones"][phone]["name"];
    json cut = without(design, "phones", phone);
    for (std::size_t i = 0; i < count_of(cut, "faults"); ++i) {
        json& fault = cut["faults"][i];
        if (count_of(fault, "phones") > 1) {  // a power cut of the others is left
            json& phones = fault["phones"];
            phones.erase(std::remove(phones.begin(), phones.end(), name), phones.end());
        }
    }
    for (const char* list : {"links", "faults", "calls"}) {
        const auto found = cut.find(list);
        if (found != cut.end()) {
            found->erase(std::remove_if(found->begin(), found->end(),
                                        [&name](const json& element) {
                                            return element.value("phone", json()) == name;
                                        }),
                         found->end());
        }
    }
    return cut;
}

std::size_t count_of(const json& design, const char* list) {
    const auto found = design.find(list);
    return found == design.end() ? 0 : found->size();
}

}  // namespace failback::traces
