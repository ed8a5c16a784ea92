// SPDX-License-Identifier: GPL-3.0-or-later
// One frame as a render would have it, made by the renderer itself beside everything else: the last
// request wins, what is being made for an older one is ended. Nothing of it is kept, in the project
// or on disk; the renderer stays for a while, as the next frame is made sooner by one that has the
// network already.
#pragma once

#include <QElapsedTimer>
#include <QImage>
#include <QObject>
#include <QProcess>
#include <QTemporaryDir>
#include <QTimer>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "media/base/result.h"
#include "media/frame/frame.h"
#include "training/protocol/line_buffer.h"
#include "training/protocol/messages.h"

namespace understudy::ui {

struct PreviewRequest {
    // For understudy-renderer: project, run, clip and look, but no result.
    std::vector<std::string> arguments;
    int64_t frame = 0;
    std::string ending = ".png";  // of a sequence
    bool operator==(const PreviewRequest&) const = default;
};

struct PreviewPicture {
    QImage image;
    std::shared_ptr<const media::Frame> deep;  // where it is more than the 8 bits of its picture
};

struct PreviewResult {
    int64_t frame = 0;
    PreviewPicture picture;
    PreviewPicture matte;
    bool swapped = true;  // false: there is no face in this frame, the plate stays
    double seconds = 0;
};

class FramePreview : public QObject {
    Q_OBJECT
  public:
    static constexpr int kPatience = 350;     // ms after the last request
    static constexpr int kStays = 60 * 1000;  // ms that a renderer waits for another one

    explicit FramePreview(QObject* parent = nullptr);
    ~FramePreview() override;

    // The same again does nothing.
    void ask(const PreviewRequest& request);
    void cancel();
    // And lets the renderer go, with the memory that it holds.
    void end();
    bool busy() const { return wanted_.has_value(); }

  Q_SIGNALS:
    void made(const understudy::ui::PreviewResult& result);
    void failed(const understudy::Error& error);
    void busyChanged();

  private:
    void begin();
    bool prepare();
    void hear();
    void answered(const training::JobFinished& answer);
    void gone(int exitCode);
    void read(const QString& folder, bool swapped);
    void settle();  // of the request that was last made
    void fail(const Error& error);

    std::optional<PreviewRequest> wanted_;  // not answered yet
    std::optional<PreviewRequest> making_;
    std::optional<PreviewRequest> last_;  // answered
    QProcess process_;
    training::LineBuffer heard_;
    QTimer wait_;
    QTimer idle_;
    QElapsedTimer clock_;
    QTemporaryDir folder_;
    int64_t number_ = 0;   // of requests
    bool ending_ = false;  // the renderer is on its way out
};

}  // namespace understudy::ui
