#include <fcntl.h>
#include <sys/stat.h>
#include <torch/types.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <condition_variable>
#include <mutex>
#include <thread>

#include "media/base/check.h"
#include "media/base/file.h"
#include "media/base/sha256.h"
#include "training/engine/checkpoint/checkpoint.h"
#include "training/engine/checkpoint/safetensors.h"
#include "training/plan/run_folder.h"
#include "training/record/checkpoint_files.h"
#include "training/record/checkpoint_shelf.h"

namespace understudy::training {

namespace {

namespace fs = std::filesystem;
using Clock = std::chrono::steady_clock;

double secondsSince(Clock::time_point start) {
    return std::chrono::duration<double>(Clock::now() - start).count();
}

// Writes one file of the checkpoint, hashing what passes through.
class MarkedFile {
  public:
    static Result<MarkedFile> create(const fs::path& path) {
        FileHandle file(::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600));
        if (!file) {
            return writeError(errno, path);
        }
        return MarkedFile(std::move(file), path);
    }

    Status write(std::span<const std::byte> bytes) {
        // In parts that stay in the cache between hashing and writing.
        constexpr size_t kPart = 1 << 20;
        while (!bytes.empty()) {
            const auto part = bytes.first(std::min(kPart, bytes.size()));
            hash_.add(part);
            US_TRY(writeAll(file_.get(), part, path_));
            mark_.bytes += part.size();
            bytes = bytes.subspan(part.size());
        }
        return {};
    }

    Result<FileMark> finish() {
        if (::fsync(file_.get()) != 0) {
            return writeError(errno, path_);
        }
        mark_.sha256 = hash_.finish();
        return mark_;
    }

  private:
    MarkedFile(FileHandle file, fs::path path) : file_(std::move(file)), path_(std::move(path)) {}

    FileHandle file_;
    fs::path path_;
    Sha256 hash_;
    FileMark mark_;
};

Result<FileMark> writeText(const fs::path& path, const std::string& text) {
    US_ASSIGN(auto file, MarkedFile::create(path));
    US_TRY(file.write(std::as_bytes(std::span(text))));
    return file.finish();
}

// Gives each tensor's memory back as soon as it is written.
Result<FileMark> writeTensors(const fs::path& path, NamedTensors& tensors) {
    const SafetensorsLayout layout = layOutSafetensors(tensors);
    US_ASSIGN(auto file, MarkedFile::create(path));
    US_TRY(file.write(std::as_bytes(std::span(layout.head))));
    for (const size_t index : layout.order) {
        const torch::Tensor plain = tensors[index].tensor.contiguous();
        US_TRY(file.write({static_cast<const std::byte*>(plain.const_data_ptr()),
                           static_cast<size_t>(plain.nbytes())}));
        tensors[index].tensor.reset();
    }
    return file.finish();
}

struct Job {
    CheckpointTensors tensors;
    CheckpointInfo info;
    KeepPolicy keep;
    double stallSeconds = 0, copySeconds = 0;
    Clock::time_point start;
};

Result<uint64_t> writeFiles(const fs::path& folder, Job& job) {
    if (::mkdir(folder.c_str(), 0700) != 0) {
        return writeError(errno, folder);
    }
    Manifest manifest;
    const std::pair<const char*, NamedTensors*> parts[] = {
        {kModelFile, &job.tensors.model},
        {kEmaFile, &job.tensors.ema},
        {kOptimizerFile, &job.tensors.optimizer}};
    for (const auto& [name, tensors] : parts) {
        if (!tensors->empty()) {
            US_ASSIGN(manifest[name], writeTensors(folder / name, *tensors));
        }
    }
    US_ASSIGN(manifest[kStateFile], writeText(folder / kStateFile, infoToJson(job.info)));
    US_ASSIGN(const auto list, writeText(folder / kManifestFile, manifestToJson(manifest)));
    US_TRY(syncFolder(folder));
    uint64_t bytes = list.bytes;
    for (const auto& [name, mark] : manifest) {
        bytes += mark.bytes;
    }
    return bytes;
}

Status publish(const CheckpointShelf& shelf, const fs::path& temporary, int64_t step,
               const std::function<Status()>& mayPublish) {
    if (mayPublish) {
        US_TRY(mayPublish());
    }
    return shelf.add(temporary, step);
}

Result<uint64_t> writeCheckpoint(const CheckpointShelf& shelf, Job& job,
                                 const std::function<Status()>& mayPublish) {
    US_ASSIGN(const fs::path temporary, shelf.temporaryFor(job.info.step));
    auto bytes = writeFiles(temporary, job);
    const Status placed =
        bytes.ok() ? publish(shelf, temporary, job.info.step, mayPublish) : Status(bytes.error());
    if (!placed.ok()) {
        std::error_code ignored;
        fs::remove_all(temporary, ignored);
        Error error = placed.error();
        error.message = "the checkpoint was not saved: " + error.message;
        return error;
    }
    US_TRY(shelf.prune(job.info.step, job.keep));
    return bytes;
}

// A copy that shares nothing with the original, strides kept: the order is changed by the writer.
NamedTensors staged(const NamedTensors& tensors) {
    NamedTensors result;
    for (const auto& [name, tensor] : tensors) {
        result.push_back({name, tensor.detach().to(tensor.options().device(torch::kCPU), false,
                                                   true, torch::MemoryFormat::Preserve)});
    }
    return result;
}

}  // namespace

struct CheckpointWriter::State {
    RunFolder run;
    KeepPolicy keep;
    std::function<void(const CheckpointReport&)> done;
    std::function<Status()> mayPublish;
    mutable std::mutex mutex;
    std::condition_variable changed;
    std::unique_ptr<Job> job;
    bool busy = false, ending = false;
    Status last;
    std::thread thread;

    void work();
    CheckpointReport carryOut(Job& task) const;
};

void CheckpointWriter::State::work() {
    std::unique_lock lock(mutex);
    while (true) {
        changed.wait(lock, [&] { return job || ending; });
        if (!job) {
            return;
        }
        const auto current = std::move(job);
        lock.unlock();
        const CheckpointReport report = carryOut(*current);
        if (done) {
            done(report);
        }
        lock.lock();
        last = report.status;
        busy = false;
        changed.notify_all();
    }
}

CheckpointReport CheckpointWriter::State::carryOut(Job& task) const {
    CheckpointReport report;
    report.step = task.info.step;
    report.folder = run.checkpoint(task.info.step);
    report.stallSeconds = task.stallSeconds;
    report.copySeconds = task.copySeconds;
    auto bytes = writeCheckpoint(CheckpointShelf(run.path), task, mayPublish);
    report.status = bytes.ok() ? Status() : Status(bytes.error());
    report.bytes = bytes.ok() ? *bytes : 0;
    report.seconds = secondsSince(task.start);
    return report;
}

CheckpointWriter::CheckpointWriter(fs::path runFolder, const KeepPolicy& keep,
                                   std::function<void(const CheckpointReport&)> done,
                                   std::function<Status()> mayPublish)
    : state_(std::make_unique<State>()) {
    state_->run.path = std::move(runFolder);
    state_->keep = keep;
    state_->done = std::move(done);
    state_->mayPublish = std::move(mayPublish);
    CheckpointShelf(state_->run.path).clear();
    state_->thread = std::thread([state = state_.get()] { state->work(); });
}

CheckpointWriter::~CheckpointWriter() {
    {
        const std::lock_guard lock(state_->mutex);
        state_->ending = true;
    }
    state_->changed.notify_all();
    state_->thread.join();
}

SaveTiming CheckpointWriter::save(const CheckpointTensors& tensors, const CheckpointInfo& info) {
    US_CHECK(!tensors.model.empty());
    auto job = std::make_unique<Job>();
    job->start = Clock::now();
    std::unique_lock lock(state_->mutex);
    state_->changed.wait(lock, [&] { return !state_->busy; });
    // Not before the last copy is gone: two would take twice the memory.
    const auto copying = Clock::now();
    job->tensors = {staged(tensors.model), staged(tensors.ema), staged(tensors.optimizer)};
    for (NamedTensor& named : staged(tensors.discriminators)) {
        job->tensors.optimizer.push_back(std::move(named));
    }
    job->copySeconds = secondsSince(copying);
    job->info = info;
    job->info.program = US_VERSION;
    job->keep = state_->keep;
    job->stallSeconds = secondsSince(job->start);
    const SaveTiming timing{job->stallSeconds, job->copySeconds};
    state_->job = std::move(job);
    state_->busy = true;
    lock.unlock();
    state_->changed.notify_all();
    return timing;
}

void CheckpointWriter::keep(const KeepPolicy& policy) {
    const std::lock_guard lock(state_->mutex);
    state_->keep = policy;
}

bool CheckpointWriter::busy() const {
    const std::lock_guard lock(state_->mutex);
    return state_->busy;
}

Status CheckpointWriter::wait() {
    std::unique_lock lock(state_->mutex);
    state_->changed.wait(lock, [&] { return !state_->busy; });
    return state_->last;
}

}  // namespace understudy::training
