#include "model/import/import_xml.hpp"

#include <algorithm>
#include <map>

#include <fmt/format.h>
#include <pugixml.hpp>

#include "model/file/design_text.hpp"
#include "model/import/import.hpp"

namespace failback::model {
namespace {

constexpr std::size_t kDeepestElement = 64;
constexpr std::size_t kLongestPath = 300;

// Offsets of a text as lines and columns.
class Lines {
public:
    explicit Lines(std::string_view text) : text_(text) {
        starts_.push_back(0);
        for (std::size_t at = text.find('\n'); at != text.npos; at = text.find('\n', at + 1)) {
            starts_.push_back(at + 1);
        }
    }

    // Counts on from the place before, so that long lines full of elements take linear time.
    [[nodiscard]] Position position(std::size_t offset) {
        offset = std::min(offset, text_.size());
        const auto after = std::ranges::upper_bound(starts_, offset);
        const int line = static_cast<int>(after - starts_.begin());
        if (line != last_.line || offset < last_offset_) {
            last_ = {line, 1};
            last_offset_ = *(after - 1);
        }
        const std::string_view passed = text_.substr(last_offset_);
        last_.column += column_of(passed, passed.substr(offset - last_offset_)) - 1;
        last_offset_ = offset;
        return last_;
    }

private:
    std::string_view text_;
    std::vector<std::size_t> starts_;
    Position last_;
    std::size_t last_offset_ = 0;
};

// Where `name` and an equals sign stand, from `offset` on.
std::size_t find_attribute(std::string_view text, std::string_view name, std::size_t offset) {
    for (std::size_t at = text.find(name, offset); at != text.npos; at = text.find(name, at + 1)) {
        const std::size_t end = text.find_first_not_of(" \t\r\n", at + name.size());
        const bool starts = at > 0 && std::string_view(" \t\r\n").find(text[at - 1]) != text.npos;
        if (starts && end != text.npos && text[end] == '=') {
            return at;
        }
    }
    return offset;
}

std::size_t offset_of(const pugi::xml_node& node) {
    const std::ptrdiff_t offset = node.offset_debug();
    return offset < 0 ? 0 : static_cast<std::size_t>(offset);
}

class Reader {
public:
    explicit Reader(const ConfigFile& file) : file_(file), lines_(file.text) {
        const pugi::xml_parse_result result = document_.load_buffer(
            file.text.data(), file.text.size(), pugi::parse_default, pugi::encoding_utf8);
        const pugi::xml_node root = document_.document_element();
        if (!result || root.empty()) {
            const auto offset =
                static_cast<std::size_t>(std::max<std::ptrdiff_t>(result.offset, 0));
            const std::string_view rest =
                std::string_view(file.text).substr(std::min(offset, file.text.size()));
            throw InputError(
                {{file.name,
                  lines_.position(offset),
                  {},
                  rest.empty() ? "the end of the file" : in_quotes(rest.substr(0, rest.find('\n'))),
                  "an XML file",
                  result ? "no element" : result.description()}});
        }
        settings_.root = root.name();
        walk(root);
    }

    [[nodiscard]] XmlSettings take() { return std::move(settings_); }

private:
    // Without recursion, so that no file can be nested too deeply for it.
    void walk(const pugi::xml_node& root) {
        struct Level {
            pugi::xml_node node;
            std::string path;
            std::map<std::string, int> children;
        };
        std::vector<Level> levels{{root, root.name(), {}}};
        take_attributes(root);
        pugi::xml_node next = first_element(root);
        while (!levels.empty()) {
            if (next.empty()) {
                next = next_element(levels.back().node);
                levels.pop_back();
                continue;
            }
            if (levels.size() >= kDeepestElement) {
                throw InputError({{file_.name,
                                   lines_.position(offset_of(next)),
                                   {},
                                   fmt::format("more than {} levels", kDeepestElement),
                                   "elements that are not nested so deeply",
                                   {}}});
            }
            if (settings_.texts.size() + settings_.attributes.size() > kMostSettings) {
                throw InputError({{file_.name,
                                   lines_.position(offset_of(next)),
                                   {},
                                   fmt::format("more than {} settings", kMostSettings),
                                   "a smaller file",
                                   {}}});
            }
            const int count = ++levels.back().children[next.name()];
            std::string path = path_below(levels.back().path, next.name(), count);
            take_attributes(next);
            const pugi::xml_node child = first_element(next);
            if (child.empty()) {
                take_text(next, path);
                next = next_element(next);
            } else {
                levels.push_back({next, std::move(path), {}});
                next = child;
            }
        }
    }

    // Too long a path is none: no vendor has one, and many of them would fill the memory.
    static std::string path_below(const std::string& path, std::string_view name, int count) {
        if (path.empty() || path.size() + name.size() > kLongestPath) {
            return {};
        }
        return fmt::format("{}/{}{}", path, name, count > 1 ? fmt::format("#{}", count) : "");
    }

    static pugi::xml_node element_from(pugi::xml_node node) {
        while (!node.empty() && node.type() != pugi::node_element) {
            node = node.next_sibling();
        }
        return node;
    }

    static pugi::xml_node first_element(const pugi::xml_node& node) {
        return element_from(node.first_child());
    }

    static pugi::xml_node next_element(const pugi::xml_node& node) {
        return element_from(node.next_sibling());
    }

    void take_attributes(const pugi::xml_node& node) {
        std::size_t offset = offset_of(node);
        for (const pugi::xml_attribute& attribute : node.attributes()) {
            offset = find_attribute(file_.text, attribute.name(), offset);
            settings_.attributes.push_back(
                {attribute.name(), attribute.value(), file_.name, lines_.position(offset)});
        }
    }

    void take_text(const pugi::xml_node& node, const std::string& path) {
        const Position position = lines_.position(offset_of(node));
        settings_.texts.push_back({node.name(), node.child_value(), file_.name, position});
        if (!path.empty()) {
            settings_.paths.push_back({path, node.child_value(), file_.name, position});
        }
    }

    const ConfigFile& file_;
    Lines lines_;
    pugi::xml_document document_;
    XmlSettings settings_;
};

}  // namespace

XmlSettings read_xml(const ConfigFile& file) { return Reader(file).take(); }

}  // namespace failback::model
