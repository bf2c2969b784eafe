// Events, messages and observables of a run in words.
#pragma once

#include <cstddef>
#include <set>
#include <string>
#include <vector>

#include "model/sip/sip_model.hpp"
#include "traces/trace.hpp"

namespace failback::traces {

// CSeqs as a person counts them. The model keeps them relative to the latest request of a usage;
// this counts the requests of a run.
class SequenceNumbers {
public:
    explicit SequenceNumbers(std::size_t usages) : requests_(usages, 0) {}

    void count_request(std::size_t usage) { ++requests_[usage]; }

    // `current` is the model's CSeq of the latest request, `cseq` that of the message.
    [[nodiscard]] int real(std::size_t usage, std::uint8_t current, std::uint8_t cseq) const {
        return requests_[usage] - (current - cseq);
    }

private:
    std::vector<int> requests_;
};

// Names things of one model. The model must outlive it.
class Describer {
public:
    explicit Describer(const model::SipModel& model) : model_(&model) {}

    // "Timer F (line1 at primary)", "outage of primary ends", "200 to REGISTER cseq 3"
    [[nodiscard]] std::string event(const model::Event& event, const model::SipState& state,
                                    const SequenceNumbers& numbers) const;
    // Without its CSeq, which the event alone does not tell: "200 to REGISTER still under way to
    // phone", "Timer E (line1 at primary) still to come". For one that has not fired yet.
    [[nodiscard]] std::string pending(const model::Event& event) const;
    [[nodiscard]] std::string kind(const model::Event& event) const;
    [[nodiscard]] std::string participant(const model::Event& event) const;

    // "REGISTER cseq 3"; `state` is the one in which the message is, or was just, sent.
    [[nodiscard]] std::string message(const model::Event& event, const model::SipState& state,
                                      const SequenceNumbers& numbers) const;
    [[nodiscard]] std::string sender(const model::Event& message) const;
    [[nodiscard]] std::string receiver(const model::Event& message) const;

    // "recovers(primary)"
    [[nodiscard]] std::string observation(const model::Observation& observation) const;

    [[nodiscard]] std::vector<Participant> participants() const;

    // Of a look-up: may it come at one instant only?
    [[nodiscard]] static bool is_exact_of_name(const model::Event& event);

    // The observables of the scope and their values in a state, in the same order.
    [[nodiscard]] std::vector<std::string> variables() const;
    [[nodiscard]] std::vector<std::string> values(const model::SipState& state) const;

private:
    [[nodiscard]] std::string usage_name(std::size_t usage) const;
    // ", package" of a subscription of a phone that has several.
    [[nodiscard]] std::string package_of(std::size_t usage) const;
    [[nodiscard]] const std::string& line_name(std::size_t line) const;
    [[nodiscard]] const std::string& phone_name(std::size_t phone) const;
    [[nodiscard]] std::set<std::size_t> phones() const;  // those that take part
    [[nodiscard]] std::set<std::size_t> phones_that_restart() const;
    // The server and line of each address of record that somebody may attack, once.
    [[nodiscard]] std::set<std::pair<std::size_t, std::string>> attacked() const;
    [[nodiscard]] const std::string& line_with(const std::string& aor) const;
    [[nodiscard]] const std::string& phone_of_usage(std::size_t usage) const;
    [[nodiscard]] const std::string& server_of_usage(std::size_t usage) const;
    [[nodiscard]] const std::string& server_behind(std::size_t server) const;
    [[nodiscard]] const std::string& server_of_call_timer(const model::Event& event) const;
    [[nodiscard]] const std::string& server_of_forget(const model::Event& event) const;
    [[nodiscard]] std::string server_beyond(std::size_t usage) const;
    [[nodiscard]] const std::string& server_name(std::size_t server) const;
    [[nodiscard]] const std::string& phone_of_call(std::size_t call) const;
    [[nodiscard]] const std::string& phone_of_incoming(std::size_t call) const;
    [[nodiscard]] const std::string& server_of_incoming(std::size_t call) const;
    // "line1 at primary"
    [[nodiscard]] std::string incoming_name(std::size_t call) const;
    [[nodiscard]] const std::string& server_of_call(std::size_t call, std::size_t entry) const;
    // "call of line1 at primary"
    [[nodiscard]] std::string dialog_name(std::size_t dialog) const;
    [[nodiscard]] const std::string& end_of_dialog(std::size_t dialog, bool is_server) const;
    [[nodiscard]] std::string unnumbered(const model::Event& event) const;  // all but messages
    [[nodiscard]] std::string timer(const model::Event& event) const;
    [[nodiscard]] std::string fault(const model::Event& event) const;
    [[nodiscard]] std::string struck_by(const model::Fault& fault) const;  // the participant
    [[nodiscard]] std::string served(const model::Event& event, const model::SipState& state,
                                     const SequenceNumbers& numbers) const;
    [[nodiscard]] const std::string& listed_name(std::size_t name) const;
    [[nodiscard]] std::string of_name(const model::Event& event) const;
    [[nodiscard]] std::string appearance_name(std::size_t appearance) const;
    [[nodiscard]] const std::string& phone_of_appearance(std::size_t appearance) const;
    [[nodiscard]] const std::string& server_of_appearance(std::size_t appearance) const;
    [[nodiscard]] const std::string& owner_of_seizure_timer(const model::Event& event) const;
    // What a station asks, without the status of an answer.
    [[nodiscard]] std::string seizure(const model::Event& event) const;
    [[nodiscard]] std::string usage_observation(const model::Observation& seen,
                                                const std::string& word) const;
    [[nodiscard]] std::string of_dialog_notice(const std::string& word, bool server_first,
                                               std::size_t dialog) const;
    [[nodiscard]] std::string of_appearance_notice(const std::string& word, bool server_first,
                                                   std::size_t appearance) const;

    const model::SipModel* model_;
};

}  // namespace failback::traces
