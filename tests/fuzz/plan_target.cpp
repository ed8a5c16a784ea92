// plan.json, selection.json and history lines: what a run's folder may have in it.
#include "media/base/check.h"
#include "media/base/file.h"
#include "tests/fuzz/file_input.h"
#include "tests/fuzz/fuzz_target.h"
#include "training/plan/plan.h"
#include "training/plan/run_folder.h"
#include "training/plan/selection.h"

using namespace understudy;
using namespace understudy::training;

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
    const std::string text = tests::inputText(data, size);
    bool taken = historyFromJson(text).has_value();
    const auto plan = planFromJson(text, "fuzz");
    if (plan.ok()) {
        static_cast<void>(plan->check().ok());
        US_CHECK(planFromJson(planToJson(*plan), "fuzz").ok());
        taken = true;
    } else {
        US_CHECK(!plan.error().remedy.empty());
    }
    const auto selection = loadSelection(tests::fileOf(data, size, "selection.json"));
    for (size_t i = 0; selection.ok() && i < selection->identities.size(); ++i) {
        US_CHECK(selection->facesetHash(i).size() == 64);
    }
    tests::acceptedInputs += taken || selection.ok();
    return 0;
}

std::vector<std::string> tests::fuzzSeeds() {
    Selection selection;
    selection.packs = {"../../facesets/a.whole_face.256.idx"};
    selection.identities = {{"A", {{0, 1, std::string(64, 'a'), 7}}}, {"B", {}}};
    const TempFolder folder;
    US_CHECK(saveSelection(selection, folder / "selection.json").ok());
    HistoryLine line;
    line.step = 5;
    line.terms = {{"source_dssim", 0.5}};
    return {planToJson(Plan()), *readFile(folder / "selection.json"), historyToJson(line)};
}
