#include "traces/child_process.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <poll.h>
#include <spawn.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <system_error>
#include <unistd.h>

namespace failback::traces {
namespace {

using Clock = std::chrono::steady_clock;

constexpr std::size_t kMostErrors = 4096;  // bytes of standard error that are kept

[[noreturn]] void fail(const char* what, int error) {
    throw std::system_error(error, std::generic_category(), what);
}

// Our end and the child's end of a connection. A socket pair instead of a pipe, because send() can
// be told not to raise SIGPIPE.
class Connection {
public:
    Connection() {
        if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends_.data()) != 0) {
            fail("socketpair", errno);
        }
    }
    Connection(const Connection&) = delete;
    Connection& operator=(const Connection&) = delete;
    ~Connection() {
        close_end(0);
        close_end(1);
    }

    [[nodiscard]] int ours() const { return ends_[0]; }
    [[nodiscard]] int theirs() const { return ends_[1]; }
    [[nodiscard]] bool is_open() const { return ends_[0] >= 0; }
    void close_ours() { close_end(0); }
    void close_theirs() { close_end(1); }

private:
    void close_end(std::size_t end) {
        if (ends_[end] >= 0) {
            ::close(ends_[end]);
            ends_[end] = -1;
        }
    }

    std::array<int, 2> ends_{-1, -1};
};

// What the child finds as its standard input, output and error.
class FileActions {
public:
    FileActions() { ::posix_spawn_file_actions_init(&actions_); }
    FileActions(const FileActions&) = delete;
    FileActions& operator=(const FileActions&) = delete;
    ~FileActions() { ::posix_spawn_file_actions_destroy(&actions_); }

    void use(int descriptor, int as) {
        if (const int error = ::posix_spawn_file_actions_adddup2(&actions_, descriptor, as)) {
            fail("posix_spawn", error);
        }
    }
    [[nodiscard]] const posix_spawn_file_actions_t* get() const { return &actions_; }

private:
    posix_spawn_file_actions_t actions_{};
};

class Child {
public:
    // An error number, or 0.
    int start(const std::vector<std::string>& command) {
        FileActions actions;
        actions.use(input_.theirs(), STDIN_FILENO);
        actions.use(output_.theirs(), STDOUT_FILENO);
        actions.use(errors_.theirs(), STDERR_FILENO);
        std::vector<std::string> copy = command;
        std::vector<char*> arguments;
        for (std::string& argument : copy) {
            arguments.push_back(argument.data());
        }
        arguments.push_back(nullptr);
        const int error = ::posix_spawnp(&process_, arguments.front(), actions.get(), nullptr,
                                         arguments.data(), environ);
        is_running_ = error == 0;
        input_.close_theirs();
        output_.close_theirs();
        errors_.close_theirs();
        return error;
    }

    Child() = default;
    Child(const Child&) = delete;
    Child& operator=(const Child&) = delete;
    ~Child() {
        if (is_running_) {
            ::kill(process_, SIGKILL);
            wait();
        }
    }

    // Exchanges everything until the child closes its output. False when the time is over.
    bool talk(std::string_view input, Clock::time_point deadline, ChildResult& result) {
        while (output_.is_open() || errors_.is_open()) {
            const auto left =
                std::chrono::ceil<std::chrono::milliseconds>(deadline - Clock::now()).count();
            if (left <= 0) {
                return false;
            }
            std::array<pollfd, 3> polled{{{input_.ours(), POLLOUT, 0},
                                          {output_.ours(), POLLIN, 0},
                                          {errors_.ours(), POLLIN, 0}}};
            const int timeout = static_cast<int>(std::min<long long>(left, 60'000));
            if (::poll(polled.data(), polled.size(), timeout) < 0 && errno != EINTR) {
                fail("poll", errno);
            }
            if (polled[0].revents != 0) {
                send(input);
            }
            if (polled[1].revents != 0) {
                receive(output_, result.output);
            }
            if (polled[2].revents != 0) {
                receive(errors_, result.errors);
                result.errors.resize(std::min(result.errors.size(), kMostErrors));
            }
        }
        return true;
    }

    // The status of waitpid().
    int wait() {
        int status = 0;
        while (::waitpid(process_, &status, 0) < 0 && errno == EINTR) {
        }
        is_running_ = false;
        return status;
    }

    // Whether it ended before the deadline; one that closed its output may still be running.
    bool ends_before(Clock::time_point deadline) const {
        siginfo_t info{};
        while (::waitid(P_PID, static_cast<id_t>(process_), &info, WEXITED | WNOHANG | WNOWAIT) ==
                   0 &&
               info.si_pid == 0) {
            if (Clock::now() >= deadline) {
                return false;
            }
            ::usleep(1000);
        }
        return true;
    }

private:
    void send(std::string_view& input) {
        const ssize_t sent =
            ::send(input_.ours(), input.data(), input.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
        if (sent > 0) {
            input.remove_prefix(static_cast<std::size_t>(sent));
        }
        const bool is_broken = sent < 0 && errno != EAGAIN && errno != EINTR;
        if (input.empty() || is_broken) {
            input_.close_ours();
        }
    }

    static void receive(Connection& connection, std::string& text) {
        std::array<char, 65536> buffer{};
        const ssize_t received =
            ::recv(connection.ours(), buffer.data(), buffer.size(), MSG_DONTWAIT);
        if (received > 0) {
            text.append(buffer.data(), static_cast<std::size_t>(received));
        } else if (received == 0 || (errno != EAGAIN && errno != EINTR)) {
            connection.close_ours();
        }
    }

    Connection input_;
    Connection output_;
    Connection errors_;
    pid_t process_ = 0;
    bool is_running_ = false;
};

}  // namespace

ChildResult run(const std::vector<std::string>& command, std::string_view input,
                std::chrono::milliseconds limit) {
    const auto deadline = Clock::now() + limit;
    ChildResult result;
    Child child;
    if (const int error = child.start(command); error != 0) {
        if (error != ENOENT && error != EACCES) {
            fail("posix_spawn", error);
        }
        result.end = ChildResult::End::not_found;
        return result;
    }
    if (!child.talk(input, deadline, result) || !child.ends_before(deadline)) {
        result.end = ChildResult::End::timed_out;
        return result;
    }
    const int status = child.wait();
    const bool exited = WIFEXITED(status);
    result.end = exited ? ChildResult::End::exited : ChildResult::End::killed;
    result.code = exited ? WEXITSTATUS(status) : WTERMSIG(status);
    return result;
}

}  // namespace failback::traces
