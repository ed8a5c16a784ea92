// The one description of every key of a plan: where its value lies and what it may be. Command
// line, file and form are all made from this table (private to training/plan).
#pragma once

#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "training/plan/plan.h"

namespace understudy::training {

using Slot = std::variant<int*, int64_t*, uint64_t*, double*, bool*, std::string*>;

struct Option {
    OptionInfo info;
    Slot (*slot)(Plan&);
    // Values of earlier versions, as text, and what they are called now.
    std::vector<std::pair<std::string, std::string>> former = {};
};

const std::vector<Option>& optionTable();

// Errors: usage, with the nearest names.
Result<const Option*> findOption(const std::string& key);

// Range and choices of one value. Errors: usage, naming key, value and what it may be.
Status checkOption(const Option& option, Plan& plan);

// A number as the shortest text that reads back as the same number.
std::string numberText(double value);

}  // namespace understudy::training
