#include "training/look/look_options.h"

#include <catch2/catch.hpp>
#include <set>

using namespace understudy;
using namespace understudy::training;

TEST_CASE("the usual look is what options without words have") {
    CHECK(CompositeOptions().signature() ==
          "color=linear color-window=4 lighting=0.3 mask=learned erode=0 blur=0.08 mask-window=0.7 "
          "occlusion=1 sharpen=0.5 grain=1 steady=1.5 eye-fit=1 scale=1");
    CHECK(CompositeOptions().check().ok());
}

TEST_CASE("every setting is read back as it was set, and changes the signature") {
    std::set<std::string> signatures = {CompositeOptions().signature()};
    for (const LookOption& option : lookOptions()) {
        CAPTURE(option.key);
        CompositeOptions options;
        const std::string other = option.choices.empty() ? "0.5" : option.choices.back().name;
        REQUIRE(setLook(options, option.key, other).ok());
        if (lookText(CompositeOptions(), option.key) == other) {
            REQUIRE(setLook(options, option.key, "0.25").ok());  // 0.5 is the usual value
        }
        CHECK(options.check().ok());
        CHECK(signatures.insert(options.signature()).second);
        CompositeOptions again;
        for (const auto& [name, text] : lookOf(options)) {
            REQUIRE(setLook(again, name.substr(2), text).ok());
        }
        CHECK(again.signature() == options.signature());
    }
    CHECK(signatures.size() == lookOptions().size() + 1);
}

TEST_CASE("what a setting may not be is refused with what it may be") {
    CompositeOptions options;
    for (const LookOption& option : lookOptions()) {
        CAPTURE(option.key);
        for (const std::string wrong : {"", "much", "-1", "1e9", "nan", "0.5x"}) {
            const Status status = setLook(options, option.key, wrong);
            REQUIRE_FALSE(status.ok());
            CHECK(status.error().code == ErrorCode::usage);
            CHECK(status.error().message.find(option.option()) == 0);
            CHECK(status.error().remedy.find("Choose") == 0);
        }
    }
    CHECK(options.signature() == CompositeOptions().signature());
    CHECK_FALSE(setLook(options, "tint", "1").ok());
    CHECK(lookOption("tint") == nullptr);
    options.scale = 3;
    const Status status = options.check();
    REQUIRE_FALSE(status.ok());
    CHECK(status.error().remedy == "Choose a number from 0.5 to 2.");
}
