// Threads that do independent jobs of one round side by side.
//
//  1. Which thread does a job is left to chance: a job must not depend on it, nor on other jobs of
//     its round. Then the outcome is the same for every number of threads.
//  2. The caller is one of the threads. With one, no other is ever made.
//  3. Rounds may be short (microseconds): threads look out for work for a while before they sleep,
//     and no round waits for a thread that has taken no job.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <exception>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

namespace failback::sim {

class Workers {
public:
    using Job = std::function<void(std::size_t)>;

    explicit Workers(unsigned threads = 1);
    Workers(const Workers&) = delete;
    Workers& operator=(const Workers&) = delete;
    ~Workers();

    [[nodiscard]] unsigned threads() const { return static_cast<unsigned>(others_.size() + 1); }

    // Calls job(0) .. job(jobs - 1), each once, and returns when all are done. If some throw, the
    // exception of the least of them is passed on.
    void run(std::size_t jobs, const Job& job);

private:
    // A round, how many jobs it has, and the next of them, in one word: a thread that is late takes
    // a job of the round that is, or none.
    struct Ticket {
        std::uint32_t round = 0;
        std::uint16_t jobs = 0;
        std::uint16_t next = 0;
    };
    static constexpr std::size_t kMostJobs = 60'000;  // of a ticket; leaves room for late threads

    static std::uint64_t to_word(const Ticket& ticket);
    static Ticket to_ticket(std::uint64_t word);

    void run_together(std::size_t jobs);
    void serve();
    void work();
    void attempt(std::size_t number);

    std::vector<std::thread> others_;
    const Job* job_ = nullptr;            // of the round
    std::size_t first_ = 0;               // of the jobs of the ticket
    std::atomic<std::uint64_t> ticket_{0};
    std::atomic<std::uint32_t> done_{0};  // jobs of the round
    std::atomic<bool> ending_{false};

    std::mutex failing_;                  // guards what follows
    std::exception_ptr failure_;
    std::size_t failed_ = 0;              // which job
};

}  // namespace failback::sim
