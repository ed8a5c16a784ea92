#include "tests/system/cli/command_desk.h"

#include <catch2/catch.hpp>

#include "media/faceset/pack.h"
#include "media/project/project.h"

namespace understudy::tests {
namespace {

constexpr int kFrames = 6;
constexpr int kMissed = 4;

void addClip(media::Project& project, const std::string& name, const std::string& performer) {
    media::ClipRecord clip;
    clip.name = name;
    clip.performer = performer;
    clip.path = "/plates/" + name + ".mov";
    clip.frames = clip.last = kFrames;
    REQUIRE(project.addClip(clip).ok());
    media::PackHeader header;
    header.type = media::FaceType::wholeFace;  // what the quick preset trains on
    header.size = 128;
    auto pack = media::PackWriter::open(
        project.facesetFolder() / media::packIndexName(name, header.type, header.size), header);
    REQUIRE(pack.ok());
    std::vector<media::FaceTruth> faces;
    for (int frame = 1; frame <= kFrames; ++frame) {
        media::FaceTruth& face = faces.emplace_back();
        face.frame = frame;
        face.jitter = 0.5F;
        if (frame == kMissed) {
            continue;
        }
        face.how = frame < kMissed ? media::FoundHow::detected : media::FoundHow::tracked;
        media::FaceRecord record;
        record.frame = frame;
        const std::vector<std::byte> pixels(128 * 128 * 3, static_cast<std::byte>(frame));
        REQUIRE(pack->append(record, pixels, std::vector<uint8_t>(128 * 128, 255)).ok());
    }
    REQUIRE(pack->sync().ok());
    REQUIRE(project.putFaces(name, faces).ok());
}

}  // namespace

CommandDesk::CommandDesk(const std::string& behave) : behave_(behave) {}

CommandDesk::~CommandDesk() {
    runProcess("understudy-cli", {"service", "stop", "--json"}, environment());
}

Environment CommandDesk::environment() const {
    auto all = workplace_.environment();
    all["FAKE_BEHAVE"] = behave_;
    return all;
}

std::string CommandDesk::socket() const {
    return (workplace_.folder() / "runtime/understudy/service.sock").string();
}

ProcessResult CommandDesk::plain(const std::vector<std::string>& arguments) const {
    return runProcess("understudy-cli", arguments, environment(), "", 60);
}

Json CommandDesk::cli(std::vector<std::string> arguments) const {
    arguments.push_back("--json");
    const auto result = plain(arguments);
    INFO("stdout: " << result.out << "\nstderr: " << result.err);
    REQUIRE(result.signal == 0);
    // Nothing but the one line is on stdout.
    REQUIRE(result.out.find('\n') == result.out.size() - 1);
    Json line = Json::parse(result.out, nullptr, false);
    REQUIRE(line.is_object());
    CHECK(line["ok"] == (result.exitCode == 0));
    line["exit"] = result.exitCode;
    line["err"] = result.err;
    return line;
}

Json CommandDesk::mustDo(const std::vector<std::string>& arguments) const {
    Json line = cli(arguments);
    INFO(line.dump(2));
    REQUIRE(line["exit"] == 0);
    return line;
}

void CommandDesk::makeProject() const {
    auto made = media::Project::create(project());
    REQUIRE(made.ok());
    addClip(*made, "again", "A");
    addClip(*made, "bird", "B");
}

std::vector<std::string> CommandDesk::train(const std::string& run,
                                            const std::vector<std::string>& more) const {
    std::vector<std::string> arguments = {"train",         project(), "--source", "A",
                                          "--destination", "B",       "--run",    run};
    arguments.insert(arguments.end(), more.begin(), more.end());
    return arguments;
}

std::string CommandDesk::newestState() const {
    const Json status = mustDo({"status"});
    return status["jobs"].empty() ? "" : status["jobs"][0]["state"].get<std::string>();
}

void checkRefused(const Json& line, int code) {
    INFO(line.dump(2));
    CHECK(line["exit"] == code);
    REQUIRE(line.contains("error"));
    CHECK(line["error"]["code"] == code);
    CHECK_FALSE(line["error"]["message"].get<std::string>().empty());
    CHECK_FALSE(line["error"]["remedy"].get<std::string>().empty());
    CHECK(line["error"]["where"].is_string());
}

}  // namespace understudy::tests
