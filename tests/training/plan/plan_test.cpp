#include "training/plan/plan.h"

#include <catch2/catch.hpp>
#include <cmath>
#include <random>
#include <set>

#include "media/base/file.h"
#include "tests/support/temp_folder.h"
#include "training/plan/changes.h"

using namespace understudy;
using namespace understudy::training;

namespace {

// A value of the option other than that of the plan.
std::string anotherValue(const OptionInfo& option, const std::string& now) {
    switch (option.kind) {
        case OptionInfo::Kind::integer:
            if (option.most < 128) {
                return now == "3" ? "2" : "3";
            }
            return now == "96" ? "128" : "96";
        case OptionInfo::Kind::real:
            return now == "0.25" ? "0.5" : "0.25";
        case OptionInfo::Kind::boolean:
            return now == "true" ? "false" : "true";
        case OptionInfo::Kind::choice:
            return option.choices.front() == now ? option.choices.back() : option.choices.front();
        case OptionInfo::Kind::text:
            break;
    }
    return option.key == "switches" ? "t" : option.key == "devices" ? "cpu,cpu" : option.key + "-x";
}

Status checked(const std::string& key, const std::string& value, Plan plan = {}) {
    US_TRY(setOption(plan, key, value));
    return plan.check();
}

}  // namespace

TEST_CASE("the defaults and every preset are plans that can be trained") {
    CHECK(Plan().check().ok());
    const auto list = presets();
    REQUIRE(list.ok());
    std::vector<std::string> names;
    for (const PresetInfo& preset : *list) {
        names.push_back(preset.name);
        CHECK_FALSE(preset.title.empty());
        CHECK(preset.help.size() > 20);
        const auto plan = loadPreset(preset.name);
        REQUIRE(plan.ok());
        CHECK(plan->check().ok());
    }
    CHECK(names == std::vector<std::string>{"quick", "standard", "high", "max"});
    CHECK(loadPreset("quick")->resolution == 64);
    CHECK(loadPreset("standard")->resolution == 128);
    CHECK(loadPreset("high")->resolution == 256);
    CHECK(loadPreset("max")->resolution == 512);

    const auto none = loadPreset("../plan");
    REQUIRE_FALSE(none.ok());
    CHECK(none.error().code == ErrorCode::usage);
    CHECK(none.error().remedy == "Use one of quick, standard, high, max");
}

TEST_CASE("every option is described, can be set, and survives text and JSON") {
    std::set<std::string> keys;
    Plan changed;
    for (const OptionInfo& option : planOptions()) {
        CHECK(keys.insert(option.key).second);
        CHECK(option.help.size() > 20);
        CHECK(option.help.back() == '.');
        const std::string before = optionValue(changed, option.key);
        const std::string value = anotherValue(option, before);
        INFO(option.key);
        REQUIRE(setOption(changed, option.key, value).ok());
        CHECK(optionValue(changed, option.key) == value);
    }
    CHECK(keys.size() == 70);
    REQUIRE(setOption(changed, "accumulate", "3").ok());  // of the 48 faces of each device
    REQUIRE(setOption(changed, "model", "df").ok());      // trueFace wants it, and two performers
    REQUIRE(setOption(changed, "others", "").ok());
    const auto read = planFromJson(planToJson(changed), "plan.json");
    REQUIRE(read.ok());
    for (const std::string& key : keys) {
        CHECK(optionValue(*read, key) == optionValue(changed, key));
    }
    CHECK(planToJson(*read) == planToJson(changed));
}

TEST_CASE("what is shown first and what may change while running are as agreed") {
    std::set<std::string> basic;
    std::set<std::string> live;
    for (const OptionInfo& option : planOptions()) {
        if (!option.advanced) {
            basic.insert(option.key);
        }
        if (option.changeableWhileRunning && option.key.find('.') == std::string::npos) {
            live.insert(option.key);
        }
        if (option.key.find('.') != std::string::npos) {
            CHECK(option.changeableWhileRunning);
        }
    }
    CHECK(basic == std::set<std::string>{"resolution", "batch", "model", "devices", "steps"});
    CHECK(live == std::set<std::string>{"accumulate", "recompute", "learningRate", "lrDropout",
                                        "trueFace", "previewEvery", "checkpointEvery", "keepBest",
                                        "keepCheckpoints", "keepEvery", "steps"});
}

TEST_CASE("a wrong key is answered with the nearest ones") {
    const auto remedy = [](const std::string& key) {
        Plan plan;
        const auto status = setOption(plan, key, "1");
        REQUIRE_FALSE(status.ok());
        CHECK(status.error().code == ErrorCode::usage);
        return status.error().remedy;
    };
    CHECK(remedy("resoluton").find("resolution") != std::string::npos);
    CHECK(remedy("learning_rate").find("learningRate") != std::string::npos);
    CHECK(remedy("dssim").find("loss.dssim") != std::string::npos);
    CHECK(remedy("bacth").find("batch") != std::string::npos);
    CHECK(remedy("xyzzyplugh").starts_with("The keys are "));
    CHECK(remedy(std::string(100000, 'r')).starts_with("The keys are "));
    CHECK(remedy("").starts_with("The keys are "));
}

TEST_CASE("a wrong value is answered with key, value and what it may be") {
    const auto error = [](const std::string& key, const std::string& value) {
        const auto status = checked(key, value);
        INFO(key << "=" << value);
        REQUIRE_FALSE(status.ok());
        CHECK(status.error().code == ErrorCode::usage);
        CHECK(status.error().where == key);
        CHECK(status.error().message.find(value.substr(0, 100)) != std::string::npos);
        return status.error().remedy;
    };
    CHECK(error("batch", "0") == "Use a whole number from 1 to 4096");
    CHECK(error("batch", "-3") == "Use a whole number from 1 to 4096");
    CHECK(error("batch", "many") == "Use a whole number from 1 to 4096");
    CHECK(error("batch", "4.5") == "Use a whole number from 1 to 4096");
    CHECK(error("batch", "99999999999") == "Use a whole number from 1 to 4096");
    error("learningRate", "nan");
    error("learningRate", "inf");
    error("learningRate", "0");
    error("seed", "-1");
    CHECK(error("loss.masked", "maybe") == "Use true or false");
    CHECK(error("model", "gan") == "Use one of df, liae");
    CHECK(error("switches", "uu").find("at most once") != std::string::npos);
    error("switches", "x");
    CHECK(error("resolution", "100") == "Use 96 or 128");
    CHECK(error("resolution", "1040").find("1024") != std::string::npos);
    error("encoderDims", "33");
    error("encoderDims", "0");
    error("devices", "cuda");
    error("devices", "gpu:0");
    error("devices", "GPU-");
    error("devices", "GPU-../../x");
    error("devices", "");
    error("encoding", "");
    CHECK(checked("model", "liae-udt").ok());
    CHECK(checked("steps", "1e5").ok());
    CHECK(checked("switches", "").ok());
}

TEST_CASE("colour transfer was once true or false, and still may be") {
    CHECK(Plan().augment.colorTransfer == "tones");
    Plan plan;
    for (const auto& [given, meant] : {std::pair{"false", "none"},
                                       {"true", "tones"},
                                       {"off", "none"},
                                       {"on", "tones"},
                                       {"0", "none"},
                                       {"1", "tones"},
                                       {"no", "none"},
                                       {"yes", "tones"},
                                       {"lot", "lot"},
                                       {"mix", "mix"},
                                       {"none", "none"},
                                       {"tones", "tones"}}) {
        INFO(given);
        REQUIRE(setOption(plan, "augment.colorTransfer", given).ok());
        CHECK(optionValue(plan, "augment.colorTransfer") == meant);
    }
    CHECK(setOption(plan, "augment.colorTransfer", "maybe").error().remedy ==
          "Use one of none, tones, lot, mix");
    for (const auto& [given, meant] : {std::pair{"false", "none"},
                                       {"true", "tones"},
                                       {"\"lot\"", "lot"},
                                       {"\"false\"", "none"}}) {
        INFO(given);
        const auto old =
            planFromJson(std::string(R"({"augment": {"colorTransfer": )") + given + "}}", "p.json");
        REQUIRE(old.ok());
        CHECK(old->augment.colorTransfer == meant);
        CHECK(planFromJson(planToJson(*old), "p.json")->augment.colorTransfer == meant);
    }
    // No other choice was a truth value.
    CHECK_FALSE(planFromJson(R"({"model": true})", "p.json").ok());
    CHECK_FALSE(planFromJson(R"({"augment": {"colorTransfer": 1}})", "p.json").ok());
    const std::vector<PlanChange> written = {{3, "augment.colorTransfer", "false", "user"}};
    REQUIRE(applyChanges(plan, written, 5).ok());
    CHECK(plan.augment.colorTransfer == "none");
}

TEST_CASE("keys that depend on each other are checked together") {
    Plan plan;
    plan.switches = std::string("u");
    plan.resolution = 80;
    CHECK(plan.check().ok());
    plan.switches = std::string("t");
    CHECK(plan.check().error().remedy == "Use 64 or 96");

    plan = {};
    plan.accumulate = 3;
    CHECK(plan.check().error().where == "accumulate");
    CHECK(plan.check().error().message == "a batch of 8 cannot be computed in 3 equal parts");
    CHECK(plan.check().error().remedy == "Use accumulate=2, or a batch that is a multiple of 3");
    plan.accumulate = 8;
    CHECK(plan.check().ok());
    CHECK(checkParts(plan, 2).error().remedy ==
          "Use accumulate=4, or a batch that is a multiple of 16");
    plan.devices = "cpu,cpu";
    CHECK(plan.check().error().message ==
          "a batch of 8, 4 for each of 2 devices, cannot be computed in 8 equal parts");
    plan.accumulate = 4;
    CHECK(plan.check().ok());

    plan = {};
    plan.devices = "cpu,cpu,cpu";
    plan.batch = 2;
    CHECK(plan.check().error().where == "batch");
    plan.batch = 3;
    CHECK(plan.check().ok());
    plan.devices = "cuda:0,cpu";
    CHECK_FALSE(plan.check().ok());
    plan.devices =
        "GPU-8a1f0c22-0000-4b11-9d6e-00000000beef,GPU-8a1f0c22-0000-4b11-9d6e-00000000cafe";
    CHECK(plan.check().ok());
    plan.devices = "cuda:0,cuda:0";
    CHECK_FALSE(plan.check().ok());
    plan.devices = "cuda:0,cuda:1";
    CHECK(plan.check().ok());
    plan.source = plan.destination = "Anna";
    CHECK(plan.check().error().where == "destination");
    plan = {};
    plan.source = "Anna";
    plan.destination = "Ben";
    plan.others = "Cleo, Dora";
    CHECK(plan.check().ok());
    CHECK(performersOf(plan) == std::vector<std::string>{"Anna", "Ben", "Cleo", "Dora"});
    CHECK(planFromJson(planToJson(plan), "plan.json")->others == "Cleo, Dora");
    for (const char* wrong : {"Cleo,", ",", "Cleo,,Dora", "Ben", "Cleo,Dora, Cleo"}) {
        CAPTURE(wrong);
        plan.others = std::string(wrong);
        REQUIRE_FALSE(plan.check().ok());
        CHECK(plan.check().error().where == "others");
    }
    plan.others = std::string("Cleo");
    plan.trueFace = 0.01;
    CHECK(plan.check().error().where == "trueFace");
    plan = {};
    CHECK(performersOf(plan).size() == 2);
    plan.loss.dssim = plan.loss.mse = 0;
    CHECK(plan.check().error().where == "loss.dssim");
    plan = {};
    plan.trueFace = 0.01;
    CHECK(plan.check().ok());
    plan.model = "liae";
    CHECK(plan.check().error().where == "trueFace");
    plan = {};
    plan.gan.patch = 128;
    CHECK(plan.check().ok());
    plan.gan.patch = 129;
    CHECK(plan.check().error().where == "gan.patch");
    plan.gan.patch = 2;
    CHECK(plan.check().error().where == "gan.patch");
    plan = {};
    plan.learningRate = std::nan("");
    CHECK(plan.check().error().where == "learningRate");
    plan = {};
    plan.model = "other";
    CHECK(plan.check().error().where == "model");
}

TEST_CASE("plan files: missing keys keep defaults, wrong ones are named with their file") {
    const auto good = planFromJson(R"({"batch": 4, "loss": {"mse": 3}, "steps": 8.0})", "p.json");
    REQUIRE(good.ok());
    CHECK(good->batch == 4);
    CHECK(good->loss.mse == 3);
    CHECK(good->loss.dssim == 10);
    CHECK(good->steps == 8);
    CHECK(planFromJson("{}", "p.json").ok());
    for (const char* text :
         {R"({"bach": 4})", R"({"loss": {"mee": 3}})", R"({"loss": 3})", R"({"batch": "4"})",
          R"({"batch": true})", R"({"batch": null})", R"({"batch": []})", R"({"model": 3})",
          R"({"loss": {"masked": 1}})", R"({"resolution": 100})", R"({"batch": 1e300})",
          R"({"loss": {"loss": {"mse": 1}}})", R"({"batch": 4)", "", "[]", "nonsense",
          "\xFF\xFE"}) {
        const auto bad = planFromJson(text, "p.json");
        INFO(text);
        REQUIRE_FALSE(bad.ok());
        CHECK(bad.error().code == ErrorCode::usage);
        CHECK(bad.error().where.starts_with("p.json"));
        CHECK_FALSE(bad.error().remedy.empty());
    }
    const auto nested = planFromJson(std::string(200000, '['), "p.json");
    CHECK_FALSE(nested.ok());

    const tests::TempFolder folder;
    Plan plan;
    plan.source = "Gr\xC3\xBC\xC3\x9F";
    plan.learningRate = 0.1 + 0.2;
    plan.seed = 9007199254740991;
    REQUIRE(savePlan(plan, folder / "plan.json").ok());
    const auto again = loadPlan(folder / "plan.json");
    REQUIRE(again.ok());
    CHECK(again->source == plan.source);
    CHECK(again->learningRate == plan.learningRate);
    CHECK(again->seed == plan.seed);
    CHECK(loadPlan(folder / "none.json").error().code == ErrorCode::missingInput);
    REQUIRE(writeFileAtomic(folder / "huge.json", std::string(2 << 20, ' ')).ok());
    CHECK(loadPlan(folder / "huge.json").error().code == ErrorCode::corruptData);
}

TEST_CASE("mutated plan files are read or refused, never crash") {
    const std::string whole = planToJson(Plan());
    std::mt19937 random(7);
    int refused = 0;
    for (int i = 0; i < 2000; ++i) {
        std::string text = whole;
        for (int k = 0; k < 3; ++k) {
            text[random() % text.size()] = static_cast<char>(random());
        }
        if (random() % 4 == 0) {
            text.resize(random() % text.size());
        }
        refused += planFromJson(text, "p.json").ok() ? 0 : 1;
    }
    CHECK(refused > 1000);
}

TEST_CASE("changes are kept in order, replayed up to a step, and survive a torn line") {
    const tests::TempFolder folder;
    const RunFolder run{folder.path()};
    REQUIRE(savePlan(Plan(), run.plan()).ok());
    CHECK(readChanges(run.changes())->empty());
    CHECK(currentPlan(run)->learningRate == 5e-5);

    const std::vector<PlanChange> first = {{100, "learningRate", "0.001", "user"}};
    const std::vector<PlanChange> second = {{200, "loss.mse", "20", "user"},
                                            {300, "learningRate", "0.002", "resumed"}};
    REQUIRE(appendChanges(run.changes(), first).ok());
    std::string torn = *readFile(run.changes()) + R"({"step": 150, "key": "ba)";
    REQUIRE(writeFileAtomic(run.changes(), torn).ok());
    CHECK(readChanges(run.changes())->size() == 1);
    REQUIRE(appendChanges(run.changes(), second).ok());
    const auto changes = readChanges(run.changes());
    REQUIRE(changes->size() == 3);
    CHECK((*changes)[1].key == "loss.mse");
    CHECK((*changes)[2].reason == "resumed");

    CHECK(currentPlan(run, 99)->learningRate == 5e-5);
    CHECK(currentPlan(run, 100)->learningRate == 0.001);
    CHECK(currentPlan(run)->learningRate == 0.002);
    CHECK(currentPlan(run)->loss.mse == 20);

    Plan other;
    other.batch = 16;
    other.augment.warp = 0.5;
    const auto between = changesBetween(Plan(), other, 7, "why");
    REQUIRE(between.size() == 2);
    CHECK(between[0].key == "batch");
    CHECK(between[0].value == "16");
    CHECK(between[1].step == 7);
    const std::vector<PlanChange> wrong = {{1, "batch", "none", ""}};
    Plan plan;
    CHECK(applyChanges(plan, wrong, 5).error().code == ErrorCode::usage);
}

TEST_CASE("settings of a run change only where they may, and what stays is no change") {
    Plan plan;
    plan.source = std::string("A");
    plan.destination = std::string("B");
    const auto asked = [&](const std::vector<std::string>& settings, bool atRest = false) {
        return changesAsked(plan, settings, 7, "because", atRest);
    };
    const auto changes =
        asked({"learningRate=0.001", "previewEvery=" + optionValue(plan, "previewEvery")});
    REQUIRE(changes.ok());
    REQUIRE(changes->size() == 1);
    CHECK(changes->front().step == 7);
    CHECK(changes->front().key == "learningRate");
    CHECK(changes->front().reason == "because");
    for (const char* setting : {"resolution=256", "model=liae-ud", "devices=cpu", "no=1", "steps",
                                "steps=-4", "=1", ""}) {
        INFO(setting);
        const auto refused = asked({setting});
        REQUIRE_FALSE(refused.ok());
        CHECK(refused.error().code == ErrorCode::usage);
        CHECK_FALSE(refused.error().message.empty());
    }
    CHECK(asked({"devices=cpu"}, true).ok());
    CHECK_FALSE(asked({"resolution=256"}, true).ok());
    CHECK(asked({}).ok());
}
