#include "training/protocol/codec.h"

#include <catch2/catch.hpp>
#include <cmath>
#include <limits>

#include "media/base/philox.h"
#include "training/protocol/fields.h"
#include "training/protocol/line_buffer.h"

using namespace understudy;
using namespace understudy::training;

namespace {

// Gives every field a value of its own, so that a field left out or swapped is seen.
struct Filler {
    int counter = 1;

    void fill(std::string& text) { text = "text \"" + std::to_string(counter++) + "\"\n\u00e9"; }
    void fill(double& number) { number = counter++ + 0.1; }
    void fill(std::integral auto& number) {
        number = static_cast<std::remove_reference_t<decltype(number)>>(1000 + counter++);
    }
    void fill(std::vector<std::string>& list) {
        list.resize(3);
        for (auto& text : list) {
            fill(text);
        }
    }
    void fill(std::map<std::string, double>& map) {
        map = {{"source_dssim", counter++ + 0.25}, {"mask", counter++ + 0.5}};
    }
    void fill(std::map<std::string, std::string>& map) {
        fill(map["OCIO"]);
        fill(map["other"]);
    }
    template <class Object>
    void fill(std::vector<Object>& list) {
        list.resize(2);
        for (auto& object : list) {
            fill(object);
        }
    }
    void fill(bool& flag) { flag = !flag; }
    void fill(DeviceInfo& device) { visitFields(device, *this); }
    void fill(GpuLoad& load) { visitFields(load, *this); }
    void fill(DiskSpace& disk) { visitFields(disk, *this); }
    void fill(TelemetrySampled& sample) { visitFields(sample, *this); }
    void fill(JobInfo& info) { visitFields(info, *this); }
    void fill(JobError& error) { visitFields(error, *this); }
    template <class Value>
    void fill(std::optional<Value>& value) {
        fill(value.emplace());
    }
    template <class Value>
    void operator()(const char*, Value& value) {
        fill(value);
    }
};

template <class... Types>
std::vector<Message> oneOfEach(std::type_identity<std::variant<Types...>>) {
    std::vector<Message> all = {Types()...};
    for (auto& message : all) {
        std::visit([](auto& content) { visitFields(content, Filler()); }, message);
    }
    return all;
}

std::vector<Message> oneOfEach() {
    return oneOfEach(std::type_identity<Message>());
}

void fuzz(uint64_t rounds, uint64_t seed) {
    std::vector<std::string> lines;
    for (const auto& message : oneOfEach()) {
        lines.push_back(encode(message));
    }
    const std::string pieces[] = {"null",
                                  "{",
                                  "}",
                                  "[",
                                  "]",
                                  "\"",
                                  ",",
                                  ":",
                                  "1e999",
                                  "-1",
                                  "\\",
                                  "\xff\xfe",
                                  "99999999999999999999",
                                  "true",
                                  "\"message\"",
                                  "\\ud800"};
    for (uint64_t round = 0; round < rounds; ++round) {
        RandomSequence random({seed, round, 0, RandomStream::test});
        std::string line = lines[random.below(static_cast<uint32_t>(lines.size()))];
        const uint32_t edits = 1 + random.below(6);
        for (uint32_t i = 0; i < edits && !line.empty(); ++i) {
            const size_t at = random.below(static_cast<uint32_t>(line.size()));
            switch (random.below(4)) {
                case 0:
                    line[at] = static_cast<char>(random.below(256));
                    break;
                case 1:
                    line.erase(at, 1 + random.below(20));
                    break;
                case 2:
                    line.insert(at, pieces[random.below(std::size(pieces))]);
                    break;
                default:
                    line.resize(at);
            }
        }
        if (const auto message = decode(line); message.ok()) {
            // What was understood can be said again, and means the same.
            const std::string said = encode(*message);
            const auto again = decode(said);
            REQUIRE(again.ok());
            REQUIRE(encode(*again) == said);
        } else {
            REQUIRE_FALSE(message.error().message.empty());
        }
    }
}

}  // namespace

TEST_CASE("every message comes back as it was sent") {
    for (const auto& message : oneOfEach()) {
        const std::string line = encode(message);
        INFO(line);
        CHECK(line.find('\n') == std::string::npos);
        const auto back = decode(line);
        REQUIRE(back.ok());
        CHECK(back->index() == message.index());
        CHECK(encode(*back) == line);
        // Nothing was left at its default.
        CHECK(line != encode(std::visit([](auto content) { return Message(decltype(content)()); },
                                        message)));
    }
}

TEST_CASE("fields arrive in the right place") {
    StartJob start{7, "train", "/p.understudy", "Train r01", "r01", "", {"--run", "a b"}};
    const auto line = encode(start);
    CHECK(
        line ==
        R"({"message":"StartJob","request":7,"kind":"train","project":"/p.understudy",)"
        R"("title":"Train r01","run":"r01","clip":"","arguments":["--run","a b"],"priority":0,"after":[],)"
        R"("hold":false,"environment":{},"shareDevices":false})");
    const auto back = std::get<StartJob>(*decode(line));
    CHECK(back.request == 7);
    CHECK(back.arguments == start.arguments);
}

TEST_CASE("numbers that are not finite become null and come back as NaN; absent stays absent") {
    StepFinished step;
    step.loss = std::numeric_limits<double>::infinity();
    step.terms["mask"] = std::nan("");
    auto line = encode(step);
    CHECK(line.find("\"loss\":null") != std::string::npos);
    CHECK(line.find("validation") == std::string::npos);
    auto back = std::get<StepFinished>(*decode(line));
    CHECK(std::isnan(back.loss));
    CHECK(std::isnan(back.terms["mask"]));
    CHECK_FALSE(back.validation);

    step.validation = std::nan("");
    back = std::get<StepFinished>(*decode(encode(step)));
    REQUIRE(back.validation);
    CHECK(std::isnan(*back.validation));
}

TEST_CASE("bytes that are not UTF-8 are replaced on both ways") {
    const auto line = encode(WarningRaised{"job-1",
                                           "a\xff"
                                           "b"});
    CHECK(std::get<WarningRaised>(*decode(line)).text ==
          "a\xEF\xBF\xBD"
          "b");
    const auto raw = decode("{\"message\":\"WarningRaised\",\"text\":\"x\xC3(\"}");
    REQUIRE(raw.ok());
    CHECK(std::get<WarningRaised>(*raw).text == "x\xEF\xBF\xBD(");
}

TEST_CASE("unknown fields are ignored, unknown messages named") {
    const auto known = decode(R"({"message":"StopJob","job":"job-2","hurry":{"a":[1]}})");
    REQUIRE(known.ok());
    CHECK(std::get<StopJob>(*known).job == "job-2");
    const auto unknown = decode(R"({"message":"SingSong"})");
    REQUIRE_FALSE(unknown.ok());
    CHECK(unknown.error().where == "SingSong");
}

TEST_CASE("what is no message is refused with a reason") {
    for (const std::string line : {"", "null", "[]", "{", "{}", "\"StopJob\"", R"({"message":3})",
                                   R"({"message":"StopJob","job":4})",
                                   R"({"message":"ListJobs","limit":99999999999999999999})",
                                   R"({"message":"ListJobs","limit":1.5})",
                                   R"({"message":"Hello","protocolVersion":4294967296})",
                                   R"({"message":"JobChanged","info":{"error":{"code":"x"}}})"}) {
        INFO(line);
        const auto message = decode(line);
        REQUIRE_FALSE(message.ok());
        CHECK(message.error().code == ErrorCode::usage);
        CHECK_FALSE(message.error().message.empty());
    }
    const auto deep = decode(R"({"message":"Hello","x":)" + std::string(100000, '['));
    CHECK(deep.error().message.find("deep") != std::string::npos);
    const auto large = decode(std::string(kMessageLimit + 1, 'x'));
    CHECK(large.error().message.find("larger") != std::string::npos);
}

TEST_CASE("the request of a line is found where the line is no message") {
    CHECK(requestOf(RequestDone{4, "job-1"}) == 4);
    CHECK(requestOf(StepFinished()) == 0);
    CHECK(requestIn(R"({"message":"FromTheFuture","request":7})") == 7);
    CHECK(requestIn(R"({"message":"ListJobs","request":8,"limit":"many"})") == 8);
    for (const char* line : {"nonsense", "[]", "{}", R"({"request":"7"})", R"({"request":1e30})"}) {
        INFO(line);
        CHECK(requestIn(line) == 0);
    }
}

TEST_CASE("a job's description goes to text and back") {
    JobInfo info;
    visitFields(info, Filler());
    const auto text = jobInfoToJson(info);
    CHECK(jobInfoToJson(*jobInfoFromJson(text)) == text);
    CHECK_FALSE(jobInfoFromJson("{\"done\":\"x\"}").ok());
}

TEST_CASE("damaged lines are never fatal") {
    fuzz(4000, 1);
}

TEST_CASE("a million damaged lines are never fatal", "[soak]") {
    fuzz(1000000, 2);
}

TEST_CASE("a stream is cut into lines however it arrives") {
    LineBuffer lines;
    std::vector<std::string> got;
    for (const char c : std::string("one\n\ntwo\r\nthree\nfo")) {
        lines.append({&c, 1});
        while (auto line = lines.next()) {
            got.push_back(*line);
        }
    }
    CHECK(got == std::vector<std::string>{"one", "two", "three"});
    CHECK_FALSE(lines.overflowed());
    lines.append("ur\nfive\n");
    CHECK(lines.next() == "four");
    CHECK(lines.next() == "five");
    CHECK_FALSE(lines.next());
}

TEST_CASE("a line without end costs no more than the limit, and the next one is read") {
    LineBuffer lines(10);
    lines.append("0123456789");
    CHECK_FALSE(lines.next());
    CHECK_FALSE(lines.overflowed());
    lines.append("0123456789");
    CHECK_FALSE(lines.next());
    CHECK(lines.overflowed());
    lines.append("0123456789\nnext\n");
    CHECK(lines.next() == "next");
    lines.append("much too long at once\nafter\n");
    CHECK(lines.next() == "after");
}
