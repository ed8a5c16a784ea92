// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/models/demo_maker.h"

#include <QDir>
#include <thread>

#include "media/truth/performer_clips.h"
#include "ui/models/formatting.h"

namespace understudy::ui {

DemoMaker::DemoMaker(ProjectSession* session, QObject* parent)
    : QObject(parent), session_(session), import_(session) {
    // Whoever opens another project meanwhile wants that one.
    connect(session_, &ProjectSession::opened, this, [this] {
        if (!busy_) {
            return;
        }
        if (std::exchange(opening_, false) && session_->folder() == project()) {
            importNext();
        } else {
            end();
        }
    });
    connect(session_, &ProjectSession::closed, this, [this] {
        if (busy_ && !opening_ && !clips_.isEmpty()) {
            end();
        }
    });
    connect(session_, &ProjectSession::openFailed, this,
            [this](const QString&, const Error& error) {
                if (std::exchange(opening_, false)) {
                    fail(error);
                }
            });
    connect(&import_, &ClipImport::finished, this, [this](const ImportResult& result) {
        if (busy_) {
            result.errors.empty() ? importNext() : fail(result.errors.front());
        }
    });
}

DemoMaker::~DemoMaker() {
    stop_.request_stop();
}

QString DemoMaker::source() {
    return tr("Ada");
}

QString DemoMaker::destination() {
    return tr("Ben");
}

QString DemoMaker::freeFolder(const QString& parent) {
    const QString first = QDir(parent).filePath(tr("Understudy demo"));
    QString folder = first;
    for (int i = 2; QFileInfo::exists(folder); ++i) {
        folder = QStringLiteral("%1 %2").arg(first).arg(i);
    }
    return folder;
}

void DemoMaker::make(const QString& folder, int frames) {
    if (std::exchange(busy_, true)) {
        return;
    }
    folder_ = folder;
    stop_ = {};
    media::PerformerClips clips;
    clips.folder = utf8(QDir(folder).filePath("footage"));
    clips.frames = frames;
    // The window keeps a core.
    clips.threads = std::max(1, static_cast<int>(std::thread::hardware_concurrency()) - 1);
    media::ClipsHooks hooks;
    hooks.stop = stop_.get_token();
    hooks.progress = [this, guard = QPointer<QObject>(this)](int64_t done, int64_t total) {
        onGuiThread(guard, [this, done, total] { Q_EMIT progressed(done, total); });
    };
    runInBackground(
        this,
        [clips, hooks]() -> Result<media::WrittenClips> {
            std::error_code failed;
            std::filesystem::create_directories(clips.folder.parent_path(), failed);
            auto written = media::writePerformerClips(clips, hooks);
            if (!written.ok()) {
                std::filesystem::remove_all(clips.folder.parent_path(), failed);
            }
            return written;
        },
        [this](Result<media::WrittenClips> written) {
            if (!busy_) {
                return;  // somebody opened another project
            }
            if (written.ok()) {
                rendered(written->clips);
            } else if (written.error().code == ErrorCode::saved) {
                end();
            } else {
                fail(written.error());
            }
        });
}

void DemoMaker::cancel() {
    stop_.request_stop();
}

void DemoMaker::rendered(const std::vector<std::filesystem::path>& clips) {
    clips_.clear();
    for (const auto& clip : clips) {
        clips_ << text(clip.string());
    }
    opening_ = true;
    session_->create(project());
}

QString DemoMaker::project() const {
    return QDir(folder_).filePath("demo.understudy");
}

void DemoMaker::end() {
    stop_.request_stop();
    busy_ = opening_ = false;
    clips_.clear();
    Q_EMIT cancelled();
}

// Ada's clip, then Ben's; each is the first of its performer and so gives him his role.
void DemoMaker::importNext() {
    if (clips_.isEmpty()) {
        busy_ = false;
        recordConsent();
        session_->setRole("source", utf8(source()));
        session_->setRole("destination", utf8(destination()));
        Q_EMIT made(session_->folder());
        return;
    }
    const QString performer = clips_.size() == 2 ? source() : destination();
    import_.run({clips_.takeFirst()}, performer);
}

// Nobody has to ask who was rendered.
void DemoMaker::recordConsent() {
    session_->write([performers = std::vector{utf8(source()), utf8(destination())}](
                        media::Project& project) -> Status {
        for (const std::string& performer : performers) {
            US_TRY(project.putConsent(media::syntheticConsent(performer), media::personHere()));
        }
        return {};
    });
}

void DemoMaker::fail(const Error& error) {
    busy_ = false;
    Q_EMIT failed(error);
}

}  // namespace understudy::ui
