// SPDX-License-Identifier: GPL-3.0-or-later
// Step, play and where we are: |< < play > >| frame, in, out, loop, measured and wanted rate. The
// frame is a field: what is typed into it, as a number or a timecode, is gone to. Plays
// forwards and backwards, at once, twice, four and eight times the rate.
#pragma once

#include <QElapsedTimer>
#include <QLabel>
#include <QLineEdit>
#include <QTimer>
#include <QToolButton>
#include <QWidget>
#include <deque>

class QHBoxLayout;

namespace understudy::ui {

// Owns the clock of playing; who shows pictures answers frameWanted() and tells shown().
class TransportBar : public QWidget {
    Q_OBJECT
  public:
    explicit TransportBar(QWidget* parent = nullptr);

    void setRange(int64_t first, int64_t last, double fps);
    void setFrame(int64_t frame);
    int64_t frame() const { return frame_; }
    bool empty() const { return last_ < first_; }  // there is no frame at all
    bool playing() const { return timer_.isActive(); }
    void setPlaying(bool on);
    void togglePlaying() { setPlaying(!playing()); }
    // L, K and J: again in the same direction is twice as fast, up to eight times.
    void shuttle(int direction);
    int speed() const { return speed_; }  // negative backwards

    // The part that is played; in the middle of playing too. The other end gives way.
    void setIn(int64_t frame);
    void setOut(int64_t frame);
    void clearPart();
    int64_t in() const { return in_; }
    int64_t out() const { return out_; }
    bool loops() const { return loop_->isChecked(); }
    void setLoops(bool on);
    void step(int64_t by);
    void seek(int64_t frame);
    // A picture for frame() was shown (true) or was not ready (false): for the measured rate.
    void shown(bool ready);
    void shownLate();  // one that was not ready
    // Of the first frame; empty: there is none. Beside the number, or in its place.
    void setTimecode(const QString& ofFirst);
    void toggleTimecode();
    void editFrame();  // puts the cursor there

  Q_SIGNALS:
    void frameWanted(qint64 frame);
    void partChanged();   // in() or out()
    void partChosen();    // by somebody, not by another range
    void orderChanged();  // what is played next is another: on or off, way, part, round and round

  private:
    void advance();
    void start(int speed);
    void restartClock();
    void buildFrame(QHBoxLayout* row);
    void goToTyped();
    QString timecodeOf(int64_t frame) const;
    void updateTexts();

    QToolButton* play_;
    QToolButton* loop_;
    QLineEdit* number_;
    QLabel* range_;
    QToolButton* other_;  // the timecode, or the number while that is the field's
    QString firstTimecode_;
    bool inTimecode_ = false;
    QLabel* rate_;
    QTimer timer_;
    QElapsedTimer clock_;
    std::deque<qint64> shownAt_;
    int64_t first_ = 1;
    int64_t last_ = 0;
    int64_t frame_ = 1;
    int64_t startedAt_ = 1;
    int64_t skipped_ = 0;
    int64_t in_ = 1;
    int64_t out_ = 0;
    int speed_ = 1;
    double fps_ = 24;
};

}  // namespace understudy::ui
