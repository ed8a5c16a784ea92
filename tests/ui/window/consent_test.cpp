// SPDX-License-Identifier: GPL-3.0-or-later
// Consent of performers: a chip at each, a record that is edited and undone, and what Train and
// Deliver say where it is missing.
#include <QComboBox>
#include <QDialog>
#include <QLabel>
#include <QLineEdit>
#include <QPlainTextEdit>
#include <QPushButton>
#include <QToolButton>
#include <QtTest/QTest>
#include <catch2/catch.hpp>
#include <fstream>

#include "media/base/sha256.h"
#include "tests/support/scoped_variable.h"
#include "tests/ui/studio_fixture.h"
#include "ui/models/consent_words.h"
#include "ui/models/formatting.h"
#include "ui/workspaces/page.h"

using namespace understudy;
using namespace understudy::tests;
using ui::PageId;
using ui::text;

namespace {

media::ConsentRecord consentOf(const std::string& performer, const std::string& expires) {
    media::ConsentRecord consent;
    consent.performer = performer;
    consent.use = "shots 10 to 40";
    consent.signedOn = "2001-03-01";
    consent.expires = expires;
    return consent;
}

struct Ingest : ShowFixture {
    Ingest() { window->goTo(PageId::ingest); }
    QString chip(const char* role) const {
        auto* button = find<QToolButton>((std::string(role) + "Consent").c_str());
        return button->isVisible() ? button->text().trimmed() : QString();
    }
    QDialog* open(const char* role) const {
        find<QToolButton>((std::string(role) + "Consent").c_str())->click();
        return find<QDialog>("consentDialog");
    }
    template <class T>
    T* in(QDialog* dialog, const char* name) const {
        return dialog->findChild<T*>(name);
    }
    QString label(const char* name) const {
        auto* found = find<QLabel>(name);
        return found->isVisible() ? found->text() : QString();
    }
    std::vector<media::ConsentRecord> kept() const {
        return *media::Project::open(folder(), true)->consents();
    }
};

}  // namespace

TEST_CASE("consent is recorded, shown, undone and done again, and the log keeps all of it") {
    Ingest show;
    REQUIRE(show.chip("source") == "No consent recorded");
    auto* dialog = show.open("source");
    REQUIRE(dialog != nullptr);
    CHECK(dialog->isVisible());
    CHECK_FALSE(show.in<QPushButton>(dialog, "consentSave")->isEnabled());
    CHECK(show.in<QLabel>(dialog, "consentProblem")->text().contains("what for"));
    CHECK(show.in<QLineEdit>(dialog, "consentProduction")->text() == "heist_010");
    show.in<QPlainTextEdit>(dialog, "consentUse")->setPlainText("onto the stunt double");
    CHECK(show.in<QPushButton>(dialog, "consentSave")->isEnabled());
    show.in<QLineEdit>(dialog, "consentExpires")->setText("next year");
    CHECK_FALSE(show.in<QPushButton>(dialog, "consentSave")->isEnabled());
    show.in<QLineEdit>(dialog, "consentExpires")->setText("2999-03-01");
    const auto sheet = show.temp / "anna.pdf";
    std::ofstream(sheet) << "signed";
    show.dialogs.sheet = text(sheet.string());
    show.in<QPushButton>(dialog, "consentChooseSheet")->click();
    show.in<QPushButton>(dialog, "consentSave")->click();
    REQUIRE(runUntil([&] { return show.chip("source") == "Consent until 2999-03-01"; }));
    const auto kept = show.kept();
    REQUIRE(kept.size() == 1);
    CHECK(kept[0].performer == "Anna");
    CHECK(kept[0].use == "onto the stunt double");
    CHECK(kept[0].document == sheet.string());
    CHECK(kept[0].documentHash == *sha256OfFile(sheet));
    CHECK(show.chip("destination") == "No consent recorded");

    auto& undo = show.window->studio().undo;
    CHECK(undo.undoText() == "Record the consent of Anna");
    undo.undo();
    REQUIRE(runUntil([&] { return show.chip("source") == "No consent recorded"; }));
    undo.redo();
    REQUIRE(runUntil([&] { return show.chip("source") == "Consent until 2999-03-01"; }));
    const auto project = media::Project::open(show.folder(), true);
    CHECK(project->verifyAudit().ok());
    const auto log = project->auditLog();
    CHECK(std::count_if(log->begin(), log->end(),
                        [](const auto& entry) { return entry.action == "consent"; }) == 3);
}

TEST_CASE("a record is changed and taken away in the same dialog") {
    Ingest show;
    {
        auto project = media::Project::open(show.folder());
        REQUIRE(project->putConsent(consentOf("Ben", "2002-01-01"), "Zoë").ok());
    }
    REQUIRE(runUntil([&] { return show.chip("destination") == "Consent expired 2002-01-01"; }));
    auto* dialog = show.open("destination");
    show.in<QLineEdit>(dialog, "consentExpires")->setText("");
    show.in<QPushButton>(dialog, "consentSave")->click();
    REQUIRE(runUntil([&] { return show.chip("destination") == "Consent without end"; }));
    CHECK(show.kept().size() == 1);
    show.window->studio().undo.undo();
    REQUIRE(runUntil([&] { return show.chip("destination") == "Consent expired 2002-01-01"; }));
    QCoreApplication::sendPostedEvents(nullptr, QEvent::DeferredDelete);
    dialog = show.open("destination");
    show.in<QPushButton>(dialog, "consentRemove")->click();
    REQUIRE(runUntil([&] { return show.chip("destination") == "No consent recorded"; }));
    CHECK(show.kept().empty());
}

TEST_CASE("a sheet that is not there is told, and nothing is recorded") {
    Ingest show;
    auto* dialog = show.open("source");
    show.in<QPlainTextEdit>(dialog, "consentUse")->setPlainText("shots");
    show.dialogs.sheet = text((show.temp / "gone.pdf").string());
    show.in<QPushButton>(dialog, "consentChooseSheet")->click();
    show.in<QPushButton>(dialog, "consentSave")->click();
    auto* bar = show.find<QWidget>("ingestMessages");
    REQUIRE(runUntil([&] { return bar->isVisible(); }));
    CHECK(bar->findChild<QLabel*>("messageText")->text().contains("gone.pdf"));
    CHECK(show.kept().empty());
    CHECK(show.window->studio().undo.count() == 0);
}

TEST_CASE("Train and Deliver say whose consent is missing, until it is there") {
    Ingest show;
    show.window->goTo(PageId::train);
    CHECK(show.label("trainConsent").startsWith("No consent recorded for Anna and Ben."));
    show.window->goTo(PageId::deliver);
    const auto says = [&](const char* words) { return show.label("swapSummary").contains(words); };
    REQUIRE(runUntil([&] { return says("No consent recorded for Anna and Ben."); }));
    {
        auto project = media::Project::open(show.folder());
        REQUIRE(project->putConsent(consentOf("Anna", ""), "Zoë").ok());
        auto revoked = consentOf("Ben", "2999-01-01");
        revoked.revoked = "2002-05-01";
        REQUIRE(project->putConsent(revoked, "Zoë").ok());
    }
    REQUIRE(runUntil([&] { return says("Ben revoked consent on 2002-05-01."); }));
    {
        auto project = media::Project::open(show.folder());
        REQUIRE(project->putConsent(consentOf("Ben", "2999-01-01"), "Zoë").ok());
    }
    CHECK(runUntil([&] { return !says("consent"); }));
    show.window->goTo(PageId::train);
    CHECK(show.label("trainConsent").isEmpty());
}

TEST_CASE("a site that blocks lets neither Train nor Deliver begin without consent") {
    const TempFolder config;
    const ScopedVariable own("XDG_CONFIG_HOME", config.path().string());
    std::filesystem::create_directories(config / "understudy");
    std::ofstream(config / "understudy" / "site.json") << R"({"consent.policy":"block"})";
    Ingest show;
    const auto refused = [&](const char* page) {
        auto* bar = show.find<QWidget>((std::string(page) + "Messages").c_str());
        return bar->isVisible() &&
               bar->findChild<QLabel*>("messageText")->text().contains("Record the consent");
    };
    show.window->goTo(PageId::train);
    auto* runs = show.find<QComboBox>("runChoice");
    runs->setCurrentIndex(0);
    Q_EMIT runs->activated(0);
    show.find<QPushButton>("trainPrimary")->click();
    CHECK(runUntil([&] { return refused("train"); }));
    show.window->goTo(PageId::deliver);
    auto* deliver = show.find<QPushButton>("deliverPrimary");
    REQUIRE(runUntil([&] { return deliver->isEnabled(); }));
    deliver->click();
    CHECK(runUntil([&] { return refused("deliver"); }));
    CHECK(show.gateway.started.empty());
}

TEST_CASE("the words of consent count the days to its end") {
    std::vector<media::ConsentRecord> records = {consentOf("Anna", "2026-03-31")};
    const auto words = [&](const char* today) { return ui::consentWords(records, "Anna", today); };
    CHECK(words("2026-02-01").text == "Consent until 2026-03-31");
    CHECK_FALSE(words("2026-02-01").soon);
    CHECK(words("2026-03-11").text == "Consent until 2026-03-31, 20 days left");
    CHECK(words("2026-03-30").text.endsWith("1 day left"));
    CHECK(words("2026-03-31").text.endsWith("its last day"));
    CHECK(words("2026-03-31").soon);
    CHECK(words("2026-04-01").text == "Consent expired 2026-03-31");
    CHECK_FALSE(words("2026-04-01").held);
    records[0].replicaType = media::kSyntheticReplica;
    CHECK(words("2026-03-11").text == "Synthetic, nobody to ask");
    CHECK(ui::missingConsent(records, {"Anna", "Ben", "Ben", "Carl"}, "2026-03-01") ==
          "No consent recorded for Ben and Carl.");
}
