// What may be asked of a search for faces, described once: the extractor, the command line and the
// window take their words and ranges from here.
#pragma once

#include <string>
#include <vector>

#include "training/plan/plan.h"

namespace understudy::training {

struct SearchOption {
    OptionInfo info;       // its key is the word of the command line: "--size"
    std::string title;     // in a form
    std::string standard;  // where nothing is said; empty: as it was last
};
const std::vector<SearchOption>& searchOptions();
// One that is there: "size", "type", "occlusion", "replace-imported", "person".
const SearchOption& searchOption(const std::string& key);

}  // namespace understudy::training
