#include <algorithm>
#include <array>
#include <cctype>
#include <charconv>
#include <cmath>
#include <type_traits>

#include "media/base/joined.h"
#include "training/plan/option_table.h"

namespace understudy::training {

namespace {

using Kind = OptionInfo::Kind;

// "learning_rate" and "LearningRate" are the same word to people.
std::string simplified(const std::string& key) {
    std::string out;
    for (const char c : key) {
        if (c != '_' && c != '-') {
            out += static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
        }
    }
    return out;
}

// Insertions, deletions, substitutions and swaps of neighbours between two words.
size_t editDistance(const std::string& a, const std::string& b) {
    std::vector<std::vector<size_t>> cost(a.size() + 1, std::vector<size_t>(b.size() + 1));
    for (size_t i = 0; i <= a.size(); ++i) {
        for (size_t k = 0; k <= b.size(); ++k) {
            if (i == 0 || k == 0) {
                cost[i][k] = i + k;
                continue;
            }
            const size_t change = a[i - 1] == b[k - 1] ? 0 : 1;
            cost[i][k] =
                std::min({cost[i - 1][k] + 1, cost[i][k - 1] + 1, cost[i - 1][k - 1] + change});
            if (i > 1 && k > 1 && a[i - 1] == b[k - 2] && a[i - 2] == b[k - 1]) {
                cost[i][k] = std::min(cost[i][k], cost[i - 2][k - 2] + 1);
            }
        }
    }
    return cost[a.size()][b.size()];
}

std::vector<std::string> nearNames(const std::string& key) {
    const std::string wanted = simplified(key.substr(0, 64));
    std::vector<std::pair<size_t, std::string>> ranked;
    for (const Option& option : optionTable()) {
        const std::string name = simplified(option.info.key);
        const std::string last = name.substr(name.find('.') + 1);
        const size_t off = std::min(editDistance(wanted, name), editDistance(wanted, last));
        if (off <= std::max<size_t>(2, wanted.size() / 3) && off < wanted.size()) {
            ranked.emplace_back(off, option.info.key);
        }
    }
    std::stable_sort(ranked.begin(), ranked.end(),
                     [](const auto& a, const auto& b) { return a.first < b.first; });
    std::vector<std::string> names;
    for (size_t i = 0; i < ranked.size() && i < 3; ++i) {
        names.push_back(ranked[i].second);
    }
    return names;
}

std::string kindText(const OptionInfo& info) {
    switch (info.kind) {
        case Kind::integer:
            return "a whole number from " + numberText(info.least) + " to " + numberText(info.most);
        case Kind::real:
            return "a number from " + numberText(info.least) + " to " + numberText(info.most);
        case Kind::boolean:
            return "true or false";
        case Kind::choice:
            return "one of " + joined(info.choices, ", ");
        case Kind::text:
            break;
    }
    return "text";
}

Error badValue(const OptionInfo& info, const std::string& value) {
    return {ErrorCode::usage, info.key + " cannot be '" + value.substr(0, 100) + "'", info.key,
            "Use " + kindText(info)};
}

template <class Number>
bool parseNumber(const std::string& text, Number& value) {
    const char* end = text.data() + text.size();
    const auto [stopped, failed] = std::from_chars(text.data(), end, value);
    return failed == std::errc() && stopped == end;
}

bool parseInto(const std::string& text, std::string& value) {
    value = text;
    return true;
}

bool parseInto(const std::string& text, bool& value) {
    static const std::array<std::string, 4> kYes = {"true", "1", "yes", "on"};
    static const std::array<std::string, 4> kNo = {"false", "0", "no", "off"};
    value = std::find(kYes.begin(), kYes.end(), text) != kYes.end();
    return value || std::find(kNo.begin(), kNo.end(), text) != kNo.end();
}

bool parseInto(const std::string& text, double& value) {
    return parseNumber(text, value) && std::isfinite(value);
}

template <class Integer>
bool parseInto(const std::string& text, Integer& value) {
    if (parseNumber(text, value)) {
        return true;
    }
    // People write 1e5 for a number of steps, and some JSON writers make 8 into 8.0.
    double real = 0;
    if (!parseInto(text, real) || real != std::floor(real) || std::abs(real) > 1e15 ||
        (std::is_unsigned_v<Integer> && real < 0) ||
        (sizeof(Integer) == 4 && std::abs(real) > 2e9)) {
        return false;
    }
    value = static_cast<Integer>(real);
    return true;
}

const std::string& presentValue(const Option& option, const std::string& value) {
    for (const auto& [former, present] : option.former) {
        if (former == value) {
            return present;
        }
    }
    return value;
}

}  // namespace

std::string numberText(double value) {
    std::array<char, 32> buffer{};
    const bool plain = value == std::floor(value) && std::abs(value) < 1e16;
    const auto done = plain
                          ? std::to_chars(buffer.begin(), buffer.end(), static_cast<int64_t>(value))
                          : std::to_chars(buffer.begin(), buffer.end(), value);
    return {buffer.data(), done.ptr};
}

Result<const Option*> findOption(const std::string& key) {
    for (const Option& option : optionTable()) {
        if (option.info.key == key) {
            return &option;
        }
    }
    Error error{ErrorCode::usage, "there is no key '" + key.substr(0, 100) + "'", key, ""};
    if (const auto near = nearNames(key); !near.empty()) {
        error.remedy = "Did you mean " + joined(near, " or ") + "?";
    } else {
        std::vector<std::string> all;
        for (const Option& option : optionTable()) {
            all.push_back(option.info.key);
        }
        error.remedy = "The keys are " + joined(all, ", ");
    }
    return error;
}

Status checkOption(const Option& option, Plan& plan) {
    const OptionInfo& info = option.info;
    const std::string value = optionValue(plan, info.key);
    if (info.kind == Kind::integer || info.kind == Kind::real) {
        const double number = std::visit(
            [](auto* slot) -> double {
                if constexpr (std::is_arithmetic_v<std::remove_pointer_t<decltype(slot)>>) {
                    return static_cast<double>(*slot);
                }
                return 0;
            },
            option.slot(plan));
        if (!(number >= info.least && number <= info.most)) {
            return badValue(info, value);
        }
    }
    if (info.kind == Kind::choice &&
        std::find(info.choices.begin(), info.choices.end(), value) == info.choices.end()) {
        return badValue(info, value);
    }
    if (info.kind == Kind::text && value.size() > 4096) {
        return Error{ErrorCode::usage, info.key + " is longer than 4096 bytes", info.key,
                     "Use a shorter text"};
    }
    return {};
}

const std::vector<OptionInfo>& planOptions() {
    static const std::vector<OptionInfo> infos = [] {
        std::vector<OptionInfo> made;
        for (const Option& option : optionTable()) {
            made.push_back(option.info);
        }
        return made;
    }();
    return infos;
}

Status setOption(Plan& plan, const std::string& key, const std::string& value) {
    US_ASSIGN(const Option* option, findOption(key));
    if (key == "model" && value.find('-') != std::string::npos) {
        // "liae-udt" is how people call a model with its switches.
        Plan both = plan;
        US_TRY(setOption(both, "model", value.substr(0, value.find('-'))));
        US_TRY(setOption(both, "switches", value.substr(value.find('-') + 1)));
        plan = both;
        return {};
    }
    Plan changed = plan;
    const std::string& meant = presentValue(*option, value);
    const bool understood =
        std::visit([&](auto* slot) { return parseInto(meant, *slot); }, option->slot(changed));
    if (!understood) {
        return badValue(option->info, value);
    }
    US_TRY(checkOption(*option, changed));
    plan = std::move(changed);
    return {};
}

std::string optionValue(const Plan& plan, const std::string& key) {
    for (const Option& option : optionTable()) {
        if (option.info.key != key) {
            continue;
        }
        Plan copy = plan;  // the table hands out places to write to
        return std::visit(
            [](auto* slot) -> std::string {
                using Value = std::remove_pointer_t<decltype(slot)>;
                if constexpr (std::is_same_v<Value, std::string>) {
                    return *slot;
                } else if constexpr (std::is_same_v<Value, bool>) {
                    return *slot ? "true" : "false";
                } else if constexpr (std::is_same_v<Value, double>) {
                    return numberText(*slot);
                } else {
                    return std::to_string(*slot);
                }
            },
            option.slot(copy));
    }
    return "";
}

}  // namespace understudy::training
