// The transition system of a model: calls `initial` and `apply`, once for each discrete transition.
#pragma once

#include <cstring>
#include <optional>
#include <utility>
#include <vector>

#include "sim/agenda.hpp"
#include "sim/arena.hpp"
#include "sim/key_table.hpp"
#include "sim/loosen.hpp"
#include "sim/packing.hpp"
#include "sim/transition_system.hpp"

namespace failback::sim {

template <Model M>
class DiscreteGraph final : public TransitionSystem {
public:
    using State = typename M::State;
    using Event = typename M::Event;

    // A node, unpacked.
    struct Configuration {
        State state;
        std::vector<Event> agenda;
        bool watching = false;
    };

    // The model must outlive the graph.
    explicit DiscreteGraph(const M& model) : model_(&model) {
        State state;
        std::memset(static_cast<void*>(&state), 0, sizeof state);
        model_->initial(state, effects_);
        work_.clear();
        take(state, 0, false, initial_origins_);
        initial_marks_ = effects_.marks;
        initially_watching_ = watching_;
        const NodeId first = intern(state, initial_origins_);
        ensure(first == 0, "the initial node is the first");
    }

    [[nodiscard]] std::span<const Origin> initial_origins() const override {
        return initial_origins_;
    }

    [[nodiscard]] std::uint32_t initial_marks() const override { return initial_marks_; }
    [[nodiscard]] bool initially_watching() const override { return initially_watching_; }

    [[nodiscard]] std::span<const Firing> firings(NodeId node) override {
        if (!nodes_[node].expanded) {
            expand(node);
        }
        const Node& entry = nodes_[node];
        last_firings_ = firings_.change(entry.first_firing, entry.firings);
        return last_firings_;
    }

    [[nodiscard]] std::span<const Origin> origins(const Firing& firing) const override {
        return origins_.view(firing.first_origin, firing.origins);
    }

    void note_possible(const Firing& firing) override {
        const auto index = static_cast<std::size_t>(&firing - last_firings_.data());
        ensure(index < last_firings_.size(), "one of the last firings is noted");
        last_firings_[index].possible = true;
    }

    void forget_possible() override {
        for (NodeId node = 0; node < nodes_.size(); ++node) {
            const Node& entry = nodes_[node];
            for (Firing& firing : firings_.change(entry.first_firing, entry.firings)) {
                firing.possible = false;
            }
        }
        forget_exhausted();
    }

    [[nodiscard]] std::span<const PartId> parts(NodeId node) const override {
        const Node& entry = nodes_[node];
        return parts_.view(entry.first_part, entry.parted ? entry.dimension : 0U);
    }

    [[nodiscard]] std::size_t dimension(NodeId node) const override {
        return nodes_[node].dimension;
    }
    [[nodiscard]] std::size_t nodes() const override { return nodes_.size(); }
    [[nodiscard]] std::size_t transitions() const override { return transitions_; }
    [[nodiscard]] bool expanded(NodeId node) const override { return nodes_[node].expanded; }

    [[nodiscard]] std::size_t memory_bytes() const override {
        return keys_.memory_bytes() + nodes_.memory_bytes() + firings_.memory_bytes() +
               origins_.memory_bytes() + parts_.memory_bytes();
    }

    [[nodiscard]] Configuration configuration(NodeId node) const {
        const auto key = keys_.key(node);
        Configuration unpacked;
        unpack(*model_, key.data(), unpacked.state);
        const std::size_t size = packed_size(*model_);
        unpacked.watching = key[size] != std::byte{0};
        const auto agenda = key.subspan(size + 1);
        unpacked.agenda.resize(agenda.size() / sizeof(Event));
        if (!agenda.empty()) {
            std::memcpy(unpacked.agenda.data(), agenda.data(), agenda.size());
        }
        return unpacked;
    }

    // The node with this state and agenda, if the search has found it.
    [[nodiscard]] std::optional<NodeId> find(const State& state, const std::vector<Event>& agenda,
                                             bool watching) const {
        std::vector<std::byte> key;
        make_key(state, agenda, watching, key);
        const NodeId node = keys_.find(key);
        return node < keys_.size() ? std::optional(node) : std::nullopt;
    }

private:
    struct Node {
        std::uint64_t first_firing = 0;
        std::uint32_t firings = 0;
        std::uint16_t dimension = 0;
        bool expanded = false;
        bool parted = false;
        std::uint64_t first_part = 0;   // into parts_, if parted
    };

    void make_key(const State& state, const std::vector<Event>& agenda, bool watching,
                  std::vector<std::byte>& key) const {
        const std::size_t size = packed_size(*model_);
        key.resize(size + 1 + agenda.size() * sizeof(Event));
        pack(*model_, state, key.data());
        key[size] = static_cast<std::byte>(watching);
        if (!agenda.empty()) {
            std::memcpy(key.data() + size + 1, agenda.data(), agenda.size() * sizeof(Event));
        }
    }

    // Carries out effects_ on work_ and lists the origins of the new zone's indices.
    // `fired` is the index of what fired, `watching` whether the stopwatch ran before.
    void take(State& state, std::uint32_t fired, bool watching, std::vector<Origin>& origins) {
        const auto started = static_cast<std::uint32_t>(work_.size() + 1);
        if (fired != 0) {
            work_.remove(fired - 1);
        }
        work_.take(*model_, state, effects_,
                   [fired](Interval delay) { return Origin{fired, delay}; });
        origins.assign(1, Origin{fired, {}});
        origins.insert(origins.end(), work_.notes().begin(), work_.notes().end());
        watching_ = starts(effects_.watch) || (watching && effects_.watch == Watch::leave);
        if (starts(effects_.watch)) {
            ensure(watching == (effects_.watch == Watch::restart), "one stopwatch runs at a time");
            origins.push_back(Origin{fired, {}});
        } else if (watching_) {
            origins.push_back(Origin{started, {}});
        }
    }

    NodeId intern(const State& state, std::span<const Origin> origins) {
        make_key(state, work_.events(), watching_, key_);
        const auto [node, is_new] = keys_.insert(key_);
        if (is_new) {
            Node fresh{.dimension = static_cast<std::uint16_t>(origins.size())};
            note_parts(fresh);
            nodes_.append(fresh);
        }
        ensure(nodes_[node].dimension == origins.size(), "equal nodes have equal dimension");
        return node;
    }

    void note_parts(Node& node) {
        if constexpr (Parted<M>) {
            new_parts_.assign(1, {});
            for (const Event& event : work_.events()) {
                new_parts_.push_back(model_->part(event));
            }
            new_parts_.resize(node.dimension);  // the stopwatch is shared
            node.parted = !all_related(new_parts_);
            if (node.parted) {
                node.first_part = parts_.append(new_parts_);
            }
        }
    }

    void expand(NodeId node) {
        const Configuration from = configuration(node);
        new_firings_.clear();
        for (std::uint32_t entry = 0; entry < from.agenda.size(); ++entry) {
            std::uint32_t forms = 1;
            for (std::uint32_t form = 0; form < forms; ++form) {
                add_firing(from, entry, form);
                if (form == 0) {
                    forms = effects_.forms;
                }
            }
        }
        Node& expanded = nodes_[node];
        expanded.first_firing = firings_.append(new_firings_);
        expanded.firings = static_cast<std::uint32_t>(new_firings_.size());
        expanded.expanded = true;
        transitions_ += new_firings_.size();
    }

    void add_firing(const Configuration& from, std::uint32_t entry, std::uint32_t form) {
        State state = from.state;
        effects_.clear();
        model_->apply(state, from.agenda[entry], form, effects_);
        work_.clear();
        for (std::uint32_t i = 0; i < from.agenda.size(); ++i) {
            work_.add(from.agenda[i], Origin{i + 1, {}});
        }
        take(state, entry + 1, from.watching, target_origins_);
        Firing firing;
        firing.entry = entry;
        firing.form = form;
        firing.marks = effects_.marks;
        firing.faults = effects_.faults;
        firing.watch = effects_.watch;
        firing.pending_watch = from.watching;
        firing.first_origin = origins_.append(target_origins_);
        firing.origins = static_cast<std::uint32_t>(target_origins_.size());
        firing.target = intern(state, target_origins_);
        new_firings_.push_back(firing);
    }

    const M* model_;
    KeyTable keys_;
    Arena<Node> nodes_;
    Arena<Firing> firings_;
    Arena<Origin> origins_;
    Arena<PartId> parts_;
    std::size_t transitions_ = 0;
    std::span<Firing> last_firings_;        // of the last call
    std::vector<Origin> initial_origins_;
    std::uint32_t initial_marks_ = 0;
    bool initially_watching_ = false;

    // Work space of one expansion.
    Effects<Event> effects_;
    Agenda<Event, Origin> work_;
    std::vector<Origin> target_origins_;
    std::vector<Firing> new_firings_;
    std::vector<PartId> new_parts_;
    std::vector<std::byte> key_;
    bool watching_ = false;
};

}  // namespace failback::sim
