#include "training/protocol/line_buffer.h"

namespace understudy::training {

void LineBuffer::append(std::string_view bytes) {
    // Moving the rest forward only here keeps many short lines in one append linear.
    bytes_.erase(0, start_);
    scanned_ -= start_;
    start_ = 0;
    bytes_.append(bytes);
}

std::optional<std::string> LineBuffer::next() {
    while (true) {
        const size_t end = bytes_.find('\n', scanned_);
        if (end == std::string::npos) {
            scanned_ = bytes_.size();
            if (skipping_ || bytes_.size() - start_ > limit_) {
                skipping_ = overflowed_ = true;
                bytes_.clear();
                start_ = scanned_ = 0;
            }
            return std::nullopt;
        }
        std::string line = bytes_.substr(start_, end - start_);
        start_ = scanned_ = end + 1;
        if (skipping_) {
            skipping_ = false;
            continue;
        }
        if (line.size() > limit_) {
            overflowed_ = true;
            continue;
        }
        if (!line.empty() && line.back() == '\r') {
            line.pop_back();
        }
        if (!line.empty()) {
            return line;
        }
    }
}

void LineBuffer::clear() {
    bytes_.clear();
    start_ = scanned_ = 0;
    skipping_ = overflowed_ = false;
}

}  // namespace understudy::training
