// Cuts a stream of bytes into lines, with a limit: a peer that never ends its line costs no more
// than the limit.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "training/protocol/messages.h"

namespace understudy::training {

class LineBuffer {
  public:
    explicit LineBuffer(size_t limit = kMessageLimit) : limit_(limit) {}

    void append(std::string_view bytes);
    // The next whole line without its end; nothing until more bytes come. Empty lines are skipped.
    std::optional<std::string> next();
    // Whether a line was longer than the limit; its bytes are thrown away up to its end.
    bool overflowed() const { return overflowed_; }
    void clear();

  private:
    size_t limit_;
    std::string bytes_;
    size_t start_ = 0;    // of the next line
    size_t scanned_ = 0;  // up to here there is no line end
    bool skipping_ = false;
    bool overflowed_ = false;
};

}  // namespace understudy::training
