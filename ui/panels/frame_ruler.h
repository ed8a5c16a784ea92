// SPDX-License-Identifier: GPL-3.0-or-later
// The plate's frames as a strip: the playhead, what is decoded, missing frames, faces found, the
// part that is played, notes. Drag anywhere to scrub. Numbers are the plate's own.
#pragma once

#include <QString>
#include <QWidget>
#include <cstdint>
#include <set>
#include <vector>

namespace understudy::ui {

class FrameRuler : public QWidget {
    Q_OBJECT
  public:
    explicit FrameRuler(QWidget* parent = nullptr);

    void setRange(int64_t first, int64_t last, const std::vector<int64_t>& missing);
    void setFrame(int64_t frame);
    int64_t frame() const { return frame_; }
    int64_t first() const { return first_; }
    int64_t last() const { return last_; }
    void setCached(const std::set<int64_t>& frames);
    const std::set<int64_t>& cached() const { return cached_; }
    void setFacesFound(const std::set<int64_t>& frames);

    // The part that is played; the whole where both are as first() and last().
    void setPart(int64_t in, int64_t out);
    struct NoteSpan {
        int64_t first = 0;
        int64_t last = 0;
        bool open = true;
        int64_t id = 0;
        QString words = {};
        bool operator==(const NoteSpan&) const = default;
    };
    void setNotes(std::vector<NoteSpan> notes);
    const std::vector<NoteSpan>& notes() const { return notes_; }

  Q_SIGNALS:
    void frameRequested(qint64 frame);
    // An end of the part was dragged, or a part with Shift.
    void inRequested(qint64 frame);
    void outRequested(qint64 frame);
    void noteRequested(qint64 id);

  protected:
    void paintEvent(QPaintEvent* event) override;
    void mousePressEvent(QMouseEvent* event) override;
    void mouseMoveEvent(QMouseEvent* event) override;
    void mouseReleaseEvent(QMouseEvent* event) override;
    bool event(QEvent* event) override;

  private:
    enum class Grip { none, frame, in, out, part };
    double xOf(double frame) const;
    double noteX(const NoteSpan& note) const;
    int64_t frameAt(double x) const;
    Grip gripAt(QPointF place, Qt::KeyboardModifiers modifiers) const;
    const NoteSpan* noteAt(QPointF place) const;
    void drag(double x);
    void paintPart(QPainter& painter) const;
    void paintNotes(QPainter& painter) const;
    void paintRuns(QPainter& painter, const std::set<int64_t>& frames, int y, int height,
                   const QColor& color) const;

    int64_t first_ = 1;
    int64_t last_ = 0;
    int64_t frame_ = 1;
    std::vector<int64_t> missing_;
    std::set<int64_t> cached_;
    std::set<int64_t> found_;
    std::vector<NoteSpan> notes_;
    int64_t in_ = 1;
    int64_t out_ = 0;
    Grip grip_ = Grip::none;
    int64_t partFrom_ = 0;
};

}  // namespace understudy::ui
