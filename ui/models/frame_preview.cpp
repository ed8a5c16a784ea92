// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/models/frame_preview.h"

#include <QDir>
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <utility>

#include "media/base/paths.h"
#include "media/source/frame_source.h"
#include "training/protocol/codec.h"
#include "training/protocol/job_state.h"
#include "ui/models/background.h"
#include "ui/models/formatting.h"
#include "ui/models/qimage_bridge.h"

namespace understudy::ui {
namespace {

constexpr int kEndPatience = 3000;  // ms for a killed process to be gone

Result<PreviewPicture> pictureOf(const std::string& pattern, int64_t frame) {
    US_ASSIGN(auto source, media::openSource(pattern));
    US_ASSIGN(auto read, source->read(frame));
    PreviewPicture picture;
    picture.image = toQImage(read);
    if (read.pixels.type() != media::SampleType::u8) {
        picture.deep = std::make_shared<const media::Frame>(std::move(read));
    }
    return picture;
}

// The last thing that the renderer said.
std::optional<training::JobFinished> ending(const QByteArray& out) {
    std::optional<training::JobFinished> last;
    for (const QByteArray& line : out.split('\n')) {
        const auto message = training::decode(std::string_view(line.data(), line.size()));
        if (message.ok()) {
            if (const auto* finished = std::get_if<training::JobFinished>(&*message)) {
                last = *finished;
            }
        }
    }
    return last;
}

}  // namespace

FramePreview::FramePreview(QObject* parent)
    : QObject(parent), folder_(QDir::tempPath() + QStringLiteral("/understudy-preview")) {
    wait_.setSingleShot(true);
    wait_.setInterval(kPatience);
    connect(&wait_, &QTimer::timeout, this, &FramePreview::begin);
    connect(&process_, &QProcess::finished, this, &FramePreview::ended);
    connect(&process_, &QProcess::errorOccurred, this, [this](QProcess::ProcessError error) {
        if (error == QProcess::FailedToStart && making_) {
            fail({ErrorCode::environment, utf8(tr("the renderer cannot be started")),
                  utf8(process_.program()), utf8(process_.errorString())});
        }
    });
    process_.setStandardErrorFile(QProcess::nullDevice());
}

FramePreview::~FramePreview() {
    process_.disconnect(this);
    if (process_.state() != QProcess::NotRunning) {
        process_.kill();
        process_.waitForFinished(kEndPatience);
    }
}

void FramePreview::ask(const PreviewRequest& request) {
    if (wanted_ == request || (!wanted_ && last_ == request)) {
        return;
    }
    const bool idle = !wanted_;
    wanted_ = request;
    wait_.start();
    if (idle) {
        Q_EMIT busyChanged();
    }
}

void FramePreview::cancel() {
    wait_.stop();
    last_.reset();
    if (process_.state() != QProcess::NotRunning) {
        process_.kill();  // ended() finds that nobody waits for it
    }
    if (std::exchange(wanted_, std::nullopt)) {
        Q_EMIT busyChanged();
    }
}

void FramePreview::begin() {
    if (process_.state() != QProcess::NotRunning) {
        if (making_ != wanted_) {
            process_.kill();  // the rest when it is gone
        }
        return;
    }
    making_ = wanted_;
    const auto program = siblingProgram("understudy-renderer");
    if (!program.ok()) {
        fail(program.error());
        return;
    }
    if (!folder_.isValid()) {
        fail({ErrorCode::cannotWrite, utf8(tr("there is no place for the preview")),
              utf8(folder_.path()), utf8(folder_.errorString())});
        return;
    }
    QThreadPool::globalInstance()->start(
        [old = folder_.filePath(QString::number(number_))] { QDir(old).removeRecursively(); });
    const QString place = folder_.filePath(QString::number(++number_));
    QStringList arguments;
    for (const std::string& argument : making_->arguments) {
        arguments << text(argument);
    }
    arguments << QStringLiteral("--json-lines") << QStringLiteral("--preview")
              << QStringLiteral("--frames") << QString::number(making_->frame)
              << QStringLiteral("--out") << place + "/swap.####" + text(making_->ending)
              << QStringLiteral("--matte") << place + "/matte.####.png";
    clock_.start();
    process_.start(text(program->string()), arguments, QIODevice::ReadOnly);
}

void FramePreview::ended(int exitCode, QProcess::ExitStatus status) {
    const auto finished = ending(process_.readAllStandardOutput());
    if (!wanted_) {
        making_.reset();
        return;
    }
    if (making_ != wanted_) {
        if (!wait_.isActive()) {
            begin();
        }
        return;
    }
    if (status == QProcess::NormalExit && exitCode == 0 && finished) {
        const QJsonObject result =
            QJsonDocument::fromJson(QByteArray::fromStdString(finished->result)).object();
        read(folder_.filePath(QString::number(number_)), result["swapped"].toInteger() > 0);
    } else if (finished && finished->error) {
        fail(training::errorOf(*finished->error));
    } else {
        fail({ErrorCode::environment, utf8(tr("the renderer ended without a picture")),
              utf8(process_.program()), utf8(tr("Its exit code is %1").arg(exitCode))});
    }
}

void FramePreview::read(const QString& folder, bool swapped) {
    const PreviewRequest request = *making_;
    const std::string swap = utf8(folder + "/swap.####") + request.ending;
    const std::string matte = utf8(folder + "/matte.####.png");
    runInBackground(
        this,
        [request, swap, matte, swapped]() -> Result<PreviewResult> {
            PreviewResult result{request.frame, {}, {}, swapped, 0};
            US_ASSIGN(result.picture, pictureOf(swap, request.frame));
            US_ASSIGN(result.matte, pictureOf(matte, request.frame));
            return result;
        },
        [this, request](Result<PreviewResult> result) {
            if (wanted_ != request) {
                return;  // somebody wants another one by now, which is on its way
            }
            if (!result.ok()) {
                fail(result.error());
                return;
            }
            result->seconds = static_cast<double>(clock_.elapsed()) / 1000;
            settle();
            Q_EMIT made(*result);
        });
}

void FramePreview::settle() {
    last_ = std::exchange(wanted_, std::nullopt);
    making_.reset();
    Q_EMIT busyChanged();
}

void FramePreview::fail(const Error& error) {
    settle();
    Q_EMIT failed(error);
}

}  // namespace understudy::ui
