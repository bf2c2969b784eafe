#include "app/outputs.hpp"

#include <cerrno>
#include <filesystem>

#include <unistd.h>

#include "app/arguments.hpp"
#include "app/command.hpp"

namespace failback::app {

namespace {

namespace fs = std::filesystem;

// One name for each file, however it is written.
std::string name_of(const std::string& path) {
    std::error_code error;
    const fs::path name = fs::weakly_canonical(fs::absolute(path), error);
    return path == "-" || error ? path : name.string();
}

}  // namespace

void Outputs::file(const std::string& option, const std::string& path) {
    if (path.empty()) {
        return;
    }
    const auto [place, is_new] = options_.emplace(name_of(path), option);
    if (!is_new) {
        throw UsageError(option + ": found \"" + path + "\", where " + place->second +
                         " goes, too; expected another file");
    }
    if (path != "-") {
        const fs::path parent = fs::path(path).parent_path();
        if (folder_ && !parent.empty() && name_of(parent.string()) == name_of(*folder_)) {
            std::error_code ignored;   // it is told below
            fs::create_directories(parent, ignored);
        }
        traces::require_writable(path);
    }
}

void Outputs::folder(const std::string& path) {
    folder_ = path;
    if (path == kDefaultOut) {
        return;
    }
    std::error_code error;
    fs::path place = path.empty() ? fs::path(".") : fs::path(path);
    while (!fs::exists(place, error) && !error) {
        if (place == place.parent_path() || place.parent_path().empty()) {
            place = ".";
            break;
        }
        place = place.parent_path();
    }
    if (error) {
        throw traces::OutputError(path, error.value());
    }
    if (!fs::is_directory(place, error)) {
        throw traces::OutputError(path, ENOTDIR);
    }
    if (::access(place.c_str(), W_OK | X_OK) != 0) {
        throw traces::OutputError(path, errno);
    }
}

void Outputs::attempt(const std::function<void()>& work) {
    try {
        work();
    } catch (const traces::OutputError& error) {
        if (!failure_) {
            failure_ = error;
        }
    }
}

void Outputs::finish() const {
    if (failure_) {
        throw traces::OutputError(*failure_);
    }
}

}  // namespace failback::app
