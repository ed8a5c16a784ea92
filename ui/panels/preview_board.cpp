// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/panels/preview_board.h"

#include <QHBoxLayout>
#include <QPainter>
#include <QSignalBlocker>
#include <QTimer>
#include <QVBoxLayout>
#include <algorithm>

#include "ui/models/background.h"
#include "ui/models/formatting.h"
#include "ui/panels/basics.h"
#include "ui/panels/icons.h"

namespace understudy::ui {
namespace {

constexpr int kMostLoaded = 24;  // atlases
constexpr int kGapPixels = 4;
constexpr int kHeader = 20;
constexpr int kLeastLabel = 72;  // of a row
constexpr int kMostLabel = 176;

QString columnTitle(const std::string& column) {
    static const std::map<std::string, const char*> kTitles = {
        {"source", QT_TRANSLATE_NOOP("PreviewBoard", "source")},
        {"source_out", QT_TRANSLATE_NOOP("PreviewBoard", "source, rebuilt")},
        {"destination", QT_TRANSLATE_NOOP("PreviewBoard", "destination")},
        {"destination_out", QT_TRANSLATE_NOOP("PreviewBoard", "destination, rebuilt")},
        {"swap", QT_TRANSLATE_NOOP("PreviewBoard", "swap")},
        {"mask", QT_TRANSLATE_NOOP("PreviewBoard", "mask")},
    };
    const auto found = kTitles.find(column);
    return found == kTitles.end() ? text(column) : PreviewBoard::tr(found->second);
}

}  // namespace

// Paints the atlas as cells that fill the width, with titles above and faces beside.
class PreviewGrid : public QWidget {
  public:
    explicit PreviewGrid(QWidget* parent = nullptr) : QWidget(parent) {
        setAttribute(Qt::WA_OpaquePaintEvent);
        setMinimumHeight(140);
    }

    void setAtlas(const QImage& image, const training::PreviewInfo& info) {
        atlas_ = image;
        info_ = info;
        cells_ = {};
        update();
    }
    void setMessage(const QString& message) {
        message_ = message;
        update();
    }
    const training::PreviewInfo& info() const { return info_; }
    bool empty() const { return atlas_.isNull(); }

  protected:
    void paintEvent(QPaintEvent*) override {
        QPainter painter(this);
        painter.fillRect(rect(), theme::kSurround);
        const int columns = static_cast<int>(info_.columns.size());
        const int rows = info_.cell > 0 ? atlas_.height() / info_.cell : 0;
        if (atlas_.isNull() || columns == 0 || rows == 0) {
            painter.setFont(theme::font(theme::FontUse::body));
            painter.setPen(theme::kSecond);
            painter.drawText(rect(), Qt::AlignCenter, message_);
            return;
        }
        const int rowLabel = labelWidth();
        const int byWidth = (width() - rowLabel - 12 - (columns - 1) * kGapPixels) / columns;
        const int shownRows = std::max(1, std::min(rows, fittingRows(byWidth)));
        const int byHeight = (height() - kHeader - 8 - (shownRows - 1) * kGapPixels) / shownRows;
        const int cell = std::max(16, std::min(byWidth, byHeight));
        scaleCells(cell);
        const int left =
            rowLabel + std::max(0, (width() - rowLabel - 12 - columns * (cell + kGapPixels)) / 2);
        paintTitles(painter, left, cell);
        for (int row = 0; row < shownRows; ++row) {
            const int y = kHeader + 4 + row * (cell + kGapPixels);
            paintFaceName(painter, row, QRect(8, y, left - 16, cell));
            for (int column = 0; column < columns; ++column) {
                painter.drawImage(
                    QRect(left + column * (cell + kGapPixels), y, cell, cell), cells_,
                    QRectF(column * cellPixels_, row * cellPixels_, cellPixels_, cellPixels_));
            }
        }
    }

  private:
    // As wide as the longest name of a clip, within bounds.
    int labelWidth() const {
        const QFontMetrics metrics(theme::font(theme::FontUse::numberCaption));
        int widest = kLeastLabel;
        for (const auto& face : info_.faces) {
            for (const QString& part : text(face).split(':')) {
                widest = std::max(widest, metrics.horizontalAdvance(part) + 20);
            }
        }
        return std::min({widest, kMostLabel, std::max(kLeastLabel, width() / 8)});
    }

    // As many rows as fit while cells keep at least three quarters of the width they could have.
    int fittingRows(int byWidth) const {
        const int least = std::max(48, byWidth * 3 / 4);
        return (height() - kHeader - 8 + kGapPixels) / (least + kGapPixels);
    }

    void scaleCells(int cell) {
        cellPixels_ = static_cast<int>(cell * devicePixelRatioF());
        const QSize size = atlas_.size() / info_.cell * cellPixels_;
        if (cells_.size() != size) {
            cells_ = atlas_.scaled(size, Qt::IgnoreAspectRatio, Qt::SmoothTransformation)
                         .convertToFormat(QImage::Format_RGB32);
        }
    }

    void paintTitles(QPainter& painter, int left, int cell) const {
        painter.setFont(theme::font(theme::FontUse::caption));
        for (size_t column = 0; column < info_.columns.size(); ++column) {
            const QRect place(left + static_cast<int>(column) * (cell + kGapPixels), 0, cell,
                              kHeader);
            const bool swap = info_.columns[column] == "swap";
            painter.setPen(swap ? theme::kText : theme::kSecond);
            QString title = columnTitle(info_.columns[column]);
            if (painter.fontMetrics().horizontalAdvance(title) > cell && title.contains(", ")) {
                title = title.section(", ", 1);  // it stands beside what it is of
            }
            painter.drawText(place, Qt::AlignLeft | Qt::AlignBottom,
                             painter.fontMetrics().elidedText(title, Qt::ElideRight, cell));
        }
    }

    void paintFaceName(QPainter& painter, int row, const QRect& place) const {
        const auto perRow =
            std::max<size_t>(1, info_.faces.size() / std::max(1, atlas_.height() / info_.cell));
        painter.setFont(theme::font(theme::FontUse::numberCaption));
        painter.setPen(theme::kHint);
        QStringList lines;
        for (size_t i = 0; i < perRow; ++i) {
            const size_t face = static_cast<size_t>(row) * perRow + i;
            if (face < info_.faces.size()) {
                for (const QString& part : text(info_.faces[face]).split(':')) {
                    lines << painter.fontMetrics().elidedText(part, Qt::ElideMiddle, place.width());
                }
            }
        }
        painter.drawText(place, Qt::AlignLeft | Qt::AlignTop, lines.join('\n'));
    }

    QImage atlas_;
    QImage cells_;  // the atlas at the size it is painted
    training::PreviewInfo info_;
    QString message_;
    int cellPixels_ = 0;
};

PreviewBoard::PreviewBoard(RunModel* run, QWidget* parent) : QWidget(parent), run_(run) {
    setObjectName("previewBoard");
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(0);
    grid_ = new PreviewGrid;
    column->addWidget(grid_, 1);
    auto* bar = new QWidget;
    bar->setFixedHeight(32);
    auto* row = new QHBoxLayout(bar);
    row->setContentsMargins(12, 4, 8, 4);
    row->setSpacing(8);
    row->addWidget(label(tr("Previews"), theme::FontUse::title));
    QToolButton* back =
        iconButton("previous", tipWithKey(tr("Earlier preview"), tr("Left")), "previewBack");
    QToolButton* on = iconButton("next", tipWithKey(tr("Later preview"), tr("Right")), "previewOn");
    row->addWidget(back);
    slider_ = new QSlider(Qt::Horizontal);
    slider_->setObjectName("previewSlider");
    slider_->setEnabled(false);
    row->addWidget(slider_, 1);
    row->addWidget(on);
    stepText_ = label({}, theme::FontUse::number);
    stepText_->setObjectName("previewStep");
    stepText_->setMinimumWidth(96);
    stepText_->setAlignment(Qt::AlignRight | Qt::AlignVCenter);
    row->addWidget(stepText_);
    newest_ = new QToolButton;
    newest_->setObjectName("previewNewest");
    newest_->setText(tr("newest"));
    newest_->setCheckable(true);
    newest_->setChecked(true);
    newest_->setAutoRaise(true);
    newest_->setMinimumHeight(24);
    newest_->setToolTip(tr("Follow the newest preview"));
    row->addWidget(newest_);
    column->addWidget(bar);

    connect(back, &QToolButton::clicked, this, [this] { step(-1); });
    connect(on, &QToolButton::clicked, this, [this] { step(1); });
    connect(slider_, &QSlider::valueChanged, this, [this](int i) {
        follow_ = i == slider_->maximum();
        newest_->setChecked(follow_);
        load(run_->previews()[static_cast<size_t>(i)]);
    });
    connect(newest_, &QToolButton::clicked, this, [this](bool follow) {
        follow_ = follow;
        refresh();
    });
    connect(run_, &RunModel::previewsChanged, this, &PreviewBoard::refresh);
    connect(run_, &RunModel::runChanged, this, [this] {
        if (run_->previews().empty()) {
            ++generation_;
            loaded_.clear();
            recent_.clear();
            follow_ = true;
            newest_->setChecked(true);
            refresh();
        }
    });
    play_.setInterval(250);
    connect(&play_, &QTimer::timeout, this, [this] {
        if (shown_ == wanted_) {
            slider_->value() < slider_->maximum() ? step(1) : play_.stop();
        }
    });
    refresh();
}

QStringList PreviewBoard::columns() const {
    QStringList names;
    for (const auto& column : grid_->info().columns) {
        names << text(column);
    }
    return names;
}

void PreviewBoard::step(int by) {
    if (slider_->isEnabled()) {
        slider_->setValue(slider_->value() + by);
    }
}

void PreviewBoard::togglePlay() {
    if (play_.isActive()) {
        play_.stop();
        return;
    }
    if (slider_->value() == slider_->maximum()) {
        slider_->setValue(0);
    }
    play_.start();
}

void PreviewBoard::showStep(int64_t step) {
    const auto& steps = run_->previews();
    if (steps.empty()) {
        return;
    }
    auto nearest = std::min_element(steps.begin(), steps.end(), [step](int64_t a, int64_t b) {
        return std::abs(a - step) < std::abs(b - step);
    });
    slider_->setValue(static_cast<int>(nearest - steps.begin()));
}

void PreviewBoard::refresh() {
    const auto& steps = run_->previews();
    const QSignalBlocker quiet(slider_);
    slider_->setEnabled(steps.size() > 1);
    slider_->setRange(0, std::max(0, static_cast<int>(steps.size()) - 1));
    if (steps.empty()) {
        shown_ = -1;
        wanted_ = -1;
        stepText_->clear();
        grid_->setAtlas({}, {});
        grid_->setMessage(run_->hasRun() ? tr("The first preview appears here while it trains.")
                                         : tr("Previews appear here while it trains."));
        Q_EMIT shownChanged();
        return;
    }
    if (follow_) {
        slider_->setValue(slider_->maximum());
        load(steps.back());
    } else {
        const auto place = std::lower_bound(steps.begin(), steps.end(), wanted_);
        slider_->setValue(static_cast<int>(std::min<std::ptrdiff_t>(
            place - steps.begin(), static_cast<std::ptrdiff_t>(steps.size()) - 1)));
    }
}

void PreviewBoard::load(int64_t step) {
    wanted_ = step;
    if (const auto known = loaded_.constFind(step); known != loaded_.constEnd()) {
        show(step, known->image, known->info);
        return;
    }
    const training::RunFolder folder = run_->folder();
    runInBackground(
        this,
        [folder, step]() -> Atlas {
            Atlas atlas;
            auto file = folder.preview(step);
            atlas.image = QImage(text(file.string())).convertToFormat(QImage::Format_RGB32);
            if (auto info = training::readPreviewInfo(file.replace_extension(".json")); info.ok()) {
                atlas.info = std::move(*info);
            }
            return atlas;
        },
        [this, step, generation = generation_](Atlas atlas) {
            if (generation != generation_ || atlas.image.isNull() || atlas.info.cell <= 0) {
                return;
            }
            if (step == wanted_) {
                show(step, atlas.image, atlas.info);
            }
            loaded_.insert(step, std::move(atlas));
            recent_.removeAll(step);
            recent_.append(step);
            while (recent_.size() > kMostLoaded) {
                loaded_.remove(recent_.takeFirst());
            }
        });
}

void PreviewBoard::show(int64_t step, const QImage& atlas, const training::PreviewInfo& info) {
    shown_ = step;
    grid_->setAtlas(atlas, info);
    stepText_->setText(tr("step %1").arg(countText(step)));
    Q_EMIT shownChanged();
}

}  // namespace understudy::ui
