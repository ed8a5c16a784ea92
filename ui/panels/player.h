// SPDX-License-Identifier: GPL-3.0-or-later
// The player that every page uses: a picture, or two of the same frame compared, with ruler,
// transport, look and probe. The ruler counts as the plate does, whatever the file does.
#pragma once

#include <QHBoxLayout>
#include <QKeySequence>
#include <QWidget>
#include <functional>
#include <optional>
#include <vector>

#include "ui/models/frame_loader.h"
#include "ui/models/picture_look.h"
#include "ui/models/swap_frames.h"
#include "ui/panels/basics.h"
#include "ui/panels/compare_view.h"
#include "ui/panels/frame_ruler.h"
#include "ui/panels/look_bar.h"
#include "ui/panels/transport_bar.h"

namespace understudy::ui {

struct PlayerSource {
    QString name;
    QString path;  // a movie, any frame of a sequence or its pattern; empty: nothing
    FrameMap frames = {};
    media::ReadAs readAs = {};
};

// A second picture that is no file.
struct PlayerStill {
    QString name;  // of what is shown or being made
    int64_t frame = 0;
    QImage image;  // null: nothing yet
    std::shared_ptr<const media::Frame> deep = {};
};

// The plate's frames that are played.
struct Timeline {
    int64_t first = 1;
    int64_t last = 0;
    double fps = 24;
    std::vector<int64_t> missing = {};
};

class Player : public QWidget {
    Q_OBJECT
  public:
    // `mostBytes`: of decoded frames that are kept, of both pictures together.
    explicit Player(QWidget* parent = nullptr, int64_t mostBytes = 512ll << 20);

    // Without a timeline that of the file is taken when it is open, at `rate` where that is not 0.
    // `message` is shown meanwhile.
    void setSource(const PlayerSource& source, const std::optional<Timeline>& timeline,
                   const QString& message, double rate = 0);
    void setSecond(const PlayerSource& source);  // an empty one takes it away
    // In the place of a second source; stays until the next one comes, on its frame only.
    void setSecondStill(const PlayerStill& still);
    void setMode(CompareMode mode);
    void flip();  // A and B change places until it is called again
    // Nothing but the picture, on black.
    void setBare(bool bare);

    CompareView* view() const { return view_; }
    FrameRuler* ruler() const { return ruler_; }
    TransportBar* transport() const { return transport_; }
    LookBar* look() const { return look_; }
    QHBoxLayout* header() const { return headerRow_; }
    const FrameLoader& loader() const { return loader_; }
    const PlayerSource& source() const { return a_; }
    QString probeText() const { return probe_->text(); }

    // The player's keys as actions of a page.
    using AddKey = std::function<void(const QString&, const QKeySequence&, std::function<void()>)>;
    void addKeys(const AddKey& add);

  Q_SIGNALS:
    void opened();  // the first source
    void failed(const understudy::Error& error);
    void frameShown(qint64 frame);  // the plate's number
    // Of the first source there is no picture: it was gone to, or read ahead.
    void frameFailed(qint64 frame, const understudy::Error& error);

  protected:
    void setTitle(const QString& title);
    void resizeEvent(QResizeEvent* event) override;

  private:
    void fitHeader();
    struct Wanted {
        QImage a, b;
        std::shared_ptr<const media::Frame> deepA, deepB;
        PictureLook look;
        bool difference = false;
    };

    void connectParts();
    void connectLoaders();
    void takeTimeline(const Timeline& timeline);
    void want(int64_t frame);
    bool show();  // whether the first picture is there
    void develop(Wanted wanted);
    void showFailure(const Error& error);
    void showCached();
    void probe(QPointF point);
    void average(QRect pixels);
    void tellValues(const QRect& pixels, const QString& where);

    FrameLoader loader_;
    FrameLoader second_;
    PlayerSource a_;
    PlayerSource b_;
    std::optional<PlayerStill> still_;
    std::optional<Timeline> timeline_;
    double rate_ = 0;
    QImage shownA_;  // as the files have them
    QImage shownB_;
    std::shared_ptr<const media::Frame> deepA_;
    std::shared_ptr<const media::Frame> deepB_;
    CompareView* view_;
    FrameRuler* ruler_;
    TransportBar* transport_;
    LookBar* look_;
    QWidget* header_;
    QHBoxLayout* headerRow_;
    ElidedLabel* title_;
    QLabel* details_;
    QLabel* probe_;
    std::optional<Wanted> next_;  // to be developed after what is being developed
    bool developing_ = false;
    bool flipped_ = false;
    bool averaging_ = false;
    std::optional<int64_t> resume_;  // the frame that was looked at before the source was changed
    int generation_ = 0;             // of what was asked to be shown
};

}  // namespace understudy::ui
