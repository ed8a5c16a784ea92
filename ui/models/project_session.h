// SPDX-License-Identifier: GPL-3.0-or-later
// The open project as the window sees it: a snapshot on the GUI thread, and one thread of its own
// on which every read and write of the document happens, in order. Others' changes (extractor, CLI)
// are noticed by polling and lead to a new snapshot.
#pragma once

#include <QObject>
#include <QString>
#include <QTimer>
#include <functional>
#include <map>
#include <memory>
#include <vector>

#include "media/project/project.h"
#include "ui/models/background.h"
#include "ui/models/performer_role.h"

namespace understudy::ui {

struct FaceCounts {
    int64_t searched = 0;  // frames with a record
    int64_t found = 0;
    int64_t kept = 0;  // found, not rejected, and of somebody in the project: these train
    int64_t rejected = 0;
    int64_t nobodys = 0;  // neither

    FaceCounts& operator+=(const FaceCounts& other);
};

struct ProjectSnapshot {
    std::string person;    // who works here: asking the system may mean asking a network
    std::string currency;  // of what trainings cost
    std::vector<media::ClipRecord> clips;
    std::map<std::string, FaceCounts> faces;  // by clip
    // By clip and by the performer whose they are; empty: nobody's.
    std::map<std::string, std::map<std::string, FaceCounts>> facesOf;
    std::vector<media::RunRecord> runs;  // oldest first
    std::vector<media::ConsentRecord> consents;
    std::vector<std::string> registered;        // performers, with anything of theirs or without
    std::map<std::string, std::string> search;  // options of searches for faces, where chosen
    std::string source;                         // performer in each role, empty if none yet
    std::string destination;
    int64_t dataVersion = -1;

    FaceCounts countsOf(const std::string& performer) const;  // empty: of all
    // In the order of the bins: source, destination, then the others as their clips came, and those
    // who have faces only.
    std::vector<std::string> performers() const;
    PerformerRole roleOf(const std::string& performer) const;
    // Whom a swap of the clip with the run is of: whose face appears, whose clip it is, and who is
    // replaced in it.
    std::vector<std::string> performersOf(const std::string& run, const std::string& clip) const;
    bool hasFaces() const;
};

class ProjectThread;

class ProjectSession : public QObject {
    Q_OBJECT
  public:
    explicit ProjectSession(QObject* parent = nullptr);
    ~ProjectSession() override;

    // Both answer with opened() or openFailed(). An open project is closed first.
    void create(const QString& folder);
    void open(const QString& folder);
    // At once; what is still to be written is, without the window waiting for it, and before a
    // project is opened again.
    void close();

    bool isOpen() const { return open_; }
    bool readOnly() const { return readOnly_; }
    QString folder() const { return folder_; }
    std::filesystem::path folderPath() const;
    QString name() const;  // without ".understudy"
    const ProjectSnapshot& snapshot() const { return snapshot_; }
    bool saving() const { return pendingWrites_ > 0; }

    // Runs `work(Project&)` on the project's thread, then `then(result)` on the GUI thread unless
    // `context` died. Does nothing while no project is open.
    template <class Work, class Then>
    void ask(QObject* context, Work work, Then then) {
        post(answering(context, std::move(work), std::move(then)), false);
    }
    // The same for what nobody needs once the project is closed: where it has not begun by then, it
    // is not done and not answered.
    template <class Work, class Then>
    void look(QObject* context, Work work, Then then) {
        post(answering(context, std::move(work), std::move(then)), true);
    }
    // A write: counted until it is on disk, then `done` runs; a failure is reported by
    // writeFailed() as well.
    void write(std::function<Status(media::Project&)> work,
               std::function<void(const Status&)> done = {});

    void setRole(const QString& role, const std::string& performer);  // "source", "destination"
    // Reads a new snapshot; many calls in a row fold into one.
    void refresh();

  Q_SIGNALS:
    void opened();
    void openFailed(const QString& folder, const understudy::Error& error);
    void closed();
    void changed();  // a new snapshot
    void savingChanged();
    void writeFailed(const understudy::Error& error);

  private:
    template <class Work, class Then>
    static std::function<void(media::Project&)> answering(QObject* context, Work work, Then then) {
        QPointer<QObject> guard(context);
        return [work = std::move(work), then = std::move(then), guard](media::Project& project) {
            using Value = decltype(work(project));
            auto value = std::make_shared<Value>(work(project));
            onGuiThread(guard, [then, value] { then(std::move(*value)); });
        };
    }
    void start(const QString& folder, bool create);
    void forgetEnded();
    void post(std::function<void(media::Project&)> work, bool droppable);
    void poll();

    std::vector<std::unique_ptr<ProjectThread>> ending_;  // of closed projects, still writing
    std::unique_ptr<ProjectThread> thread_;
    QTimer poll_;
    QString folder_;
    ProjectSnapshot snapshot_;
    bool open_ = false;
    bool readOnly_ = false;
    bool reading_ = false;
    bool readAgain_ = false;
    int pendingWrites_ = 0;
    int generation_ = 0;  // of the open project: late answers of an earlier one are dropped
};

// Where the project keeps what was chosen for searches.
std::string searchSetting(const std::string& option);

// On the project's thread.
Result<ProjectSnapshot> readSnapshot(const media::Project& project);

}  // namespace understudy::ui
