// SPDX-License-Identifier: GPL-3.0-or-later
// The player that every page uses: a picture, or two of the same frame compared, with ruler,
// transport, look and probe. The ruler counts as the plate does, whatever the file does.
#pragma once

#include <QHBoxLayout>
#include <QWidget>
#include <optional>
#include <vector>

#include "ui/models/frame_loader.h"
#include "ui/models/picture_look.h"
#include "ui/models/swap_frames.h"
#include "ui/panels/add_key.h"
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
    // `threads`: on which both pictures are decoded. `mostBytes`: of decoded frames that are kept,
    // of both pictures together; while nobody looks, an eighth of it.
    explicit Player(const std::shared_ptr<QThreadPool>& threads = makeDecodeThreads(),
                    int64_t mostBytes = usualCacheBytes());

    // Without a timeline that of the file is taken when it is open, at `rate` where that is not 0.
    // `message` is shown meanwhile.
    void setSource(const PlayerSource& source, const std::optional<Timeline>& timeline,
                   const QString& message, double rate = 0);
    void setSecond(const PlayerSource& source);  // an empty one takes it away
    // In the place of a second source; stays until the next one comes, on its frame only.
    void setSecondStill(const PlayerStill& still);
    void setMode(CompareMode mode);
    // A and B change places until it is called again; of one alone it is the other one.
    void flip();
    // Nothing but the picture, on black.
    void setBare(bool bare);

    CompareView* view() const { return view_; }
    FrameRuler* ruler() const { return ruler_; }
    TransportBar* transport() const { return transport_; }
    LookBar* look() const { return look_; }
    QHBoxLayout* header() const { return headerRow_; }
    const FrameLoader& loader() const { return loader_; }
    const PlayerSource& source() const { return a_; }
    // Whose picture is shown, which is not the transport's while that is being read.
    int64_t shownFrame() const { return shownFrame_; }
    QString probeText() const { return probe_->text(); }

    // The player's keys as actions of a page.
    void addKeys(const AddKey& add);

  Q_SIGNALS:
    void opened();  // the first source
    void failed(const understudy::Error& error);
    // The plate's number: of what one is at now, and of what is to be seen, both pictures of it.
    void frameChanged(qint64 frame);
    void frameShown(qint64 frame);
    void modeChanged(understudy::ui::CompareMode mode);
    // Of the first source there is no picture: it was gone to, or read ahead.
    void frameFailed(qint64 frame, const understudy::Error& error);

  protected:
    void setTitle(const QString& title);
    void resizeEvent(QResizeEvent* event) override;
    void showEvent(QShowEvent* event) override;
    void hideEvent(QHideEvent* event) override;

  private:
    void fitHeader();
    // What there is of a frame, as its file has it.
    struct Found {
        CompareSide side;
        std::shared_ptr<const media::Frame> deep;
        bool reading = false;        // it comes by itself
        std::optional<Error> error;  // why it does not
    };
    struct Wanted {
        int64_t frame = 0;
        CompareSide a, b;
        std::shared_ptr<const media::Frame> deepA, deepB;
        PictureLook look;
        bool difference = false;
    };

    void connectParts();
    void connectLoaders();
    void takeTimeline(const Timeline& timeline);
    void takeArrival(const PlayerSource& source, int64_t inFile);
    void shareCache();
    void orderFrames();
    void want(int64_t frame);
    bool compares() const;
    bool show();  // whether the picture of the frame is there, or both are
    bool showLate(int64_t frame);
    Found found(FrameLoader& loader, const PlayerSource& source, int64_t frame);
    Found foundSecond(int64_t frame);
    void put(int64_t frame, Found a, Found b);
    void develop(Wanted wanted);
    void putOnView(CompareSide a, CompareSide b, const QImage& difference, int64_t frame);
    void showFailure(const Error& error);
    void showCached();
    void probe(QPointF point);
    void average(QRect pixels);
    void tellAgain();
    void tellLight();
    void tellValues(const QRect& pixels, const QString& where);
    void dragLook(LookDrag what, double by);
    void addLookKeys(const AddKey& add);

    FrameLoader loader_;
    FrameLoader second_;
    PlayerSource a_;
    PlayerSource b_;
    std::optional<PlayerStill> still_;
    std::optional<Timeline> timeline_;
    double rate_ = 0;
    int64_t mostBytes_;
    std::optional<Error> secondFailure_;
    int64_t shownFrame_ = 0;
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
    std::optional<QPointF> probed_;  // in pixels of the picture
    QRect averaged_;                 // the same; empty: nothing
    bool held_ = false;              // what is shown is another frame
    bool aside_ = false;             // nobody looks
    PictureLook dragged_;            // before a drag
    std::optional<int64_t> resume_;  // the frame that was looked at before the source was changed
    int generation_ = 0;             // of what was asked to be shown
};

}  // namespace understudy::ui
