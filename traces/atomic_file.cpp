#include "traces/atomic_file.hpp"

#include <cerrno>
#include <climits>
#include <cstdio>
#include <cstdlib>
#include <fcntl.h>
#include <memory>
#include <sys/stat.h>
#include <unistd.h>
#include <utility>

namespace failback::traces {
namespace {

constexpr int kAttempts = 100;
constexpr mode_t kDefaultMode = 0666;  // the umask takes its part away
constexpr mode_t kModeBits = 07777;

// A name that is removed unless it was kept.
class TemporaryFile {
public:
    explicit TemporaryFile(std::string path) : path_(std::move(path)) {}
    TemporaryFile(const TemporaryFile&) = delete;
    TemporaryFile& operator=(const TemporaryFile&) = delete;
    ~TemporaryFile() {
        if (!path_.empty()) {
            ::unlink(path_.c_str());
        }
    }

    [[nodiscard]] const std::string& path() const { return path_; }
    void keep() { path_.clear(); }

private:
    std::string path_;
};

// 0, or the number of the error. Closes the descriptor.
int write_all(int descriptor, std::string_view content) {
    int error = 0;
    while (!content.empty() && error == 0) {
        const ssize_t written = ::write(descriptor, content.data(), content.size());
        if (written >= 0) {
            content.remove_prefix(static_cast<std::size_t>(written));
        } else if (errno != EINTR) {
            error = errno;
        }
    }
    // A full quota may be reported only here.
    if (::close(descriptor) != 0 && error == 0 && errno != EINTR) {
        error = errno;
    }
    return error;
}

// The file behind symbolic links, so that a link stays a link.
std::string target_of(const std::string& path) {
    const std::unique_ptr<char, decltype(&std::free)> resolved(::realpath(path.c_str(), nullptr),
                                                               &std::free);
    return resolved ? resolved.get() : path;
}

std::string temporary_name(const std::string& path, int attempt) {
    const std::size_t slash = path.rfind('/');
    const std::size_t name = slash == std::string::npos ? 0 : slash + 1;
    const std::string suffix = std::to_string(::getpid()) + '-' + std::to_string(attempt);
    // Leaves room for the rest where the name itself is as long as a name may be.
    return path.substr(0, name) + '.' + path.substr(name, NAME_MAX / 2) + '.' + suffix + ".tmp";
}

// A new file beside `path`: its descriptor and name, or -1 with the error in errno.
std::pair<int, std::string> create_beside(const std::string& path) {
    for (int attempt = 0; attempt < kAttempts; ++attempt) {
        std::string name = temporary_name(path, attempt);
        const int descriptor =
            ::open(name.c_str(), O_CREAT | O_EXCL | O_WRONLY | O_CLOEXEC, kDefaultMode);
        if (descriptor >= 0 || errno != EEXIST) {
            return {descriptor, std::move(name)};
        }
    }
    return {-1, {}};
}

void write_in_place(const std::string& path, std::string_view content) {
    const int descriptor = ::open(path.c_str(), O_WRONLY | O_CLOEXEC);
    const int error = descriptor < 0 ? errno : write_all(descriptor, content);
    if (error != 0) {
        throw OutputError(path, error);
    }
}

}  // namespace

OutputError::OutputError(std::string path, int error_number)
    : std::system_error(error_number, std::generic_category(), path), path_(std::move(path)) {}

void write_file(const std::string& path, std::string_view content) {
    struct stat status {};
    const bool exists = ::stat(path.c_str(), &status) == 0;
    if (exists && !S_ISREG(status.st_mode)) {
        write_in_place(path, content);
        return;
    }
    const std::string target = target_of(path);
    auto [descriptor, name] = create_beside(target);
    if (descriptor < 0) {
        throw OutputError(path, errno);
    }
    TemporaryFile temporary(std::move(name));
    if (exists && ::fchmod(descriptor, status.st_mode & kModeBits) != 0) {
        const int error = errno;
        ::close(descriptor);
        throw OutputError(path, error);
    }
    if (const int error = write_all(descriptor, content); error != 0) {
        throw OutputError(path, error);
    }
    if (::rename(temporary.path().c_str(), target.c_str()) != 0) {
        throw OutputError(path, errno);
    }
    temporary.keep();
}

void require_writable(const std::string& path) {
    struct stat status {};
    if (::stat(path.c_str(), &status) == 0 && !S_ISREG(status.st_mode)) {
        if (S_ISDIR(status.st_mode)) {
            throw OutputError(path, EISDIR);
        }
        if (::access(path.c_str(), W_OK) != 0) {
            throw OutputError(path, errno);
        }
        return;
    }
    auto [descriptor, name] = create_beside(target_of(path));
    if (descriptor < 0) {
        throw OutputError(path, errno);
    }
    const TemporaryFile temporary(std::move(name));
    ::close(descriptor);
}

}  // namespace failback::traces
