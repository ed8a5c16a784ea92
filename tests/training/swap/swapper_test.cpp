// The pipeline round the network: order, windows, memory, errors, stopping.
#include "training/swap/swapper.h"

#include <catch2/catch.hpp>
#include <cstdlib>
#include <fstream>
#include <set>

#include "tests/support/scoped_variable.h"
#include "tests/support/temp_folder.h"
#include "tests/training/swap/made_face.h"

using namespace understudy;
using namespace understudy::tests;
using media::Frame;
using media::FrameNumber;
using media::Image;
using training::SwapTask;

namespace {

constexpr int kWidth = 160;
constexpr int kHeight = 120;

media::Landmarks faceAt(FrameNumber number) {
    return madeLandmarks({60.0 + number % 100, 50}, 44);
}

// Plates by formula; one may be unreadable.
class MadeSource final : public media::FrameSource {
  public:
    explicit MadeSource(FrameNumber first, FrameNumber last) {
        info_.first = first;
        info_.last = last;
        info_.frames = last - first + 1;
        info_.width = kWidth;
        info_.height = kHeight;
        info_.path = "made";
    }
    const media::SourceInfo& info() const override { return info_; }
    Result<Frame> read(FrameNumber number) override {
        ++jumps;
        position_ = number;
        return make(number);
    }
    Result<std::optional<Frame>> next() override {
        ++position_;
        if (position_ > info_.last) {
            return std::optional<Frame>();
        }
        US_ASSIGN(Frame frame, make(position_));
        return std::optional<Frame>(std::move(frame));
    }
    media::SourceInfo info_;
    FrameNumber unreadable = -1;
    int jumps = 0;

  private:
    Result<Frame> make(FrameNumber number) const {
        if (number == unreadable) {
            return Error{ErrorCode::missingInput, "unreadable", "made", ""};
        }
        Frame frame = madePlate(kWidth, kHeight, faceAt(number));
        frame.number = number;
        return frame;
    }
    FrameNumber position_ = 0;
};

// Darkens the face; says what it was given.
class MadeNetwork final : public training::FaceNetwork {
  public:
    MadeNetwork() {
        info_.resolution = 48;
        info_.encoding = "srgb";
    }
    const training::NetworkInfo& info() const override { return info_; }
    Result<std::vector<training::NetworkFace>> run(std::span<const Image* const> crops) override {
        sizes.insert(crops.size());
        std::vector<training::NetworkFace> faces(crops.size());
        for (size_t i = 0; i < crops.size(); ++i) {
            if (crops[i] == nullptr) {
                continue;
            }
            ++seen;
            faces[i] = perfectNetwork(*crops[i]);
            for (int y = 0; y < crops[i]->height(); ++y) {
                for (int k = 0; k < 3 * crops[i]->width(); ++k) {
                    // Its place in the batch shows, so that tests can see that places are fixed.
                    faces[i].swap.row<float>(y)[k] *= 0.7f + 0.01f * static_cast<float>(i);
                }
            }
        }
        if (fails) {
            return Error{ErrorCode::deviceUnavailable, "no memory", "made", ""};
        }
        return faces;
    }
    training::NetworkInfo info_;
    std::set<size_t> sizes;
    int seen = 0;
    bool fails = false;
};

struct Rendered {
    std::map<FrameNumber, Image> frames;
    std::vector<FrameNumber> order;
    std::set<FrameNumber> swapped;
    Status status;
};

Rendered render(MadeSource& source, MadeNetwork& network, const SwapTask& task,
                std::stop_token stop = {}) {
    Rendered result;
    result.status = swapFrames(
        source, network, task,
        [&](Frame frame, bool swapped) -> Status {
            result.frames[frame.number] = frame.pixels;
            result.order.push_back(frame.number);
            if (swapped) {
                result.swapped.insert(frame.number);
            }
            return {};
        },
        stop);
    return result;
}

SwapTask taskFor(FrameNumber first, FrameNumber last) {
    SwapTask task;
    for (FrameNumber frame = first; frame <= last; ++frame) {
        task.frames.push_back(frame);
        task.faces.emplace(frame, faceAt(frame));
    }
    task.batch = 4;
    task.threads = 2;
    return task;
}

bool same(const Image& a, const Image& b) {
    return a.size() == b.size() && std::equal(a.data(), a.data() + a.size(), b.data());
}

}  // namespace

TEST_CASE("frames come in order, and only those with a face are changed") {
    MadeSource source(1001, 1040);
    MadeNetwork network;
    SwapTask task = taskFor(1001, 1040);
    for (const FrameNumber frame : {1001, 1010, 1011, 1012, 1013, 1014, 1015, 1016, 1017, 1040}) {
        task.faces.erase(frame);
    }
    const Rendered result = render(source, network, task);
    REQUIRE(result.status.ok());
    CHECK(result.order == task.frames);
    CHECK(result.swapped.size() == task.faces.size());
    CHECK(network.sizes == std::set<size_t>{4});
    CHECK(network.seen == 30 + 30);  // once to learn what is usual
    CHECK(source.jumps == 2);
    for (const FrameNumber frame : task.frames) {
        const Image plate = source.read(frame)->pixels;
        CHECK(same(plate, result.frames.at(frame)) == !task.faces.contains(frame));
    }
}

TEST_CASE("a frame looks the same whichever others are rendered with it") {
    MadeSource source(1, 60);
    MadeNetwork network;
    SwapTask task = taskFor(1, 60);
    task.faces.erase(33);
    const Rendered all = render(source, network, task);
    REQUIRE(all.status.ok());
    task.frames = {7, 31, 32, 34, 58};
    task.threads = 1;
    const Rendered some = render(source, network, task);
    REQUIRE(some.status.ok());
    CHECK(some.order == task.frames);
    for (const FrameNumber frame : task.frames) {
        CHECK(same(all.frames.at(frame), some.frames.at(frame)));
    }
}

TEST_CASE("what is painted into a frame's mask has the last word, in that frame alone") {
    const auto made = [](const SwapTask& task) {
        MadeSource source(1, 5);
        MadeNetwork network;
        return render(source, network, task);
    };
    SwapTask task = taskFor(1, 5);
    const Rendered plain = made(task);
    const media::Point nose = faceAt(3)[30];
    const int middle = static_cast<int>(nose.x);
    // The left half of the face is removed, what lies far above it added.
    std::vector<uint8_t> levels(kWidth * kHeight, media::MaskCorrection::kLeave);
    for (int y = 0; y < kHeight; ++y) {
        std::fill_n(levels.begin() + y * kWidth, middle, uint8_t{0});
    }
    task.corrections.emplace(3, media::MaskCorrection::fromLevels(kWidth, kHeight, levels));
    const Rendered removed = made(task);
    REQUIRE(removed.status.ok());
    CHECK(same(removed.frames.at(2), plain.frames.at(2)));
    CHECK(same(removed.frames.at(4), plain.frames.at(4)));
    const Image plate = madePlate(kWidth, kHeight, faceAt(3)).pixels;
    int changedLeft = 0;
    int changedRight = 0;
    int usualLeft = 0;
    for (int y = 0; y < kHeight; ++y) {
        for (int x = 0; x < kWidth; ++x) {
            const bool now =
                removed.frames.at(3).row<uint8_t>(y)[3 * x] != plate.row<uint8_t>(y)[3 * x];
            const bool usual =
                plain.frames.at(3).row<uint8_t>(y)[3 * x] != plate.row<uint8_t>(y)[3 * x];
            changedLeft += x < middle - 3 && now;
            usualLeft += x < middle - 3 && usual;
            changedRight += x > middle + 3 && now;
        }
    }
    CHECK(usualLeft > 100);
    CHECK(changedLeft == 0);
    CHECK(changedRight > 100);
    // Added: shown even where the whole face was found to be hidden, here by taking no mask at all.
    std::fill(levels.begin(), levels.end(), uint8_t{255});
    SwapTask covered = taskFor(1, 5);
    covered.options.erode = 0.4;
    const Rendered little = made(covered);
    covered.corrections.emplace(3, media::MaskCorrection::fromLevels(kWidth, kHeight, levels));
    const Rendered added = made(covered);
    const auto changed = [&](const Rendered& one) {
        int count = 0;
        for (int y = 0; y < kHeight; ++y) {
            for (int x = 0; x < 3 * kWidth; ++x) {
                count += one.frames.at(3).row<uint8_t>(y)[x] != plate.row<uint8_t>(y)[x];
            }
        }
        return count;
    };
    CHECK(changed(added) > 2 * changed(little));
    CHECK(changed(added) > changed(plain));
}

TEST_CASE("errors of plate, network and writer end the render") {
    MadeSource source(1, 40);
    MadeNetwork network;
    SwapTask task = taskFor(1, 40);
    SECTION("plate") {
        source.unreadable = 22;
        const Rendered result = render(source, network, task);
        REQUIRE_FALSE(result.status.ok());
        CHECK(result.status.error().code == ErrorCode::missingInput);
    }
    SECTION("network") {
        network.fails = true;
        const Rendered result = render(source, network, task);
        REQUIRE_FALSE(result.status.ok());
        CHECK(result.status.error().code == ErrorCode::deviceUnavailable);
        CHECK(result.frames.empty());
    }
    SECTION("a frame that is not wanted") {
        source.unreadable = 22;
        task.frames = {1, 2};
        CHECK(render(source, network, task).status.ok());
    }
    SECTION("writer") {
        int written = 0;
        const Status status =
            swapFrames(source, network, task,
                       [&](Frame, bool) -> Status {
                           if (++written == 5) {
                               return Error{ErrorCode::cannotWrite, "full", "disk", ""};
                           }
                           return {};
                       },
                       {});
        REQUIRE_FALSE(status.ok());
        CHECK(status.error().code == ErrorCode::cannotWrite);
        CHECK(written == 5);
    }
    SECTION("encoding") {
        network.info_.encoding = "acescct";
        const Rendered result = render(source, network, task);
        REQUIRE_FALSE(result.status.ok());
        CHECK(result.status.error().code == ErrorCode::usage);
        CHECK(result.status.error().message.find("acescct") != std::string::npos);
    }
    SECTION("options") {
        task.options.blur = 7;
        CHECK(render(source, network, task).status.error().code == ErrorCode::usage);
    }
}

TEST_CASE("a render stops when it is asked to") {
    MadeSource source(1, 100000);
    MadeNetwork network;
    const SwapTask task = taskFor(1, 100000);
    std::stop_source stop;
    int written = 0;
    const Status status = swapFrames(
        source, network, task,
        [&](Frame, bool) -> Status {
            if (++written == 10) {
                stop.request_stop();
            }
            return {};
        },
        stop.get_token());
    REQUIRE_FALSE(status.ok());
    CHECK(status.error().code == ErrorCode::saved);
    CHECK(written < 200);
}

TEST_CASE("a clip without any face passes through") {
    MadeSource source(1, 30);
    MadeNetwork network;
    SwapTask task = taskFor(1, 30);
    task.faces.clear();
    const Rendered result = render(source, network, task);
    REQUIRE(result.status.ok());
    CHECK(result.order == task.frames);
    CHECK(network.seen == 0);
}

TEST_CASE("a plate in linear light says once that the studio's colours could not be read") {
    const TempFolder folder;
    const auto config = (folder / "newer.ocio").string();
    std::ofstream(config) << "ocio_profile_version: 2.9\n\nroles:\n  default: raw\n";
    const ScopedVariable ocio("OCIO", config);
    MadeSource source(1, 12);
    source.info_.encoding = {"scene_linear"};
    MadeNetwork network;
    network.info_.encoding = "acescct";
    SwapTask task;
    for (FrameNumber n = 1; n <= 12; ++n) {
        task.frames.push_back(n);
        task.faces[n] = faceAt(n);
    }
    std::vector<std::string> warnings;
    task.warned = [&warnings](const std::string& text) { warnings.push_back(text); };
    const Rendered rendered = render(source, network, task);
    CHECK(rendered.status.ok());
    CHECK(rendered.swapped.size() == 12);
    REQUIRE(warnings.size() == 1);
    CHECK(warnings[0].find("version 2.9") != std::string::npos);
}
