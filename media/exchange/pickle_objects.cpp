// What a pickle may name: numpy's arrays, numbers and formats, bytes as text, and two enumerations
// of DeepFaceLab. Each is rebuilt here from its parts.
#include <algorithm>
#include <cctype>
#include <charconv>

#include "media/base/log.h"
#include "media/exchange/pickle_machine.h"

namespace understudy::media {

namespace {

enum class Known : int64_t {
    reconstruct,
    scalar,
    fromBuffer,
    arrayType,
    formatType,
    encode,
    enumeration
};

struct KnownName {
    std::string_view module, name;
    Known known;
};

constexpr KnownName kKnown[] = {
    {"numpy.core.multiarray", "_reconstruct", Known::reconstruct},
    {"numpy._core.multiarray", "_reconstruct", Known::reconstruct},
    {"numpy.core.multiarray", "scalar", Known::scalar},
    {"numpy._core.multiarray", "scalar", Known::scalar},
    {"numpy.core.numeric", "_frombuffer", Known::fromBuffer},
    {"numpy._core.numeric", "_frombuffer", Known::fromBuffer},
    {"numpy", "ndarray", Known::arrayType},
    {"numpy", "dtype", Known::formatType},
    {"_codecs", "encode", Known::encode},
    {"facelib.FaceType", "FaceType", Known::enumeration},
    {"samplelib.Sample", "SampleType", Known::enumeration},
};

constexpr size_t kMostAxes = 8;

bool sizeFits(char kind, size_t size) {
    switch (kind) {
        case 'f':
            return size == 4 || size == 8;
        case 'i':
        case 'u':
            return size == 1 || size == 2 || size == 4 || size == 8;
        default:
            return kind == 'b' && size == 1;
    }
}

}  // namespace

Status PickleMachine::global(std::string_view module, std::string_view name) {
    for (const KnownName& known : kKnown) {
        if (known.module == module && known.name == name) {
            PickleCell cell;
            cell.kind = kGlobal;
            cell.integer = static_cast<int64_t>(known.known);
            return push(cell);
        }
    }
    std::string full = std::string(module.substr(0, 60)) + "." + std::string(name.substr(0, 60));
    std::replace_if(
        full.begin(), full.end(), [](char c) { return static_cast<unsigned char>(c) < 32; }, '?');
    return damaged("names " + validUtf8(full) + ", which is refused: it is not data");
}

Status PickleMachine::reduce() {
    US_ASSIGN(const PickleCell arguments, pop());
    US_ASSIGN(const PickleCell callee, pop());
    if (callee.kind != kGlobal || !is(arguments, PickleKind::tuple)) {
        return damaged("calls what is no known name");
    }
    const std::vector<PickleCell>& items = node(arguments).items;
    switch (static_cast<Known>(callee.integer)) {
        case Known::reconstruct:
            return reconstructArray(items);
        case Known::scalar:
            return scalar(items);
        case Known::fromBuffer:
            return arrayFromBuffer(items);
        case Known::formatType:
            return numberFormat(items);
        case Known::encode:
            return encodedText(items);
        case Known::enumeration:
            if (items.size() != 1 || !is(items[0], PickleKind::integer)) {
                return damaged("has an enumeration without a number");
            }
            return push(items[0]);
        case Known::arrayType:
            break;
    }
    return damaged("calls what is no known name");
}

// An empty array that BUILD fills.
Status PickleMachine::reconstructArray(const std::vector<PickleCell>& arguments) {
    if (arguments.size() != 3 || arguments[0].kind != kGlobal ||
        arguments[0].integer != static_cast<int64_t>(Known::arrayType)) {
        return damaged("makes something else than an array");
    }
    US_TRY(pushNode(PickleKind::array, {}));
    node(stack_.back()).array = std::make_unique<PickleArray>();
    node(stack_.back()).array->shape = {0};
    return charge(sizeof(PickleArray));
}

// "f8", "<i4", "|u1" and so on.
Status PickleMachine::numberFormat(const std::vector<PickleCell>& arguments) {
    if (arguments.empty() || !is(arguments[0], PickleKind::text)) {
        return damaged("has a number format without a name");
    }
    std::string_view text = string(arguments[0]);
    auto format = std::make_unique<PickleArray>();
    if (!text.empty() && std::string_view("<>=|").find(text[0]) != std::string_view::npos) {
        format->bigEndian = text[0] == '>';
        text.remove_prefix(1);
    }
    format->kind = text.empty() ? ' ' : text[0];
    format->itemSize = 0;
    if (text.size() > 1) {
        std::from_chars(text.data() + 1, text.data() + text.size(), format->itemSize);
    }
    if (text.size() != 2 || !sizeFits(format->kind, format->itemSize)) {
        return damaged("has numbers of the format '" + validUtf8(std::string(text.substr(0, 20))) +
                       "', which is refused");
    }
    US_TRY(charge(sizeof(PickleArray)));
    PickleCell cell;
    cell.kind = kDtype;
    cell.node = store_->nodes.size();
    store_->nodes.push_back({{}, std::move(format)});
    US_TRY(charge(sizeof(PickleNode)));
    return push(cell);
}

Status PickleMachine::fillArray(PickleArray& array, PickleCell shape, PickleCell format,
                                PickleCell data, bool columnMajor) {
    if (!is(shape, PickleKind::tuple) || format.kind != kDtype || !is(data, PickleKind::bytes) ||
        node(shape).items.size() > kMostAxes) {
        return damaged("has an array without shape, format or numbers");
    }
    array = *node(format).array;
    array.columnMajor = columnMajor;
    array.data = string(data);
    array.shape.clear();
    uint64_t bytes = array.itemSize;
    for (const PickleCell axis : node(shape).items) {
        if (!is(axis, PickleKind::integer) || axis.integer < 0 ||
            __builtin_mul_overflow(bytes, static_cast<uint64_t>(axis.integer), &bytes)) {
            return damaged("has an array of an impossible shape");
        }
        array.shape.push_back(static_cast<uint64_t>(axis.integer));
    }
    if (bytes != array.data.size()) {
        return damaged("has an array whose size is not what its shape says");
    }
    return charge(array.shape.size() * sizeof(uint64_t));
}

Status PickleMachine::arrayFromBuffer(const std::vector<PickleCell>& arguments) {
    if (arguments.size() != 4 || !is(arguments[3], PickleKind::text)) {
        return damaged("has an array without shape, format or numbers");
    }
    auto array = std::make_unique<PickleArray>();
    US_TRY(
        fillArray(*array, arguments[2], arguments[1], arguments[0], string(arguments[3]) == "F"));
    US_TRY(pushNode(PickleKind::array, {}));
    node(stack_.back()).array = std::move(array);
    return charge(sizeof(PickleArray));
}

Status PickleMachine::scalar(const std::vector<PickleCell>& arguments) {
    if (arguments.size() != 2 || arguments[0].kind != kDtype ||
        !is(arguments[1], PickleKind::bytes)) {
        return damaged("has a number without format or value");
    }
    PickleArray one = *node(arguments[0]).array;
    one.data = string(arguments[1]);
    if (one.data.size() != one.itemSize) {
        return damaged("has a number whose size is not what its format says");
    }
    PickleCell cell;
    if (one.kind == 'f') {
        cell.kind = static_cast<uint8_t>(PickleKind::real);
        cell.real = one.at(0);
    } else {
        cell.kind = static_cast<uint8_t>(PickleKind::integer);
        const double value = one.at(0);  // exact up to 53 bits
        if (!(value > -9e15 && value < 9e15)) {
            return damaged("has a number that is too large");
        }
        cell.integer = static_cast<int64_t>(value);
    }
    return push(cell);
}

// Bytes that older protocols write as text, a character each.
Status PickleMachine::encodedText(const std::vector<PickleCell>& arguments) {
    if (arguments.size() != 2 || !is(arguments[0], PickleKind::text) ||
        !is(arguments[1], PickleKind::text) || string(arguments[1]) != "latin1") {
        return damaged("has bytes in a way that is not known");
    }
    const std::string_view text = string(arguments[0]);
    US_TRY(charge(text.size() + sizeof(std::string)));
    std::string bytes;
    bytes.reserve(text.size());
    for (size_t i = 0; i < text.size(); ++i) {
        const auto lead = static_cast<uint8_t>(text[i]);
        if (lead < 0x80) {
            bytes += text[i];
            continue;
        }
        const auto next = static_cast<uint8_t>(i + 1 < text.size() ? text[i + 1] : 0);
        if ((lead != 0xC2 && lead != 0xC3) || (next & 0xC0) != 0x80) {
            return damaged("has bytes that are none");
        }
        bytes += static_cast<char>((lead & 0x03) << 6 | (next & 0x3F));
        ++i;
    }
    store_->strings.push_back(std::move(bytes));
    PickleCell cell;
    cell.kind = static_cast<uint8_t>(PickleKind::bytes);
    cell.bytes = store_->strings.back().data();
    cell.length = store_->strings.back().size();
    return push(cell);
}

// Fills the array or number format below its state.
Status PickleMachine::build() {
    US_ASSIGN(const PickleCell state, pop());
    if (above() == 0 || !is(state, PickleKind::tuple)) {
        return damaged("fills what is not there");
    }
    const PickleCell target = stack_.back();
    const std::vector<PickleCell> parts = node(state).items;
    if (is(target, PickleKind::array) && parts.size() == 5 && is(parts[3], PickleKind::boolean)) {
        return fillArray(*node(target).array, parts[1], parts[2], parts[4], parts[3].integer != 0);
    }
    if (target.kind == kDtype && parts.size() >= 2 && is(parts[1], PickleKind::text)) {
        PickleArray& format = *node(target).array;
        const std::string_view order = string(parts[1]);
        format.bigEndian = order == ">";
        return {};
    }
    return damaged("fills what is no array");
}

}  // namespace understudy::media
