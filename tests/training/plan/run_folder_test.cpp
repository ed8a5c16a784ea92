#include "training/plan/run_folder.h"

#include <catch2/catch.hpp>
#include <cmath>
#include <fstream>
#include <limits>
#include <random>

#include "media/base/file.h"
#include "tests/support/temp_folder.h"
#include "training/plan/selection.h"

using namespace understudy;
using namespace understudy::training;

namespace {

HistoryLine lineOf(int64_t step) {
    HistoryLine line;
    line.step = step;
    line.time = 1.5 * static_cast<double>(step);
    line.loss = 1.0 / (1 + static_cast<double>(step));
    line.terms = {{"source_dssim", 0.25}, {"destination_mse", 1e-9}};
    line.learningRate = 5e-5;
    line.iterationsPerSecond = 12.5;
    line.dataWait = 0.01;
    return line;
}

void append(const std::filesystem::path& file, const std::string& text) {
    std::ofstream(file, std::ios::app | std::ios::binary) << text;
}

Selection sampleSelection() {
    Selection selection;
    selection.packs = {"../../facesets/a.whole_face.256.idx",
                       "../../facesets/b.whole_face.256.idx"};
    selection.identities = {{"Anna", {}}, {"Bj\xC3\xB6rn", {}}};
    for (uint32_t i = 0; i < 5; ++i) {
        selection.identities[0].faces.push_back(
            {0, i, std::string(63, 'a') + static_cast<char>('0' + i), 1000 + i});
        selection.identities[1].faces.push_back(
            {1, 2 * i, std::string(63, 'b') + static_cast<char>('0' + i), int64_t{i} - 3});
    }
    return selection;
}

}  // namespace

TEST_CASE("steps have names that sort and read back") {
    CHECK(stepName(0) == "step-00000000");
    CHECK(stepName(1234) == "step-00001234");
    CHECK(stepName(123456789) == "step-123456789");
    for (const int64_t step : {0, 1, 99999999, 100000000, 1000000000}) {
        CHECK(stepOfName(stepName(step)) == step);
    }
    for (const char* name :
         {"", "step-", "step-1", "step-0000123", "step-000001234", "step-0000000x", "step--0000001",
          "latest", "step-00000001.tmp", "step-99999999999999999999999999"}) {
        CHECK_FALSE(stepOfName(name).has_value());
    }
}

TEST_CASE("history lines read back, and numbers that are not finite become null and NaN") {
    HistoryLine line = lineOf(10);
    line.validation = 0.125;
    auto read = historyFromJson(historyToJson(line));
    REQUIRE(read.has_value());
    CHECK(read->step == 10);
    CHECK(read->time == line.time);
    CHECK(read->loss == line.loss);
    CHECK(read->terms == line.terms);
    CHECK(read->validation == 0.125);
    CHECK(read->learningRate == line.learningRate);
    CHECK(read->iterationsPerSecond == line.iterationsPerSecond);
    CHECK(read->dataWait == line.dataWait);
    CHECK_FALSE(read->saveStall.has_value());
    CHECK_FALSE(read->efficiency.has_value());
    line.efficiency = 0.9;
    line.communication = 0.004;
    CHECK(historyToJson(line).find("save_") == std::string::npos);
    line.saveStall = 0.002;
    line.saveCopy = 0.05;
    read = historyFromJson(historyToJson(line));
    CHECK(read->saveStall == 0.002);
    CHECK(read->efficiency == 0.9);
    CHECK(read->communication == 0.004);
    CHECK(read->saveCopy == 0.05);

    line.loss = std::nan("");
    line.terms["source_dssim"] = std::numeric_limits<double>::infinity();
    line.validation.reset();
    const std::string text = historyToJson(line);
    CHECK(text.find("\"loss\":null") != std::string::npos);
    CHECK(text.find('\n') == std::string::npos);
    read = historyFromJson(text);
    CHECK(std::isnan(read->loss));
    CHECK(std::isnan(read->terms["source_dssim"]));
    CHECK_FALSE(read->validation.has_value());
    for (const char* bad :
         {"", "{}", "[]", "{\"step\":\"1\"}", "{\"step\":1", "\xFF", "{\"step\":1.5}"}) {
        CHECK_FALSE(historyFromJson(bad).has_value());
    }
}

TEST_CASE("history is followed line by line as it grows, torn and cut back") {
    const tests::TempFolder folder;
    const auto file = folder / "history.jsonl";
    uint64_t offset = 0;
    CHECK(readHistory(file, offset)->empty());
    append(file, historyToJson(lineOf(10)) + "\n" + historyToJson(lineOf(20)) + "\n");
    auto lines = readHistory(file, offset);
    REQUIRE(lines->size() == 2);
    CHECK((*lines)[1].step == 20);
    CHECK(readHistory(file, offset)->empty());

    const std::string next = historyToJson(lineOf(30)) + "\n";
    append(file, next.substr(0, 25));
    CHECK(readHistory(file, offset)->empty());
    append(file, next.substr(25) + "not history\n" + historyToJson(lineOf(40)) + "\n");
    lines = readHistory(file, offset);
    REQUIRE(lines->size() == 2);
    CHECK((*lines)[0].step == 30);
    CHECK((*lines)[1].step == 40);
    CHECK(offset == std::filesystem::file_size(file));

    // Cut back to the checkpoint at 10 by a resumed run.
    std::filesystem::resize_file(file, historyToJson(lineOf(10)).size() + 1);
    lines = readHistory(file, offset);
    REQUIRE(lines->size() == 1);
    CHECK((*lines)[0].step == 10);
}

TEST_CASE("a long history is read whole in one go") {
    const tests::TempFolder folder;
    const auto file = folder / "history.jsonl";
    std::string text;
    for (int i = 0; i < 5000; ++i) {
        text += historyToJson(lineOf(i)) + "\n";
    }
    append(file, text);
    uint64_t offset = 0;
    const auto lines = readHistory(file, offset);
    REQUIRE(lines->size() == 5000);
    CHECK(lines->back().step == 4999);
    append(file, std::string(5 << 20, 'x'));
    CHECK(readHistory(file, offset).error().code == ErrorCode::corruptData);
}

TEST_CASE("previews and finished checkpoints are listed in order") {
    const tests::TempFolder folder;
    const RunFolder run{folder.path()};
    CHECK(previewSteps(run).empty());
    CHECK(checkpointSteps(run).empty());
    for (const int64_t step : {300, 100, 200}) {
        std::filesystem::create_directories(run.checkpoint(step));
        std::filesystem::create_directories(run.previews());
        append(run.preview(step), "x");
        if (step != 200) {
            append(run.checkpoint(step) / "manifest.json", "{}");
        }
    }
    append(run.previews() / "step-00000400.json", "{}");
    append(run.previews() / "other.png", "x");
    CHECK(previewSteps(run) == std::vector<int64_t>{100, 200, 300});
    CHECK(checkpointSteps(run) == std::vector<int64_t>{100, 300});

    append(run.previews() / "good.json", R"({"faces":["a:1"],"columns":["source"],"cell":64})");
    const auto info = readPreviewInfo(run.previews() / "good.json");
    REQUIRE(info.ok());
    CHECK(info->faces == std::vector<std::string>{"a:1"});
    CHECK(info->cell == 64);
    append(run.previews() / "bad.json", R"({"faces":["a:1"],"columns":"source","cell":64})");
    CHECK(readPreviewInfo(run.previews() / "bad.json").error().code == ErrorCode::corruptData);
}

TEST_CASE("a selection reads back and its hash follows faces and their order") {
    const tests::TempFolder folder;
    const Selection selection = sampleSelection();
    REQUIRE(saveSelection(selection, folder / "selection.json").ok());
    const auto read = loadSelection(folder / "selection.json");
    REQUIRE(read.ok());
    CHECK(read->packs == selection.packs);
    REQUIRE(read->identities.size() == 2);
    CHECK(read->identities[1].performer == "Bj\xC3\xB6rn");
    REQUIRE(read->identities[1].faces.size() == 5);
    CHECK(read->identities[1].faces[2].pack == 1);
    CHECK(read->identities[1].faces[2].record == 4);
    CHECK(read->identities[1].faces[2].frame == -1);
    CHECK(read->facesetHash(0) == selection.facesetHash(0));
    CHECK(read->facesetHash(0) != read->facesetHash(1));
    Selection swapped = selection;
    std::swap(swapped.identities[0].faces[0], swapped.identities[0].faces[1]);
    CHECK(swapped.facesetHash(0) != selection.facesetHash(0));
    swapped = selection;
    swapped.packs[0] = "elsewhere.idx";
    CHECK(swapped.facesetHash(0) == selection.facesetHash(0));
    CHECK(packPath(selection, 1, "/p/x.understudy/runs/r01") ==
          "/p/x.understudy/facesets/b.whole_face.256.idx");
    CHECK(loadSelection(folder / "none").error().code == ErrorCode::missingInput);
}

TEST_CASE("damaged selections are refused, never crash") {
    const tests::TempFolder folder;
    REQUIRE(saveSelection(sampleSelection(), folder / "whole").ok());
    const std::string whole = *readFile(folder / "whole");
    std::mt19937 random(3);
    for (int i = 0; i < 1000; ++i) {
        std::string text = whole;
        text[random() % text.size()] = static_cast<char>(random());
        if (i % 3 == 0) {
            text.resize(random() % text.size());
        }
        std::ofstream(folder / "bad", std::ios::binary) << text;
        const auto read = loadSelection(folder / "bad");
        if (read.ok()) {
            for (const Identity& identity : read->identities) {
                for (const SelectedFace& face : identity.faces) {
                    REQUIRE(face.pack < read->packs.size());
                    REQUIRE(face.hash.size() == 64);
                }
            }
        } else {
            REQUIRE(read.error().code == ErrorCode::corruptData);
        }
    }
}
