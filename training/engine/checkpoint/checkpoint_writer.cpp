#include <fcntl.h>
#include <sys/stat.h>
#include <torch/types.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <condition_variable>
#include <cstdio>
#include <mutex>
#include <thread>

#include "media/base/check.h"
#include "media/base/file.h"
#include "media/base/sha256.h"
#include "training/engine/checkpoint/checkpoint.h"
#include "training/engine/checkpoint/checkpoint_files.h"
#include "training/engine/checkpoint/safetensors.h"
#include "training/plan/run_folder.h"

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

// Moves a finished folder to its place; one that is there already (saved before, then damaged) is
// exchanged in one step where the file system can.
Status putInPlace(const fs::path& temporary, const fs::path& folder) {
    if (::rename(temporary.c_str(), folder.c_str()) == 0) {
        return syncFolder(folder.parent_path());
    }
    if (errno != ENOTEMPTY && errno != EEXIST) {
        return writeError(errno, folder);
    }
    if (::renameat2(AT_FDCWD, temporary.c_str(), AT_FDCWD, folder.c_str(), RENAME_EXCHANGE) != 0) {
        fs::path aside = temporary;
        aside += "-old";
        if (::rename(folder.c_str(), aside.c_str()) != 0 ||
            ::rename(temporary.c_str(), folder.c_str()) != 0) {
            return writeError(errno, folder);
        }
        fs::rename(aside, temporary);
    }
    US_TRY(syncFolder(folder.parent_path()));
    std::error_code ignored;
    fs::remove_all(temporary, ignored);
    return {};
}

bool isTemporary(const fs::path& path) {
    const std::string name = path.filename().string();
    return name.starts_with("step-") && name.find(".tmp-") != std::string::npos;
}

void removeTemporaries(const RunFolder& run) {
    std::error_code failed;
    std::vector<fs::path> stale;
    for (fs::directory_iterator at(run.checkpoints(), failed), end; !failed && at != end;
         at.increment(failed)) {
        if (isTemporary(at->path())) {
            stale.push_back(at->path());
        }
    }
    for (const fs::path& path : stale) {
        std::error_code ignored;
        fs::remove_all(path, ignored);
    }
}

fs::path temporaryFor(const fs::path& folder) {
    fs::path result = folder;
    result += ".tmp-" + std::to_string(::getpid());
    return result;
}

// All but the newest `keep` up to `step`, and what is later than `step`: that belongs to a course
// the run did not take. A folder is renamed before it is emptied, so that a crash leaves no half.
void prune(const RunFolder& run, int64_t step, int keep) {
    int kept = 0;
    std::vector<int64_t> steps = checkpointSteps(run);
    std::reverse(steps.begin(), steps.end());
    for (const int64_t candidate : steps) {
        if (candidate <= step && kept < keep) {
            ++kept;
            continue;
        }
        const fs::path folder = run.checkpoint(candidate), aside = temporaryFor(folder);
        std::error_code failed;
        fs::rename(folder, aside, failed);
        if (!failed) {
            fs::remove_all(aside, failed);
        }
    }
}

struct Job {
    CheckpointTensors tensors;
    CheckpointInfo info;
    double stallSeconds = 0;
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

Result<uint64_t> writeCheckpoint(const RunFolder& run, int keep, Job& job) {
    US_TRY(createPrivateFolder(run.checkpoints()));
    const fs::path folder = run.checkpoint(job.info.step), temporary = temporaryFor(folder);
    std::error_code ignored;
    fs::remove_all(temporary, ignored);
    auto bytes = writeFiles(temporary, job);
    const Status placed = bytes.ok() ? putInPlace(temporary, folder) : Status(bytes.error());
    if (!placed.ok()) {
        fs::remove_all(temporary, ignored);
        Error error = placed.error();
        error.message = "the checkpoint was not saved: " + error.message;
        return error;
    }
    US_TRY(writeFileAtomic(run.latest(), folder.filename().string() + "\n"));
    prune(run, job.info.step, keep);
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
    int keep = 1;
    std::function<void(const CheckpointReport&)> done;
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
    auto bytes = writeCheckpoint(run, keep, task);
    report.status = bytes.ok() ? Status() : Status(bytes.error());
    report.bytes = bytes.ok() ? *bytes : 0;
    report.seconds = secondsSince(task.start);
    return report;
}

CheckpointWriter::CheckpointWriter(fs::path runFolder, int keep,
                                   std::function<void(const CheckpointReport&)> done)
    : state_(std::make_unique<State>()) {
    state_->run.path = std::move(runFolder);
    state_->keep = std::max(1, keep);
    state_->done = std::move(done);
    removeTemporaries(state_->run);
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

void CheckpointWriter::save(const CheckpointTensors& tensors, const CheckpointInfo& info) {
    US_CHECK(!tensors.model.empty());
    auto job = std::make_unique<Job>();
    job->start = Clock::now();
    std::unique_lock lock(state_->mutex);
    state_->changed.wait(lock, [&] { return !state_->busy; });
    // Not before the last copy is gone: two would take twice the memory.
    job->tensors = {staged(tensors.model), staged(tensors.ema), staged(tensors.optimizer)};
    for (NamedTensor& named : staged(tensors.discriminators)) {
        job->tensors.optimizer.push_back(std::move(named));
    }
    job->info = info;
    job->info.program = US_VERSION;
    job->stallSeconds = secondsSince(job->start);
    state_->job = std::move(job);
    state_->busy = true;
    lock.unlock();
    state_->changed.notify_all();
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
