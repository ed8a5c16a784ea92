#include "training/prepare/delivery.h"

#include <catch2/catch.hpp>

#include "tests/support/temp_folder.h"

using namespace understudy;
using namespace understudy::training;

namespace {

const NameFields kFields = {"heist", "bird", "Ben", "Anna", "v002", "r01", "12000", "2026-03-12"};

std::string named(const std::string& name, const std::string& ending = ".exr", bool movie = false) {
    const auto parsed = NameTemplate::parse(name);
    REQUIRE(parsed.ok());
    const auto resolved = parsed->resolve(kFields, ending, movie);
    REQUIRE(resolved.ok());
    return *resolved;
}

Error fault(const std::string& name) {
    const auto parsed = NameTemplate::parse(name);
    REQUIRE_FALSE(parsed.ok());
    CHECK(parsed.error().code == ErrorCode::usage);
    CHECK_FALSE(parsed.error().remedy.empty());
    return parsed.error();
}

}  // namespace

TEST_CASE("a name is made of words and tokens") {
    CHECK(named("{project}/{shot}_{version}.{frame}") == "heist/bird_v002.####.exr");
    CHECK(named("{clip}.{frame:6}", ".dpx") == "bird.######.dpx");
    CHECK(named("{performer}-{face}-{run}-{step}-{date}", ".mov", true) ==
          "Ben-Anna-r01-12000-2026-03-12.mov");
    CHECK(named(kUsualDeliveryName) == "bird_v002/heist_bird_v002.####.exr");
    for (const NameToken& token : nameTokens()) {
        INFO(token.name);
        CHECK(NameTemplate::parse("x{" + token.name + "}").ok());
    }
}

TEST_CASE("a movie has no number, nor what would separate it") {
    CHECK(named("{clip}_{version}.{frame}", ".mp4", true) == "bird_v002.mp4");
    CHECK(named("{clip}_-{frame}_graded", ".mp4", true) == "bird_graded.mp4");
    const auto noNumber = NameTemplate::parse("{clip}_{version}");
    REQUIRE(noNumber.ok());
    CHECK(noNumber->resolve(kFields, ".mp4", true).ok());
    const auto refused = noNumber->resolve(kFields, ".exr", false);
    REQUIRE_FALSE(refused.ok());
    CHECK(refused.error().remedy.find("{frame}") != std::string::npos);
}

TEST_CASE("what no name should have is refused, and said") {
    CHECK(fault("{clp}.{frame}").remedy.find("{clip}") != std::string::npos);
    CHECK(fault("{clip").message.find("brace") != std::string::npos);
    CHECK(fault("clip}").message.find("brace") != std::string::npos);
    CHECK(fault("{clip{frame}").message.find("brace") != std::string::npos);
    CHECK(fault("{clip:4}.{frame}").message.find("cannot be read") != std::string::npos);
    CHECK(fault("{clip}.{frame:0}").message.find("cannot be read") != std::string::npos);
    for (const char* letter : {"#", "%", ":", "*", "?", "\\", "\n", "@", "$"}) {
        INFO(letter);
        CHECK(fault(std::string("a") + letter + "{clip}.{frame}").where == letter);
    }
    fault("");
    fault("/tmp/{clip}.{frame}");
    fault("../{clip}.{frame}");
    fault("{version}//{clip}.{frame}");
    fault("{clip}.{frame} ");
    fault("{frame}/{clip}.{frame}");
    fault("{frame}/{clip}");
}

TEST_CASE("what tokens stand for cannot lead elsewhere") {
    NameFields fields = kFields;
    fields.clip = "../a/b#c";
    fields.performer = "";
    const auto name = NameTemplate::parse("{clip}_{performer}.{frame}");
    REQUIRE(name.ok());
    CHECK(*name->resolve(fields, ".png", false) == "_._a_b_c_none.####.png");
    fields.clip = std::string(300, 'x');
    CHECK_FALSE(name->resolve(fields, ".png", false).ok());
}

TEST_CASE("a delivery is what its version was, in another form") {
    media::VersionRecord version;
    version.clip = "bird";
    version.number = 2;
    version.run = "r01";
    version.step = 12000;
    version.face = "Anna";
    version.frames = "1001-1010";
    version.settings =
        "run=r01 weights=ab clip=bird plate=/p/a color=b.mov faces=cd matte=/x mask=y.png "
        "color=mean color-window=4 lighting=0.3 mask=learned*hull erode=0.02 blur=0.08 "
        "mask-window=0.7 occlusion=1 sharpen=0.5 grain=1 steady=1.5 eye-fit=1 version=0.9";
    const auto look = lookOfVersion(version);
    CHECK(look.size() == 12);
    CHECK(look.at("--color") == "mean");
    CHECK(look.at("--mask") == "learned*hull");
    CHECK(look.at("--eye-fit") == "1");
    CHECK(lookOfVersion({}).empty());

    const auto arguments = deliveryArguments("/p", {version, "/d/b.####.exr", "", ""});
    const auto after = [&](const std::string& option) {
        const auto at = std::find(arguments.begin(), arguments.end(), option);
        return at == arguments.end() ? std::string() : *(at + 1);
    };
    CHECK(after("--deliver") == "v002");
    CHECK(after("--run") == "r01");
    CHECK(after("--checkpoint") == "12000");
    CHECK(after("--face") == "Anna");
    CHECK(after("--frames") == "1001-1010");
    CHECK(after("--erode") == "0.02");
    CHECK(after("--matte").empty());
    CHECK(matteBeside("/a.b/swap.mp4", true) == "/a.b/swap_matte.mp4");
    CHECK(matteBeside("/a.b/s.v2.####.exr", false) == "/a.b/s.v2_matte.####.png");
    CHECK(matteBeside("swap_####.dpx", false) == "swap_matte_####.png");
    CHECK(matteBeside("/a.b/swap", true).empty());
    CHECK(deliveryFormat("exr")->ending == ".exr");
    CHECK(deliveryFormat("gif").error().remedy.find("exr") != std::string::npos);
}
