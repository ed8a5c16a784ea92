#include "training/plan/search_options.h"

#include <algorithm>

namespace understudy::training {

namespace {

using Kind = OptionInfo::Kind;

SearchOption option(const std::string& key, Kind kind, const std::string& title,
                    const std::string& standard, const std::string& help) {
    SearchOption made;
    made.info.key = key;
    made.info.kind = kind;
    made.info.help = help;
    made.title = title;
    made.standard = standard;
    return made;
}

std::vector<SearchOption> makeOptions() {
    SearchOption size = option("size", Kind::integer, "Size of the crops", "256",
                               "Side of the crops in pixels, 64 to 2048; a network's resolution "
                               "and a margin of 15 % on every side must fit");
    size.info.least = 64;
    size.info.most = 2048;
    SearchOption type = option("type", Kind::choice, "Part of the head", "whole_face",
                               "How much of the head the crops show");
    type.info.choices = {"half_face", "midfull_face", "full_face", "whole_face", "head"};
    SearchOption occlusion =
        option("occlusion", Kind::real, "Take out what is in front", "",
               "How readily what is in front of a face (hands, microphones) is taken out of its "
               "mask: 0 never, 1 usual; kept for later searches of the project");
    occlusion.info.least = 0;
    occlusion.info.most = 1;
    SearchOption person =
        option("person", Kind::integer, "Whose face", "0",
               "Whose faces, where a clip shows several people: 1 is the one most seen; 0 the one "
               "chosen before");
    person.info.most = 1000;
    return {size, type, occlusion,
            option("replace-imported", Kind::boolean, "Replace imported faces", "false",
                   "Search even where faces were imported, and replace those"),
            person};
}

}  // namespace

const std::vector<SearchOption>& searchOptions() {
    static const std::vector<SearchOption> options = makeOptions();
    return options;
}

const SearchOption& searchOption(const std::string& key) {
    const auto& options = searchOptions();
    const auto found = std::find_if(options.begin(), options.end(),
                                    [&key](const auto& each) { return each.info.key == key; });
    US_CHECK(found != options.end());
    return *found;
}

}  // namespace understudy::training
