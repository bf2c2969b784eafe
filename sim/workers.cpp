#include "sim/workers.hpp"

#include <algorithm>

#include "sim/check.hpp"

namespace failback::sim {

namespace {

// How often a thread looks for something to happen: at once, then letting others run, before it
// sleeps.
constexpr int kFirstLooks = 2000;
constexpr int kLooks = 20000;

// Waits until the value is no longer `old`.
template <class T>
void await_change(const std::atomic<T>& value, T old) {
    for (int look = 0; look < kLooks; ++look) {
        if (value.load(std::memory_order_acquire) != old) {
            return;
        }
        if (look >= kFirstLooks) {
            std::this_thread::yield();
        }
    }
    value.wait(old, std::memory_order_acquire);
}

}  // namespace

std::uint64_t Workers::to_word(const Ticket& ticket) {
    return std::uint64_t{ticket.round} << 32U | std::uint64_t{ticket.jobs} << 16U | ticket.next;
}

Workers::Ticket Workers::to_ticket(std::uint64_t word) {
    return {static_cast<std::uint32_t>(word >> 32U), static_cast<std::uint16_t>(word >> 16U),
            static_cast<std::uint16_t>(word)};
}

Workers::Workers(unsigned threads) {
    ensure(threads >= 1, "there is a thread");
    for (unsigned each = 1; each < threads; ++each) {
        others_.emplace_back([this] { serve(); });
    }
}

Workers::~Workers() {
    ending_ = true;
    ticket_ = to_word({to_ticket(ticket_).round + 1, 0, 0});
    ticket_.notify_all();
    for (std::thread& each : others_) {
        each.join();
    }
}

void Workers::run(std::size_t jobs, const Job& job) {
    failure_ = nullptr;
    job_ = &job;
    for (first_ = 0; first_ < jobs; first_ += kMostJobs) {
        run_together(std::min(jobs - first_, kMostJobs));
    }
    if (failure_) {
        std::rethrow_exception(failure_);
    }
}

void Workers::run_together(std::size_t jobs) {
    if (others_.empty() || jobs == 1) {
        for (std::size_t number = 0; number < jobs; ++number) {
            attempt(first_ + number);
        }
        return;
    }
    done_ = 0;
    ticket_ = to_word({to_ticket(ticket_).round + 1, static_cast<std::uint16_t>(jobs), 0});
    ticket_.notify_all();
    work();
    for (std::uint32_t done = done_; done < jobs; done = done_) {
        await_change(done_, done);
    }
}

void Workers::serve() {
    std::uint32_t served = 0;
    for (;;) {
        for (std::uint64_t word = ticket_; to_ticket(word).round == served; word = ticket_) {
            await_change(ticket_, word);
        }
        if (ending_) {
            return;
        }
        served = to_ticket(ticket_).round;
        work();
    }
}

void Workers::work() {
    for (;;) {
        const Ticket mine = to_ticket(ticket_.fetch_add(1));
        if (mine.next >= mine.jobs) {
            return;
        }
        // The round cannot end, and its job not change, before this one is done.
        attempt(first_ + mine.next);
        ++done_;
        done_.notify_one();
    }
}

void Workers::attempt(std::size_t number) {
    try {
        (*job_)(number);
    } catch (...) {
        const std::lock_guard lock(failing_);
        if (!failure_ || number < failed_) {
            failure_ = std::current_exception();
            failed_ = number;
        }
    }
}

}  // namespace failback::sim
