// SPDX-License-Identifier: GPL-3.0-or-later
// A window on a made-up project: real documents, packs and run folders with drawn faces, a gateway
// that a test plays the service with, dialogs that a test answers.
#pragma once

#include <QImage>
#include <QWidget>
#include <functional>
#include <memory>

#include "media/project/project.h"
#include "tests/support/temp_folder.h"
#include "ui/models/job_gateway.h"
#include "ui/window/main_window.h"

namespace understudy::tests {

// The application object with the theme; once per process.
void ensureApplication();

// Runs the event loop until `condition` holds; false after the limit.
bool runUntil(const std::function<bool()>& condition, int limitMilliseconds = 20000);

class FakeGateway : public ui::JobGateway {
  public:
    State state() const override { return state_; }
    void begin() override {}
    void start(training::StartJob job, Answer answer) override;
    void act(ui::JobAction action, const std::string& job, Answer answer) override;
    void change(training::ChangeJob change, Answer answer) override;
    void changeSettings(const std::string& job, std::vector<std::string> settings,
                        const std::string& reason, Answer answer) override;
    void listDevices(Devices answer) override;
    void watchTelemetry(bool on) override { watched = on; }

    void setState(State state);
    // A job as the service would tell of it.
    void tell(const training::JobInfo& info);
    training::JobInfo jobOf(size_t request) const;

    std::vector<training::StartJob> started;
    std::vector<std::pair<ui::JobAction, std::string>> actions;
    std::vector<training::ChangeJob> changes;
    struct SettingChange {
        std::string job;
        std::vector<std::string> settings;
        std::string reason;
    };
    std::vector<SettingChange> settingChanges;
    training::DevicesListed devices;  // what listDevices() answers
    int devicesAsked = 0;
    bool watched = false;
    std::optional<Error> refuseNext;

  private:
    void answerLater(Answer answer, Status status);

    State state_ = State::ready;
};

class ScriptedDialogs : public ui::UserDialogs {
  public:
    QString newProjectFolder(QWidget*, const QString&) override { return folder; }
    QString existingProjectFolder(QWidget*, const QString&) override { return folder; }
    QStringList clipFiles(QWidget*, const QString&) override { return files; }
    QString clipFolder(QWidget*, const QString&) override { return folder; }
    QString baseFolder(QWidget*, const QString&) override { return folder; }
    QString someFolder(QWidget*, const QString&, const QString&) override { return folderAnswer; }
    QString sheetFile(QWidget*, const QString&) override { return sheet; }
    QString outputFile(QWidget*, const QString& proposal) override {
        return output.isEmpty() ? proposal : output;
    }
    bool confirm(QWidget*, const QString& question, const QString&, const QString&) override {
        questions << question;
        return answer;
    }
    void inform(QWidget*, const QString& title, const QString&) override { informed << title; }
    void notify(QWidget*, const QString& title, const QString& detail, bool) override {
        notified << title + " | " + detail;
    }

    QString output;  // empty: what was proposed
    QString folder;
    QString folderAnswer;
    QString sheet;
    QStringList files;
    bool answer = true;
    QStringList questions;
    QStringList informed;
    QStringList notified;
};

struct StudioFixture {
    StudioFixture();
    ~StudioFixture();

    QString projectFolder(const QString& name = "heist_010") const;
    template <class T>
    T* find(const char* objectName) const {
        return window->findChild<T*>(objectName);
    }
    void openAndWait(const QString& folder);
    void restart();  // the window is closed and made anew, settings kept

    TempFolder temp;
    bool still = true;  // Deliver makes no live previews
    FakeGateway gateway;
    ScriptedDialogs dialogs;
    std::unique_ptr<ui::UiSettings> settings;
    std::unique_ptr<ui::MainWindow> window;
};

// A drawn head; `turn` from -1 to 1.
QImage drawnFace(int size, double turn, int hue);
media::Landmarks drawnLandmarks(double size, double turn);

// Frame `i` of a drawn plate, from 0: a head of this hue before a room.
QImage drawnPlate(int i, int hue);

// A plate as numbered PNG files; its pattern.
std::string writePlate(const std::filesystem::path& folder, const std::string& name, int frames,
                       int hue);

struct MadeClip {
    std::string name;
    std::string performer;
    int faces = 0;
    int hue = 20;
    std::string path;
};
// Clip, faces, review and pack of a clip, without its plate unless `path` is given.
void addClipWithFaces(media::Project& project, const MadeClip& made, int cropSize = 96);

// A second pack of a clip, of another size, with grey pictures of its first `most` faces.
void cutFaces(const media::Project& project, const std::string& clip, int size, size_t most = -1);

// A run of the project that has trained so many steps, with history, previews and checkpoints.
void addRun(media::Project& project, const std::string& name, int64_t steps, int64_t planned);
// Losses are `times` the usual.
void appendHistory(const std::filesystem::path& run, int64_t from, int64_t to, int64_t every,
                   double times = 1);

// A project in the middle of its work: three clips of Anna and Ben (plates of two of them in
// `plates`) with 216 faces, one run that is done and one that has trained a fifth.
void makeShow(const std::filesystem::path& project, const std::filesystem::path& plates);

// Two versions of "bird" by run r01, of its first `frames` frames, as sequences in `deliveries`: a
// rough v001 (retake) and a good v002 (pending review) with its matte; with notes on both.
void addVersions(media::Project& project, int frames);

// What was said about two versions: one note on `rough`, two on `good`, the first with a drawing,
// the last resolved; on frames 1002 to 1008.
void addNotes(media::Project& project, int64_t rough, int64_t good);

// A program understudy-renderer in `folder` that serves previews: it notes in `calls` what it was
// started and asked with, a line each, and gives a copy of `picture` for each frame; it refuses
// --blur 0.5 and crashes at --blur 0.25. For UNDERSTUDY_BIN.
void writeRenderer(const std::filesystem::path& folder, const std::filesystem::path& picture);

// The window with that project open.
struct ShowFixture : StudioFixture {
    ShowFixture();
    std::filesystem::path folder() const;
};

}  // namespace understudy::tests
