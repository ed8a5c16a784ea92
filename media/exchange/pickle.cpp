#include "media/exchange/pickle.h"

#include <bit>
#include <cstring>

#include "media/base/check.h"
#include "media/exchange/pickle_machine.h"

namespace understudy::media {

static_assert(std::endian::native == std::endian::little, "numbers are read as they lie");

namespace {

template <class T>
double as(const char* bytes) {
    T value;
    std::memcpy(&value, bytes, sizeof value);
    return static_cast<double>(value);
}

double decoded(char kind, size_t size, const char* bytes) {
    switch (kind) {
        case 'f':
            return size == 4 ? as<float>(bytes) : as<double>(bytes);
        case 'i':
            return size == 1   ? as<int8_t>(bytes)
                   : size == 2 ? as<int16_t>(bytes)
                   : size == 4 ? as<int32_t>(bytes)
                               : as<int64_t>(bytes);
        default:
            return size == 1   ? as<uint8_t>(bytes)
                   : size == 2 ? as<uint16_t>(bytes)
                   : size == 4 ? as<uint32_t>(bytes)
                               : as<uint64_t>(bytes);
    }
}

}  // namespace

uint64_t PickleArray::count() const {
    return data.size() / itemSize;
}

double PickleArray::at(uint64_t i) const {
    US_CHECK(i < count());
    if (columnMajor) {
        uint64_t place = 0;
        uint64_t stride = count();
        for (size_t axis = shape.size(); axis-- > 0;) {
            stride /= shape[axis];
            place += i % shape[axis] * stride;
            i /= shape[axis];
        }
        i = place;
    }
    char bytes[8];
    for (size_t b = 0; b < itemSize; ++b) {
        bytes[bigEndian ? itemSize - 1 - b : b] = data[i * itemSize + b];
    }
    return decoded(kind, itemSize, bytes);
}

std::optional<double> PickleValue::number() const {
    if (kind() == PickleKind::real) {
        return cell_.real;
    }
    const auto whole = integer();
    return whole ? std::optional(static_cast<double>(*whole)) : std::nullopt;
}

std::optional<int64_t> PickleValue::integer() const {
    const bool whole = kind() == PickleKind::integer || kind() == PickleKind::boolean;
    return whole ? std::optional(cell_.integer) : std::nullopt;
}

std::optional<std::string_view> PickleValue::text() const {
    return kind() == PickleKind::text ? std::optional(std::string_view(cell_.bytes, cell_.length))
                                      : std::nullopt;
}

std::optional<std::string_view> PickleValue::bytes() const {
    return kind() == PickleKind::bytes ? std::optional(std::string_view(cell_.bytes, cell_.length))
                                       : std::nullopt;
}

const PickleArray* PickleValue::array() const {
    return kind() == PickleKind::array ? store_->nodes[cell_.node].array.get() : nullptr;
}

size_t PickleValue::size() const {
    switch (kind()) {
        case PickleKind::list:
        case PickleKind::tuple:
            return store_->nodes[cell_.node].items.size();
        case PickleKind::dict:
            return store_->nodes[cell_.node].items.size() / 2;
        default:
            return 0;
    }
}

PickleValue PickleValue::item(size_t i) const {
    US_CHECK((kind() == PickleKind::list || kind() == PickleKind::tuple) && i < size());
    return {store_, store_->nodes[cell_.node].items[i]};
}

PickleValue PickleValue::find(std::string_view key) const {
    if (kind() != PickleKind::dict) {
        return {};
    }
    const std::vector<PickleCell>& items = store_->nodes[cell_.node].items;
    for (size_t i = items.size(); i >= 2; i -= 2) {  // the last one said counts
        if (PickleValue(store_, items[i - 2]).text() == key) {
            return {store_, items[i - 1]};
        }
    }
    return {};
}

Pickle::Pickle(std::unique_ptr<PickleStore> store, PickleCell value)
    : store_(std::move(store)), value_(store_.get(), value) {}
Pickle::Pickle(Pickle&&) noexcept = default;
Pickle& Pickle::operator=(Pickle&&) noexcept = default;
Pickle::~Pickle() = default;

Result<Pickle> Pickle::read(std::string_view bytes, const std::string& where,
                            const PickleLimits& limits) {
    PickleMachine machine(bytes, where, limits);
    US_ASSIGN(const PickleCell value, machine.run());
    return Pickle(machine.takeStore(), value);
}

}  // namespace understudy::media
