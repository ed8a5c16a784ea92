#include "training/swap/render_clip.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <memory>
#include <set>
#include <utility>

#include "media/base/file.h"
#include "media/base/sha256.h"
#include "media/project/project.h"
#include "media/source/frame_list.h"
#include "media/source/frame_sink.h"
#include "media/source/frame_source.h"
#include "training/swap/contact_sheet.h"
#include "training/swap/delivered_version.h"
#include "training/swap/face_network.h"
#include "training/swap/output_place.h"
#include "training/swap/rate_meter.h"
#include "training/swap/render_memory.h"
#include "training/swap/render_record.h"
#include "training/swap/swapper.h"
#include "training/swap/version_model.h"

namespace understudy::training {

using media::Frame;
using media::FrameNumber;
using media::FrameSource;

namespace {

constexpr size_t kSheetMoments = 8;
constexpr double kProgressEvery = 0.25;  // seconds
constexpr double kRecordEvery = 1;       // seconds

using Faces = std::map<FrameNumber, media::Landmarks>;
using Corrections = std::map<FrameNumber, media::MaskCorrection>;

Result<media::Project> openProject(const std::filesystem::path& folder) {
    auto project = media::Project::open(folder);
    if (!project && project.error().code == ErrorCode::cannotWrite) {
        return media::Project::open(folder, true);
    }
    return project;
}

Result<Faces> facesToSwap(const media::Project& project, const std::string& clip,
                          const std::string& performer, bool rejected) {
    US_ASSIGN(const auto truths, project.facesOf(clip, performer, rejected));
    Faces faces;
    for (const media::FaceTruth& truth : truths) {
        faces.emplace(truth.frame, truth.landmarks);
    }
    return faces;
}

// Frames that were asked for and exist.
Result<std::vector<FrameNumber>> framesToRender(const media::SourceInfo& plate,
                                                const std::string& wanted,
                                                const RenderEvents& events) {
    const std::set<FrameNumber> missing(plate.missing.begin(), plate.missing.end());
    std::vector<FrameNumber> frames;
    std::vector<FrameNumber> absent;
    if (wanted.empty()) {
        for (FrameNumber frame = plate.first; frame <= plate.last; ++frame) {
            (missing.contains(frame) ? absent : frames).push_back(frame);
        }
    } else {
        US_ASSIGN(const auto list, media::FrameList::parse(wanted));
        US_ASSIGN(const auto numbers, list.numbers());
        for (const FrameNumber frame : numbers) {
            const bool there =
                frame >= plate.first && frame <= plate.last && !missing.contains(frame);
            (there ? frames : absent).push_back(frame);
        }
    }
    if (frames.empty()) {
        return Error{ErrorCode::usage, "the clip has none of these frames", wanted,
                     "Its frames are " + std::to_string(plate.first) + "-" +
                         std::to_string(plate.last) + "."};
    }
    if (!absent.empty() && events.warned) {
        events.warned("the plate has no frames " + media::framesText(absent) +
                      "; they are left out");
    }
    return frames;
}

Status createFolderOf(const std::string& out) {
    const std::filesystem::path folder = std::filesystem::path(out).parent_path();
    std::error_code error;
    if (!folder.empty()) {
        std::filesystem::create_directories(folder, error);
    }
    return error ? Status(writeError(error.value(), folder)) : Status();
}

// Empty where nothing is painted, so that records of renders from before there were corrections
// stay good.
std::string textOf(const Corrections& corrections) {
    if (corrections.empty()) {
        return "";
    }
    Sha256 hash;
    for (const auto& [frame, correction] : corrections) {
        hash.add(std::to_string(frame));
        hash.add(correction.bytes());
    }
    return " painted=" + hash.finish();
}

// One render, from request to report.
class Render {
  public:
    Render(const RenderRequest& request, const RenderEvents& events, RenderMemory* memory)
        : request_(request), events_(events), memory_(memory) {}
    Render(const Render&) = delete;
    Render& operator=(const Render&) = delete;
    ~Render() {
        if (kept_ && kept_->ok()) {  // unless a version took it
            std::error_code ignored;
            std::filesystem::remove_all(**kept_, ignored);
        }
    }

    Result<RenderReport> run(const std::stop_token& stop) {
        US_TRY(prepare());
        US_TRY(openOutput());
        if (!todo_.empty()) {
            US_TRY(makeFrames(stop));
        }
        US_TRY(sink_->finish());
        if (matteSink_) {
            US_TRY(matteSink_->finish());
        }
        if (record_) {
            US_TRY(record_->save());
        }
        finishReport();
        if (!request_.contactSheet.empty()) {
            US_TRY(makeContactSheet());
        }
        if (request_.preview) {
            return report_;
        }
        if (delivered_) {
            report_.version = media::versionName(delivered_->number);
            report_.restored = request_.restore;
        } else if (const Status status = becomeVersion(); !status.ok()) {
            warn("the swap is no version of its clip: " + describe(status.error()));
        }
        audit();
        return report_;
    }

  private:
    void warn(const std::string& text) const {
        if (events_.warned) {
            events_.warned(text);
        }
    }

    Status prepare() {
        US_TRY(request_.options.check());
        US_ASSIGN(auto project, openProject(request_.project));
        project_ = std::make_unique<media::Project>(std::move(project));
        US_ASSIGN(const auto clip, project_->clip(request_.clip));
        if (request_.run.empty() || request_.run.find('/') != std::string::npos ||
            request_.run.starts_with('.')) {
            return Error{ErrorCode::usage, "this is not the name of a run", request_.run,
                         "Give the name of a run of this project."};
        }
        if (!request_.deliver.empty()) {
            US_ASSIGN(delivered_, deliveredVersion(*project_, request_));
        }
        NetworkRequest wanted;
        wanted.run = modelFolder(*project_, request_.run, request_.checkpoint);
        model_ = wanted.run;
        wanted.step = request_.checkpoint;
        wanted.face = request_.face;
        wanted.plate = clip.performer;
        wanted.device = request_.device;
        wanted.precision = request_.precision;
        wanted.threads = request_.threads;
        if (memory_ != nullptr) {
            US_ASSIGN(network_, memory_->network(wanted));
        } else {
            US_ASSIGN(network_, loadFaceNetwork(wanted));
        }
        // Before the run that it is of prunes it.
        if (!request_.preview && !delivered_) {
            kept_.emplace(
                gatherModel(model_, network_->info().step, project_->folder() / "versions"));
        }
        for (const std::string& warning : network_->info().warnings) {
            warn(warning);
        }
        US_ASSIGN(plate_, media::openSource(project_->platePath(clip).string(), clip.said));
        US_ASSIGN(frames_, framesToRender(plate_->info(), request_.frames, events_));
        US_TRY(chooseFaces(clip));
        US_ASSIGN(corrections_, project_->maskCorrections(clip.name));
        if (faces_.empty()) {
            warn(
                "no face of this clip can be swapped: find its faces first, or keep some in "
                "review");
        }
        US_TRY(refusePlate(request_.out, plate_->info(), frames_));
        if (delivered_) {
            US_ASSIGN(const auto warnings, compareSettings(*delivered_, request_, settings()));
            for (const std::string& warning : warnings) {
                warn(warning);
            }
        }
        return checkMatte();
    }

    // Whom the network replaces, where the clip shows that performer, else whom it shows: faces of
    // anybody else in it stay as they are.
    Status chooseFaces(const media::ClipRecord& clip) {
        US_ASSIGN(const std::string replaced, project_->currentName(network_->info().destination));
        US_ASSIGN(faces_, facesToSwap(*project_, clip.name, replaced, request_.all));
        if (faces_.empty() && clip.performer != replaced) {
            warn("the network was trained to replace " + replaced + ", but this clip shows " +
                 clip.performer);
            US_ASSIGN(faces_, facesToSwap(*project_, clip.name, clip.performer, request_.all));
        }
        return {};
    }

    Status checkMatte() const {
        if (request_.matte.empty()) {
            return {};
        }
        const bool sameKind =
            media::isMoviePath(request_.matte) == media::isMoviePath(request_.out);
        const FrameNumber first = frames_.front();
        if (!sameKind || sameFile(media::sequenceFile(request_.matte, first),
                                  media::sequenceFile(request_.out, first))) {
            return Error{ErrorCode::usage, "the matte cannot be written like this", request_.matte,
                         "Give another name than that of the swap: a movie beside a movie, a "
                         "sequence beside a sequence."};
        }
        return refusePlate(request_.matte, plate_->info(), frames_);
    }

    std::string settings() const {
        const NetworkInfo& info = network_->info();
        // Only what is not usual, so that records of earlier renders stay good.
        const bool usual = info.source == info.performers[0];
        return "run=" + request_.run + " weights=" + info.identity +
               (usual ? "" : " face=" + info.source) + " clip=" + request_.clip +
               " plate=" + plate_->info().path +
               (plate_->info().encodingSaid ? " encoding=" + plate_->info().encoding.name : "") +
               " faces=" + hashOf(faces_) + textOf(corrections_) +
               (request_.matte.empty() ? "" : " matte=" + request_.matte) + " " +
               request_.options.signature() + " version=" US_VERSION;
    }

    Status openOutput() {
        US_TRY(createFolderOf(request_.out));
        const media::SourceInfo& plate = plate_->info();
        const bool contiguous =
            frames_.back() - frames_.front() + 1 == static_cast<int64_t>(frames_.size());
        media::SinkOptions options;
        options.rate = plate.rate;
        options.width = plate.width;
        options.height = plate.height;
        options.pixelAspect = plate.pixelAspect;
        options.tags = plate.tags;
        options.encoding = plate.encoding;
        options.audioStart = frames_.front();
        options.quality = request_.quality;
        todo_ = frames_;
        if (media::isMoviePath(request_.out)) {
            if (plate.hasAudio && contiguous) {
                options.audioFrom = plate.path;
            } else if (plate.hasAudio) {
                warn("the frames are not one range, so the movie has no sound");
            }
        } else {
            record_.emplace(RenderRecord::placeFor(request_.out), settings());
            if (!request_.restore) {
                std::erase_if(todo_, [this](FrameNumber frame) { return isDone(frame); });
            }
        }
        US_ASSIGN(sink_, media::createSink(request_.out, options));
        if (!request_.matte.empty()) {
            US_TRY(createFolderOf(request_.matte));
            options.audioFrom.clear();
            options.encoding = {};
            US_ASSIGN(matteSink_, media::createSink(request_.matte, options));
        }
        return record_ && !todo_.empty() ? record_->begin(todo_) : Status();
    }

    // Movies count from 1 and have no holes, sequences keep the plate's numbers.
    FrameNumber numberInResult(FrameNumber frame) const {
        if (record_) {
            return frame;
        }
        return std::lower_bound(frames_.begin(), frames_.end(), frame) - frames_.begin() + 1;
    }

    bool isDone(FrameNumber frame) {
        const bool swapped = record_->swapped().contains(frame);
        if (!swapped && !record_->passedThrough().contains(frame)) {
            return false;
        }
        for (const std::string& pattern : {request_.out, request_.matte}) {
            std::error_code error;
            if (!pattern.empty() &&
                (std::filesystem::file_size(media::sequenceFile(pattern, frame), error) == 0 ||
                 error)) {
                return false;
            }
        }
        count(frame, swapped);
        return true;
    }

    void count(FrameNumber frame, bool swapped) {
        if (swapped) {
            swapped_.push_back(frame);
        } else {
            report_.passedThrough.push_back(frame);
        }
    }

    Status makeFrames(const std::stop_token& stop) {
        SwapTask task;
        task.frames = todo_;
        task.faces = faces_;
        task.corrections = corrections_;
        task.options = request_.options;
        task.batch = request_.batch;
        task.threads = request_.threads;
        task.warned = [this](const std::string& text) { warn(text); };
        if (matteSink_) {
            task.matteMade = [this](Frame matte) {
                matte.number = numberInResult(matte.number);
                return matteSink_->write(matte);
            };
        }
        if (memory_ != nullptr) {
            task.usual = &memory_->usual;
            task.usualOf = usualFacesKey(plate_->info(), task);
        }
        meter_ = RateMeter();
        progress(true);
        const Status status = swapFrames(
            *plate_, *network_, task,
            [this](Frame frame, bool swapped) { return keep(std::move(frame), swapped); }, stop);
        if (!status && record_) {
            static_cast<void>(record_->save());  // what is done stays done; the first error counts
        }
        return status;
    }

    Status keep(Frame frame, bool swapped) {
        const FrameNumber number = frame.number;
        frame.number = numberInResult(number);
        US_TRY(sink_->write(frame));
        count(number, swapped);
        ++report_.made;
        meter_.add(report_.made);
        progress(report_.made == static_cast<int64_t>(todo_.size()));
        if (record_) {
            record_->add(number, swapped);
            if (meter_.seconds() - lastRecord_ > kRecordEvery) {
                lastRecord_ = meter_.seconds();
                return record_->save();
            }
        }
        return {};
    }

    void progress(bool always) {
        if (!events_.progressed || (!always && meter_.seconds() - lastProgress_ < kProgressEvery)) {
            return;
        }
        lastProgress_ = meter_.seconds();
        RenderProgress progress;
        progress.total = static_cast<int64_t>(frames_.size());
        const int64_t left = static_cast<int64_t>(todo_.size()) - report_.made;
        progress.done = progress.total - left;
        progress.rate = meter_.recent();
        std::tie(progress.secondsLeftLow, progress.secondsLeftHigh) = meter_.remaining(left);
        events_.progressed(progress);
    }

    void finishReport() {
        std::sort(report_.passedThrough.begin(), report_.passedThrough.end());
        std::sort(swapped_.begin(), swapped_.end());
        report_.out = request_.out;
        report_.frames = static_cast<int64_t>(frames_.size());
        report_.swapped = static_cast<int64_t>(swapped_.size());
        report_.step = network_->info().step;
        report_.frameList = media::FrameList::of(frames_).text();
        report_.seconds = meter_.seconds();
        report_.framesPerSecond =
            report_.made > 0 ? static_cast<double>(report_.made) / report_.seconds : 0;
    }

    Status becomeVersion() {
        media::VersionRecord version;
        US_ASSIGN(const auto clip, project_->clip(request_.clip));
        version.clip = clip.name;
        version.run = request_.run;
        version.step = report_.step;
        version.face = network_->info().source;
        version.out = request_.out;
        version.matte = request_.matte;
        version.frames = report_.frameList;
        version.settings = settings();
        version.author = media::personHere();
        US_ASSIGN(const auto versions, project_->versions());
        for (const media::VersionRecord& made : versions) {
            if (made.clip == version.clip && made.settings == version.settings &&
                made.frames == version.frames &&
                sameFile(project_->resultPath(made.out), version.out)) {
                report_.version = media::versionName(made.number);
                return {};
            }
        }
        US_ASSIGN(const auto model, *kept_);
        US_ASSIGN(const auto made, project_->addVersion(version, model));
        report_.version = media::versionName(made.number);
        return {};
    }

    // Reads the result back, so that the sheet shows what the file holds.
    Status makeContactSheet() {
        US_TRY(createFolderOf(request_.contactSheet));
        std::vector<SheetMoment> moments;
        US_ASSIGN(auto result, media::openSource(request_.out));
        for (const FrameNumber frame : spread(swapped_, kSheetMoments)) {
            const FrameNumber number = numberInResult(frame);
            US_ASSIGN(Frame before, plate_->read(frame));
            US_ASSIGN(Frame after, result->read(number));
            moments.push_back(
                {std::move(before.pixels), std::move(after.pixels), faces_.at(frame)});
        }
        if (moments.empty()) {
            warn("no frame was swapped, so there is no contact sheet");
            return {};
        }
        return writePicture(contactSheet(moments), request_.contactSheet);
    }

    void audit() {
        const Status status = project_->audit(
            request_.restore ? "restore"
            : delivered_     ? "deliver"
                             : "swap",
            (delivered_ ? request_.deliver + ", " : "") + "run " + request_.run + " step " +
                std::to_string(report_.step) + ", clip " + request_.clip + ", " +
                std::to_string(report_.swapped) + " of " + std::to_string(report_.frames) +
                " frames (" + media::framesText(frames_) + "), to " + request_.out);
        if (!status) {
            warn("the render could not be entered in the audit log: " + describe(status.error()));
        }
    }

    const RenderRequest& request_;
    const RenderEvents& events_;
    RenderMemory* memory_;  // or null
    std::unique_ptr<media::Project> project_;
    std::shared_ptr<FaceNetwork> network_;
    std::unique_ptr<FrameSource> plate_;
    Faces faces_;
    Corrections corrections_;
    std::vector<FrameNumber> frames_;  // of the result
    std::vector<FrameNumber> todo_;    // of them, those not done before
    std::vector<FrameNumber> swapped_;
    std::unique_ptr<media::FrameSink> sink_;
    std::unique_ptr<media::FrameSink> matteSink_;        // where a matte is wanted
    std::filesystem::path model_;                        // folder that the network came from
    std::optional<Result<std::filesystem::path>> kept_;  // what a version will own of it
    std::optional<RenderRecord> record_;                 // of sequences
    std::optional<media::VersionRecord> delivered_;
    RateMeter meter_;
    double lastProgress_ = 0;
    double lastRecord_ = 0;
    RenderReport report_;
};

}  // namespace

Result<RenderReport> renderClip(const RenderRequest& request, const RenderEvents& events,
                                std::stop_token stop, RenderMemory* memory) {
    return Render(request, events, memory).run(stop);
}

}  // namespace understudy::training
