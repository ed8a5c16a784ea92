#include "training/record/event_file.h"

#include <algorithm>
#include <bit>
#include <catch2/catch.hpp>
#include <cmath>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <nlohmann/json.hpp>
#include <optional>
#include <vector>

#include "media/base/file.h"
#include "media/faceset/crc32c.h"
#include "tests/support/process.h"
#include "tests/support/temp_folder.h"

using namespace understudy;
using namespace understudy::training;
namespace fs = std::filesystem;

namespace {

// ---- a reader of the test's own -----------------------------------------------------------------

struct Event {
    int64_t step = 0;
    double wallTime = 0;
    std::string fileVersion;
    std::map<std::string, float> scalars;
    std::map<std::string, std::string> pictures;
    bool start = false;  // a session log that says START
};

struct Field {
    int number = 0;
    uint64_t value = 0;  // of numbers; floats by their bits
    std::string bytes;
};

uint64_t littleEndian(const std::string& text, size_t at, size_t size) {
    uint64_t value = 0;
    for (size_t i = 0; i < size; ++i) {
        value |= uint64_t{static_cast<uint8_t>(text.at(at + i))} << (8 * i);
    }
    return value;
}

uint64_t varint(const std::string& text, size_t& at) {
    uint64_t value = 0;
    for (int shift = 0;; shift += 7) {
        const auto byte = static_cast<uint8_t>(text.at(at++));
        value |= uint64_t{byte & 0x7Fu} << shift;
        if (byte < 0x80) {
            return value;
        }
    }
}

std::vector<Field> fieldsOf(const std::string& message) {
    std::vector<Field> fields;
    for (size_t at = 0; at < message.size();) {
        const uint64_t key = varint(message, at);
        Field field;
        field.number = static_cast<int>(key >> 3);
        const int wire = static_cast<int>(key & 7);
        if (wire == 0) {
            field.value = varint(message, at);
        } else if (wire == 2) {
            const uint64_t size = varint(message, at);
            REQUIRE(size <= message.size() - at);
            field.bytes = message.substr(at, size);
            at += size;
        } else {
            REQUIRE((wire == 1 || wire == 5));
            const size_t size = wire == 1 ? 8 : 4;
            field.value = littleEndian(message, at, size);
            at += size;
        }
        fields.push_back(field);
    }
    return fields;
}

uint32_t masked(const std::string& data) {
    const uint32_t crc = media::crc32c(std::as_bytes(std::span(data)));
    return ((crc >> 15) | (crc << 17)) + 0xa282ead8u;
}

void takeValue(const std::string& message, Event& event) {
    std::string tag;
    for (const Field& field : fieldsOf(message)) {
        if (field.number == 1) {
            tag = field.bytes;
        } else if (field.number == 2) {
            event.scalars[tag] = std::bit_cast<float>(static_cast<uint32_t>(field.value));
        } else if (field.number == 4) {
            for (const Field& part : fieldsOf(field.bytes)) {
                event.pictures[tag] = part.number == 4 ? part.bytes : event.pictures[tag];
            }
        }
    }
}

Event eventOf(const std::string& message) {
    Event event;
    for (const Field& field : fieldsOf(message)) {
        switch (field.number) {
            case 1:
                event.wallTime = std::bit_cast<double>(field.value);
                break;
            case 2:
                event.step = static_cast<int64_t>(field.value);
                break;
            case 3:
                event.fileVersion = field.bytes;
                break;
            case 5:
                for (const Field& value : fieldsOf(field.bytes)) {
                    takeValue(value.bytes, event);
                }
                break;
            case 7:
                for (const Field& part : fieldsOf(field.bytes)) {
                    event.start = event.start || (part.number == 1 && part.value == 1);
                }
                break;
            default:
                break;
        }
    }
    return event;
}

std::vector<fs::path> filesIn(const fs::path& folder) {
    std::vector<fs::path> files;
    for (const auto& entry : fs::directory_iterator(folder)) {
        if (entry.path().filename().string().starts_with("events.out.tfevents.")) {
            files.push_back(entry.path());
        }
    }
    std::sort(files.begin(), files.end());
    return files;
}

std::vector<Event> eventsOf(const fs::path& file) {
    const std::string text = readFile(file).value();
    std::vector<Event> events;
    for (size_t at = 0; at < text.size();) {
        const uint64_t size = littleEndian(text, at, 8);
        REQUIRE(littleEndian(text, at + 8, 4) == masked(text.substr(at, 8)));
        const std::string data = text.substr(at + 12, size);
        REQUIRE(data.size() == size);
        REQUIRE(littleEndian(text, at + 12 + size, 4) == masked(data));
        events.push_back(eventOf(data));
        at += 16 + size;
    }
    return events;
}

// Steps with a scalar of this tag, over all files in the order of their names.
std::vector<int64_t> stepsOf(const fs::path& folder, const std::string& tag) {
    std::vector<int64_t> steps;
    for (const fs::path& file : filesIn(folder)) {
        for (const Event& event : eventsOf(file)) {
            if (event.scalars.contains(tag)) {
                steps.push_back(event.step);
            }
        }
    }
    return steps;
}

void write(const fs::path& folder, int64_t upTo, int64_t last) {
    auto file = EventFile::open(folder, upTo);
    REQUIRE(file.ok());
    for (int64_t step = upTo + 10; step <= last; step += 10) {
        REQUIRE(file->addScalars(
                        step, {{"loss/total", 1.0 / static_cast<double>(step)}, {"validation", 2}})
                    .ok());
    }
}

using Steps = std::vector<int64_t>;

}  // namespace

TEST_CASE("the checksum is that of the format") {
    const std::string text =
        "\x1a\x11"
        "CRC test, one two";
    CHECK(masked(text) == 0x5794d08a);
}

TEST_CASE("scalars and pictures are records with right checksums") {
    const tests::TempFolder folder;
    {
        auto file = EventFile::open(folder.path(), 0);
        REQUIRE(file.ok());
        REQUIRE(file->addScalars(300, {{"loss/total", 0.25}, {"bad", NAN}}).ok());
        REQUIRE(file->addPicture(300, "preview", 20, 10, "no real picture").ok());
    }
    const auto files = filesIn(folder.path());
    REQUIRE(files.size() == 1);
    CHECK((fs::status(files[0]).permissions() & fs::perms::mask) ==
          (fs::perms::owner_read | fs::perms::owner_write));
    const auto events = eventsOf(files[0]);
    REQUIRE(events.size() == 3);
    CHECK(events[0].fileVersion == "brain.Event:2");
    CHECK(events[1].step == 300);
    CHECK(events[1].wallTime > 1.5e9);
    CHECK(events[1].scalars.at("loss/total") == 0.25f);
    CHECK(std::isnan(events[1].scalars.at("bad")));
    CHECK(events[2].pictures.at("preview") == "no real picture");
}

TEST_CASE("a run that goes on has no step twice, whoever reads") {
    const tests::TempFolder folder;
    write(folder.path(), 0, 100);
    write(folder.path(), 60, 80);  // back to the checkpoint of step 60
    CHECK(stepsOf(folder.path(), "loss/total") == Steps{10, 20, 30, 40, 50, 60, 70, 80});
    write(folder.path(), 70, 90);
    CHECK(stepsOf(folder.path(), "loss/total") == Steps{10, 20, 30, 40, 50, 60, 70, 80, 90});
    const auto files = filesIn(folder.path());
    REQUIRE(files.size() == 3);
    // Who has the old ones in memory already is told to drop what is later.
    const auto last = eventsOf(files[2]);
    REQUIRE(last.size() >= 2);
    CHECK(last[1].start);
    CHECK(last[1].step == 71);
}

TEST_CASE("a torn end is cut off, and what is no event file does no harm") {
    const tests::TempFolder folder;
    write(folder.path(), 0, 50);
    const fs::path file = filesIn(folder.path())[0];
    fs::resize_file(file, fs::file_size(file) - 5);
    write(folder.path(), 50, 70);
    CHECK(stepsOf(folder.path(), "loss/total") == Steps{10, 20, 30, 40, 60, 70});
    std::ofstream(folder / "events.out.tfevents.1000000000.other") << "something else";
    write(folder.path(), 70, 80);
    CHECK(stepsOf(folder.path(), "loss/total") == Steps{10, 20, 30, 40, 60, 70, 80});
}

TEST_CASE("a folder that cannot be written is said") {
    const auto file = EventFile::open("/nowhere/at/all", 0);
    REQUIRE_FALSE(file.ok());
    CHECK(file.error().code == ErrorCode::cannotWrite);
}

TEST_CASE("TensorBoard's own reader reads them") {
    const char* chosen = std::getenv("UNDERSTUDY_PYTHON");
    const std::string python = chosen != nullptr ? chosen : "python3";
    const std::string script = R"(
import json, sys
from tensorboard.backend.event_processing.event_accumulator import EventAccumulator
events = EventAccumulator(sys.argv[1])
events.Reload()
tags = events.Tags()
print(json.dumps({"scalars": [[e.step, e.value] for e in events.Scalars("loss/total")],
                  "tags": sorted(tags["scalars"]), "images": tags["images"],
                  "size": [events.Images("preview")[0].width, events.Images("preview")[0].height]}))
)";
    const auto import = tests::runProcess(python, {"-c", "import tensorboard"});
    if (import.exitCode != 0) {
        WARN("tensorboard is not installed for " << python << ": its reader is not tried");
        return;
    }
    const tests::TempFolder folder;
    write(folder.path(), 0, 100);
    write(folder.path(), 60, 70);
    {
        auto file = EventFile::open(folder.path(), 70);
        REQUIRE(file.ok());
        REQUIRE(file->addPicture(80, "preview", 20, 10, "png").ok());
    }
    const auto read = tests::runProcess(python, {"-c", script, folder.path().string()});
    INFO(read.err);
    REQUIRE(read.exitCode == 0);
    const auto json = nlohmann::json::parse(read.out);
    REQUIRE(json["scalars"].size() == 7);
    for (int64_t i = 0; i < 7; ++i) {
        CHECK(json["scalars"][static_cast<size_t>(i)][0] == 10 * (i + 1));
    }
    CHECK(json["scalars"][6][1].get<double>() == Approx(1.0 / 70));
    CHECK(json["tags"] == nlohmann::json({"loss/total", "validation"}));
    CHECK(json["images"] == nlohmann::json({"preview"}));
    CHECK(json["size"] == nlohmann::json({20, 10}));
}
