// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/models/results_on_disk.h"

#include <QGuiApplication>
#include <algorithm>
#include <optional>
#include <utility>

#include "media/source/frame_sink.h"
#include "media/source/sequence_pattern.h"
#include "ui/models/background.h"
#include "ui/models/formatting.h"

namespace understudy::ui {
namespace {

constexpr qint64 kLookAfter = 30;    // ms, so that many questions are one look
constexpr qint64 kRestOverLook = 9;  // a tenth of the time is spent on looking at most
constexpr qint64 kMostRest = 5000;   // ms

// The names of each folder, listed when first wanted.
class Listings {
  public:
    explicit Listings(const Disk& disk) : disk_(disk) {}
    const std::vector<std::string>& of(const std::filesystem::path& folder) {
        const auto known = lists_.find(folder);
        return known != lists_.end() ? known->second
                                     : lists_.emplace(folder, disk_.names(folder)).first->second;
    }

  private:
    const Disk& disk_;
    std::map<std::filesystem::path, std::vector<std::string>> lists_;
};

SeenResult look(const QString& out, const Disk& disk, Listings& listings) {
    SeenResult seen;
    seen.known = true;
    const std::filesystem::path path(utf8(out));
    const auto parsed =
        media::isMoviePath(path.string()) ? std::nullopt : media::parseSequencePattern(utf8(out));
    if (!parsed) {
        const auto& names = listings.of(path.parent_path());
        seen.there = std::find(names.begin(), names.end(), path.filename().string()) != names.end();
        seen.bytes = seen.there ? disk.bytes(path) : 0;
        return seen;
    }
    for (const std::string& name : listings.of(parsed->pattern.folder)) {
        if (const auto number = parsed->pattern.numberIn(name)) {
            seen.frames.push_back(*number);
        }
    }
    std::sort(seen.frames.begin(), seen.frames.end());
    seen.there = !seen.frames.empty();
    if (seen.there) {
        const int64_t middle = seen.frames[seen.frames.size() / 2];
        seen.bytes =
            disk.bytes(parsed->pattern.file(middle)) * static_cast<double>(seen.frames.size());
    }
    return seen;
}

}  // namespace

std::vector<std::string> Disk::names(const std::filesystem::path& folder) const {
    std::vector<std::string> names;
    std::error_code failed;
    std::filesystem::directory_iterator at(folder, failed);
    for (const std::filesystem::directory_iterator end; !failed && at != end;
         at.increment(failed)) {
        names.push_back(at->path().filename().string());
    }
    return names;
}

double Disk::bytes(const std::filesystem::path& file) const {
    std::error_code failed;
    const auto size = std::filesystem::file_size(file, failed);
    return failed ? 0 : static_cast<double>(size);
}

ResultsOnDisk::ResultsOnDisk(ProjectSession* session, JobsModel* jobs,
                             std::shared_ptr<const Disk> disk, QObject* parent)
    : QObject(parent), session_(session), disk_(std::move(disk)) {
    wait_.setSingleShot(true);
    connect(&wait_, &QTimer::timeout, this, &ResultsOnDisk::look);
    connect(jobs, &JobsModel::jobEnded, this, &ResultsOnDisk::lookAgain);
    connect(session_, &ProjectSession::changed, this, &ResultsOnDisk::lookAgain);
    connect(session_, &ProjectSession::closed, this, [this] {
        entries_.clear();
        asked_.clear();
        Q_EMIT changed();
    });
    // Whoever comes back may have been in a file manager.
    connect(qGuiApp, &QGuiApplication::applicationStateChanged, this,
            [this](Qt::ApplicationState state) {
                if (state == Qt::ApplicationActive) {
                    lookAgain();
                }
            });
}

const SeenResult& ResultsOnDisk::of(const QString& out) const {
    Entry& entry = entries_[out];
    if (entry.asOf != now_ && looking_.count(out) == 0 && asked_.insert(out).second &&
        looking_.empty() && !wait_.isActive()) {
        const qint64 rested = rested_.isValid() ? rested_.elapsed() : rest_;
        wait_.start(static_cast<int>(std::max(kLookAfter, rest_ - rested)));
    }
    return entry.seen;
}

void ResultsOnDisk::lookAgain() {
    ++now_;
    Q_EMIT changed();
}

void ResultsOnDisk::look() {
    struct Looked {
        std::map<QString, SeenResult> found;
        qint64 took = 0;  // ms, without what it waited for its turn
    };
    looking_ = std::exchange(asked_, {});
    runInBackground(
        this,
        [disk = disk_, outs = looking_] {
            QElapsedTimer clock;
            clock.start();
            Looked looked;
            Listings listings(*disk);
            for (const QString& out : outs) {
                looked.found[out] = understudy::ui::look(out, *disk, listings);
            }
            looked.took = clock.elapsed();
            return looked;
        },
        [this, asOf = now_, folder = session_->folder()](const Looked& looked) {
            rest_ = std::min(kMostRest, looked.took * kRestOverLook);
            rested_.start();
            take(looked.found, asOf, folder);
        });
}

void ResultsOnDisk::take(const std::map<QString, SeenResult>& found, int asOf,
                         const QString& folder) {
    looking_.clear();
    bool news = false;
    for (const auto& [out, seen] : found) {
        const auto entry = entries_.find(out);
        if (entry == entries_.end() || session_->folder() != folder) {
            continue;  // the project was closed
        }
        news = news || entry->second.seen != seen;
        entry->second = {seen, asOf};
        // Something may have been written meanwhile.
        if (asOf != now_) {
            of(out);
        }
    }
    for (const QString& out : std::exchange(asked_, {})) {
        of(out);
    }
    if (news) {
        Q_EMIT changed();
    }
}

}  // namespace understudy::ui
