// What a run folder says beside its history: ways back, faces of its previews.
#include "training/plan/rollbacks.h"

#include <catch2/catch.hpp>
#include <cmath>
#include <fstream>

#include "tests/support/temp_folder.h"
#include "training/plan/preview_faces.h"

using namespace understudy;
using namespace understudy::training;

TEST_CASE("ways back are read as they were written; what is none is skipped") {
    const tests::TempFolder folder;
    const auto file = folder / "rollbacks.jsonl";
    CHECK(readRollbacks(file)->empty());
    REQUIRE(appendRollback(file, {8210, 8000, 2.5e-5, std::nan(""), "no number"}).ok());
    std::ofstream(file, std::ios::app) << "{\"step\":1}\nrubbish\n{\"step\":9,\"to\":3";
    REQUIRE(appendRollback(file, {9000, 8000, 1.25e-5, 3.5, "risen"}).ok());
    const auto rollbacks = readRollbacks(file);
    REQUIRE(rollbacks.ok());
    REQUIRE(rollbacks->size() == 2);
    CHECK(rollbacks->front().step == 8210);
    CHECK(rollbacks->front().to == 8000);
    CHECK(rollbacks->front().learningRate == 2.5e-5);
    CHECK(std::isnan(rollbacks->front().loss));
    CHECK(rollbacks->back().loss == 3.5);
    CHECK(rollbacks->back().reason == "risen");
}

TEST_CASE("faces of previews are named by clip and frame, and read as they were written") {
    CHECK(previewFacesOf("")->empty());
    CHECK(*previewFacesOf("again:1034,bird:-2") ==
          std::vector<std::string>{"again:1034", "bird:-2"});
    CHECK(*previewFacesOf("a, b:c:7,d:1") == std::vector<std::string>{"a, b:c:7", "d:1"});
    for (const char* wrong : {"again", "again:", "again:x", ":3", "a:-", "a:1,b"}) {
        INFO(wrong);
        CHECK_FALSE(previewFacesOf(wrong).ok());
    }
    const tests::TempFolder folder;
    const auto file = folder / "preview_faces.json";
    CHECK(readPreviewFaces(file)->empty());
    const std::vector<std::string> faces = {"again:1034", "bird:7"};
    REQUIRE(writePreviewFaces(file, faces).ok());
    CHECK(readPreviewFaces(file).value() == faces);
    CHECK(writePreviewFaces(file, {"nobody"}).error().code == ErrorCode::usage);
    const std::vector<std::string> many(kMostPreviewFaces + 1, "a:1");
    CHECK_FALSE(writePreviewFaces(file, many).ok());
    CHECK(readPreviewFaces(file).value() == faces);
    std::ofstream(file) << "rubbish";
    CHECK(readPreviewFaces(file).error().code == ErrorCode::corruptData);
}
