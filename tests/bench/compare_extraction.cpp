// compare_extraction [--ours] CLIP... : frames a second of extraction, loading of models, crops and
// project included, beside dlib detecting and landmarking every frame on the same number of
// threads, and how many frames show a face either way. Prints two ratios: to dlib with its models
// loaded already, and with the time to load them, as a program takes it that is started for a clip.
// The order alternates from round to round.
#include <dlib/image_processing.h>
#include <dlib/image_processing/frontal_face_detector.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <mutex>
#include <span>
#include <string>
#include <thread>
#include <vector>

#include "media/base/bounded_queue.h"
#include "media/base/parallel_for.h"
#include "media/face/analysis_image.h"
#include "media/face/landmarker.h"
#include "tests/media/extract/reference.h"
#include "tests/support/temp_folder.h"

using namespace understudy;
using namespace understudy::media;
using namespace understudy::tests;

namespace {

constexpr int kRounds = 3;

using Clock = std::chrono::steady_clock;

double secondsSince(Clock::time_point begin) {
    return std::chrono::duration<double>(Clock::now() - begin).count();
}

struct Measured {
    double seconds = 0;  // without those of loading
    double loading = 0;
    int64_t frames = 0;
    int64_t found = 0;

    double framesPerSecond() const { return static_cast<double>(frames) / seconds; }
};

// What tools do that look at each frame by itself: one thread decodes, the others detect and place
// landmarks in the best box, with dlib's own detector and predictor.
Measured frameByFrame(const std::string& clip) {
    const auto start = Clock::now();
    const dlib::frontal_face_detector original = dlib::get_frontal_face_detector();
    dlib::shape_predictor predictor;
    dlib::deserialize(findLandmarkModel()->string()) >> predictor;
    const double loading = secondsSince(start);
    auto source = openSource(clip);
    BoundedQueue<Image> pictures(8);
    std::mutex mutex;
    int64_t frames = 0, found = 0;
    const auto begin = Clock::now();
    {
        std::vector<std::jthread> workers;
        for (int i = 0; i < threadsFor(0); ++i) {
            workers.emplace_back([&] {
                dlib::frontal_face_detector detector = original;
                while (const auto gray = pictures.pop()) {
                    dlib::array2d<unsigned char> picture(gray->height(), gray->width());
                    for (int y = 0; y < gray->height(); ++y) {
                        std::copy_n(gray->row<uint8_t>(y), gray->width(),
                                    picture.begin() + y * gray->width());
                    }
                    const std::vector<dlib::rectangle> boxes = detector(picture);
                    if (!boxes.empty()) {
                        predictor(picture, boxes.front());
                    }
                    const std::scoped_lock lock(mutex);
                    ++frames;
                    found += !boxes.empty();
                }
            });
        }
        while (true) {
            const auto frame = (*source)->next();
            if (!frame.ok() || !frame->has_value()) {
                break;
            }
            pictures.push(analysisImage(**frame).gray);
        }
        pictures.close();
    }
    return {secondsSince(begin), loading, frames, found};
}

Measured extraction(const std::string& clip) {
    const TempFolder folder;
    Project project = projectOf(folder / "p.understudy", clip);
    const auto begin = Clock::now();
    const ExtractResult result = extracted(project, std::filesystem::path(clip).stem().string());
    return {secondsSince(begin), 0, result.frames, result.found};
}

double median(std::vector<double> values) {
    std::sort(values.begin(), values.end());
    return values[values.size() / 2];
}

// For a profiler.
void runOnlyOurs(std::span<char*> clips) {
    for (const char* clip : clips) {
        const Measured own = extraction(clip);
        std::printf("%s: %.1f frames/s, %ld faces\n", clip, own.framesPerSecond(), own.found);
    }
}

}  // namespace

int main(int argc, char** argv) {
    if (argc > 2 && std::string(argv[1]) == "--ours") {
        runOnlyOurs(std::span(argv + 2, argv + argc));
        return 0;
    }
    std::printf("clip: frames/s ours, by frame; ratio (range), with loading; faces\n");
    for (int i = 1; i < argc; ++i) {
        const std::string clip = argv[i];
        std::vector<double> ours, theirs, ratios, whole;
        Measured own, other;
        for (int round = 0; round < kRounds; ++round) {
            if (round % 2 == 0) {
                own = extraction(clip);
            }
            other = frameByFrame(clip);
            if (round % 2 == 1) {
                own = extraction(clip);
            }
            ours.push_back(own.framesPerSecond());
            theirs.push_back(other.framesPerSecond());
            ratios.push_back(other.seconds / own.seconds);
            whole.push_back((other.loading + other.seconds) / own.seconds);
        }
        std::printf("%s: %.1f, %.1f; %.2f (%.2f-%.2f), %.2f; %ld, %ld\n",
                    std::filesystem::path(clip).stem().c_str(), median(ours), median(theirs),
                    median(ratios), *std::min_element(ratios.begin(), ratios.end()),
                    *std::max_element(ratios.begin(), ratios.end()), median(whole), own.found,
                    other.found);
    }
    return 0;
}
