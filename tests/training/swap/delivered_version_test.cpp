#include "training/swap/delivered_version.h"

#include <catch2/catch.hpp>

using namespace understudy;
using training::compareSettings;

namespace {

media::VersionRecord versionOf(const std::string& settings) {
    media::VersionRecord version;
    version.settings = settings;
    return version;
}

constexpr const char* kThen =
    "run=r01 weights=ab clip=bird plate=/a b=c/bird.mov faces=12 erode=0.1 version=0.1.0";

}  // namespace

TEST_CASE("a delivery says what is no longer as its version was, a repair refuses it") {
    training::RenderRequest request;
    request.deliver = "v003";
    const auto moved = compareSettings(
        versionOf(kThen), request,
        "run=r01 weights=ab clip=bird plate=/moved/bird.mov faces=12 erode=0.1 version=0.1.0");
    REQUIRE(moved.ok());
    CHECK(moved->empty());
    const std::string other =
        "run=r01 weights=ab clip=bird plate=/a/bird.mov faces=13 painted=7 erode=0.1 version=0.1.0";
    CHECK(*compareSettings(versionOf(kThen), request, other) ==
          std::vector<std::string>{"not as v003 was made: the clip's faces, painted masks"});
    request.restore = true;
    const auto refused = compareSettings(versionOf(kThen), request, other);
    REQUIRE_FALSE(refused.ok());
    CHECK(refused.error().code == ErrorCode::usage);
    CHECK(refused.error().message ==
          "v003 would not be what it was: the clip's faces, painted masks");
}

TEST_CASE("frames that another version of the program repairs are told to be so") {
    training::RenderRequest request;
    request.deliver = "v003";
    request.restore = true;
    std::string now = kThen;
    now.replace(now.size() - 5, 5, "0.2.0");
    CHECK(compareSettings(versionOf(kThen), request, kThen)->empty());
    const auto told = compareSettings(versionOf(kThen), request, now);
    REQUIRE(told.ok());
    REQUIRE(told->size() == 1);
    CHECK(told->front().find("0.1.0") != std::string::npos);
    request.restore = false;  // a delivery is a whole of its own
    CHECK(compareSettings(versionOf(kThen), request, now)->empty());
}
