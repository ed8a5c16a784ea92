// What performers agreed to: what a record must say, which one counts, what is kept of changes.
#include <catch2/catch.hpp>

#include "media/project/project.h"
#include "tests/media/project/older_project.h"
#include "tests/support/temp_folder.h"

using namespace understudy;
using namespace understudy::media;
using namespace understudy::tests;
namespace fs = std::filesystem;

namespace {

ConsentRecord consentFor(const std::string& performer) {
    ConsentRecord consent;
    consent.performer = performer;
    consent.use = "face replacement in shots 10 to 40";
    consent.scope = "training, swap, delivery";
    consent.production = "Heist";
    consent.replicaType = "face replacement";
    consent.signedOn = "2026-03-01";
    consent.expires = "2027-03-01";
    consent.approver = "Zoë Brandt";
    return consent;
}

struct Show {
    Show() { REQUIRE(project.addClip(clipOf("bird")).ok()); }

    TempFolder temp;
    fs::path path = temp / "show.understudy";
    Project project = *Project::create(path);
};

}  // namespace

TEST_CASE("a consent is kept whole, its sheet below the project by a relative path") {
    Show show;
    ConsentRecord wish = consentFor("Anna");
    wish.document = (show.path / "consent" / "anna.pdf").string();
    wish.documentHash = std::string(64, 'a');
    wish.minor = true;
    wish.guardian = "Käthe Lund";
    wish.reason = "a stunt";
    const auto put = show.project.putConsent(wish, "Zoë");
    REQUIRE(put.ok());
    CHECK(put->id > 0);
    CHECK(put->document == "consent/anna.pdf");
    CHECK_FALSE(put->created.empty());
    auto again = Project::open(show.path);
    const auto read = again->consents();
    REQUIRE(read.ok());
    REQUIRE(read->size() == 1);
    CHECK(read->front() == *put);
    CHECK(again->resultPath(put->document) == show.path / "consent" / "anna.pdf");
}

TEST_CASE("consents change, go and come back, each time with a line in the audit log") {
    Show show;
    const auto first = show.project.putConsent(consentFor("Anna"), "Zoë");
    REQUIRE(first.ok());
    ConsentRecord longer = *first;
    longer.expires = "2028-01-01";
    REQUIRE(show.project.putConsent(longer, "Zoë").ok());
    CHECK(show.project.consents()->front().expires == "2028-01-01");
    REQUIRE(show.project.removeConsent(first->id, "Zoë").ok());
    CHECK(show.project.consents()->empty());
    CHECK(show.project.removeConsent(first->id, "Zoë").error().code == ErrorCode::usage);
    REQUIRE(show.project.putConsent(*first, "Zoë").ok());  // undone
    CHECK(show.project.consents()->front().id == first->id);
    CHECK(show.project.verifyAudit().ok());
    std::vector<std::string> details;
    const auto log = show.project.auditLog();
    for (const auto& entry : *log) {
        if (entry.action == "consent") {
            details.push_back(entry.detail);
        }
    }
    REQUIRE(details.size() == 4);
    CHECK(details[1].find("until 2028-01-01") != std::string::npos);
    CHECK(details[2].find("taken away, by Zoë") != std::string::npos);
}

TEST_CASE("a consent that says too little or nonsense is refused") {
    Show show;
    const auto code = [&](void (*spoil)(ConsentRecord&)) {
        ConsentRecord wish = consentFor("Anna");
        spoil(wish);
        const auto put = show.project.putConsent(wish, "Zoë");
        return put.ok() ? std::string() : put.error().where;
    };
    CHECK(code([](ConsentRecord& c) { c.use.clear(); }) == "use");
    CHECK(code([](ConsentRecord& c) { c.signedOn.clear(); }) == "signed");
    CHECK(code([](ConsentRecord& c) { c.signedOn = "2026-02-30"; }) == "signed");
    CHECK(code([](ConsentRecord& c) { c.expires = "2026-02-28"; }) == "expires");
    CHECK(code([](ConsentRecord& c) { c.revoked = "soon"; }) == "revoked");
    CHECK(code([](ConsentRecord& c) { c.minor = true; }) == "guardian");
    CHECK(code([](ConsentRecord& c) { c.scope = std::string(5000, 'x'); }) == "consent");
    CHECK(code([](ConsentRecord& c) { c.performer = "Nobody"; }) != "");
    CHECK(code([](ConsentRecord&) {}).empty());
    CHECK(show.project.consents()->size() == 1);
}

TEST_CASE("a consent holds to its last day, and until it is revoked") {
    ConsentRecord consent = consentFor("Anna");
    CHECK(stateOf(consent, "2027-03-01") == ConsentState::valid);
    CHECK(stateOf(consent, "2027-03-02") == ConsentState::expired);
    consent.revoked = "2026-07-01";
    CHECK(stateOf(consent, "2026-06-30") == ConsentState::valid);
    CHECK(stateOf(consent, "2026-07-01") == ConsentState::revoked);
    consent = consentFor("Anna");
    consent.expires.clear();
    CHECK(stateOf(consent, "2099-01-01") == ConsentState::valid);
}

TEST_CASE("the newest consent that holds counts, and only that of the performer") {
    std::vector<ConsentRecord> records = {consentFor("Anna"), consentFor("Anna"),
                                          consentFor("Anna"), consentFor("Ben")};
    for (size_t i = 0; i < records.size(); ++i) {
        records[i].id = static_cast<int64_t>(i + 1);
    }
    records[2].expires = "2026-04-01";
    CHECK(consentOf(records, "Anna", "2026-03-15")->id == 3);
    CHECK(consentOf(records, "Anna", "2026-05-01")->id == 2);
    CHECK(consentOf(records, "Anna", "2030-05-01")->id == 3);
    CHECK(consentOf(records, "Carl", "2026-05-01") == nullptr);
}

TEST_CASE("days are those of the calendar") {
    CHECK(isDay("2028-02-29"));
    CHECK(isDay(today()));
    for (const char* text : {"", "2027-02-29", "2027-13-01", "2027-1-01", "01-01-2027",
                             "2027-01-01 ", "2027/01/01", "20x7-01-01"}) {
        INFO(text);
        CHECK_FALSE(isDay(text));
    }
}

TEST_CASE("consents of an older project stay, without a sheet") {
    const TempFolder temp;
    makeOlderProject(temp / "old.understudy", 5,
                     "INSERT INTO consent(performer, described_use, signed, created) VALUES "
                     "(1, 'shots', '2026-01-02', '2026-01-02T00:00:00Z')");
    const auto project = Project::open(temp / "old.understudy");
    REQUIRE(project.ok());
    const auto read = project->consents();
    REQUIRE(read.ok());
    REQUIRE(read->size() == 1);
    CHECK(read->front().performer == "A");
    CHECK(read->front().use == "shots");
    CHECK(read->front().expires.empty());
    CHECK(read->front().document.empty());
}
