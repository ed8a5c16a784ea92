// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/models/review_sheet.h"

#include <QCoreApplication>
#include <QPainter>
#include <algorithm>
#include <optional>

#include "media/source/frame_source.h"
#include "ui/models/formatting.h"
#include "ui/models/qimage_bridge.h"

namespace understudy::ui {
namespace {

constexpr int kMargin = 8;
constexpr int kHead = 28;
constexpr int kSide = 72;  // for frame numbers

}  // namespace

std::vector<int64_t> spreadFrames(const std::vector<int64_t>& frames, size_t count) {
    if (frames.size() <= count || count < 2) {
        return {frames.begin(),
                frames.begin() + static_cast<std::ptrdiff_t>(std::min(count, frames.size()))};
    }
    std::vector<int64_t> some;
    for (size_t i = 0; i < count; ++i) {
        some.push_back(frames[i * (frames.size() - 1) / (count - 1)]);
    }
    return some;
}

Result<QImage> reviewSheet(const std::vector<SheetColumn>& columns,
                           const std::vector<int64_t>& frames, int cell) {
    if (columns.empty() || frames.empty()) {
        return Error{
            ErrorCode::usage,
            utf8(QCoreApplication::translate("ReviewSheet",
                                             "there is nothing to put on a contact sheet")),
            "",
            utf8(QCoreApplication::translate("ReviewSheet", "Choose a version that has frames"))};
    }
    std::vector<std::vector<QImage>> cells(columns.size(), std::vector<QImage>(frames.size()));
    QSize size(cell, 0);
    std::optional<Error> first;
    for (size_t c = 0; c < columns.size(); ++c) {
        auto source = media::openSource(utf8(columns[c].path), columns[c].readAs);
        if (!source.ok()) {
            first = first ? first : source.error();
            continue;
        }
        for (size_t f = 0; f < frames.size(); ++f) {
            const auto number = columns[c].frames.inFile(frames[f]);
            auto read = number ? (*source)->read(*number)
                               : Result<media::Frame>(Error{ErrorCode::missingInput, "", "", ""});
            if (!read.ok()) {
                first = first ? first : read.error();
                continue;
            }
            const QImage image = toQImage(*read);
            const int height = std::max(
                1, static_cast<int>(cell * image.height() / (image.width() * read->pixelAspect)));
            cells[c][f] =
                image.scaled(cell, height, Qt::IgnoreAspectRatio, Qt::SmoothTransformation);
            size = size.expandedTo({cell, height});
        }
    }
    if (size.height() == 0) {
        return *first;
    }
    QImage sheet(kSide + static_cast<int>(columns.size()) * (cell + kMargin),
                 kHead + static_cast<int>(frames.size()) * (size.height() + kMargin),
                 QImage::Format_RGB32);
    sheet.fill(QColor(0x26, 0x26, 0x26));
    QPainter painter(&sheet);
    QFont font(QStringLiteral("DejaVu Sans"));
    font.setPixelSize(13);
    painter.setFont(font);
    painter.setPen(QColor(0xE0, 0xE0, 0xE0));
    for (size_t c = 0; c < columns.size(); ++c) {
        const int x = kSide + static_cast<int>(c) * (cell + kMargin);
        painter.drawText(QRect(x, 0, cell, kHead), Qt::AlignCenter,
                         painter.fontMetrics().elidedText(columns[c].name, Qt::ElideMiddle, cell));
        for (size_t f = 0; f < frames.size(); ++f) {
            painter.drawImage(x, kHead + static_cast<int>(f) * (size.height() + kMargin),
                              cells[c][f]);
        }
    }
    for (size_t f = 0; f < frames.size(); ++f) {
        const int y = kHead + static_cast<int>(f) * (size.height() + kMargin);
        painter.drawText(QRect(0, y, kSide - kMargin, size.height()),
                         Qt::AlignRight | Qt::AlignVCenter, QString::number(frames[f]));
    }
    return sheet;
}

}  // namespace understudy::ui
