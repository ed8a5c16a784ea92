#include "tests/training/swap/made_project.h"

#include <torch/types.h>
#include <torch/utils.h>

#include <stdexcept>

#include "media/project/project.h"
#include "media/source/frame_sink.h"
#include "media/source/frame_source.h"
#include "tests/training/swap/made_face.h"
#include "training/engine/checkpoint/checkpoint.h"
#include "training/engine/model/face_model.h"
#include "training/plan/run_folder.h"

namespace understudy::tests {

namespace {

void must(const Status& status) {
    if (!status) {
        throw std::runtime_error(describe(status.error()));
    }
}

template <class T>
T must(Result<T> result) {
    if (!result) {
        throw std::runtime_error(describe(result.error()));
    }
    return std::move(result).value();
}

void makePlate(const std::string& pattern, std::vector<media::FaceTruth>& truths) {
    media::SinkOptions options;
    options.width = 200;
    options.height = 150;
    std::filesystem::create_directories(std::filesystem::path(pattern).parent_path());
    auto sink = must(media::createSink(pattern, options));
    for (int i = 0; i < MadeProject::kFrames; ++i) {
        media::FaceTruth truth;
        truth.frame = MadeProject::kFirst + i;
        truth.landmarks = madeLandmarks({80.0 + i, 65}, 48, 0.004 * i);
        media::Frame frame = madePlate(options.width, options.height, truth.landmarks);
        frame.number = truth.frame;
        if (truth.frame == MadeProject::kFaceless) {
            truth.landmarks = {};
        } else {
            truth.how = media::FoundHow::detected;
            truth.confidence = 1;
        }
        truths.push_back(truth);
        must(sink->write(frame));
    }
    must(sink->finish());
}

void makeRun(const std::filesystem::path& folder, const std::string& encoding) {
    training::Plan plan;
    plan.source = std::string("A");
    plan.destination = std::string("B");
    plan.resolution = 64;
    plan.encoderDims = plan.decoderDims = 8;
    plan.maskDims = 4;
    plan.bottleneck = 16;
    plan.encoding = encoding;
    std::filesystem::create_directories(folder);
    must(training::savePlan(plan, training::RunFolder{folder}.plan()));
    auto model = must(training::makeModel(training::specOf(plan)));
    training::initialise(*model, 1);
    training::CheckpointWriter writer(folder, {.newest = 3});
    for (const int64_t step : {5, 9}) {
        training::CheckpointTensors tensors;
        for (const auto& parameter : model->named_parameters()) {
            tensors.model.push_back({parameter.key(), parameter.value()});
        }
        tensors.ema = tensors.model;
        training::CheckpointInfo info;
        info.step = step;
        info.planJson = training::planToJson(plan);
        writer.save(tensors, info);
        must(writer.wait());
        const torch::NoGradGuard noGrad;
        for (auto& parameter : model->parameters()) {
            parameter.mul_(0.98);  // another step, other weights
        }
    }
}

}  // namespace

MadeProject::MadeProject(const std::string& encoding) {
    auto project = must(media::Project::create(folder()));
    std::vector<media::FaceTruth> truths;
    makePlate(platePattern(), truths);
    const auto source = must(media::openSource(platePattern()));
    media::ClipRecord clip;
    clip.name = "plate";
    clip.performer = std::string("B");
    clip.path = platePattern();
    clip.frames = kFrames;
    clip.first = kFirst;
    clip.last = kFirst + kFrames - 1;
    clip.width = source->info().width;
    clip.height = source->info().height;
    clip.encoding = source->info().encoding.name;
    must(project.addClip(clip));
    must(project.putFaces("plate", truths));
    const int64_t rejected[] = {kRejected};
    must(project.setReview("plate", rejected, media::ReviewState::reject));
    must(project.addRun({"r01", "A", "B", "2026-01-01T00:00:00Z"}));
    makeRun(run(), encoding);
}

std::string MadeProject::plate(int frame) const {
    return media::sequenceFile(platePattern(), frame);
}

}  // namespace understudy::tests
