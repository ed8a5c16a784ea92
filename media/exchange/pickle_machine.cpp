#include "media/exchange/pickle_machine.h"

#include <bit>
#include <cstdio>
#include <cstring>

namespace understudy::media {

namespace {

constexpr uint8_t kStop = '.';
constexpr size_t kCellCost = 2 * sizeof(PickleCell);  // vectors grow by doubling
constexpr size_t kNodeCost = sizeof(PickleNode);
constexpr size_t kMemoCost = 72;

PickleCell cellOf(PickleKind kind) {
    PickleCell cell;
    cell.kind = static_cast<uint8_t>(kind);
    return cell;
}

PickleCell integerCell(int64_t value, PickleKind kind = PickleKind::integer) {
    PickleCell cell = cellOf(kind);
    cell.integer = value;
    return cell;
}

}  // namespace

Error PickleMachine::damaged(const std::string& what) const {
    return {ErrorCode::corruptData,
            "its pickled data " + what + " (byte " + std::to_string(opcodeAt_) + ")", where_,
            "Take the file from where it was made again; do not open it with programs that run "
            "pickles if you do not know where it is from"};
}

Status PickleMachine::charge(size_t bytes) {
    memory_ += bytes;
    if (memory_ > limits_.memory) {
        return damaged("is too large");
    }
    return {};
}

Result<std::string_view> PickleMachine::take(uint64_t count) {
    if (count > bytes_.size() - at_) {
        return damaged("is cut short");
    }
    const std::string_view taken = bytes_.substr(at_, count);
    at_ += count;
    return taken;
}

Result<uint64_t> PickleMachine::number(size_t bytes) {
    US_ASSIGN(const std::string_view taken, take(bytes));
    uint64_t value = 0;
    std::memcpy(&value, taken.data(), bytes);
    return value;
}

Result<std::string_view> PickleMachine::line() {
    const size_t end = bytes_.find('\n', at_);
    if (end == std::string_view::npos) {
        return damaged("is cut short");
    }
    const std::string_view text = bytes_.substr(at_, end - at_);
    at_ = end + 1;
    return text;
}

Status PickleMachine::push(PickleCell cell) {
    US_TRY(charge(kCellCost));
    stack_.push_back(cell);
    return {};
}

Status PickleMachine::pushNode(PickleKind kind, std::vector<PickleCell> items) {
    US_TRY(charge(kNodeCost + items.size() * kCellCost));
    PickleCell cell = cellOf(kind);
    cell.node = store_->nodes.size();
    store_->nodes.push_back({std::move(items), nullptr});
    return push(cell);
}

Status PickleMachine::pushString(PickleKind kind, size_t lengthBytes) {
    US_ASSIGN(const uint64_t length, number(lengthBytes));
    US_ASSIGN(const std::string_view content, take(length));
    PickleCell cell = cellOf(kind);
    cell.bytes = content.data();
    cell.length = content.size();
    return push(cell);
}

Result<PickleCell> PickleMachine::pop() {
    if (above() == 0) {
        return damaged("takes more than there is");
    }
    const PickleCell cell = stack_.back();
    stack_.pop_back();
    memory_ -= kCellCost;
    return cell;
}

Result<std::vector<PickleCell>> PickleMachine::popToMark() {
    if (marks_.empty()) {
        return damaged("has no mark where it needs one");
    }
    const auto first = stack_.begin() + static_cast<std::ptrdiff_t>(marks_.back());
    std::vector<PickleCell> items(first, stack_.end());
    stack_.erase(first, stack_.end());
    marks_.pop_back();
    memory_ -= (items.size() + 1) * kCellCost;
    return items;
}

Status PickleMachine::memoize(uint64_t index) {
    if (above() == 0) {
        return damaged("keeps what is not there");
    }
    US_TRY(charge(kMemoCost));
    memo_[index] = stack_.back();
    return {};
}

Status PickleMachine::recall(uint64_t index) {
    const auto found = memo_.find(index);
    if (found == memo_.end()) {
        return damaged("uses what it has not kept");
    }
    return push(found->second);
}

Status PickleMachine::extend(std::vector<PickleCell> items, PickleKind kind) {
    if (above() == 0 || !is(stack_.back(), kind) ||
        (kind == PickleKind::dict && items.size() % 2 != 0)) {
        return damaged("adds to what is no list or dict");
    }
    US_TRY(charge(items.size() * kCellCost));
    std::vector<PickleCell>& all = node(stack_.back()).items;
    all.insert(all.end(), items.begin(), items.end());
    return {};
}

Result<bool> PickleMachine::numberOpcode(uint8_t code) {
    switch (code) {
        case 'N':
            US_TRY(push(cellOf(PickleKind::none)));
            return true;
        case 0x88:
        case 0x89:
            US_TRY(push(integerCell(code == 0x88 ? 1 : 0, PickleKind::boolean)));
            return true;
        case 'J': {
            US_ASSIGN(const uint64_t value, number(4));
            US_TRY(push(integerCell(static_cast<int32_t>(value))));
            return true;
        }
        case 'K':
        case 'M': {
            US_ASSIGN(const uint64_t value, number(code == 'K' ? 1 : 2));
            US_TRY(push(integerCell(static_cast<int64_t>(value))));
            return true;
        }
        case 0x8a: {  // an integer of so many bytes
            US_ASSIGN(const uint64_t length, number(1));
            if (length > 8) {
                return damaged("has an integer of more than 64 bits");
            }
            US_ASSIGN(uint64_t value, number(length));
            if (length > 0 && length < 8 && (value >> (8 * length - 1)) != 0) {
                value |= ~uint64_t{0} << (8 * length);
            }
            US_TRY(push(integerCell(static_cast<int64_t>(value))));
            return true;
        }
        case 'G': {  // big-endian, unlike the rest
            US_ASSIGN(const uint64_t bits, number(8));
            PickleCell cell = cellOf(PickleKind::real);
            cell.real = std::bit_cast<double>(__builtin_bswap64(bits));
            US_TRY(push(cell));
            return true;
        }
        default:
            return false;
    }
}

Result<bool> PickleMachine::stringOpcode(uint8_t code) {
    struct Form {
        uint8_t code;
        PickleKind kind;
        size_t lengthBytes;
    };
    constexpr Form kForms[] = {
        {'X', PickleKind::text, 4},   {0x8c, PickleKind::text, 1}, {0x8d, PickleKind::text, 8},
        {'B', PickleKind::bytes, 4},  {'C', PickleKind::bytes, 1}, {0x8e, PickleKind::bytes, 8},
        {0x96, PickleKind::bytes, 8},
    };
    for (const Form& form : kForms) {
        if (form.code == code) {
            US_TRY(pushString(form.kind, form.lengthBytes));
            return true;
        }
    }
    return false;
}

Result<bool> PickleMachine::containerOpcode(uint8_t code) {
    switch (code) {
        case '(':
            US_TRY(charge(kCellCost));
            marks_.push_back(stack_.size());
            return true;
        case '0':
            US_TRY(pop());
            return true;
        case '1':
            US_TRY(popToMark());
            return true;
        case ']':
        case '}':
        case ')':
            US_TRY(pushNode(code == ']'   ? PickleKind::list
                            : code == '}' ? PickleKind::dict
                                          : PickleKind::tuple,
                            {}));
            return true;
        case 0x85:
        case 0x86:
        case 0x87: {
            std::vector<PickleCell> items(code - 0x84u);
            for (size_t i = items.size(); i-- > 0;) {
                US_ASSIGN(items[i], pop());
            }
            US_TRY(pushNode(PickleKind::tuple, std::move(items)));
            return true;
        }
        case 't': {
            US_ASSIGN(std::vector<PickleCell> items, popToMark());
            US_TRY(pushNode(PickleKind::tuple, std::move(items)));
            return true;
        }
        case 'a': {
            US_ASSIGN(const PickleCell item, pop());
            US_TRY(extend({item}, PickleKind::list));
            return true;
        }
        case 's': {
            US_ASSIGN(const PickleCell value, pop());
            US_ASSIGN(const PickleCell key, pop());
            US_TRY(extend({key, value}, PickleKind::dict));
            return true;
        }
        case 'e':
        case 'u': {
            US_ASSIGN(std::vector<PickleCell> items, popToMark());
            US_TRY(extend(std::move(items), code == 'e' ? PickleKind::list : PickleKind::dict));
            return true;
        }
        default:
            return false;
    }
}

Result<bool> PickleMachine::memoOpcode(uint8_t code) {
    if (code == 0x94) {
        US_TRY(memoize(memo_.size()));
        return true;
    }
    if (code != 'q' && code != 'r' && code != 'h' && code != 'j') {
        return false;
    }
    US_ASSIGN(const uint64_t index, number(code == 'q' || code == 'h' ? 1 : 4));
    US_TRY(code == 'q' || code == 'r' ? memoize(index) : recall(index));
    return true;
}

Result<bool> PickleMachine::objectOpcode(uint8_t code) {
    switch (code) {
        case 'c': {
            US_ASSIGN(const std::string_view module, line());
            US_ASSIGN(const std::string_view name, line());
            US_TRY(global(module, name));
            return true;
        }
        case 0x93: {
            US_ASSIGN(const PickleCell name, pop());
            US_ASSIGN(const PickleCell module, pop());
            if (!is(name, PickleKind::text) || !is(module, PickleKind::text)) {
                return damaged("names what is no name");
            }
            US_TRY(global(string(module), string(name)));
            return true;
        }
        case 'R':
            US_TRY(reduce());
            return true;
        case 'b':
            US_TRY(build());
            return true;
        default:
            return false;
    }
}

Result<PickleCell> PickleMachine::run() {
    if (bytes_.size() > limits_.bytes) {
        return damaged("is too large");
    }
    if (bytes_.size() < 2 || bytes_[0] != '\x80' || bytes_[1] < 2 || bytes_[1] > 5) {
        return damaged("is no pickle of protocol 2 to 5");
    }
    at_ = 2;
    while (true) {
        opcodeAt_ = at_;
        US_ASSIGN(const uint64_t taken, number(1));
        const auto code = static_cast<uint8_t>(taken);
        if (code == kStop) {
            US_ASSIGN(const PickleCell top, pop());
            if (top.kind >= kDtype) {
                return damaged("is no plain data");
            }
            return top;
        }
        if (code == 0x95) {  // a frame: only says how much comes
            US_ASSIGN(const uint64_t length, number(8));
            if (length > bytes_.size() - at_) {
                return damaged("is cut short");
            }
            continue;
        }
        bool done = false;
        for (const auto group : {&PickleMachine::numberOpcode, &PickleMachine::stringOpcode,
                                 &PickleMachine::containerOpcode, &PickleMachine::memoOpcode,
                                 &PickleMachine::objectOpcode}) {
            US_ASSIGN(done, (this->*group)(code));
            if (done) {
                break;
            }
        }
        if (!done) {
            char name[8];
            std::snprintf(name, sizeof name, "0x%02x", code);
            return damaged(std::string("uses the opcode ") + name + ", which is refused");
        }
    }
}

}  // namespace understudy::media
