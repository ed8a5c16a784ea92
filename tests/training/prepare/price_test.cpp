#include "training/prepare/price.h"

#include <catch2/catch.hpp>
#include <fstream>

#include "tests/support/temp_folder.h"

using namespace understudy;
using namespace understudy::training;
namespace fs = std::filesystem;

TEST_CASE("a price is the project's, else the site's, else nobody's") {
    const tests::TempFolder folder;
    auto project = *media::Project::create(folder / "p");
    const std::vector<fs::path> site = {folder / "one.json", folder / "two.json"};
    CHECK_FALSE(pricePerHour(project, site)->has_value());
    std::ofstream(site[0]) << R"({"face.detector":"default","train.price":1.5})";
    CHECK(*pricePerHour(project, site) == 1.5);
    std::ofstream(site[1]) << R"({"train.price":"2"})";  // the last one wins
    CHECK(*pricePerHour(project, site) == 2.0);
    REQUIRE(project.putSetting(kPriceSetting, "3.25").ok());
    CHECK(*pricePerHour(project, site) == 3.25);
    REQUIRE(project.putSetting(kPriceSetting, "").ok());
    CHECK(*pricePerHour(project, site) == 2.0);
}

TEST_CASE("what a price is in is the project's, else the site's, else the usual") {
    const tests::TempFolder folder;
    auto project = *media::Project::create(folder / "p");
    const std::vector<fs::path> site = {folder / "site.json"};
    CHECK(*currencyOf(project, site) == "USD");
    std::ofstream(site[0]) << R"({"train.currency":"kr"})";
    CHECK(*currencyOf(project, site) == "kr");
    REQUIRE(project.putSetting(kCurrencySetting, "€").ok());
    CHECK(*currencyOf(project, site) == "€");
    for (const char* text : {"", "US dollars", "2EUR", "pieces of eight", "a\nb"}) {
        CHECK(currencyFromText(text).error().code == ErrorCode::usage);
    }
    CHECK(costText(8.046, "USD") == "8.05 USD");
    CHECK(costText(0, "€") == "0.00 €");
    CHECK(costText(999.999, "kr") == "1,000.00 kr");
    CHECK(costText(1234567.5, "EUR") == "1,234,567.50 EUR");
}

TEST_CASE("what is no price is said") {
    for (const char* text : {"", "cheap", "-1", "2 euros", "nan", "inf", "1e999"}) {
        const auto price = priceFromText(text);
        REQUIRE_FALSE(price.ok());
        CHECK(price.error().code == ErrorCode::usage);
        CHECK_FALSE(price.error().remedy.empty());
    }
    CHECK(*priceFromText("0") == 0);
    const tests::TempFolder folder;
    auto project = *media::Project::create(folder / "p");
    const std::vector<fs::path> site = {folder / "site.json"};
    std::ofstream(site[0]) << "[1, 2";
    CHECK(pricePerHour(project, site).error().code == ErrorCode::environment);
    std::ofstream(site[0]) << R"({"train.price":true})";
    CHECK(pricePerHour(project, site).error().code == ErrorCode::usage);
}
