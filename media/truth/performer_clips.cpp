#include "media/truth/performer_clips.h"

#include <algorithm>
#include <cmath>
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>

#include "media/base/file.h"
#include "media/base/parallel_for.h"
#include "media/source/frame_sink.h"
#include "media/source/picture_io.h"
#include "media/synthetic/performance.h"
#include "media/synthetic/performer_renderer.h"

namespace understudy::media {

namespace fs = std::filesystem;
using Json = nlohmann::ordered_json;

namespace {

constexpr double kRate = 24;
constexpr const char* kNumber = "%04d.png";

Error outOfRange(const char* what, const std::string& range) {
    return {ErrorCode::usage, std::string(what) + " is out of range", std::string("--") + what,
            "Give " + range};
}

// Different for each performer, and for all seeds.
uint64_t seedOf(uint64_t seed, int performer) {
    return seed * 0x9e3779b97f4a7c15u + static_cast<uint64_t>(performer);
}

std::string performerName(int k) {
    return "performer_" + std::to_string(k);
}

std::string swapName(int source, int destination) {
    return "swap_" + std::to_string(source) + "_on_" + std::to_string(destination);
}

// Where the frames of one performer, or of one swap, go.
struct Outlets {
    fs::path movie;     // empty: none
    fs::path pictures;  // folders; empty: none
    fs::path masks;
    fs::path landmarks;  // file; empty: none
};

Json pointsOf(const Landmarks& landmarks) {
    Json points = Json::array();
    for (const Point& p : landmarks) {
        // A hundredth of a pixel is finer than any use of it.
        points.push_back({std::round(p.x * 100) / 100, std::round(p.y * 100) / 100});
    }
    return points;
}

// What is written frame after frame: the movie, and the file of landmarks.
class InOrder {
  public:
    static Result<InOrder> begin(const Outlets& outlets, const PerformerClips& clips) {
        InOrder made(outlets, clips);
        if (!outlets.movie.empty()) {
            SinkOptions options;
            options.rate = {static_cast<int64_t>(kRate), 1};
            options.width = clips.width;
            options.height = clips.height;
            options.encoding = {"srgb"};
            options.quick = true;
            US_ASSIGN(made.movie_, createSink(outlets.movie.string(), options));
        }
        return made;
    }

    // The frames that follow; takes their pictures.
    Status add(std::vector<RenderedFrame>& frames) {
        for (RenderedFrame& one : frames) {
            ++last_;
            landmarks_.push_back({{"frame", last_}, {"points", pointsOf(one.landmarks)}});
            if (movie_) {
                Frame frame;
                frame.number = last_;
                frame.pixels = std::move(one.picture);
                US_TRY(movie_->write(frame));
            }
        }
        return {};
    }

    Status finish(int performer) {
        if (!outlets_.landmarks.empty()) {
            const Json file = {{"performer", performer},
                               {"width", clips_.width},
                               {"height", clips_.height},
                               {"frames", landmarks_}};
            US_TRY(writeFileAtomic(outlets_.landmarks, file.dump() + "\n"));
        }
        return movie_ ? movie_->finish() : Status();
    }

  private:
    InOrder(const Outlets& outlets, const PerformerClips& clips)
        : outlets_(outlets), clips_(clips) {}

    const Outlets& outlets_;
    const PerformerClips& clips_;
    std::unique_ptr<FrameSink> movie_;
    Json landmarks_ = Json::array();
    FrameNumber last_ = 0;
};

class ClipsWriter {
  public:
    ClipsWriter(const PerformerClips& clips, const ClipsHooks& hooks)
        : clips_(clips), hooks_(hooks), threads_(threadsFor(clips.threads)) {}

    Result<WrittenClips> run() {
        WrittenClips written;
        const auto swaps = clips_.truth ? swapsToMake() : std::vector<std::pair<int, int>>();
        total_ = clips_.frames * (clips_.performers + static_cast<int64_t>(swaps.size()));
        US_TRY(createPrivateFolder(clips_.folder));
        const fs::path truth = clips_.folder / "truth";
        if (clips_.truth) {
            US_TRY(createPrivateFolder(truth));
            written.truth = truth;
        }
        for (int k = 0; k < clips_.performers; ++k) {
            Outlets outlets;
            outlets.movie = clips_.folder / (performerName(k) + ".mp4");
            if (clips_.truth) {
                outlets.pictures = clips_.folder / performerName(k);
                outlets.landmarks = truth / ("landmarks_" + std::to_string(k) + ".json");
            }
            const int body = clips_.take ? static_cast<int>(*clips_.take % people_.size()) : k;
            US_TRY(shoot(performerIn(body, k), body, outlets));
            written.clips.push_back(outlets.movie);
        }
        for (const auto& [source, destination] : swaps) {
            const fs::path folder = truth / swapName(source, destination);
            US_TRY(shoot(performerIn(destination, source), destination,
                         {{}, folder, folder / "mask", {}}));
            US_TRY(writeTruthFile(folder, source, destination));
        }
        return written;
    }

  private:
    std::vector<std::pair<int, int>> swapsToMake() const {
        if (!clips_.swaps.empty()) {
            return clips_.swaps;
        }
        std::vector<std::pair<int, int>> all;
        for (int s = 0; s < clips_.performers; ++s) {
            for (int d = 0; d < clips_.performers; ++d) {
                if (s != d) {
                    all.emplace_back(s, d);
                }
            }
        }
        return all;
    }

    // A take that everybody gives has a stage of its own.
    TakeOptions takeOf(int k) const {
        TakeOptions take;
        take.stage =
            clips_.take ? seedOf(clips_.seed, clips_.performers) + *clips_.take : clips_.seed;
        take.seed = seedOf(take.stage, k);
        return take;
    }

    const Identity& person(int k) const { return people_[static_cast<size_t>(k)]; }

    // Performer `k` in the take of `body`.
    Performer performerIn(int body, int k) const {
        return k == body ? Performer(person(k)) : Performer(person(body), person(k));
    }

    // The take of performer `k` with whoever stands in.
    Status shoot(const Performer& performer, int k, const Outlets& outlets) {
        TakeOptions take = takeOf(k);
        take.frames = clips_.frames;
        take.rate = kRate;
        take.passingHand = clips_.passingHand;
        const std::vector<Moment> moments = performedTake(take);
        for (const fs::path& folder : {outlets.pictures, outlets.masks}) {
            if (!folder.empty()) {
                US_TRY(createPrivateFolder(folder));
            }
        }
        US_ASSIGN(InOrder inOrder, InOrder::begin(outlets, clips_));
        std::vector<RenderedFrame> rendered;  // and not yet in order
        const auto atOnce = static_cast<size_t>(4 * threads_);
        for (size_t first = 0; first < moments.size(); first += atOnce) {
            if (hooks_.stop.stop_requested()) {
                return Error{ErrorCode::saved, "stopped on request", clips_.folder.string(),
                             "Begin again with the same command"};
            }
            const size_t count = std::min(atOnce, moments.size() - first);
            std::vector<RenderedFrame> frames(count);
            std::vector<Status> written(count + 1);
            // The last ones are encoded while these are rendered.
            parallelFor(count + 1, threads_, [&](size_t i) {
                if (i == 0) {
                    written[count] = inOrder.add(rendered);
                    return;
                }
                RenderedFrame& frame = frames[i - 1];
                const size_t at = first + i - 1;
                frame = performer.render(moments[at], clips_.width, clips_.height);
                written[i - 1] = writePictures(outlets, static_cast<FrameNumber>(at) + 1, frame);
            });
            for (const Status& status : written) {
                US_TRY(status);
            }
            rendered = std::move(frames);
            done_ += static_cast<int64_t>(count);
            if (hooks_.progress) {
                hooks_.progress(done_, total_);
            }
        }
        US_TRY(inOrder.add(rendered));
        return inOrder.finish(k);
    }

    static Status writePictures(const Outlets& outlets, FrameNumber number,
                                const RenderedFrame& frame) {
        if (!outlets.pictures.empty()) {
            US_TRY(writePicture(sequenceFile((outlets.pictures / kNumber).string(), number),
                                frame.picture, {}));
        }
        if (!outlets.masks.empty()) {
            US_TRY(writePicture(sequenceFile((outlets.masks / kNumber).string(), number),
                                frame.faceMask, {}));
        }
        return {};
    }

    Status writeTruthFile(const fs::path& folder, int source, int destination) const {
        const std::string plate = performerName(destination);
        const Json file = {
            {"source", source},
            {"destination", destination},
            {"first", 1},
            {"frames", clips_.frames},
            {"width", clips_.width},
            {"height", clips_.height},
            {"swap", kNumber},
            {"mask", std::string("mask/") + kNumber},
            {"plate", "../../" + plate + "/" + kNumber},
            {"plate_movie", "../../" + plate + ".mp4"},
            {"landmarks", "../landmarks_" + std::to_string(destination) + ".json"},
            {"source_plate", "../../" + performerName(source) + "/" + kNumber},
            {"source_landmarks", "../landmarks_" + std::to_string(source) + ".json"}};
        return writeFileAtomic(folder / "truth.json", file.dump(2) + "\n");
    }

    const PerformerClips& clips_;
    const ClipsHooks& hooks_;
    int threads_;
    const std::vector<Identity> people_ = castOf(clips_.seed, clips_.performers);
    int64_t done_ = 0, total_ = 0;
};

}  // namespace

Status PerformerClips::check() const {
    if (folder.empty()) {
        return Error{ErrorCode::usage, "there is no folder to write to", "--out", "Name a folder"};
    }
    if (performers < 1 || performers > 100) {
        return outOfRange("count", "1 to 100 performers");
    }
    if (frames < 1 || frames > 9999) {
        return outOfRange("frames", "1 to 9999 frames");
    }
    for (const int side : {width, height}) {
        if (side < 64 || side > 4096 || side % 2 != 0) {
            return outOfRange("size", "an even width and height from 64 to 4096, as 640x480");
        }
    }
    if (threads < 0 || threads > 256) {
        return outOfRange("threads", "0 for all cores, or up to 256");
    }
    if (take && truth) {
        return Error{ErrorCode::usage, "a take of everybody has no true swaps beside it", "--take",
                     "Leave --take or --truth out: with --take the clips are each other's swaps"};
    }
    for (const auto& [source, destination] : swaps) {
        if (source < 0 || destination < 0 || source >= performers || destination >= performers) {
            return outOfRange("swap", "performers from 0 to " + std::to_string(performers - 1));
        }
    }
    return {};
}

Result<WrittenClips> writePerformerClips(const PerformerClips& clips, const ClipsHooks& hooks) {
    US_TRY(clips.check());
    return ClipsWriter(clips, hooks).run();
}

Result<TruthFiles> readTruthFiles(const fs::path& folder) {
    const fs::path path = folder / "truth.json";
    US_ASSIGN(const std::string text, readFile(path));
    const auto unusable = [&](const std::string& why) {
        return Error{ErrorCode::corruptData, "this is no description of a true swap: " + why,
                     path.string(), "Write it again with 'understudy-cli performers --truth'"};
    };
    try {
        const Json file = Json::parse(text);
        TruthFiles truth;
        truth.source = file.at("source");
        truth.destination = file.at("destination");
        truth.frames = file.at("frames");
        truth.width = file.at("width");
        truth.height = file.at("height");
        const auto beside = [&](const char* key) {
            return (folder / file.at(key).get<std::string>()).lexically_normal();
        };
        truth.swap = beside("swap").string();
        truth.mask = beside("mask").string();
        truth.plate = beside("plate").string();
        truth.landmarks = beside("landmarks");
        truth.sourcePlate = beside("source_plate").string();
        truth.sourceLandmarks = beside("source_landmarks");
        if (truth.frames < 1 || truth.width < 1 || truth.height < 1) {
            return unusable("it has no frames");
        }
        return truth;
    } catch (const Json::exception& thrown) {
        return unusable(thrown.what());
    }
}

Result<std::vector<Landmarks>> readTrueLandmarks(const fs::path& path, int64_t frames) {
    US_ASSIGN(const std::string text, readFile(path, uint64_t{1} << 30));
    try {
        std::vector<Landmarks> all;
        const Json file = Json::parse(text);
        for (const auto& frame : file.at("frames")) {
            const auto& points = frame.at("points");
            Landmarks landmarks{};
            for (size_t i = 0; i < kLandmarkCount; ++i) {
                landmarks[i] = {points.at(i).at(0), points.at(i).at(1)};
            }
            all.push_back(landmarks);
        }
        if (static_cast<int64_t>(all.size()) >= frames) {
            return all;
        }
    } catch (const Json::exception&) {
        // Said below, in the user's words.
    }
    return Error{ErrorCode::corruptData, "the true landmarks are damaged or too few", path.string(),
                 "Write them again with 'understudy-cli performers --truth'"};
}

}  // namespace understudy::media
