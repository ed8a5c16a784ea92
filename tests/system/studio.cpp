#include "tests/system/studio.h"

#include <catch2/catch.hpp>

namespace understudy::tests {

using nlohmann::json;

Studio::Studio() {
    for (const char* name : {"home", "state", "runtime"}) {
        std::filesystem::create_directory(folder_ / name);
        std::filesystem::permissions(folder_ / name, std::filesystem::perms::owner_all);
    }
}

Environment Studio::environment() const {
    return {{"HOME", path("home")},
            {"XDG_STATE_HOME", path("state")},
            {"XDG_RUNTIME_DIR", path("runtime")}};
}

json Studio::cli(std::vector<std::string> arguments) const {
    arguments.insert(arguments.end(), {"--json", "--local"});
    const auto result = runProcess("understudy-cli", arguments, environment());
    const std::string text = result.out.substr(0, result.out.find_last_not_of('\n') + 1);
    json line = json::parse(text.substr(text.rfind('\n') + 1), nullptr, false);
    INFO("stdout: " << result.out << "\nstderr: " << result.err << "\nexit " << result.exitCode
                    << " signal " << result.signal);
    REQUIRE(line.is_object());
    line["exit"] = result.exitCode;
    line["stderr"] = result.err;
    return line;
}

json Studio::mustDo(const std::vector<std::string>& arguments) const {
    json line = cli(arguments);
    INFO(line.dump(2));
    REQUIRE(line["ok"] == true);
    REQUIRE(line["exit"] == 0);
    return line;
}

void Studio::prepare(const std::vector<std::filesystem::path>& source,
                     const std::vector<std::filesystem::path>& destination) const {
    mustDo({"new", project().string()});
    const auto import = [&](const std::string& performer,
                            const std::vector<std::filesystem::path>& clips) {
        std::vector<std::string> arguments = {"import", project().string(), "--performer",
                                              performer};
        for (const auto& clip : clips) {
            arguments.push_back(clip.string());
        }
        mustDo(arguments);
    };
    import("A", source);
    import("B", destination);
    mustDo({"extract", project().string(), "--size", "128"});
}

std::vector<std::string> Studio::smallTraining(const std::string& run, int steps) const {
    std::vector<std::string> arguments = {"train",         project().string(),
                                          "--source",      "A",
                                          "--destination", "B",
                                          "--preset",      "quick",
                                          "--steps",       std::to_string(steps),
                                          "--run",         run};
    for (const char* setting :
         {"faceType=whole_face", "encoderDims=16", "decoderDims=16", "maskDims=8", "bottleneck=32",
          "batch=4", "resolution=64", "checkpointEvery=5", "previewEvery=10", "historyEvery=1"}) {
        arguments.insert(arguments.end(), {"--set", setting});
    }
    return arguments;
}

void makeFacelessClip(const std::filesystem::path& path, int frames) {
    const auto result =
        runProcess("ffmpeg", {"-loglevel", "error", "-f", "lavfi", "-i",
                              "testsrc=size=320x240:rate=25", "-frames:v", std::to_string(frames),
                              "-pix_fmt", "yuv420p", "-y", path.string()});
    INFO(result.err);
    REQUIRE(result.exitCode == 0);
}

json probeVideo(const std::filesystem::path& path) {
    const auto result =
        runProcess("ffprobe", {"-loglevel", "error", "-select_streams", "v:0", "-count_frames",
                               "-show_streams", "-of", "json", path.string()});
    INFO(result.err);
    REQUIRE(result.exitCode == 0);
    return json::parse(result.out)["streams"][0];
}

}  // namespace understudy::tests
