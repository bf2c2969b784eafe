// The discrete part of a state space: nodes (state + agenda) and the firings between them.
//
//  1. Nodes are numbered in the order in which they were found; node 0 is the initial one.
//  2. The firings of a node are worked out when first asked for, and then kept.
//  3. Firings are in canonical order: by entry of the agenda, then by form.
//  4. Nothing here knows the model, so that the searches are compiled once for all models.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "sim/successor.hpp"

namespace failback::sim {

class TransitionSystem {
public:
    TransitionSystem() = default;
    TransitionSystem(const TransitionSystem&) = delete;
    TransitionSystem& operator=(const TransitionSystem&) = delete;
    virtual ~TransitionSystem() = default;

    // What the first zone is made of: every origin has base 0, the start.
    [[nodiscard]] virtual std::span<const Origin> initial_origins() const = 0;

    // What the start itself meant for a property, and whether the stopwatch runs from it.
    [[nodiscard]] virtual std::uint32_t initial_marks() const = 0;
    [[nodiscard]] virtual bool initially_watching() const = 0;

    // Firings of a node.
    [[nodiscard]] virtual std::span<const Firing> firings(NodeId node) = 0;

    // Where the indices of the target zone of a firing come from.
    [[nodiscard]] virtual std::span<const Origin> origins(const Firing& firing) const = 0;

    // Dimension of the zones of a node: present + agenda + stopwatch, if it runs.
    [[nodiscard]] virtual std::size_t dimension(NodeId node) const = 0;

    // The part of the model to which each index belongs (loosen.hpp); empty if all are related.
    [[nodiscard]] virtual std::span<const PartId> parts(NodeId node) const = 0;

    // An exhaustive search tells which firings are possible, and when it has told all. REQUIRES: a
    // firing of the last firings().
    virtual void note_possible(const Firing& firing) = 0;
    void note_exhausted() { exhausted_ = true; }
    [[nodiscard]] bool exhausted() const { return exhausted_; }

    // Before a search that may find less to be possible.
    virtual void forget_possible() = 0;

    [[nodiscard]] virtual std::size_t nodes() const = 0;
    [[nodiscard]] virtual std::size_t transitions() const = 0;
    [[nodiscard]] virtual std::size_t memory_bytes() const = 0;
    [[nodiscard]] virtual bool expanded(NodeId node) const = 0;

protected:
    void forget_exhausted() { exhausted_ = false; }

private:
    bool exhausted_ = false;
};

}  // namespace failback::sim
