#include "model/nodes/dialog.hpp"

#include <algorithm>
#include <initializer_list>

#include "model/nodes/client_usage.hpp"
#include "model/nodes/server_transactions.hpp"
#include "model/nodes/transfer.hpp"
#include "sim/check.hpp"

namespace failback::model {

namespace {

using sim::ensure;
using sim::exactly;
using Kind = DialogInput::Kind;

// UPDATEs are numbered from 0 to 7, and then anew. Those of which messages are under way are fewer.
constexpr unsigned kUpdates = 8;

unsigned bit_of(DialogSide side, Timer timer) {
    if (side == DialogSide::server) {
        return timer == Timer::hang_up ? 6 : 7;
    }
    return static_cast<unsigned>(timer) - static_cast<unsigned>(Timer::hang_up);
}

// One step of an end.
class Ending {
public:
    Ending(Dialog& dialog, Transfer& transfer, const DialogConfig& config,
           const DialogInput& input, Output& output)
        : dialog_(dialog),
          transfer_(transfer, config, input, output),
          config_(config),
          input_(input),
          output_(output),
          side_(input.side),
          end_(is_phone() ? dialog.phone : dialog.server) {}

    void answered() {
        if (dialog_.latest == kDialogNumbers) {
            throw ModelLimit("a call is answered more than " + std::to_string(kDialogNumbers) +
                             " times after restarts; raise the time between them");
        }
        ensure(end_.has == 0, "a callee answers one call");
        end_.has = ++dialog_.latest;
        begin_session();
    }

    void confirmed() {
        if (end_.has == 0) {
            return;
        }
        const DialogPlan& plan = config_.plan;
        const bool hangs_up = is_phone() ? plan.phone_hangs_up : plan.other_hangs_up;
        if (hangs_up) {
            arm(Timer::hang_up, config_.lasts);
        }
        if (is_phone() && config_.plan.mid_call) {
            arm(Timer::mid_call, *config_.plan.mid_call);
        }
        transfer_.begin();
    }

    void accepted() {
        if (!hear_of(input_.number)) {
            return;  // the 2xx again, or its BYE came first
        }
        ensure(end_.has == 0, "a caller accepts one dialog");
        end_.has = input_.number;
        begin_session();
        confirmed();
    }

    void unwanted() {
        if (hear_of(input_.number)) {
            begin_bye(input_.number);
        }
    }

    // By an end that still has it.
    void hang_up() {
        if (end_.has != 0) {
            const std::uint8_t number = end_.has;
            finish();
            begin_bye(number);
        }
    }

    void drop() {
        if (end_.has != 0) {
            output_.note(Notice::drops);
            hang_up();
        }
    }

    void on_timer();
    void on_request();
    void on_response();

    void forget() {
        finish();
        for (std::uint8_t number = 1; number <= kDialogNumbers; ++number) {
            close_bye(number);
        }
        end_.seen = 0;
        transfer_.forget();
    }

private:
    [[nodiscard]] bool is_phone() const { return side_ == DialogSide::phone; }

    [[nodiscard]] bool is_callee() const { return is_phone() == config_.phone_is_callee; }

    // May the phone signal with the server?
    [[nodiscard]] bool may_signal() const {
        return !is_phone() || input_.is_registered ||
               config_.unregistered != UnregisteredDialogs::silent;
    }

    // Of a caller: is it the first time?
    bool hear_of(std::uint8_t number) {
        const auto bit = static_cast<std::uint8_t>(1U << number);
        const bool is_new = (end_.seen & bit) == 0;
        end_.seen = static_cast<std::uint8_t>(end_.seen | bit);
        return is_new;
    }

    void send(Method method, std::uint8_t number, bool again, Status status = Status::none,
              std::uint8_t update = 0) {
        if (input_.is_up) {
            output_.send({.method = method,
                          .status = status,
                          .cseq = number,
                          .key = update,
                          .flags = again ? kRetransmission : std::uint8_t{0}});
        }
    }

    [[nodiscard]] bool is_armed(Timer timer) const {
        return (dialog_.armed & (1U << bit_of(side_, timer))) != 0;
    }

    void fired(Timer timer) {
        dialog_.armed = static_cast<std::uint8_t>(dialog_.armed & ~(1U << bit_of(side_, timer)));
    }

    void disarm(Timer timer) {
        if (is_armed(timer)) {
            fired(timer);
            output_.cancel(timer, dialog_key(side_, 0));
        }
    }

    void arm(Timer timer, Interval delay) {
        disarm(timer);
        dialog_.armed = static_cast<std::uint8_t>(dialog_.armed | (1U << bit_of(side_, timer)));
        output_.start(timer, delay, dialog_key(side_, 0));
    }

    void begin_session() {
        if (config_.session_expires == 0) {
            return;
        }
        arm(Timer::session_expiry, exactly(session_end(config_.session_expires)));
        if (is_phone()) {
            arm(Timer::session_refresh, exactly(config_.session_expires / 2));
        }
    }

    void close_update() {
        disarm(Timer::update_retransmit);
        disarm(Timer::update_timeout);
        dialog_.resends = 0;
    }

    void finish() {
        end_.has = 0;
        disarm(Timer::hang_up);
        disarm(Timer::session_expiry);
        if (is_phone()) {
            disarm(Timer::mid_call);
            disarm(Timer::session_refresh);
            close_update();
        }
        transfer_.end();
    }

    // After a step of a transfer.
    void go_on(Transferring::Then then) {
        switch (then) {
            case Transferring::Then::nothing:
                break;
            case Transferring::Then::over:
                finish();
                break;
            case Transferring::Then::hung_up:
                hang_up();
                break;
            case Transferring::Then::dropped:
                drop();
                break;
        }
    }

    [[nodiscard]] std::uint8_t& bye(std::uint8_t number) { return end_.byes[number - 1U]; }

    [[nodiscard]] Transport transport() const {
        return is_phone() ? config_.transport : config_.server_transport;
    }

    void begin_bye(std::uint8_t number) {
        if (!may_signal()) {
            return;
        }
        bye(number) = 1;
        send(Method::bye, number, false);
        const DelayMs timeout = is_phone() ? config_.timers.timer_f : 64 * config_.timers.t1;
        output_.start(Timer::bye_timeout, exactly(timeout), dialog_key(side_, number));
        repeat_bye(number);
    }

    void repeat_bye(std::uint8_t number) {
        if (transport() == Transport::udp) {
            output_.start(Timer::bye_retransmit,
                          exactly(retransmit_after(config_.timers, bye(number) - 1)),
                          dialog_key(side_, number));
        }
    }

    void close_bye(std::uint8_t number) {
        if (bye(number) == 0) {
            return;
        }
        bye(number) = 0;
        output_.cancel(Timer::bye_timeout, dialog_key(side_, number));
        if (transport() == Transport::udp) {
            output_.cancel(Timer::bye_retransmit, dialog_key(side_, number));
        }
    }

    [[nodiscard]] std::uint8_t sent_update() const { return dialog_.updates % 16U; }
    [[nodiscard]] std::uint8_t arrived_update() const { return dialog_.updates / 16U; }

    // One at a time (RFC 3311 5.1).
    void begin_update() {
        if (is_armed(Timer::update_timeout) || !may_signal()) {
            return;
        }
        dialog_.updates = static_cast<std::uint8_t>(16U * arrived_update() +
                                                    (sent_update() + 1U) % kUpdates);
        arm(Timer::update_timeout, exactly(config_.timers.timer_f));
        transmit_update(false);
    }

    void transmit_update(bool again) {
        send(Method::update, end_.has, again, Status::none, sent_update());
        if (transport() == Transport::udp) {
            arm(Timer::update_retransmit,
                exactly(retransmit_after(config_.timers, dialog_.resends)));
        }
    }

    void on_bye_timer();

    Dialog& dialog_;
    Transferring transfer_;
    const DialogConfig& config_;
    const DialogInput& input_;
    Output& output_;
    DialogSide side_;
    DialogEnd& end_;
};

void Ending::on_bye_timer() {
    const std::uint8_t number = input_.number;
    std::uint8_t& open = bye(number);
    if (input_.timer == Timer::bye_timeout) {
        open = 0;
        if (transport() == Transport::udp) {
            output_.cancel(Timer::bye_retransmit, dialog_key(side_, number));
        }
        return;
    }
    if (retransmit_after(config_.timers, open - 1) < config_.timers.t2) {
        ++open;
    }
    if (may_signal()) {
        send(Method::bye, number, true);
    }
    repeat_bye(number);
}

void Ending::on_timer() {
    if (input_.timer == Timer::bye_retransmit || input_.timer == Timer::bye_timeout) {
        on_bye_timer();
        return;
    }
    if (of_transfer(input_.timer)) {
        go_on(transfer_.on_timer(end_.has, may_signal()));
        return;
    }
    fired(input_.timer);
    switch (input_.timer) {
        case Timer::hang_up:
            if (is_phone()) {
                output_.note(Notice::hangs_up);
            }
            hang_up();
            break;
        case Timer::mid_call:
            may_signal() ? begin_update() : drop();
            break;
        case Timer::session_refresh:
            begin_update();
            break;
        case Timer::update_retransmit:
            count_resend(config_.timers, dialog_.resends);
            transmit_update(true);
            break;
        case Timer::session_expiry:
        case Timer::update_timeout:
            is_phone() ? drop() : hang_up();
            break;
        default:
            ensure(false, "a timer of a dialog");
    }
}

void Ending::on_request() {
    if (!may_signal()) {
        return;
    }
    if (input_.method == Method::refer) {
        go_on(transfer_.on_request(end_.has));
        return;
    }
    const bool has = end_.has == input_.number;
    if (input_.method == Method::bye) {
        if (!is_callee()) {
            (void)hear_of(input_.number);
        }
        if (has) {
            finish();
            if (is_phone()) {
                output_.note(Notice::released);
            }
        }
        send(Method::bye, input_.number, false, has ? Status::ok_200 : Status::no_subscription_481);
        return;
    }
    // A copy is answered, one from before is not: nobody waits for that.
    const unsigned ahead = (input_.update + kUpdates - arrived_update()) % kUpdates;
    if (has && ahead >= kUpdates / 2) {
        return;
    }
    if (has && ahead > 0) {
        dialog_.updates = static_cast<std::uint8_t>(16U * input_.update + sent_update());
        begin_session();
    }
    send(Method::update, input_.number, false,
         has ? Status::ok_200 : Status::no_subscription_481, input_.update);
}

void Ending::on_response() {
    if (input_.status == Status::transport_error && !config_.hears_errors) {
        return;
    }
    if (input_.method == Method::bye) {
        close_bye(input_.number);
        return;
    }
    if (input_.method == Method::refer) {
        go_on(transfer_.on_response(end_.has));
        return;
    }
    if (!is_armed(Timer::update_timeout) || end_.has != input_.number ||
        sent_update() != input_.update) {
        return;
    }
    close_update();
    if (input_.status == Status::ok_200) {
        begin_session();
    } else if (input_.status == Status::no_subscription_481) {
        output_.note(Notice::drops);
        finish();
    }
}

}  // namespace

DelayMs session_end(DelayMs session_expires) {
    constexpr DelayMs kMost = 32'000;
    return session_expires - std::min(kMost, session_expires / 3);
}

void step(Dialog& dialog, Transfer& transfer, const DialogConfig& config,
          const DialogInput& input, Output& output) {
    Ending ending(dialog, transfer, config, input, output);
    switch (input.kind) {
        case Kind::answered:
            ending.answered();
            break;
        case Kind::confirmed:
            ending.confirmed();
            break;
        case Kind::abandoned:
            ending.hang_up();
            break;
        case Kind::accepted:
            ending.accepted();
            break;
        case Kind::unwanted:
            ending.unwanted();
            break;
        case Kind::timer:
            ending.on_timer();
            break;
        case Kind::request:
            ending.on_request();
            break;
        case Kind::response:
            ending.on_response();
            break;
        case Kind::forgets:
            ending.forget();
            break;
        case Kind::unregistered:
            if (config.unregistered == UnregisteredDialogs::ended) {
                ending.drop();
            }
            break;
    }
}

}  // namespace failback::model
