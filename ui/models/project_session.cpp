// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/models/project_session.h"

#include <QFileInfo>
#include <algorithm>
#include <condition_variable>
#include <deque>
#include <future>
#include <mutex>
#include <optional>
#include <thread>

#include "media/base/paths.h"
#include "training/plan/search_options.h"
#include "training/prepare/consent_gate.h"
#include "training/prepare/price.h"
#include "ui/models/formatting.h"

namespace understudy::ui {

// Owns the Project, once all that came before it is done. What is queued when it ends is still
// done, but for what may be dropped.
class ProjectThread {
  public:
    using Work = std::function<void(media::Project&)>;
    using Before = std::shared_future<void>;

    ProjectThread(const Before& before, std::function<Result<media::Project>()> open,
                  std::function<void(const media::Project*, const Error*)> opened,
                  std::function<void()> ended)
        : done_(promise_.get_future().share()),
          thread_([this, before, open = std::move(open), opened = std::move(opened),
                   ended = std::move(ended)] {
              if (before.valid()) {
                  before.wait();
              }
              run(open, opened);
              promise_.set_value();
              ended();
          }) {}

    ~ProjectThread() {
        end();
        thread_.join();
    }

    void end() {
        {
            const std::lock_guard lock(mutex_);
            ending_ = true;
            std::erase_if(queue_, [](const Queued& each) { return each.droppable; });
        }
        wake_.notify_all();
    }
    const Before& done() const { return done_; }
    bool isOver() const {
        return done_.wait_for(std::chrono::seconds(0)) == std::future_status::ready;
    }

    void post(Work work, bool droppable) {
        {
            const std::lock_guard lock(mutex_);
            queue_.push_back({std::move(work), droppable});
        }
        wake_.notify_all();
    }

  private:
    struct Queued {
        Work work;
        bool droppable = false;
    };

    void run(const std::function<Result<media::Project>()>& open,
             const std::function<void(const media::Project*, const Error*)>& opened) {
        auto project = open();
        if (!project.ok()) {
            opened(nullptr, &project.error());
            return;
        }
        opened(&*project, nullptr);
        serve(*project);
    }

    void serve(media::Project& project) {
        for (;;) {
            Work work;
            {
                std::unique_lock lock(mutex_);
                wake_.wait(lock, [this] { return ending_ || !queue_.empty(); });
                if (queue_.empty()) {
                    return;
                }
                work = std::move(queue_.front().work);
                queue_.pop_front();
            }
            work(project);
        }
    }

    std::mutex mutex_;
    std::condition_variable wake_;
    std::deque<Queued> queue_;
    bool ending_ = false;
    std::promise<void> promise_;
    Before done_;
    std::thread thread_;
};

namespace {

// By whose faces they are; empty: nobody's. The clip's own performer has those searched in vain.
std::map<std::string, FaceCounts> countFaces(
    const media::ClipRecord& clip, const std::vector<std::pair<int64_t, media::FoundHow>>& faces,
    const std::map<int64_t, media::ReviewState>& review,
    const std::map<int64_t, std::string>& assigned) {
    std::map<std::string, FaceCounts> byPerformer;
    for (const auto& [frame, how] : faces) {
        const bool found = how != media::FoundHow::missed;
        const auto whose = assigned.find(frame);
        const std::string& performer =
            found && whose != assigned.end() ? whose->second : clip.performer;
        FaceCounts& counts = byPerformer[performer];
        ++counts.searched;
        if (!found) {
            continue;
        }
        ++counts.found;
        const auto state = review.find(frame);
        if (state != review.end() && state->second == media::ReviewState::reject) {
            ++counts.rejected;
        } else {
            ++(performer.empty() ? counts.nobodys : counts.kept);
        }
    }
    return byPerformer;
}

// Roles that were never set follow the order of import.
void fillRoles(ProjectSnapshot& snapshot) {
    for (const auto& performer : snapshot.performers()) {
        if (snapshot.source.empty() && performer != snapshot.destination) {
            snapshot.source = performer;
        } else if (snapshot.destination.empty() && performer != snapshot.source) {
            snapshot.destination = performer;
        }
    }
}

}  // namespace

FaceCounts& FaceCounts::operator+=(const FaceCounts& other) {
    searched += other.searched;
    found += other.found;
    kept += other.kept;
    rejected += other.rejected;
    nobodys += other.nobodys;
    return *this;
}

FaceCounts ProjectSnapshot::countsOf(const std::string& performer) const {
    FaceCounts sum;
    for (const auto& [clip, byPerformer] : facesOf) {
        for (const auto& [name, counts] : byPerformer) {
            if (performer.empty() || name == performer) {
                sum += counts;
            }
        }
    }
    return sum;
}

std::vector<std::string> ProjectSnapshot::performers() const {
    std::vector<std::string> names;
    const auto add = [&names](const std::string& name) {
        if (!name.empty() && std::find(names.begin(), names.end(), name) == names.end()) {
            names.push_back(name);
        }
    };
    std::vector<std::string> known;
    for (const auto& clip : clips) {
        known.push_back(clip.performer);
    }
    known.insert(known.end(), registered.begin(), registered.end());
    for (const auto& [clip, byPerformer] : facesOf) {
        for (const auto& [name, counts] : byPerformer) {
            known.push_back(name);
        }
    }
    for (const std::string& role : {source, destination}) {
        // One that was named before anything of it came is no performer yet.
        if (std::find(known.begin(), known.end(), role) != known.end()) {
            add(role);
        }
    }
    for (const std::string& name : known) {
        add(name);
    }
    return names;
}

PerformerRole ProjectSnapshot::roleOf(const std::string& performer) const {
    return performer.empty()          ? PerformerRole::others
           : performer == source      ? PerformerRole::source
           : performer == destination ? PerformerRole::destination
                                      : PerformerRole::others;
}

std::vector<std::string> ProjectSnapshot::performersOf(const std::string& run,
                                                       const std::string& clip) const {
    const auto named = [](const std::string& name) {
        return [&name](const auto& each) { return each.name == name; };
    };
    const auto plate = std::find_if(clips.begin(), clips.end(), named(clip));
    if (plate == clips.end()) {
        return {};
    }
    const auto record = std::find_if(runs.begin(), runs.end(), named(run));
    if (record == runs.end()) {
        return training::performersOfSwap(nullptr, plate->performer, false);
    }
    const auto shown = facesOf.find(clip);
    const bool showsReplaced =
        shown != facesOf.end() && shown->second.count(record->destination) != 0;
    return training::performersOfSwap(&*record, plate->performer, showsReplaced);
}

std::string searchSetting(const std::string& option) {
    return "search." + option;
}

bool ProjectSnapshot::hasFaces() const {
    return countsOf({}).found > 0;
}

Result<ProjectSnapshot> readSnapshot(const media::Project& project) {
    ProjectSnapshot snapshot;
    US_ASSIGN(snapshot.dataVersion, project.dataVersion());
    US_ASSIGN(snapshot.clips, project.clips());
    US_ASSIGN(snapshot.runs, project.runs());
    US_ASSIGN(snapshot.consents, project.consents());
    US_ASSIGN(snapshot.registered, project.performers());
    for (const training::SearchOption& option : training::searchOptions()) {
        US_ASSIGN(const auto chosen, project.setting(searchSetting(option.info.key)));
        if (chosen) {
            snapshot.search[option.info.key] = *chosen;
        }
    }
    for (const auto& clip : snapshot.clips) {
        US_ASSIGN(const auto faces, project.foundHow(clip.name));
        US_ASSIGN(const auto review, project.review(clip.name));
        US_ASSIGN(const auto assigned, project.assignments(clip.name));
        auto& byPerformer = snapshot.facesOf[clip.name];
        byPerformer = countFaces(clip, faces, review, assigned);
        FaceCounts& all = snapshot.faces[clip.name];
        for (const auto& [performer, counts] : byPerformer) {
            all += counts;
        }
    }
    US_ASSIGN(const auto source, project.setting("role.source"));
    US_ASSIGN(const auto destination, project.setting("role.destination"));
    // One that cannot be used is told where a training is started.
    const auto currency = training::currencyOf(project, siteSettingsFiles());
    snapshot.currency = currency.ok() ? *currency : training::kUsualCurrency;
    snapshot.source = source.value_or("");
    snapshot.destination = destination.value_or("");
    snapshot.person = media::personHere();
    fillRoles(snapshot);
    return snapshot;
}

ProjectSession::ProjectSession(QObject* parent) : QObject(parent) {
    qRegisterMetaType<understudy::Error>("understudy::Error");
    poll_.setInterval(1000);
    connect(&poll_, &QTimer::timeout, this, &ProjectSession::poll);
}

ProjectSession::~ProjectSession() = default;

void ProjectSession::create(const QString& folder) {
    start(folder, true);
}

void ProjectSession::open(const QString& folder) {
    start(folder, false);
}

void ProjectSession::start(const QString& folder, bool create) {
    close();
    const int generation = generation_;
    const std::filesystem::path path(utf8(folder));
    QPointer<QObject> guard(this);
    auto opener = [path, create]() -> Result<media::Project> {
        if (create) {
            return media::Project::create(path);
        }
        auto project = media::Project::open(path);
        if (!project.ok() && project.error().code == ErrorCode::cannotWrite) {
            return media::Project::open(path, true);  // everything can still be looked at
        }
        return project;
    };
    auto answer = [this, guard, folder, generation](const media::Project* project,
                                                    const Error* error) {
        const auto fail = [this, folder, generation](const Error& failure) {
            if (generation == generation_) {
                close();
                Q_EMIT openFailed(folder, failure);
            }
        };
        if (error != nullptr) {
            onGuiThread(guard, [fail, failure = *error] { fail(failure); });
            return;
        }
        auto snapshot = std::make_shared<Result<ProjectSnapshot>>(readSnapshot(*project));
        onGuiThread(guard,
                    [this, folder, generation, fail, snapshot, readOnly = project->readOnly()] {
                        if (!snapshot->ok()) {
                            fail(snapshot->error());
                            return;
                        }
                        if (generation != generation_) {
                            return;
                        }
                        folder_ = QFileInfo(folder).absoluteFilePath();
                        snapshot_ = std::move(**snapshot);
                        readOnly_ = readOnly;
                        open_ = true;
                        poll_.start();
                        Q_EMIT opened();
                        Q_EMIT changed();
                    });
    };
    auto ended = [this, guard] { onGuiThread(guard, [this] { forgetEnded(); }); };
    const auto before = ending_.empty() ? ProjectThread::Before() : ending_.back()->done();
    thread_ = std::make_unique<ProjectThread>(before, std::move(opener), std::move(answer),
                                              std::move(ended));
}

void ProjectSession::forgetEnded() {
    std::erase_if(ending_, [](const auto& thread) { return thread->isOver(); });
}

void ProjectSession::close() {
    poll_.stop();
    if (thread_) {
        thread_->end();
        ending_.push_back(std::move(thread_));
        forgetEnded();
    }
    ++generation_;
    const bool wasOpen = open_;
    open_ = false;
    reading_ = false;
    readAgain_ = false;
    folder_.clear();
    snapshot_ = {};
    if (wasOpen) {
        Q_EMIT closed();
    }
}

std::filesystem::path ProjectSession::folderPath() const {
    return {utf8(folder_)};
}

QString ProjectSession::name() const {
    QString name = QFileInfo(folder_).fileName();
    if (name.endsWith(QStringLiteral(".understudy"))) {
        name.chop(11);
    }
    return name;
}

void ProjectSession::post(std::function<void(media::Project&)> work, bool droppable) {
    if (thread_) {
        thread_->post(std::move(work), droppable);
    }
}

void ProjectSession::write(std::function<Status(media::Project&)> work,
                           std::function<void(const Status&)> done) {
    if (!thread_) {
        if (done) {  // whoever counts what is still to be written counts on it
            done(Error{ErrorCode::usage, "no project is open", "", "Open it again"});
        }
        return;
    }
    ++pendingWrites_;
    Q_EMIT savingChanged();
    ask(this, std::move(work), [this, done = std::move(done)](Status status) {
        --pendingWrites_;
        Q_EMIT savingChanged();
        if (!status.ok()) {
            Q_EMIT writeFailed(status.error());
        }
        if (done) {
            done(status);
        }
        refresh();
    });
}

void ProjectSession::setRole(const QString& role, const std::string& performer) {
    write([key = "role." + utf8(role), performer](media::Project& project) {
        return project.putSetting(key, performer);
    });
}

void ProjectSession::refresh() {
    if (!open_) {
        return;
    }
    if (reading_) {
        readAgain_ = true;
        return;
    }
    reading_ = true;
    look(
        this, [](media::Project& project) { return readSnapshot(project); },
        [this, generation = generation_](Result<ProjectSnapshot> snapshot) {
            if (generation != generation_) {
                return;
            }
            reading_ = false;
            if (snapshot.ok()) {
                snapshot_ = std::move(*snapshot);
                Q_EMIT changed();
            }
            if (std::exchange(readAgain_, false)) {
                refresh();
            }
        });
}

void ProjectSession::poll() {
    if (reading_) {
        return;
    }
    look(
        this, [](media::Project& project) { return project.dataVersion(); },
        [this, generation = generation_](Result<int64_t> version) {
            if (generation == generation_ && version.ok() && *version != snapshot_.dataVersion) {
                refresh();
            }
        });
}

}  // namespace understudy::ui
