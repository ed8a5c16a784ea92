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

}  // namespace

FramePreview::FramePreview(QObject* parent)
    : QObject(parent), folder_(QDir::tempPath() + QStringLiteral("/understudy-preview")) {
    wait_.setSingleShot(true);
    wait_.setInterval(kPatience);
    connect(&wait_, &QTimer::timeout, this, &FramePreview::begin);
    idle_.setSingleShot(true);
    idle_.setInterval(kStays);
    connect(&idle_, &QTimer::timeout, this, &FramePreview::end);
    connect(&process_, &QProcess::readyReadStandardOutput, this, &FramePreview::hear);
    connect(&process_, &QProcess::finished, this, &FramePreview::gone);
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
    idle_.stop();
    wait_.start();
    if (idle) {
        Q_EMIT busyChanged();
    }
}

void FramePreview::cancel() {
    wait_.stop();
    last_.reset();
    making_.reset();  // nobody waits for it; a moment later it is done
    idle_.start();
    if (std::exchange(wanted_, std::nullopt)) {
        Q_EMIT busyChanged();
    }
}

void FramePreview::end() {
    cancel();
    idle_.stop();
    if (process_.state() != QProcess::NotRunning) {
        ending_ = true;
        process_.kill();  // it writes nothing that matters
    }
}

// There is a renderer, and a place for its pictures.
bool FramePreview::prepare() {
    if (!folder_.isValid()) {
        fail({ErrorCode::cannotWrite, utf8(tr("there is no place for the preview")),
              utf8(folder_.path()), utf8(folder_.errorString())});
        return false;
    }
    if (process_.state() != QProcess::NotRunning) {
        return true;
    }
    const auto program = siblingProgram("understudy-renderer");
    if (!program.ok()) {
        fail(program.error());
        return false;
    }
    heard_.clear();
    process_.start(text(program->string()), {QStringLiteral("--serve")});
    return making_.has_value();  // unless it cannot be started
}

void FramePreview::begin() {
    if (!wanted_ || making_ == wanted_ || ending_) {
        return;
    }
    making_ = wanted_;
    if (!prepare()) {
        return;
    }
    QThreadPool::globalInstance()->start(
        [old = folder_.filePath(QString::number(number_))] { QDir(old).removeRecursively(); });
    training::RenderPreview request;
    request.request = ++number_;
    request.arguments = making_->arguments;
    const std::string place = utf8(folder_.filePath(QString::number(number_)));
    for (const std::string& word :
         {std::string("--preview"), std::string("--frames"), std::to_string(making_->frame),
          std::string("--out"), place + "/swap.####" + making_->ending, std::string("--matte"),
          place + "/matte.####.png"}) {
        request.arguments.push_back(word);
    }
    clock_.start();
    process_.write(QByteArray::fromStdString(training::encode(request) + '\n'));
}

void FramePreview::hear() {
    const QByteArray bytes = process_.readAllStandardOutput();
    heard_.append({bytes.data(), static_cast<size_t>(bytes.size())});
    while (const auto line = heard_.next()) {
        const auto message = training::decode(*line);
        const auto* answer = message.ok() ? std::get_if<training::JobFinished>(&*message) : nullptr;
        if (answer != nullptr && answer->job == std::to_string(number_) && making_ &&
            making_ == wanted_) {
            answered(*answer);
        }
    }
}

void FramePreview::answered(const training::JobFinished& answer) {
    if (answer.error) {
        fail(training::errorOf(*answer.error));
        return;
    }
    const QJsonObject result =
        QJsonDocument::fromJson(QByteArray::fromStdString(answer.result)).object();
    read(folder_.filePath(QString::number(number_)), result["swapped"].toInteger() > 0);
}

void FramePreview::gone(int exitCode) {
    hear();
    if (making_ && making_ == wanted_) {
        fail({ErrorCode::environment, utf8(tr("the renderer ended without a picture")),
              utf8(process_.program()), utf8(tr("Its exit code is %1").arg(exitCode))});
    }
    making_.reset();
    if (std::exchange(ending_, false) && !wait_.isActive()) {
        begin();
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
    idle_.start();
    Q_EMIT busyChanged();
}

void FramePreview::fail(const Error& error) {
    settle();
    Q_EMIT failed(error);
}

}  // namespace understudy::ui
