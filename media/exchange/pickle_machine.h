// The stack machine that a pickle is a program for, cut down to what builds plain data (private to
// media/exchange). Nothing in it recurses, and what it builds costs memory in proportion to the
// bytes that were read, up to a limit; containers refer to each other by number, so that one that
// contains itself is harmless.
#pragma once

#include <deque>
#include <unordered_map>

#include "media/exchange/pickle.h"

namespace understudy::media {

// A list, tuple, dict (keys and values in turn), array or number format.
struct PickleNode {
    std::vector<PickleCell> items;
    std::unique_ptr<PickleArray> array;
};

struct PickleStore {
    std::deque<PickleNode> nodes;
    std::deque<std::string> strings;  // those that do not stand in the pickle as they are
};

class PickleMachine {
  public:
    PickleMachine(std::string_view bytes, const std::string& where, const PickleLimits& limits)
        : bytes_(bytes), where_(where), limits_(limits), store_(std::make_unique<PickleStore>()) {}

    // The value on top at STOP.
    Result<PickleCell> run();
    std::unique_ptr<PickleStore> takeStore() { return std::move(store_); }

  private:
    enum Internal : uint8_t { kDtype = 100, kGlobal = 101 };

    // Each does an opcode if it is one of its own; false: it is not.
    Result<bool> numberOpcode(uint8_t code);
    Result<bool> stringOpcode(uint8_t code);
    Result<bool> containerOpcode(uint8_t code);
    Result<bool> memoOpcode(uint8_t code);
    Result<bool> objectOpcode(uint8_t code);

    Status global(std::string_view module, std::string_view name);
    Status reduce();
    Status build();
    Status reconstructArray(const std::vector<PickleCell>& arguments);
    Status arrayFromBuffer(const std::vector<PickleCell>& arguments);
    Status numberFormat(const std::vector<PickleCell>& arguments);
    Status scalar(const std::vector<PickleCell>& arguments);
    Status encodedText(const std::vector<PickleCell>& arguments);
    Status fillArray(PickleArray& array, PickleCell shape, PickleCell format, PickleCell data,
                     bool columnMajor);

    Status push(PickleCell cell);
    Status pushNode(PickleKind kind, std::vector<PickleCell> items);
    Status pushString(PickleKind kind, size_t lengthBytes);
    Status memoize(uint64_t index);
    Status recall(uint64_t index);
    // How many values lie above the last mark.
    size_t above() const { return stack_.size() - (marks_.empty() ? 0 : marks_.back()); }
    Result<PickleCell> pop();
    Result<std::vector<PickleCell>> popToMark();
    Status extend(std::vector<PickleCell> items, PickleKind kind);

    Result<std::string_view> take(uint64_t count);
    Result<uint64_t> number(size_t bytes);  // little-endian
    Result<std::string_view> line();
    Status charge(size_t bytes);
    bool is(PickleCell cell, PickleKind kind) const {
        return cell.kind == static_cast<uint8_t>(kind);
    }
    PickleNode& node(PickleCell cell) { return store_->nodes[cell.node]; }
    std::string_view string(PickleCell cell) const { return {cell.bytes, cell.length}; }
    Error damaged(const std::string& what) const;

    const std::string_view bytes_;
    const std::string where_;
    const PickleLimits limits_;
    std::unique_ptr<PickleStore> store_;
    std::vector<PickleCell> stack_;
    std::vector<size_t> marks_;  // heights of the stack
    std::unordered_map<uint64_t, PickleCell> memo_;
    size_t at_ = 0;
    size_t opcodeAt_ = 0;
    size_t memory_ = 0;
};

}  // namespace understudy::media
