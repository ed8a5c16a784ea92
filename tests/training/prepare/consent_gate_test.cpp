// Whether a site lets work begin without the performers' consent.
#include "training/prepare/consent_gate.h"

#include <catch2/catch.hpp>
#include <fstream>

#include "tests/support/temp_folder.h"

using namespace understudy;
using namespace understudy::training;
namespace fs = std::filesystem;

namespace {

struct Site {
    Site() {
        for (const char* performer : {"Anna", "Ben"}) {
            media::ClipRecord clip;
            clip.performer = performer;
            clip.name = performer == std::string("Anna") ? "again" : "bird";
            clip.path = "/plates/" + clip.name + ".mov";
            REQUIRE(project.addClip(clip).ok());
        }
        REQUIRE(project.addRun({"r01", "Anna", "Ben", ""}).ok());
    }
    void say(size_t file, const std::string& json) const { std::ofstream(files[file]) << json; }
    void agree(const char* performer, const char* expires) {
        media::ConsentRecord consent;
        consent.performer = performer;
        consent.use = "shots";
        consent.signedOn = "2001-01-01";
        consent.expires = expires;
        REQUIRE(project.putConsent(consent, "Zoë").ok());
    }
    Status check() const { return checkConsent(project, {"Anna", "Ben", "Ben"}, files); }

    tests::TempFolder temp;
    media::Project project = *media::Project::create(temp / "p.understudy");
    std::vector<fs::path> files = {temp / "site.json", temp / "own.json"};
};

}  // namespace

TEST_CASE("without a policy nothing is blocked") {
    Site site;
    CHECK(site.check().ok());
    site.say(0, R"({"train.price":1})");
    CHECK(site.check().ok());
    site.say(0, R"({"consent.policy":"warn"})");
    CHECK(site.check().ok());
}

TEST_CASE("a site that blocks names whose consent is missing, until it is there") {
    Site site;
    site.say(0, R"({"consent.policy":"block"})");
    const Status none = site.check();
    REQUIRE_FALSE(none.ok());
    CHECK(none.error().code == ErrorCode::usage);
    CHECK(none.error().message.find("no consent is recorded for Anna, no consent is recorded for "
                                    "Ben, and") == 0);
    site.agree("Anna", "");
    site.agree("Ben", "2002-01-01");
    CHECK(site.check().error().message.find("the consent of Ben expired on 2002-01-01") == 0);
    CHECK_FALSE(checkSwapConsent(site.project, "r01", "bird", site.files).ok());
    CHECK(checkSwapConsent(site.project, "r01", "again", site.files).ok());
    site.agree("Ben", "2999-01-01");
    CHECK(site.check().ok());
    CHECK(checkSwapConsent(site.project, "r01", "bird", site.files).ok());
}

TEST_CASE("who is replaced in another's clip has agreed too") {
    Site site;
    site.say(0, R"({"consent.policy":"block"})");
    site.agree("Anna", "");
    REQUIRE(checkSwapConsent(site.project, "r01", "again", site.files).ok());
    media::FaceTruth face;
    face.frame = 3;
    face.how = media::FoundHow::detected;
    REQUIRE(site.project.putFaces("again", std::span(&face, 1)).ok());
    CHECK(checkSwapConsent(site.project, "r01", "again", site.files).ok());
    REQUIRE(site.project.assignFaces("again", std::vector<int64_t>{3}, "Ben").ok());
    const Status missing = checkSwapConsent(site.project, "r01", "again", site.files);
    REQUIRE_FALSE(missing.ok());
    CHECK(missing.error().message.find("no consent is recorded for Ben") == 0);
}

TEST_CASE("a user's own settings make it stricter, not looser") {
    Site site;
    site.say(0, R"({"consent.policy":"block"})");
    site.say(1, R"({"consent.policy":"warn"})");
    CHECK_FALSE(site.check().ok());
    site.say(0, R"({})");
    site.say(1, R"({"consent.policy":"block"})");
    CHECK_FALSE(site.check().ok());
}

TEST_CASE("a policy that there is not lets nothing pass unnoticed") {
    Site site;
    for (const char* json : {R"({"consent.policy":"maybe"})", R"({"consent.policy":true})", "[1"}) {
        INFO(json);
        site.say(0, json);
        CHECK(site.check().error().code == ErrorCode::environment);
    }
}
