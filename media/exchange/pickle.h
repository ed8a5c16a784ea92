// Reads Python pickles as data. DeepFaceLab keeps what it knows of a face in one, and a pickle is a
// program: loading it the usual way runs whatever it says. This reader knows the opcodes that build
// numbers, text, lists, dicts and numpy arrays, and a handful of names; it resolves, imports and
// calls nothing. Everything else is refused by name.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "media/base/result.h"

namespace understudy::media {

struct PickleLimits {
    size_t bytes = 256u << 20;   // of the pickle
    size_t memory = 512u << 20;  // of what is built from it
};

// A numpy array of plain numbers.
struct PickleArray {
    char kind = 'f';  // f float, i signed, u unsigned, b boolean
    size_t itemSize = 8;
    bool bigEndian = false;
    bool columnMajor = false;
    std::vector<uint64_t> shape;  // at most 8
    std::string_view data;        // as large as the shape says
    uint64_t count() const;
    double at(uint64_t i) const;  // in row-major order, i < count()
};

enum class PickleKind : uint8_t {
    none,
    boolean,
    integer,
    real,
    text,
    bytes,
    list,
    tuple,
    dict,
    array
};

struct PickleStore;
struct PickleCell {
    uint8_t kind = 0;  // PickleKind, or one of the machine's own
    size_t length = 0;
    union {
        int64_t integer = 0;
        double real;
        const char* bytes;
        size_t node;
    };
};

// A view: lives as long as the Pickle and the bytes it was read from. Lists may contain themselves.
class PickleValue {
  public:
    PickleValue() = default;
    PickleValue(const PickleStore* store, PickleCell cell) : store_(store), cell_(cell) {}

    PickleKind kind() const { return static_cast<PickleKind>(cell_.kind); }
    std::optional<double> number() const;    // of a boolean, integer or real
    std::optional<int64_t> integer() const;  // of a boolean or integer
    std::optional<std::string_view> text() const;
    std::optional<std::string_view> bytes() const;
    const PickleArray* array() const;  // nullptr: it is none
    size_t size() const;               // items of a list or tuple, entries of a dict, else 0
    PickleValue item(size_t i) const;  // of a list or tuple, i < size()
    // What a dict has under a text; none where it has not or this is no dict.
    PickleValue find(std::string_view key) const;

  private:
    const PickleStore* store_ = nullptr;
    PickleCell cell_;
};

class Pickle {
  public:
    // Protocols 2 to 5; what follows the pickle's end is not looked at. `where` is for errors, all
    // corruptData: cut short, damaged, too large, or an opcode or name that is refused.
    static Result<Pickle> read(std::string_view bytes, const std::string& where,
                               const PickleLimits& limits = {});
    Pickle(Pickle&&) noexcept;
    Pickle& operator=(Pickle&&) noexcept;
    ~Pickle();

    const PickleValue& value() const { return value_; }

  private:
    Pickle(std::unique_ptr<PickleStore> store, PickleCell value);
    std::unique_ptr<PickleStore> store_;
    PickleValue value_;
};

}  // namespace understudy::media
