// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/panels/face_timeline.h"

#include <QKeyEvent>
#include <QMouseEvent>
#include <QPainter>
#include <QPainterPath>
#include <algorithm>
#include <cmath>

#include "ui/models/formatting.h"
#include "ui/panels/theme.h"

namespace understudy::ui {
namespace {

constexpr int kRight = 12;
constexpr int kCurveTop = 3;
constexpr int kCurveHeight = 18;
constexpr int kStripTop = 23;
constexpr int kStripHeight = 9;
constexpr float kLeastScale = 2;  // pixels of jitter that the curve shows at least

// What the faces of one column of pixels have in common.
struct Column {
    int faces = 0;
    int rejected = 0;
    bool suspect = false;
    bool corrected = false;
    bool key = false;
    float jitter = 0;
};

}  // namespace

FaceTimeline::FaceTimeline(FacesModel* model, ProjectSession* session, QWidget* parent)
    : QWidget(parent), model_(model), session_(session) {
    setObjectName("faceTimeline");
    setAttribute(Qt::WA_OpaquePaintEvent);
    setFocusPolicy(Qt::StrongFocus);
    setToolTip(
        tr("Bright: faces. Dark: frames without one. Hatched: rejected. The curve is the "
           "jitter. Diamonds: key frames, the line between them: placed from them. A click goes "
           "there, "
           "to frames without a face too, a drag selects a range. Keys: arrows go by frames and "
           "clips, Page up and down by ten frames, with Shift they select."));
    connect(model_, &FacesModel::layoutChanged, this, &FaceTimeline::collect);
    connect(session_, &ProjectSession::changed, this, [this] {
        if (rangesOfClips() != ranges_) {  // else nothing of what is drawn is another
            collect();
        }
    });
    const auto again = [this] {
        update();
        Q_EMIT summaryChanged();
    };
    connect(model_, &FacesModel::statesChanged, this, again);
    connect(model_, &FacesModel::currentChanged, this, again);
    connect(model_, &FacesModel::selectionChanged, this, [this, again] {
        if (model_->selectedCount() > 0) {
            frame_.reset();  // a face was chosen
        }
        again();
    });
    collect();
}

std::vector<FaceTimeline::Gap> FaceTimeline::rangesOfClips() const {
    std::vector<Gap> ranges;
    for (const media::ClipRecord& clip : session_->snapshot().clips) {
        ranges.push_back({clip.first, clip.last});
    }
    return ranges;
}

void FaceTimeline::collect() {
    rows_.clear();
    ranges_ = rangesOfClips();
    const std::vector<FaceItem>& faces = model_->all();
    for (int clip = 0; clip < model_->clipCount(); ++clip) {
        const std::string name = utf8(model_->clipName(clip));
        const auto& clips = session_->snapshot().clips;
        const auto record = std::find_if(clips.begin(), clips.end(),
                                         [&name](const auto& one) { return one.name == name; });
        if (record == clips.end()) {
            continue;
        }
        Row row;
        row.clip = clip;
        row.first = record->first;
        row.last = std::max(record->first, record->last);
        const auto before = [](const FaceItem& face, int number) { return face.key.clip < number; };
        row.begin = static_cast<size_t>(std::lower_bound(faces.begin(), faces.end(), clip, before) -
                                        faces.begin());
        row.end = static_cast<size_t>(
            std::lower_bound(faces.begin(), faces.end(), clip + 1, before) - faces.begin());
        if (row.begin == row.end) {
            continue;  // nobody searched it, or in vain
        }
        row.highest = kLeastScale;
        for (size_t i = row.begin; i < row.end; ++i) {
            row.highest = std::max(row.highest, faces[i].jitter);
        }
        rows_.push_back(row);
    }
    setMinimumHeight(sizeHint().height());
    updateGeometry();
    update();
    Q_EMIT summaryChanged();
}

QSize FaceTimeline::sizeHint() const {
    return {600, std::max<int>(1, static_cast<int>(rows_.size())) * kRowHeight};
}

double FaceTimeline::xOf(const Row& row, double frame) const {
    const auto frames = static_cast<double>(row.last - row.first + 1);
    return kLabelWidth +
           (frame - static_cast<double>(row.first)) / frames * (width() - kLabelWidth - kRight);
}

int64_t FaceTimeline::frameAt(const Row& row, double x) const {
    const auto frames = static_cast<double>(row.last - row.first + 1);
    const double share = (x - kLabelWidth) / std::max(1, width() - kLabelWidth - kRight);
    return std::clamp(row.first + static_cast<int64_t>(std::floor(share * frames)), row.first,
                      row.last);
}

const FaceTimeline::Row* FaceTimeline::rowOfClip(int clip) const {
    const auto row = std::find_if(rows_.begin(), rows_.end(),
                                  [clip](const Row& one) { return one.clip == clip; });
    return row != rows_.end() ? &*row : nullptr;
}

QPoint FaceTimeline::positionOf(int clip, int64_t frame) const {
    const Row* row = rowOfClip(clip);
    if (row == nullptr) {
        return {-1, -1};
    }
    const auto y = (row - rows_.data()) * kRowHeight + kStripTop + kStripHeight / 2;
    return {static_cast<int>(xOf(*row, static_cast<double>(frame) + 0.5)), static_cast<int>(y)};
}

std::vector<FaceTimeline::Gap> FaceTimeline::gapsOf(int clip) const {
    std::vector<Gap> gaps;
    const Row* row = rowOfClip(clip);
    if (row == nullptr) {
        return gaps;
    }
    int64_t next = row->first;
    for (size_t i = row->begin; i < row->end; ++i) {
        const int64_t frame = model_->all()[i].key.frame;
        if (frame > next) {
            gaps.push_back({next, frame - 1});
        }
        next = frame + 1;
    }
    if (next <= row->last) {
        gaps.push_back({next, row->last});
    }
    return gaps;
}

QString FaceTimeline::summary() const {
    const Row* row = rowOfClip(cursor().clip);
    if (row == nullptr) {
        return {};
    }
    int64_t missing = 0;
    const std::vector<Gap> gaps = gapsOf(row->clip);
    for (const Gap& gap : gaps) {
        missing += gap.last - gap.first + 1;
    }
    int64_t rejected = 0;
    for (size_t i = row->begin; i < row->end; ++i) {
        rejected += model_->all()[i].state == media::ReviewState::reject;
    }
    const QString holes =
        missing == 0 ? tr("no gaps")
                     : tr("gaps %1 (frames %2)")
                           .arg(countText(static_cast<int64_t>(gaps.size())), countText(missing));
    return tr("%1:  %2   rejected %3   jitter up to %4 px")
        .arg(model_->clipName(row->clip), holes, countText(rejected))
        .arg(static_cast<double>(row->highest), 0, 'f', 1);
}

void FaceTimeline::paintEvent(QPaintEvent* event) {
    QPainter painter(this);
    painter.fillRect(event->rect(), theme::kBar);
    if (rows_.empty()) {
        painter.setFont(theme::font(theme::FontUse::caption));
        painter.setPen(theme::kHint);
        painter.drawText(rect(), Qt::AlignCenter,
                         tr("Faces in time appear here once some are found."));
        return;
    }
    for (size_t i = 0; i < rows_.size(); ++i) {
        const int y = static_cast<int>(i) * kRowHeight;
        if (event->rect().intersects(QRect(0, y, width(), kRowHeight))) {
            paintRow(painter, rows_[i], y);
        }
    }
    if (hasFocus()) {
        paintFocus(painter);
    }
    if (pressedRow_ >= 0 && pressedFrame_ != draggedFrame_) {
        const Row& row = rows_[static_cast<size_t>(pressedRow_)];
        const double from = xOf(row, static_cast<double>(std::min(pressedFrame_, draggedFrame_)));
        const double to = xOf(row, static_cast<double>(std::max(pressedFrame_, draggedFrame_) + 1));
        painter.fillRect(QRectF(from, pressedRow_ * kRowHeight, to - from, kRowHeight - 2),
                         QColor(255, 255, 255, 50));
    }
}

// Round the row that keys go along.
void FaceTimeline::paintFocus(QPainter& painter) const {
    const Row* row = rowOfClip(cursor().clip);
    const auto number = row == nullptr ? 0 : row - rows_.data();
    painter.setPen(QPen(theme::kAccent, 2));
    painter.setBrush(Qt::NoBrush);
    painter.drawRect(
        QRect(1, static_cast<int>(number) * kRowHeight + 1, width() - 2, kRowHeight - 3));
}

void FaceTimeline::paintRow(QPainter& painter, const Row& row, int y) const {
    const FaceKey at = cursor();
    const bool here = at.clip == row.clip;
    painter.setFont(theme::font(theme::FontUse::caption));
    painter.setPen(here ? theme::kText : theme::kSecond);
    const QRect name(12, y + 2, kLabelWidth - 20, 16);
    painter.drawText(name, Qt::AlignLeft | Qt::AlignVCenter,
                     painter.fontMetrics().elidedText(model_->clipName(row.clip), Qt::ElideMiddle,
                                                      name.width()));
    painter.setFont(theme::font(theme::FontUse::numberCaption));
    painter.setPen(theme::kHint);
    painter.drawText(name.translated(0, 17), Qt::AlignLeft | Qt::AlignVCenter,
                     QStringLiteral("%1–%2").arg(row.first).arg(row.last));
    painter.fillRect(
        QRectF(kLabelWidth, y + kStripTop, width() - kLabelWidth - kRight, kStripHeight),
        theme::kGap);
    paintFaces(painter, row, y);
    paintJitter(painter, row, y);
    if (here) {
        const double x = xOf(row, static_cast<double>(at.frame) + 0.5);
        painter.fillRect(QRectF(x - 1, y + 1, 2, kRowHeight - 4), theme::kAccent);
    }
}

void FaceTimeline::paintFaces(QPainter& painter, const Row& row, int y) const {
    const std::vector<FaceItem>& faces = model_->all();
    const QBrush hatched(theme::kEdge, Qt::BDiagPattern);
    size_t i = row.begin;
    while (i < row.end) {
        // Runs of the same kind that touch one another.
        const FaceItem& first = faces[i];
        const bool rejected = first.state == media::ReviewState::reject;
        const bool selected = model_->isSelected(first.key);
        size_t end = i + 1;
        while (end < row.end && faces[end].key.frame == faces[end - 1].key.frame + 1 &&
               (faces[end].state == media::ReviewState::reject) == rejected &&
               model_->isSelected(faces[end].key) == selected) {
            ++end;
        }
        const double from = xOf(row, static_cast<double>(first.key.frame));
        const double to = xOf(row, static_cast<double>(faces[end - 1].key.frame + 1));
        const QRectF strip(from, y + kStripTop, std::max(1.0, to - from), kStripHeight);
        if (rejected) {
            painter.fillRect(strip, theme::kSelected);
            painter.fillRect(strip, hatched);
        } else {
            painter.fillRect(strip, selected ? QColor(Qt::white) : theme::kEdge);
        }
        if (rejected && selected) {
            painter.setPen(QPen(Qt::white, 1));
            painter.setBrush(Qt::NoBrush);
            painter.drawRect(strip.adjusted(0, 0, -1, -1));
        }
        i = end;
    }
}

void FaceTimeline::paintJitter(QPainter& painter, const Row& row, int y) const {
    const std::vector<FaceItem>& faces = model_->all();
    std::vector<Column> columns(static_cast<size_t>(std::max(1, width() - kLabelWidth)));
    for (size_t i = row.begin; i < row.end; ++i) {
        const double x = xOf(row, static_cast<double>(faces[i].key.frame) + 0.5) - kLabelWidth;
        Column& column =
            columns[std::min(columns.size() - 1, static_cast<size_t>(std::max(0.0, x)))];
        ++column.faces;
        column.jitter = std::max(column.jitter, faces[i].jitter);
        column.suspect = column.suspect || faces[i].wantsLook();
        column.corrected = column.corrected || faces[i].corrected;
        column.key = column.key || faces[i].keyFrame;
    }
    const int bottom = y + kCurveTop + kCurveHeight;
    QPolygonF curve;
    // The curve ends where a gap is wider than the faces stand apart.
    const double apart = xOf(row, static_cast<double>(row.first + 1)) - kLabelWidth;
    painter.setPen(QPen(theme::kSecond, 1));
    for (size_t x = 0; x < columns.size(); ++x) {
        const Column& column = columns[x];
        if (column.faces == 0) {
            continue;
        }
        const double at = kLabelWidth + static_cast<double>(x) + 0.5;
        if (!curve.isEmpty() && at - curve.last().x() > 1.5 * std::max(1.0, apart)) {
            painter.drawPolyline(curve);
            curve.clear();
        }
        const double tall = static_cast<double>(std::min(1.0f, column.jitter / row.highest));
        curve << QPointF(at, bottom - tall * kCurveHeight);
        if (column.suspect) {
            painter.fillRect(QRectF(at - 1, y + kStripTop + kStripHeight + 1, 2, 3),
                             theme::kWarning);
        }
        const double top = y + kStripTop - 4;
        if (column.key) {  // a diamond
            const QPolygonF shape({{at, top - 3}, {at + 3, top}, {at, top + 3}, {at - 3, top}});
            painter.save();
            painter.setRenderHint(QPainter::Antialiasing);
            painter.setPen(Qt::NoPen);
            painter.setBrush(Qt::white);
            painter.drawPolygon(shape);
            painter.restore();
        } else if (column.corrected) {  // a line from key to key
            painter.fillRect(QRectF(at - 0.5, top, std::max(1.0, apart), 1), theme::kSecond);
        }
    }
    painter.drawPolyline(curve);
}

void FaceTimeline::mousePressEvent(QMouseEvent* event) {
    const int row = static_cast<int>(event->position().y()) / kRowHeight;
    if (event->button() != Qt::LeftButton || row >= static_cast<int>(rows_.size())) {
        return;
    }
    pressedRow_ = row;
    pressedFrame_ = draggedFrame_ = frameAt(rows_[static_cast<size_t>(row)], event->position().x());
    seek(rows_[static_cast<size_t>(row)], pressedFrame_);
}

void FaceTimeline::mouseMoveEvent(QMouseEvent* event) {
    if (pressedRow_ >= 0) {
        draggedFrame_ = frameAt(rows_[static_cast<size_t>(pressedRow_)], event->position().x());
        update(0, pressedRow_ * kRowHeight, width(), kRowHeight);
    }
}

void FaceTimeline::mouseReleaseEvent(QMouseEvent* event) {
    if (event->button() == Qt::LeftButton && pressedRow_ >= 0) {
        if (pressedRow_ < static_cast<int>(rows_.size()) && draggedFrame_ != pressedFrame_) {
            selectRange(rows_[static_cast<size_t>(pressedRow_)],
                        std::min(pressedFrame_, draggedFrame_),
                        std::max(pressedFrame_, draggedFrame_));
        }
        pressedRow_ = -1;
        update();
    }
}

FaceKey FaceTimeline::cursor() const {
    const int current = model_->current();
    return frame_ ? *frame_ : current >= 0 ? model_->face(current).key : FaceKey{};
}

// The frame's face; the frame itself where nothing was found in it; the shown face that is nearest
// in time where its own is filtered out.
void FaceTimeline::seek(const Row& row, int64_t frame) {
    int nearest = -1;
    int64_t least = 0;
    bool there = false;
    for (size_t i = row.begin; i < row.end; ++i) {
        const FaceKey& key = model_->all()[i].key;
        const int64_t far = std::abs(key.frame - frame);
        there = there || far == 0;
        if (nearest >= 0 && far >= least) {
            continue;
        }
        if (const int shown = model_->rowOf(key); shown >= 0) {
            nearest = shown;
            least = far;
        }
    }
    if (!there) {
        model_->setSelection({});
        frame_ = FaceKey{row.clip, frame};
        update();
        Q_EMIT summaryChanged();
        Q_EMIT frameWanted(*frame_);
        return;
    }
    frame_.reset();
    if (nearest >= 0) {
        model_->selectRows(nearest, nearest, false);
        model_->setCurrent(nearest);
    }
    update();
}

void FaceTimeline::selectRange(const Row& row, int64_t first, int64_t last) {
    std::set<FaceKey> selection;
    for (size_t i = row.begin; i < row.end; ++i) {
        const FaceKey& key = model_->all()[i].key;
        if (key.frame >= first && key.frame <= last && model_->rowOf(key) >= 0) {
            selection.insert(key);
        }
    }
    model_->setSelection(std::move(selection));
}

void FaceTimeline::keyPressEvent(QKeyEvent* event) {
    if (!moveCursor(event->key(), event->modifiers() & Qt::ShiftModifier)) {
        QWidget::keyPressEvent(event);
    }
}

bool FaceTimeline::moveCursor(int key, bool extend) {
    if (rows_.empty()) {
        return false;
    }
    const FaceKey here = cursor();
    const Row* row = rowOfClip(here.clip);
    const int64_t now = row == nullptr ? rows_.front().first : here.frame;
    row = row == nullptr ? rows_.data() : row;
    int64_t to = now;
    switch (key) {
        case Qt::Key_Left:
            to = now - 1;
            break;
        case Qt::Key_Right:
            to = now + 1;
            break;
        case Qt::Key_PageUp:
            to = now - 10;
            break;
        case Qt::Key_PageDown:
            to = now + 10;
            break;
        case Qt::Key_Home:
            to = row->first;
            break;
        case Qt::Key_End:
            to = row->last;
            break;
        case Qt::Key_Up:
        case Qt::Key_Down: {
            const auto next = row - rows_.data() + (key == Qt::Key_Up ? -1 : 1);
            if (next < 0 || next >= static_cast<std::ptrdiff_t>(rows_.size())) {
                return true;
            }
            row = &rows_[static_cast<size_t>(next)];
            to = row->first;
            extend = false;
            break;
        }
        default:
            return false;
    }
    to = std::clamp(to, row->first, row->last);
    if (!extend) {
        anchor_ = to;
    }
    const int64_t anchor = anchor_;
    const Row moved = *row;  // seeking may collect the rows anew
    seek(moved, to);
    if (extend) {
        const auto at = frame_;  // the end of the range may have no face
        selectRange(moved, std::min(anchor, to), std::max(anchor, to));
        frame_ = at;
        update();
    }
    return true;
}

void FaceTimeline::focusInEvent(QFocusEvent* event) {
    QWidget::focusInEvent(event);
    update();
}

void FaceTimeline::focusOutEvent(QFocusEvent* event) {
    QWidget::focusOutEvent(event);
    update();
}

}  // namespace understudy::ui
