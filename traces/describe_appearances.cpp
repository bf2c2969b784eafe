// Words for appearances of shared lines and their seizures.
#include "traces/describe.hpp"

namespace failback::traces {

using model::Ask;
using model::Event;
using model::Timer;

std::string Describer::appearance_name(std::size_t appearance) const {
    const auto& info = model_->appearances()[appearance];
    return line_name(info.line) + " at " + server_name(info.server);
}

const std::string& Describer::phone_of_appearance(std::size_t appearance) const {
    return phone_name(model_->lines()[model_->appearances()[appearance].line].phone);
}

const std::string& Describer::server_of_appearance(std::size_t appearance) const {
    return server_name(model_->appearances()[appearance].server);
}

const std::string& Describer::owner_of_seizure_timer(const Event& event) const {
    return event.timer == Timer::seize_expires ? server_of_appearance(event.index)
                                               : phone_of_appearance(event.index);
}

std::string Describer::seizure(const Event& event) const {
    const auto& info = model_->appearances()[event.index];
    const std::string which = " of appearance " + std::to_string(info.appearance);
    const auto ask = static_cast<Ask>(event.key);
    if (info.config.rules.by == model::SeizeBy::subscribe) {
        return ask == Ask::seize ? "SUBSCRIBE for line-seize" + which
                                 : "SUBSCRIBE with Expires 0 for line-seize" + which;
    }
    return ask == Ask::full    ? "NOTIFY of the full state"
           : ask == Ask::seize ? "NOTIFY \"trying\"" + which
                               : "NOTIFY \"terminated\"" + which;
}

namespace {

std::string between(const std::string& word, const std::string& line, const std::string& server,
                    bool server_first) {
    return word + "(" + (server_first ? server : line) + ", " + (server_first ? line : server) +
           ")";
}

}  // namespace

std::string Describer::of_appearance_notice(const std::string& word, bool server_first,
                                            std::size_t appearance) const {
    return between(word, line_name(model_->appearances()[appearance].line),
                   server_of_appearance(appearance), server_first);
}

std::string Describer::of_dialog_notice(const std::string& word, bool server_first,
                                        std::size_t dialog) const {
    return between(word, line_name(model_->dialogs()[dialog].line), end_of_dialog(dialog, true),
                   server_first);
}

}  // namespace failback::traces
