#include "media/extract/clip_extraction.h"

#include <algorithm>
#include <charconv>
#include <chrono>
#include <cmath>
#include <cstdlib>
#include <map>

#include "media/base/file.h"
#include "media/base/parallel_for.h"
#include "media/base/sha256.h"
#include "media/extract/find_faces.h"
#include "media/extract/write_crops.h"
#include "media/face/analysis_image.h"
#include "media/face/judge_track.h"
#include "media/project/people_settings.h"
#include "media/source/frame_list.h"
#include "media/source/frame_source.h"
#include "media/source/sequence_pattern.h"

namespace understudy::media {

namespace {

// Counts up when the search finds other faces or places other landmarks.
constexpr int kSearchVersion = 3;
constexpr double kSearchShare = 0.85;             // of the whole job's time
constexpr size_t kKeptBytes = size_t{256} << 20;  // of colours around faces, from search to crops

std::string stamp(const std::filesystem::path& path) {
    std::error_code failed;
    const auto size = std::filesystem::file_size(path, failed);
    const auto time = std::filesystem::last_write_time(path, failed);
    return failed ? "?"
                  : std::to_string(size) + " " + std::to_string(time.time_since_epoch().count());
}

// What the search's result follows from. Not the folder: a project may move with its plates.
std::string searchKey(const SourceInfo& info, const std::string& models) {
    const auto pattern =
        info.kind == SourceInfo::Kind::sequence ? parseSequencePattern(info.path) : std::nullopt;
    const std::filesystem::path first =
        pattern ? pattern->pattern.file(info.first) : std::filesystem::path(info.path);
    const std::filesystem::path last =
        pattern ? pattern->pattern.file(info.last) : std::filesystem::path(info.path);
    Sha256 hash;
    hash.add("search " + std::to_string(kSearchVersion) + "\n" +
             std::filesystem::path(info.path).filename().string() + "\n" +
             std::to_string(info.first) + " " + std::to_string(info.last) + " " +
             std::to_string(info.frames) + " " + std::to_string(info.width) + " " +
             std::to_string(info.height) + " " + std::to_string(info.pixelAspect) + "\n" +
             stamp(first) + "\n" + stamp(last) + "\n" + models);
    return hash.finish();
}

class Extraction {
  public:
    Extraction(Project& project, ClipRecord clip, const ExtractOptions& options,
               const ExtractEvents& events, std::stop_token stop)
        : project_(project),
          clip_(std::move(clip)),
          options_(options),
          events_(events),
          stop_(std::move(stop)) {}

    Result<ExtractResult> run();

  private:
    Status prepare();
    Status find();
    Result<int> chosenPerson() const;
    Status notePeople(const std::vector<Person>& people, int person);
    Status takeImported();
    Status writeTruth();
    Status crop();
    Result<double> occlusion();
    Status noteHidden(const std::map<int64_t, float>& shares);
    Status saveProvisional(const std::vector<FrameFaces>& batch);
    FaceTruth truthOf(FrameNumber number, const FaceFound& face, const Landmarks& landmarks) const;
    Status noteFile();
    void tell(double done, const std::string& text) const;
    void warn(const std::string& text);
    ExtractResult result(double seconds) const;

    Project& project_;
    const ClipRecord clip_;
    const ExtractOptions options_;
    const ExtractEvents& events_;
    const std::stop_token stop_;

    std::filesystem::path plate_;
    SourceInfo info_;
    AnalysisGeometry geometry_;
    Affine frameFromAnalysis_;
    std::optional<KeptParts> kept_;
    std::vector<FrameNumber> frames_;
    int threads_ = 1;
    int64_t searched_ = 0;
    Track track_;
    std::vector<PersonFound> people_;
    std::vector<FaceTruth> truth_;  // of every frame
    std::vector<std::string> warnings_;
};

// The plate may be another file by now than the one that was imported.
Status Extraction::noteFile() {
    const ReadAs& said = clip_.said;
    const ReadAs file{said.encoding.empty() ? info_.encoding.name : "",
                      said.rate == 0 ? info_.rate.value() : 0};
    const bool known = (file.encoding.empty() || file.encoding == clip_.encoding) &&
                       (file.rate == 0 || file.rate == clip_.fps);
    return known ? Status{} : project_.setClipFile(clip_.name, file);
}

Status Extraction::prepare() {
    plate_ = project_.platePath(clip_);
    {
        US_ASSIGN(const std::unique_ptr<FrameSource> source,
                  openSource(plate_.string(), clip_.said));
        info_ = source->info();
    }
    US_TRY(noteFile());
    for (const std::string& warning : info_.warnings) {
        warn(warning);
    }
    frames_ = existingFrames(info_);
    if (frames_.empty()) {
        return Error{ErrorCode::missingInput, "the clip has no frames", plate_.string(),
                     "Import it again"};
    }
    if (info_.frames != clip_.frames || info_.first != clip_.first) {
        warn("the plate has " + std::to_string(info_.frames) + " frames from " +
             std::to_string(info_.first) + " now, and had " + std::to_string(clip_.frames) +
             " from " + std::to_string(clip_.first) + " when it was imported");
    }
    geometry_ = analysisGeometry(info_.width, info_.height, info_.pixelAspect);
    frameFromAnalysis_ = geometry_.analysisFromFrame.inverse();
    threads_ = threadsFor(options_.threads);
    kept_.emplace(CropShape{options_.type, options_.size, options_.margin, info_.width,
                            info_.height, info_.pixelAspect},
                  kKeptBytes);
    return createPrivateFolder(project_.facesetFolder());
}

FaceTruth Extraction::truthOf(FrameNumber number, const FaceFound& face,
                              const Landmarks& landmarks) const {
    FaceTruth truth;
    truth.frame = number;
    truth.how = face.detected ? FoundHow::detected : FoundHow::tracked;
    truth.confidence = face.confidence;
    truth.landmarks = transformed(landmarks, frameFromAnalysis_);
    return truth;
}

// While the search runs people look at what it found; the final choice and smoothing come after it.
Status Extraction::saveProvisional(const std::vector<FrameFaces>& batch) {
    std::vector<FaceTruth> truth;
    int64_t found = 0;
    for (const FrameFaces& frame : batch) {
        const auto largest = std::max_element(
            frame.faces.begin(), frame.faces.end(), [](const FaceFound& a, const FaceFound& b) {
                return interOcularDistance(a.landmarks) < interOcularDistance(b.landmarks);
            });
        if (largest == frame.faces.end()) {
            truth.push_back({.frame = frame.number});
        } else {
            truth.push_back(truthOf(frame.number, *largest, largest->landmarks));
            ++found;
        }
    }
    US_TRY(project_.putFaces(clip_.name, truth));
    if (events_.batchFound && !batch.empty()) {
        events_.batchFound(batch.front().number, batch.back().number, found);
    }
    return {};
}

Status Extraction::find() {
    US_ASSIGN(const FaceModelChoice choice,
              chosenFaceModels([this](const std::string& key) { return project_.setting(key); },
                               project_.folder()));
    US_ASSIGN(const std::string models, faceModelsIdentity(choice));
    US_ASSIGN(FoundJournal journal,
              FoundJournal::open(project_.facesetFolder() / (clip_.name + ".found"),
                                 searchKey(info_, models)));
    Search search;
    search.plate = plate_.string();
    search.frames = frames_;
    search.threads = threads_;
    search.stop = stop_;
    search.kept = &*kept_;
    search.warned = [this](const std::string& text) { warn(text); };
    search.searched = [this](const std::vector<FrameFaces>& batch, int64_t searched) -> Status {
        searched_ += static_cast<int64_t>(batch.size());
        US_TRY(saveProvisional(batch));
        tell(kSearchShare * static_cast<double>(searched), "Finding faces in " + clip_.name);
        return {};
    };
    LazyModels lazyModels(choice);
    US_TRY(searchClip(search, lazyModels, journal));
    US_ASSIGN(const int person, chosenPerson());
    US_ASSIGN(ChosenPerson chosen,
              chooseAndFill(search, geometry_.width, geometry_.height,
                            static_cast<size_t>(person - 1), lazyModels, journal));
    track_ = std::move(chosen.track);
    return notePeople(chosen.people, person);
}

// Whose faces are wanted, from 1.
Result<int> Extraction::chosenPerson() const {
    if (options_.person > 0) {
        return options_.person;
    }
    US_ASSIGN(const auto before, project_.setting(personSetting(clip_.name)));
    return before ? std::max(1, std::atoi(before->c_str())) : 1;
}

Status Extraction::notePeople(const std::vector<Person>& people, int person) {
    for (const Person& one : people) {
        PersonFound found;
        found.person = static_cast<int>(people_.size()) + 1;
        found.frames = one.frames;
        found.first = one.first;
        found.last = one.last;
        found.size = one.size * frameFromAnalysis_.scale();
        found.chosen = found.person == person;
        people_.push_back(found);
    }
    if (people.size() > 1 && options_.person == 0) {
        warn(std::to_string(people.size()) + " people are in " + clip_.name + "; person " +
             std::to_string(person) + " is taken (extract --person chooses)");
    }
    US_ASSIGN(const auto before, project_.setting(personSetting(clip_.name)));
    US_ASSIGN(const auto assigned, project_.assignments(clip_.name));
    if (before && *before != std::to_string(person) && !assigned.empty()) {
        US_TRY(project_.clearAssignments(clip_.name));
        warn("the faces of " + clip_.name + " are another person's now: " +
             std::to_string(assigned.size()) + " that were assigned to others no longer are");
    }
    US_TRY(project_.putSetting(personSetting(clip_.name), std::to_string(person)));
    return project_.putSetting(peopleSetting(clip_.name), toJson(people_));
}

// The truth that another program brought, of the frames that the plate has.
Status Extraction::takeImported() {
    US_ASSIGN(const std::vector<FaceTruth> known, project_.foundFaces(clip_.name));
    std::map<int64_t, FaceTruth> byFrame;
    for (const FaceTruth& face : known) {
        byFrame.emplace(face.frame, face);
    }
    for (const FrameNumber number : frames_) {
        const auto found = byFrame.find(number);
        truth_.push_back(found != byFrame.end() ? found->second : FaceTruth{.frame = number});
        byFrame.erase(number);
    }
    std::erase_if(byFrame, [](const auto& face) { return face.second.how == FoundHow::missed; });
    if (!byFrame.empty()) {
        warn(std::to_string(byFrame.size()) + " imported faces of " + clip_.name +
             " are of frames that the plate does not have");
    }
    return {};
}

Status Extraction::writeTruth() {
    const std::vector<std::optional<Landmarks>> smooth = smoothTrack(frames_, track_, threads_);
    std::vector<std::optional<Landmarks>> inFrame(smooth.size());
    truth_.clear();
    for (size_t i = 0; i < frames_.size(); ++i) {
        if (!track_[i]) {
            truth_.push_back({.frame = frames_[i]});
            continue;
        }
        FaceTruth truth = truthOf(frames_[i], *track_[i], *smooth[i]);
        double moved = 0;  // what was placed in this frame alone, against what its neighbours say
        for (int k = 17; k < kLandmarkCount; ++k) {
            moved += distance((*smooth[i])[k], track_[i]->landmarks[k]) / (kLandmarkCount - 17);
        }
        moved /= std::max(1.0, interOcularDistance(*smooth[i]));
        const double doubted = truth.confidence * (1 - 0.5 * std::min(1.0, moved / 0.15));
        truth.confidence = static_cast<float>(
            std::max<double>(std::min(truth.confidence, kLeastConfidence), doubted));
        inFrame[i] = truth.landmarks;
        truth_.push_back(truth);
    }
    const std::vector<float> jitter = trackJitter(frames_, inFrame);
    const auto qualities = judgeTrack(frames_, track_, inFrame, info_.pixelAspect, threads_);
    for (size_t i = 0; i < truth_.size(); ++i) {
        truth_[i].jitter = jitter[i];
        truth_[i].qualities = qualities[i];
    }
    track_ = {};  // of a long clip it is large
    US_ASSIGN(const std::vector<FaceTruth> old, project_.foundFaces(clip_.name));
    const bool stale = std::any_of(old.begin(), old.end(), [this](const FaceTruth& face) {
        return !std::binary_search(frames_.begin(), frames_.end(), face.frame);
    });
    if (stale) {
        US_TRY(project_.clearFaces(clip_.name));
    }
    return project_.putFaces(clip_.name, truth_);
}

Status Extraction::crop() {
    CropJob job;
    job.plate = plate_.string();
    job.index = project_.facesetFolder() / packIndexName(clip_.name, options_.type, options_.size);
    job.clip = clip_.name;
    job.type = options_.type;
    job.size = options_.size;
    job.margin = options_.margin;
    job.pixelAspect = info_.pixelAspect;
    job.encoding = info_.encoding.name;
    job.kept = &*kept_;
    job.threads = threads_;
    job.stop = stop_;
    std::vector<FaceTruth> placed = truth_;
    US_ASSIGN(const auto corrections, project_.landmarkCorrections(clip_.name));
    applyCorrections(placed, corrections);
    for (const FaceTruth& face : placed) {
        if (face.how != FoundHow::missed) {
            job.faces.push_back(face);
        }
    }
    const double total = static_cast<double>(frames_.size());
    const double each = job.faces.empty() ? 0 : total / static_cast<double>(job.faces.size());
    job.progressed = [this, total, each](int64_t written) {
        tell(kSearchShare * total + (1 - kSearchShare) * each * static_cast<double>(written),
             "Cropping faces of " + clip_.name);
    };
    job.warned = [this](const std::string& text) { warn(text); };
    US_ASSIGN(job.occlusion, occlusion());
    US_ASSIGN(job.corrections, project_.maskCorrections(clip_.name));
    std::map<int64_t, float> shares;
    job.hidden = [&shares](int64_t frame, float share) { shares[frame] = share; };
    US_TRY(writeCrops(job));
    US_TRY(project_.noteCutMasks(clip_.name, job.index.filename().string(), job.corrections));
    return noteHidden(shares);
}

// As asked for now, else as it was last.
Result<double> Extraction::occlusion() {
    constexpr const char* kSetting = "extract.occlusion";
    if (options_.occlusion) {
        US_TRY(project_.putSetting(kSetting, std::to_string(*options_.occlusion)));
        return *options_.occlusion;
    }
    US_ASSIGN(const auto last, project_.setting(kSetting));
    double value = 1;
    if (last) {
        const char* end = last->data() + last->size();
        const auto read = std::from_chars(last->data(), end, value);
        if (read.ec != std::errc() || read.ptr != end || !(value >= 0 && value <= 1)) {
            warn("the project's setting " + std::string(kSetting) +
                 " is no number from 0 to 1: " + *last);
            value = 1;
        }
    }
    return value;
}

// Two guesses of what is in front see different things: the masks' by colour, where it is; the
// judge's in grey, also where a hand moved the landmarks. A look is worth it where either says so.
Status Extraction::noteHidden(const std::map<int64_t, float>& shares) {
    std::vector<FaceTruth> changed;
    for (FaceTruth& face : truth_) {
        const auto share = shares.find(face.frame);
        if (face.qualities && share != shares.end() && share->second > face.qualities->occlusion) {
            face.qualities->occlusion = share->second;
            changed.push_back(face);
        }
    }
    return changed.empty() ? Status() : project_.putFaces(clip_.name, changed);
}

void Extraction::tell(double done, const std::string& text) const {
    if (events_.progressed) {
        events_.progressed(done, static_cast<double>(frames_.size()), text);
    }
}

void Extraction::warn(const std::string& text) {
    warnings_.push_back(text);
    if (events_.warned) {
        events_.warned(text);
    }
}

ExtractResult Extraction::result(double seconds) const {
    ExtractResult result;
    result.clip = clip_.name;
    result.performer = clip_.performer;
    result.frames = static_cast<int64_t>(frames_.size());
    double jitter = 0;
    for (const FaceTruth& face : truth_) {
        result.detected += face.how == FoundHow::detected;
        result.tracked += face.how == FoundHow::tracked;
        jitter += face.jitter;
        if (face.how == FoundHow::missed) {
            result.missed.push_back(face.frame);
        }
    }
    result.searched = searched_;
    result.found = result.detected + result.tracked;
    result.meanJitter = result.found > 0 ? jitter / static_cast<double>(result.found) : 0;
    result.people = people_;
    result.seconds = seconds;
    result.framesPerSecond = seconds > 0 ? static_cast<double>(result.frames) / seconds : 0;
    result.warnings = warnings_;
    return result;
}

Result<ExtractResult> Extraction::run() {
    const auto start = std::chrono::steady_clock::now();
    US_TRY(prepare());
    US_ASSIGN(const FileLock lock,
              FileLock::acquire(project_.facesetFolder() / (clip_.name + ".lock")));
    US_TRY(project_.putSetting("extract.size", std::to_string(options_.size)));
    US_TRY(project_.putSetting("extract.type", std::string(faceTypeName(options_.type))));
    US_ASSIGN(const auto imported, project_.importedFrom(clip_.name));
    if (imported && !options_.replaceImported) {
        US_TRY(takeImported());
    } else {
        if (imported) {
            US_TRY(project_.forgetImport(clip_.name));
        }
        US_TRY(find());
        US_TRY(writeTruth());
    }
    US_TRY(crop());
    const std::chrono::duration<double> took = std::chrono::steady_clock::now() - start;
    ExtractResult all = result(took.count());
    if (all.found == 0) {
        warn(imported && !options_.replaceImported
                 ? "no face was imported for " + clip_.name
                 : "no face was found in " + clip_.name +
                       ": it should be 40 pixels wide at least and look towards the camera");
    } else if (!all.missed.empty()) {
        warn("no face was found in " + std::to_string(all.missed.size()) + " of " +
             std::to_string(all.frames) + " frames of " + clip_.name + ": " +
             framesText(all.missed));
    }
    all.warnings = warnings_;
    return all;
}

}  // namespace

Status ExtractOptions::check() const {
    if (size < 64 || size > 2048) {
        return Error{ErrorCode::usage, "the crop size " + std::to_string(size) + " is not possible",
                     "size", "Choose 64 to 2048 pixels"};
    }
    if (!(margin >= 0 && margin <= 0.5)) {
        return Error{ErrorCode::usage, "the margin is not possible", "margin",
                     "Choose 0 to 0.5 of the trained area"};
    }
    if (person < 0) {
        return Error{ErrorCode::usage, "the person is not possible", "person",
                     "Choose 1 for the first, or 0 for the one chosen before"};
    }
    if (occlusion && !(*occlusion >= 0 && *occlusion <= 1)) {
        return Error{ErrorCode::usage, "this is no share of what is in front to take out",
                     "occlusion", "Choose 0 (nothing) to 1"};
    }
    if (threads < 0 || threads > 256) {
        return Error{ErrorCode::usage, "the number of threads is not possible", "threads",
                     "Choose 1 to 256, or 0 for all of the machine"};
    }
    return {};
}

Result<ExtractResult> extractClip(Project& project, const std::string& clip,
                                  const ExtractOptions& options, const ExtractEvents& events,
                                  std::stop_token stop) {
    US_TRY(options.check());
    US_ASSIGN(ClipRecord record, project.clip(clip));
    return Extraction(project, std::move(record), options, events, std::move(stop)).run();
}

}  // namespace understudy::media
