// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/panels/icons.h"

#include <QHash>
#include <QIconEngine>
#include <QPainter>
#include <QSvgRenderer>
#include <memory>

#include "media/base/log.h"
#include "media/base/paths.h"
#include "ui/panels/theme.h"

namespace understudy::ui {
namespace {

std::shared_ptr<QSvgRenderer> rendererOf(const QString& name) {
    static QHash<QString, std::shared_ptr<QSvgRenderer>> renderers;  // GUI thread only
    auto& renderer = renderers[name];
    if (!renderer) {
        const std::string relative = "icons/" + name.toStdString() + ".svg";
        const auto file = resourceFile(relative);
        if (!file.ok()) {
            logError(describe(file.error()));
        }
        renderer = std::make_shared<QSvgRenderer>(file.ok() ? QString::fromStdString(file->string())
                                                            : QString());
    }
    return renderer;
}

class TintedIconEngine : public QIconEngine {
  public:
    TintedIconEngine(QString name, QColor color) : name_(std::move(name)), color_(color) {}

    void paint(QPainter* painter, const QRect& rect, QIcon::Mode mode, QIcon::State) override {
        const double ratio = painter->device() ? painter->device()->devicePixelRatioF() : 1;
        const int side = std::min(rect.width(), rect.height());
        painter->save();
        if (mode == QIcon::Disabled) {
            painter->setOpacity(0.45);
        }
        painter->drawPixmap(
            rect.x() + (rect.width() - side) / 2, rect.y() + (rect.height() - side) / 2,
            iconPixmap(name_, side, color_.isValid() ? color_ : theme::kText, ratio));
        painter->restore();
    }

    QPixmap pixmap(const QSize& size, QIcon::Mode mode, QIcon::State state) override {
        QPixmap out(size);
        out.fill(Qt::transparent);
        QPainter painter(&out);
        paint(&painter, QRect(QPoint(), size), mode, state);
        return out;
    }

    QIconEngine* clone() const override { return new TintedIconEngine(name_, color_); }

  private:
    QString name_;
    QColor color_;
};

}  // namespace

QIcon icon(const QString& name, const QColor& color) {
    return QIcon(new TintedIconEngine(name, color));
}

QPixmap iconPixmap(const QString& name, int size, const QColor& color, double devicePixelRatio) {
    static QHash<QString, QPixmap> cache;  // GUI thread only; a few hundred small pictures
    const QString key =
        QStringLiteral("%1/%2/%3/%4").arg(name).arg(size).arg(color.rgba()).arg(devicePixelRatio);
    if (const auto found = cache.constFind(key); found != cache.constEnd()) {
        return *found;
    }
    QPixmap pixmap(QSize(size, size) * devicePixelRatio);
    pixmap.fill(Qt::transparent);
    {
        QPainter painter(&pixmap);
        rendererOf(name)->render(&painter);
        painter.setCompositionMode(QPainter::CompositionMode_SourceIn);
        painter.fillRect(pixmap.rect(), color);
    }
    pixmap.setDevicePixelRatio(devicePixelRatio);
    cache.insert(key, pixmap);
    return pixmap;
}

}  // namespace understudy::ui
