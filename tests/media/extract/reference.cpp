#include "tests/media/extract/reference.h"

#include <algorithm>
#include <opencv2/imgproc.hpp>
#include <stdexcept>

#include "media/face/analysis_image.h"
#include "media/face/landmarker.h"

namespace understudy::tests {

using namespace understudy::media;

namespace {

template <class T>
T must(Result<T> result) {
    if (!result.ok()) {
        throw std::runtime_error(describe(result.error()));
    }
    return std::move(result).value();
}

Image doubled(const Image& gray) {
    Image large(2 * gray.width(), 2 * gray.height(), 1, SampleType::u8);
    const cv::Mat in(gray.height(), gray.width(), CV_8UC1, const_cast<std::byte*>(gray.data()));
    cv::Mat out(large.height(), large.width(), CV_8UC1, large.data());
    cv::resize(in, out, out.size(), 0, 0, cv::INTER_LINEAR);
    return large;
}

}  // namespace

Project projectOf(const std::filesystem::path& folder, const std::filesystem::path& clip) {
    Project project = must(Project::create(folder));
    const std::unique_ptr<FrameSource> source = must(openSource(clip.string()));
    const SourceInfo& info = source->info();
    ClipRecord record;
    record.name = clip.stem().string();
    record.performer = std::string(1, 'A');  // g++ 12 misreads the assignment of a literal here
    record.path = clip.string();
    record.frames = info.frames;
    record.first = info.first;
    record.last = info.last;
    record.fps = info.rate.value();
    record.width = info.width;
    record.height = info.height;
    record.pixelAspect = info.pixelAspect;
    record.encoding = info.encoding.name;
    record.missing = info.missing;
    must(project.addClip(record));
    return project;
}

ExtractResult extracted(Project& project, const std::string& clip, const ExtractOptions& options) {
    return must(extractClip(project, clip, options, {}, {}));
}

Deviation deviationFromReference(Project& project, const std::string& clip, int every) {
    const std::shared_ptr<const Landmarker> landmarker =
        must(loadLandmarker(must(findLandmarkModel())));
    const std::unique_ptr<FaceDetector> detector = loadFaceDetector()();
    const std::unique_ptr<FrameSource> source =
        must(openSource(project.platePath(must(project.clip(clip))).string()));
    Deviation deviation;
    for (const FaceTruth& face : must(project.faces(clip))) {
        if (face.how == FoundHow::missed || face.frame % every != 0) {
            continue;
        }
        const AnalysisImage picture = analysisImage(must(source->read(face.frame)));
        const Image large = doubled(picture.gray);
        const std::vector<FaceBox> boxes = detector->detect(large, 0.0);
        if (boxes.empty()) {
            continue;
        }
        const Landmarks reference = landmarker->landmarks(large, boxes.front());
        const double eyes = interOcularDistance(reference);
        double sum = 0;
        double inner = 0;
        for (int i = 0; i < kLandmarkCount; ++i) {
            const double apart =
                distance(reference[i], 2.0 * picture.analysisFromFrame(face.landmarks[i])) / eyes;
            sum += apart / kLandmarkCount;
            inner += i >= 17 ? apart / 51 : 0;
        }
        ++deviation.compared;
        deviation.mean += sum;
        deviation.worstInner = std::max(deviation.worstInner, inner);
        if (sum > deviation.worst) {
            deviation.worst = sum;
            deviation.worstFrame = face.frame;
        }
    }
    deviation.mean /= std::max<int64_t>(1, deviation.compared);
    return deviation;
}

}  // namespace understudy::tests
