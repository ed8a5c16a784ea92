// Rendered performers through the real programs: what they are, what is true of them, and the demo
// that needs no footage.
#include <catch2/catch.hpp>

#include "tests/system/studio.h"

using namespace understudy::tests;
using nlohmann::json;
namespace fs = std::filesystem;

TEST_CASE("performers are rendered, and a swap of them is judged by command") {
    const Studio studio;
    const std::string cast = studio.path("cast");
    const json made = studio.mustDo({"performers", "--out", cast, "--seed", "3", "--frames", "4",
                                     "--size", "320x240", "--truth"});
    REQUIRE(made["clips"].size() == 2);
    CHECK(made["clips"][1] == cast + "/performer_1.mp4");
    CHECK(made["truth"] == cast + "/truth");
    CHECK(probeVideo(made["clips"][0].get<std::string>())["nb_read_frames"] == "4");

    // The plate as it is: no swap at all.
    const json plate = studio.mustDo({"evaluate", "--result", cast + "/performer_1/%04d.png",
                                      "--truth", cast + "/truth/swap_0_on_1"});
    CHECK(plate["psnr"] == plate["psnr_unchanged"]);
    CHECK(plate["ssim"] == plate["ssim_unchanged"]);
    CHECK(plate["psnr_recolored"].get<double>() >= plate["psnr_unchanged"].get<double>());
    CHECK(plate["jitter_px"].get<double>() >= 0);
    CHECK(plate["jitter_truth_px"].get<double>() >= 0);

    const auto fails = [&](int code, const std::vector<std::string>& arguments) {
        const json result = studio.cli(arguments);
        INFO(result.dump());
        CHECK(result["exit"] == code);
        CHECK(result["error"]["code"] == code);
        CHECK_FALSE(result["error"]["remedy"].get<std::string>().empty());
    };
    fails(64, {"performers", "--out", cast, "--size", "640"});
    fails(64, {"performers", "--out", cast, "--size", "641x480"});
    fails(64, {"performers", "--out", cast, "--frames", "0"});
    fails(64, {"performers", "--out", cast, "--count", "1000"});
    fails(66, {"evaluate", "--result", studio.path("nothing.mp4"), "--truth",
               cast + "/truth/swap_0_on_1"});
    fails(66, {"evaluate", "--result", cast + "/performer_1.mp4", "--truth", cast + "/truth"});
    fails(66, {"evaluate", "--result", cast + "/truth/swap_1_on_0/0001.png", "--truth",
               cast + "/truth/nobody"});
}

TEST_CASE("the demo goes all the way from nothing") {
    const Studio studio;
    const std::string out = studio.path("demo");
    const json demo = studio.mustDo({"demo", "--out", out, "--minutes", "0.03", "--frames", "10"});
    CHECK(demo["swap"] == out + "/swap.mp4");
    CHECK(probeVideo(demo["swap"].get<std::string>())["nb_read_frames"] == "10");
    CHECK(fs::file_size(demo["contact_sheet"].get<std::string>()) > 100000);
    for (const char* field : {"psnr", "psnr_unchanged", "psnr_recolored", "ssim", "ssim_unchanged",
                              "ssim_recolored", "jitter_px", "jitter_truth_px"}) {
        INFO(field);
        CHECK(demo[field].is_number());
    }
    // What is there is not overwritten.
    const json again = studio.cli({"demo", "--out", out});
    CHECK(again["exit"] == 64);
    CHECK(again["error"]["where"] == out);
    // Nor does it work for minutes on what cannot end.
    const std::string other = studio.path("other");
    CHECK(studio.cli({"demo", "--out", other, "--base", "nothere"})["exit"] == 64);
    CHECK_FALSE(fs::exists(other));
}
