// Faces come from other programs into a project, are cut, and go back.
#include <catch2/catch.hpp>
#include <fstream>

#include "media/base/file.h"
#include "media/exchange/attach_faces.h"
#include "media/exchange/dfl_faceset.h"
#include "media/exchange/interchange.h"
#include "media/exchange/stored_pictures.h"
#include "media/extract/clip_extraction.h"
#include "media/faceset/pack.h"
#include "media/source/frame_source.h"
#include "media/source/image_file.h"
#include "tests/media/exchange/made_pickles.h"
#include "tests/support/temp_folder.h"

using namespace understudy;
using namespace understudy::media;
using namespace understudy::tests;
namespace fs = std::filesystem;

namespace {

constexpr int kSize = 256;

void write(const fs::path& path, const std::string& content) {
    std::ofstream(path, std::ios::binary) << content;
}

Image picture(int shade) {
    Image image(kSize, kSize, 3, SampleType::u8);
    for (size_t i = 0; i < image.size(); ++i) {
        image.data()[i] = static_cast<std::byte>(i * 7 / 5 + static_cast<size_t>(shade));
    }
    return image;
}

// A project with a clip "shot" of frames 1001 to 1006 without 1004.
struct Studio {
    TempFolder folder;
    Project project = *Project::create(folder / "show.understudy");
    Studio() {
        fs::create_directory(folder / "plates");
        for (const int n : {1001, 1002, 1003, 1005, 1006}) {
            REQUIRE(writeImage(folder / ("plates/shot." + std::to_string(n) + ".png"), picture(n))
                        .ok());
        }
        add("shot", (folder / "plates/shot.####.png").string());
    }
    void add(const std::string& name, const std::string& path) {
        const auto source = openSource(path);
        REQUIRE(source.ok());
        const SourceInfo& info = (*source)->info();
        ClipRecord clip;
        clip.name = name;
        clip.performer = "A";
        clip.path = info.path;
        clip.frames = info.frames;
        clip.first = info.first;
        clip.last = info.last;
        clip.width = info.width;
        clip.height = info.height;
        clip.encoding = info.encoding.name;
        clip.missing = info.missing;
        REQUIRE(project.addClip(clip).ok());
    }
    Result<ExtractResult> extract(const std::string& clip) {
        ExtractOptions options;
        options.size = 64;
        options.threads = 1;
        return extractClip(project, clip, options, {}, {});
    }
    std::string jpeg(int shade) const {
        REQUIRE(writeImage(folder / "one.jpg", picture(shade)).ok());
        return *readFile(folder / "one.jpg");
    }
};

std::string jsonFace(const Landmarks& landmarks) {
    std::string points;
    for (const Point point : landmarks) {
        points += (points.empty() ? "[" : ",[") + std::to_string(point.x - 0.5) + "," +
                  std::to_string(point.y - 0.5) + "]";
    }
    return "{\"detected\":[1,2,3,4],\"mask\":{\"x\":[1]},\"landmarks_2d\":[" + points + "]}";
}

FaceTruth faceOf(const std::vector<FaceTruth>& faces, int64_t frame) {
    for (const FaceTruth& face : faces) {
        if (face.frame == frame) {
            return face;
        }
    }
    FAIL("frame " << frame << " is not known");
    return {};
}

}  // namespace

TEST_CASE("faces of faceswap are cut from the plate, and extraction does not overwrite them") {
    Studio studio;
    const auto face = madeLandmarks(kSize);
    auto other = madeLandmarks(60);
    const std::string json = "{\"shot.1001.exr\":[" + jsonFace(face) + "],\"shot.1002.exr\":[" +
                             jsonFace(other) + "," + jsonFace(madeLandmarks(kSize, 1)) +
                             "],\"shot.1003.exr\":[" + jsonFace(madeLandmarks(kSize, 2)) +
                             "],\"shot.1004.exr\":[" + jsonFace(face) +
                             "],\"shot.1005.exr\":[{\"landmarks_2d\":[[1,2]]}],\"notes\":3}";
    write(studio.folder / "faces.json", json);
    const auto imported = readImportedFaces(studio.folder / "faces.json");
    REQUIRE(imported.ok());
    CHECK(imported->faces.size() == 5);
    REQUIRE(imported->warnings.size() == 1);
    CHECK(imported->warnings[0].find("68 landmarks") != std::string::npos);
    const auto attached = attachFaces(studio.project, "shot", *imported);
    REQUIRE(attached.ok());
    CHECK(attached->attached == 3);
    CHECK(attached->others == 1);
    CHECK(attached->warnings.size() == 3);
    auto faces = *studio.project.faces("shot");
    REQUIRE(faces.size() == 5);
    CHECK(distance(faceOf(faces, 1002).landmarks[30], madeLandmarks(kSize, 1)[30]) < 1e-5);
    CHECK(faceOf(faces, 1006).how == FoundHow::missed);

    // No landmark model is asked for: nothing is searched.
    const auto extracted = studio.extract("shot");
    REQUIRE(extracted.ok());
    CHECK(extracted->found == 3);
    CHECK(extracted->searched == 0);
    CHECK(extracted->missed == std::vector<int64_t>{1005, 1006});
    const auto pack = PackReader::open(studio.project.facesetFolder() /
                                       packIndexName("shot", FaceType::wholeFace, 64));
    REQUIRE(pack.ok());
    REQUIRE(pack->size() == 3);
    CHECK(pack->record(1).frame == 1002);
    const Affine expected =
        alignedFromFrame(madeLandmarks(kSize, 1), FaceType::wholeFace, 64, 0.15);
    CHECK(std::abs(pack->record(1).alignedFromFrame.x0 - expected.x0) < 1e-3);
    CHECK(*studio.project.importedFrom("shot") == imported->origin);
    CHECK(faceOf(*studio.project.faces("shot"), 1001).landmarks == faceOf(faces, 1001).landmarks);

    // And back: without what was rejected or is another's, and the same again when it is imported.
    const int64_t rejected[] = {1003};
    REQUIRE(studio.project.assignFaces("shot", rejected, "").ok());
    CHECK(writeInterchange(studio.project, "shot")->faces == 2);
    REQUIRE(studio.project.clearAssignments("shot").ok());
    REQUIRE(studio.project.setReview("shot", rejected, ReviewState::reject).ok());
    const auto exported = writeInterchange(studio.project, "shot");
    REQUIRE(exported.ok());
    CHECK(exported->faces == 2);
    const auto again = readInterchange(exported->json, "");
    REQUIRE(again.ok());
    REQUIRE(again->faces.size() == 2);
    CHECK(again->faces[1].frame == "shot.1002.png");
    for (size_t i = 0; i < kLandmarkCount; ++i) {
        CHECK(distance(again->faces[0].landmarks[i], faceOf(faces, 1001).landmarks[i]) < 1e-4);
    }
    REQUIRE(studio.project.removeClip("shot").ok());
    CHECK(studio.project.clips()->empty());
}

TEST_CASE("faces that belong to nothing are refused and change nothing") {
    Studio studio;
    ImportedFaces faces{"a file", {{"0001.png", madeLandmarks(kSize)}}, {}};
    const auto elsewhere = attachFaces(studio.project, "shot", faces);
    REQUIRE_FALSE(elsewhere.ok());
    CHECK(elsewhere.error().code == ErrorCode::usage);
    CHECK(elsewhere.error().remedy.find("--offset") != std::string::npos);
    CHECK(studio.project.faces("shot")->empty());
    CHECK_FALSE(studio.project.importedFrom("shot")->has_value());
    CHECK(attachFaces(studio.project, "shot", faces, 1001)->attached == 1);
    faces.faces[0] = {"shot.1001.png", madeLandmarks(4000)};
    CHECK(attachFaces(studio.project, "shot", faces).error().remedy.find("256 x 256") !=
          std::string::npos);
    CHECK(attachFaces(studio.project, "none", faces).error().code == ErrorCode::usage);

    for (const char* json : {"", "[]", "{}", "3", "{\"a\":[]}", "{\"a\":[3]}", "{\"a\":",
                             "[[{\"landmarks_2d\":[]}]]", "{\"a\":[{\"landmarks_2d\":7}]}"}) {
        INFO(json);
        CHECK(readInterchange(json, "x").error().code == ErrorCode::corruptData);
    }
    CHECK_FALSE(readInterchange(std::string(1000000, '['), "x").ok());
    write(studio.folder / "a.fsa", "x");
    const auto unsafe = readImportedFaces(studio.folder / "a.fsa");
    CHECK(unsafe.error().code == ErrorCode::usage);
    CHECK(unsafe.error().remedy.find("JSON") != std::string::npos);
    CHECK(readImportedFaces(studio.folder / "none.json").error().code == ErrorCode::missingInput);
    CHECK(readImportedFaces(studio.folder / "plates").error().code == ErrorCode::missingInput);
}

TEST_CASE("frame numbers stand in the names") {
    CHECK(frameNumberIn("00017.png") == 17);
    CHECK(frameNumberIn("sh010_000017.mp4") == 17);
    CHECK(frameNumberIn("shot.0101") == 101);
    CHECK(frameNumberIn("a12b.jpg") == 12);
    CHECK_FALSE(frameNumberIn("none.mp4").has_value());
    CHECK_FALSE(frameNumberIn(std::string(40, '9')).has_value());
    CHECK_FALSE(frameNumberIn("").has_value());
}

TEST_CASE("aligned pictures give their landmarks to the clip they were cut from") {
    Studio studio;
    const fs::path aligned = studio.folder / "aligned";
    fs::create_directory(aligned);
    const auto inPicture = madeLandmarks(kSize);
    const auto inFrame = madeLandmarks(200, 20);
    const std::string jpeg = studio.jpeg(1);
    write(aligned / "a_0.jpg", withData(jpeg, dflData(inPicture, &inFrame, "shot.1001.png")));
    write(aligned / "b_0.jpg", withData(jpeg, dflData(inPicture, &inFrame, "shot.1005.png")));
    write(aligned / "c.jpg", jpeg);
    write(aligned / "d.jpg",
          withData(jpeg, pickled::whole(pickled::global("os", "system") + "(tR")));
    const auto imported = readImportedFaces(aligned);
    REQUIRE(imported.ok());
    CHECK(imported->faces.size() == 2);
    REQUIRE(imported->warnings.size() == 2);
    CHECK(imported->warnings[1].find("os.system") != std::string::npos);
    CHECK(attachFaces(studio.project, "shot", *imported)->attached == 2);
    CHECK(distance(faceOf(*studio.project.faces("shot"), 1005).landmarks[8], inFrame[8]) < 1e-9);
    // Alone, the hostile one is an error.
    CHECK(readImportedFaces(aligned / "d.jpg").error().code == ErrorCode::corruptData);
}

TEST_CASE("a faceset without a plate becomes a clip that can be cut") {
    Studio studio;
    const auto face = madeLandmarks(kSize);
    const std::string jpeg = studio.jpeg(40);
    const auto one = [&](const char* name) {
        return withData(jpeg, dflData(face, nullptr, name, "full_face"));
    };
    write(studio.folder / "faceset.pak",
          dflPack({{"00007_0.jpg", one("00007.png")}, {"00009_0.jpg", one("00009.png")}}));
    const auto stored = storePictures(studio.project, studio.folder / "faceset.pak");
    REQUIRE(stored.ok());
    CHECK(stored->type == FaceType::fullFace);
    CHECK_FALSE(stored->ownNumbers);
    REQUIRE(stored->faces.size() == 2);
    CHECK(stored->faces[1].frame == 9);
    CHECK(storePictures(studio.project, studio.folder / "faceset.pak")->pattern == stored->pattern);
    studio.add("old", stored->pattern);
    REQUIRE(studio.project.putImportedFaces("old", stored->faces, stored->origin).ok());
    const auto extracted = studio.extract("old");
    REQUIRE(extracted.ok());
    CHECK(extracted->found == 2);
    const auto pack = PackReader::open(studio.project.facesetFolder() /
                                       packIndexName("old", FaceType::wholeFace, 64));
    REQUIRE(pack.ok());
    CHECK(pack->size() == 2);

    // Pictures of two films with the same numbers are counted instead.
    fs::create_directory(studio.folder / "both");
    write(studio.folder / "both/a.jpg", one("film_00007.png"));
    write(studio.folder / "both/b.jpg", one("other_00007.png"));
    const auto both = storePictures(studio.project, studio.folder / "both");
    REQUIRE(both.ok());
    CHECK(both->ownNumbers);
    CHECK(both->faces[0].frame == 1);
    CHECK(both->faces[1].frame == 2);
}

TEST_CASE("facesets that lie about themselves are refused") {
    const auto face = madeLandmarks(kSize);
    const std::string jpeg = withData(emptyJpeg(kSize, kSize), dflData(face, &face, "00001.png"));
    const std::string good = dflPack({{"a.jpg", jpeg}, {"b.jpg", jpeg}});
    const auto index = readDflPackIndex(good, "p");
    REQUIRE(index.ok());
    REQUIRE(index->size() == 2);
    CHECK((*index)[1].name == "b.jpg");
    CHECK(good.substr((*index)[1].begin, (*index)[1].bytes) == jpeg);
    // Cut anywhere before the last picture.
    for (size_t length = 0; length + 2 * jpeg.size() < good.size(); ++length) {
        REQUIRE_FALSE(readDflPackIndex(std::string_view(good).substr(0, length), "p").ok());
    }
    const auto with = [&](size_t at, uint64_t value) {
        std::string bad = good;
        bad.replace(at, 8, little(value, 8));
        return readDflPackIndex(bad, "p");
    };
    CHECK_FALSE(with(0, 2).ok());
    for (const uint64_t size : {uint64_t{0}, uint64_t{1} << 40, ~uint64_t{0}, ~uint64_t{0} - 15}) {
        CHECK_FALSE(with(8, size).ok());
    }
    const size_t table = good.size() - 2 * jpeg.size() - 24;
    for (const uint64_t offset : {uint64_t{1} << 40, ~uint64_t{0}}) {
        CHECK_FALSE(with(table, offset).ok());
        CHECK_FALSE(with(table + 8, offset).ok());
    }
}
