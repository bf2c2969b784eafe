// An appearance of a shared line: both sides of its seizure by one of the stations that share it
// (SPA9000 guide 3.01 p. 4-23; Polycom, line-seize).
//
//  1. A station asks for the appearance, holds it once it is granted, and gives it back. It has one
//     request open at a time. Requests are numbered; a server answers a copy as the first one, and
//     heeds none that is older than the last.
//  2. By NOTIFY: a station that has registered tells its full state first, which gives up whatever
//     it held before; so does the end of its registration, on either side.
//  3. By SUBSCRIBE: the seizure ends with the lifetime of its subscription, which each side counts
//     for itself. It is not renewed.
//  4. Whether another station holds the appearance the caller of `step` says.
#pragma once

#include <cstdint>

#include "model/design.hpp"
#include "model/output.hpp"

namespace failback::model {

// What a station asks of the server.
enum class Ask : std::uint8_t { none, seize, release, full };

struct Appearance {
    // at the station
    std::uint8_t holds = 0;
    Ask open = Ask::none;        // that has no answer yet
    std::uint8_t number = 0;     // of the last request
    std::uint8_t resends = 0;    // how often Timer E has doubled
    std::uint8_t told = 0;       // the server knows its full state
    std::uint8_t left = 0;       // how often its user still wants the appearance
    // at the server
    std::uint8_t granted = 0;
    std::uint8_t heard = 0;      // number of the last request
    Status answer = Status::none;  // to that one

    friend bool operator==(const Appearance&, const Appearance&) = default;
};

// Is its user busy with it?
[[nodiscard]] constexpr bool is_wanted(const Appearance& appearance) {
    return appearance.holds != 0 || appearance.open == Ask::seize ||
           appearance.open == Ask::release;
}

struct AppearanceConfig {
    Transport transport = Transport::udp;
    TransactionTimers timers;
    SeizureRules rules;
    Interval holds{0, 0};
    bool hears_errors = true;   // that nobody is there (refusals.hpp)
};

struct AppearanceInput {
    enum class Kind : std::uint8_t {
        timer,
        // at the station
        wanted,        // by its user
        response,
        registered,    // by the server, also again
        lapses,        // its registration, as it counts
        restart,
        // at the server
        request,
        unregistered,  // no binding of the station is left
        crash,
    } kind = Kind::timer;
    Timer timer = Timer::none;
    Status status = Status::none;  // response; request: of a server that serves nobody now
    std::uint8_t number = 0;
    Ask ask = Ask::none;           // request
    bool is_registered = false;    // wanted: as the station counts; request: at the server
    bool is_taken = false;         // request: by another station
    bool keeps = false;            // crash: what the server has granted
};

// Requests of the output go to the server, responses to the station.
void step(Appearance& appearance, const AppearanceConfig& config, const AppearanceInput& input,
          Output& output);

}  // namespace failback::model
