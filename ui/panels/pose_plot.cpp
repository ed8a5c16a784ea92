// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/panels/pose_plot.h"

#include <QMouseEvent>
#include <QPainter>
#include <QPainterPath>
#include <algorithm>
#include <cmath>

#include "ui/models/formatting.h"
#include "ui/panels/theme.h"

namespace understudy::ui {
namespace {

constexpr double kClick = 4;  // pixels: less is no lasso
constexpr double kNear = 12;  // pixels from a point that a click may be

float rounded(float most, float least) {
    return std::clamp(std::ceil(most / 15) * 15, least, 90.0f);
}

}  // namespace

PosePlot::PosePlot(FacesModel* model, ProjectSession* session, QWidget* parent)
    : QWidget(parent), model_(model), session_(session) {
    setObjectName("posePlot");
    setMouseTracking(false);
    setAttribute(Qt::WA_OpaquePaintEvent);
    setToolTip(
        tr("Where the faces look. Draw round some to select them in the grid; with Shift "
           "more are added, with Ctrl taken away. A click goes to the nearest face."));
    connect(model_, &FacesModel::layoutChanged, this, &PosePlot::collect);
    // A decision tells several times of itself; the points are looked through once.
    later_.setSingleShot(true);
    later_.setInterval(0);
    connect(&later_, &QTimer::timeout, this, &PosePlot::collect);
    connect(model_, &FacesModel::statesChanged, &later_, qOverload<>(&QTimer::start));
    connect(session_, &ProjectSession::changed, this, [this] {
        if (session_->snapshot().destination != destination_) {
            later_.start();
        }
    });
    connect(model_, &FacesModel::selectionChanged, this, [this] {
        selectionStale_ = true;
        update();
    });
    connect(model_, &FacesModel::currentChanged, this, [this] { update(); });
    collect();
}

PosePlot::Point PosePlot::pointOf(const FaceItem& face) const {
    return {face.key, face.yaw, face.pitch, face.performer == destinationNumber_, !face.counts()};
}

void PosePlot::collect() {
    const std::vector<Point> before = std::move(points_);
    const std::pair measured(mostYaw_, mostPitch_);
    points_.clear();
    unmeasured_ = 0;
    destination_ = session_->snapshot().destination;
    const std::vector<std::string>& performers = model_->performers();
    const auto place = std::find(performers.begin(), performers.end(), destination_);
    destinationNumber_ = static_cast<int>(place - performers.begin());
    float yaw = 0;
    float pitch = 0;
    points_.reserve(static_cast<size_t>(model_->rows()));
    for (int row = 0; row < model_->rows(); ++row) {
        const FaceItem& face = model_->face(row);
        if (std::isnan(face.yaw) || std::isnan(face.pitch)) {
            ++unmeasured_;
            continue;
        }
        points_.push_back(pointOf(face));
        yaw = std::max(yaw, std::abs(face.yaw));
        pitch = std::max(pitch, std::abs(face.pitch));
    }
    mostYaw_ = rounded(yaw, 45);
    mostPitch_ = rounded(pitch, 30);
    selectionStale_ = true;
    if (stale_ || measured != std::pair(mostYaw_, mostPitch_) || before.size() != points_.size()) {
        stale_ = true;
    } else {
        restamp(before);
    }
    update();
}

// A decision changes one of a hundred thousand: it alone is drawn, over those beside it.
void PosePlot::restamp(const std::vector<Point>& before) {
    constexpr size_t kFew = 100;
    std::vector<const Point*> changed;
    for (size_t i = 0; i < points_.size() && changed.size() <= kFew; ++i) {
        if (points_[i] != before[i]) {
            stale_ = stale_ || points_[i].key != before[i].key;
            changed.push_back(&points_[i]);
        }
    }
    stale_ = stale_ || changed.size() > kFew;
    for (size_t i = 0; i < changed.size() && !stale_; ++i) {
        stamp(picture_, *changed[i], colorOf(*changed[i]));
    }
}

QRectF PosePlot::plot() const {
    return QRectF(rect()).adjusted(34, 8, -16, -24);
}

QPointF PosePlot::positionOf(float yaw, float pitch) const {
    const QRectF area = plot();
    return {area.center().x() + static_cast<double>(yaw / mostYaw_) * area.width() / 2,
            area.center().y() - static_cast<double>(pitch / mostPitch_) * area.height() / 2};
}

int PosePlot::radius() const {
    const int radius = points_.size() > 5000 ? 1 : points_.size() > 1000 ? 2 : 3;
    return static_cast<int>(std::lround(radius * devicePixelRatioF()));
}

QRgb PosePlot::colorOf(const Point& point) {
    const QColor color = point.destination ? theme::kDestination : theme::kSource;
    return point.rejected
               ? qRgb(color.red() * 45 / 100, color.green() * 45 / 100, color.blue() * 45 / 100)
               : color.rgb();
}

// Pixels of our own: a hundred thousand of a painter's dots would take a tenth of a second.
void PosePlot::stamp(QImage& picture, const Point& point, QRgb color) const {
    const QPointF at = positionOf(point.yaw, point.pitch) * devicePixelRatioF();
    const int x = static_cast<int>(at.x());
    const int y = static_cast<int>(at.y());
    const int reach = radius();
    for (int dy = -reach; dy <= reach; ++dy) {
        if (y + dy < 0 || y + dy >= picture.height()) {
            continue;
        }
        auto* line = reinterpret_cast<QRgb*>(picture.scanLine(y + dy));
        // A disc, or the square round it.
        const double round = std::sqrt((reach + 0.5) * (reach + 0.5) - dy * dy);
        const int half = point.destination ? reach : static_cast<int>(round);
        for (int dx = std::max(-half, -x); dx <= half && x + dx < picture.width(); ++dx) {
            line[x + dx] = color;
        }
    }
}

void PosePlot::render() {
    picture_ = QImage(size() * devicePixelRatioF(), QImage::Format_ARGB32_Premultiplied);
    picture_.fill(Qt::transparent);
    for (const Point& point : points_) {
        stamp(picture_, point, colorOf(point));
    }
    picture_.setDevicePixelRatio(devicePixelRatioF());
    stale_ = false;
    selectionStale_ = true;
}

void PosePlot::stampSelected() {
    selected_ = QImage(picture_.size(), QImage::Format_ARGB32_Premultiplied);
    selected_.fill(Qt::transparent);
    const QRgb white = QColor(Qt::white).rgb();
    for (const FaceKey& key : model_->selection()) {
        const int row = model_->rowOf(key);
        if (row >= 0) {
            const FaceItem& face = model_->face(row);
            if (!std::isnan(face.yaw) && !std::isnan(face.pitch)) {
                stamp(selected_, pointOf(face), white);
            }
        }
    }
    selected_.setDevicePixelRatio(devicePixelRatioF());
    selectionStale_ = false;
}

void PosePlot::paintAxes(QPainter& painter) const {
    const QRectF area = plot();
    painter.fillRect(area, theme::kBase);
    painter.setFont(theme::font(theme::FontUse::numberCaption));
    const auto step = [](float most) { return most > 60 ? 30 : 15; };
    for (int yaw = -90; yaw <= 90; yaw += step(mostYaw_)) {
        if (std::abs(yaw) > mostYaw_) {
            continue;
        }
        const double x = positionOf(static_cast<float>(yaw), 0).x();
        painter.setPen(QPen(yaw == 0 ? theme::kHover : theme::kPanel, 1));
        painter.drawLine(QPointF(x, area.top()), QPointF(x, area.bottom()));
        painter.setPen(theme::kHint);
        painter.drawText(QRectF(x - 24, area.bottom() + 4, 48, 16), Qt::AlignHCenter,
                         QStringLiteral("%1°").arg(yaw));
    }
    for (int pitch = -90; pitch <= 90; pitch += 15) {
        if (std::abs(pitch) > mostPitch_) {
            continue;
        }
        const double y = positionOf(0, static_cast<float>(pitch)).y();
        painter.setPen(QPen(pitch == 0 ? theme::kHover : theme::kPanel, 1));
        painter.drawLine(QPointF(area.left(), y), QPointF(area.right(), y));
        painter.setPen(theme::kHint);
        painter.drawText(QRectF(0, y - 8, 30, 16), Qt::AlignRight | Qt::AlignVCenter,
                         QStringLiteral("%1°").arg(pitch));
    }
}

void PosePlot::paintEvent(QPaintEvent*) {
    QPainter painter(this);
    painter.fillRect(rect(), theme::kPanel);
    paintAxes(painter);
    if (points_.empty()) {
        painter.setFont(theme::font(theme::FontUse::caption));
        painter.setPen(theme::kHint);
        painter.drawText(plot().adjusted(8, 8, -8, -8), Qt::AlignCenter | Qt::TextWordWrap,
                         unmeasured_ > 0 ? tr("The turn of these faces is not measured. Find the "
                                              "faces of their clip again.")
                                         : tr("No faces to show."));
        return;
    }
    if (stale_ || picture_.size() != size() * devicePixelRatioF()) {
        render();
    }
    if (selectionStale_) {
        stampSelected();
    }
    painter.drawImage(0, 0, picture_);
    painter.drawImage(0, 0, selected_);
    painter.setRenderHint(QPainter::Antialiasing);
    if (model_->current() >= 0) {
        const FaceItem& face = model_->face(model_->current());
        if (!std::isnan(face.pitch)) {
            painter.setPen(QPen(theme::kAccent, 2));
            painter.drawEllipse(positionOf(face.yaw, face.pitch), 6, 6);
        }
    }
    if (drawn_.size() > 1) {
        painter.setPen(QPen(Qt::white, 1, Qt::DashLine));
        painter.setBrush(QColor(255, 255, 255, 30));
        painter.drawPolygon(drawn_);
    }
    if (unmeasured_ > 0) {
        painter.setFont(theme::font(theme::FontUse::caption));
        painter.setPen(theme::kHint);
        painter.drawText(plot().adjusted(6, 2, -6, -2), Qt::AlignRight | Qt::AlignTop,
                         tr("%1 not measured").arg(countText(unmeasured_)));
    }
}

void PosePlot::resizeEvent(QResizeEvent*) {
    stale_ = true;
}

void PosePlot::mousePressEvent(QMouseEvent* event) {
    if (event->button() == Qt::LeftButton) {
        drawn_ = QPolygonF({event->position()});
    }
}

void PosePlot::mouseMoveEvent(QMouseEvent* event) {
    if (drawn_.isEmpty() || !(event->buttons() & Qt::LeftButton)) {
        return;
    }
    const QPointF from = drawn_.first();
    const QPointF at = event->position();
    if (tool_ == Tool::rectangle) {
        drawn_ = QPolygonF({from, {at.x(), from.y()}, at, {from.x(), at.y()}});
    } else {
        drawn_ << at;
    }
    update();
}

void PosePlot::mouseReleaseEvent(QMouseEvent* event) {
    if (event->button() != Qt::LeftButton || drawn_.isEmpty()) {
        return;
    }
    const QRectF box = drawn_.boundingRect();
    if (std::max(box.width(), box.height()) < kClick) {
        pick(event->position(), event->modifiers());
    } else {
        select(event->modifiers());
    }
    drawn_.clear();
    update();
}

void PosePlot::select(Qt::KeyboardModifiers modifiers) {
    const bool fewer = modifiers & Qt::ControlModifier;
    std::set<FaceKey> selection;
    if (fewer || modifiers & Qt::ShiftModifier) {
        selection = model_->selection();
    }
    const QRectF box = drawn_.boundingRect();
    for (const Point& point : points_) {
        const QPointF at = positionOf(point.yaw, point.pitch);
        if (box.contains(at) && drawn_.containsPoint(at, Qt::OddEvenFill)) {
            fewer ? static_cast<void>(selection.erase(point.key))
                  : static_cast<void>(selection.insert(point.key));
        }
    }
    // The first of them in the grid's order comes into view.
    int first = -1;
    for (const FaceKey& key : selection) {
        const int row = model_->rowOf(key);
        first = row >= 0 && (first < 0 || row < first) ? row : first;
    }
    model_->setSelection(std::move(selection));
    if (first >= 0) {
        model_->setCurrent(first);
    }
}

void PosePlot::pick(QPointF at, Qt::KeyboardModifiers modifiers) {
    const Point* nearest = nullptr;
    double least = kNear;
    for (const Point& point : points_) {
        const QPointF apart = positionOf(point.yaw, point.pitch) - at;
        const double far = std::hypot(apart.x(), apart.y());
        if (far < least) {
            least = far;
            nearest = &point;
        }
    }
    if (nearest == nullptr) {
        if (!(modifiers & (Qt::ShiftModifier | Qt::ControlModifier))) {
            model_->setSelection({});
        }
        return;
    }
    const int row = model_->rowOf(nearest->key);
    if (modifiers & (Qt::ShiftModifier | Qt::ControlModifier)) {
        model_->toggle(row);
    } else {
        model_->selectRows(row, row, false);
    }
    model_->setCurrent(row);
}

}  // namespace understudy::ui
