// Keeps the texts of markers on a time axis apart.
#pragma once

#include <algorithm>
#include <cstddef>
#include <vector>

namespace failback::traces {

inline constexpr std::size_t kMarkerLevels = 6;  // further texts are tooltips only

// Texts of markers, above each other where they would touch. A later one goes below the earlier
// ones, so that its line does not cross their texts.
class MarkerLevels {
public:
    // The level of a text that takes the pixels from `left` to `right`; kMarkerLevels if there is
    // none.
    std::size_t place(int left, int right) {
        std::size_t level = 0;
        for (const Text& text : texts_) {
            if (left < text.right && text.left < right) {
                level = std::max(level, text.level + 1);
            }
        }
        if (level < kMarkerLevels) {
            texts_.push_back({left, right, level});
            count_ = std::max(count_, level + 1);
        }
        return level;
    }

    std::size_t count() const { return count_; }

private:
    struct Text {
        int left;
        int right;
        std::size_t level;
    };
    std::vector<Text> texts_;
    std::size_t count_ = 0;
};

}  // namespace failback::traces
