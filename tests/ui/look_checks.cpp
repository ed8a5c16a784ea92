// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/ui/look_checks.h"

#include <QAbstractSpinBox>
#include <QCheckBox>
#include <QComboBox>
#include <QHash>
#include <QLineEdit>
#include <QListView>
#include <QRadioButton>
#include <QRegularExpression>
#include <QScrollArea>
#include <QStyleOptionComboBox>
#include <QToolButton>
#include <array>
#include <cmath>
#include <functional>

#include "ui/panels/basics.h"
#include "ui/panels/drop_targets.h"
#include "ui/panels/picture_view.h"
#include "ui/window/main_window.h"

namespace understudy::tests {
namespace {

using namespace ui;

template <class T>
QList<T*> seen(const QWidget& shown) {
    QList<T*> found;
    for (T* each : shown.findChildren<T*>()) {
        if (each->isVisible() && !each->size().isEmpty()) {
            found << each;
        }
    }
    return found;
}

QString nameOf(const QWidget* widget, const QString& text) {
    QString place;
    for (const QWidget* at = widget; at != nullptr && place.isEmpty(); at = at->parentWidget()) {
        place = at->objectName().startsWith("qt_") ? QString() : at->objectName();
    }
    return QStringLiteral("%1 \"%2\" in %3 (%4 x %5)")
        .arg(QString::fromLatin1(widget->metaObject()->className()), text.left(60), place)
        .arg(widget->width())
        .arg(widget->height());
}

bool isViewport(const QWidget* widget) {
    const auto* area = qobject_cast<const QAbstractScrollArea*>(widget->parentWidget());
    return area != nullptr && area->viewport() == widget;
}

// What of the widget lies within all that it lies in; the height of a column that scrolls does not
// count. Null: scrolled away.
QRect within(const QWidget* widget, const QWidget& shown) {
    QRect rect = widget->rect();
    QPoint at;
    for (const QWidget* each = widget; each != &shown; each = each->parentWidget()) {
        const QWidget* parent = each->parentWidget();
        if (parent == nullptr) {
            break;
        }
        rect.translate(each->pos());
        at += each->pos();
        QRect room = parent->rect();
        if (isViewport(parent)) {
            if (!rect.intersects(room)) {
                return {};
            }
            room.setTop(std::min(room.top(), rect.top()));
            room.setBottom(std::max(room.bottom(), rect.bottom()));
            const QRect left = rect.intersected(room);
            return left.translated(-at).width() < widget->width() ? left.translated(-at)
                                                                  : widget->rect();
        }
        rect = rect.intersected(room);
    }
    return rect.translated(-at);
}

int widestWord(const QFontMetrics& metrics, const QString& text) {
    int widest = 0;
    for (const QString& word : text.split(QRegularExpression("\\s+"))) {
        widest = std::max(widest, word.contains('/') ? 0 : metrics.horizontalAdvance(word));
    }
    return widest;
}

bool fits(const QLabel* label) {
    const QRect room = label->contentsRect();
    if (label->textFormat() == Qt::RichText) {
        return label->heightForWidth(label->width()) <= label->height() + 1;
    }
    if (label->wordWrap()) {
        return label->heightForWidth(label->width()) <= label->height() + 1 &&
               widestWord(label->fontMetrics(), label->text()) <= room.width() + 1;
    }
    const QSize needed = label->fontMetrics().size(0, label->text());
    return needed.width() <= room.width() + 1 && needed.height() <= room.height() + 2;
}

bool fits(const QAbstractButton* button) {
    const QFontMetrics metrics = button->fontMetrics();
    const int icon = button->icon().isNull() ? 0 : button->iconSize().width() + 4;
    const QString text = QString(button->text()).remove('&');
    if (qobject_cast<const QPushButton*>(button) != nullptr) {
        return metrics.horizontalAdvance(text) + icon + 8 <= button->width() &&
               metrics.height() <= button->height();
    }
    if (const auto* tool = qobject_cast<const QToolButton*>(button);
        tool != nullptr && tool->toolButtonStyle() == Qt::ToolButtonIconOnly && icon > 0) {
        return true;
    }
    return button->sizeHint().width() <= button->width() + 1;
}

// One that names what people named may be narrower, and ends in an ellipsis then.
bool fits(const QComboBox* combo) {
    if (combo->sizeAdjustPolicy() == QComboBox::AdjustToMinimumContentsLengthWithIcon) {
        return combo->fontMetrics().height() <= combo->height();
    }
    QStyleOptionComboBox option;
    option.initFrom(combo);
    option.editable = combo->isEditable();
    const QRect room = combo->style()->subControlRect(QStyle::CC_ComboBox, &option,
                                                      QStyle::SC_ComboBoxEditField, combo);
    const int icon =
        combo->itemIcon(combo->currentIndex()).isNull() ? 0 : combo->iconSize().width() + 4;
    return combo->fontMetrics().horizontalAdvance(combo->currentText()) + icon <=
               room.width() + 1 &&
           combo->fontMetrics().height() <= combo->height();
}

// A field scrolls what is typed; what it says by itself must fit.
bool fits(const QLineEdit* field) {
    const bool number = qobject_cast<const QAbstractSpinBox*>(field->parentWidget()) != nullptr;
    const QString text = field->text().isEmpty() ? field->placeholderText()
                         : number                ? field->text()
                                                 : QString();
    return field->fontMetrics().horizontalAdvance(text) + 4 <= field->contentsRect().width() + 1 &&
           field->fontMetrics().height() <= field->height();
}

template <class T>
void addCut(QStringList& faults, const QWidget& shown, const std::function<QString(T*)>& textOf) {
    for (T* each : seen<T>(shown)) {
        const QString text = textOf(each);
        const QRect left = within(each, shown);
        if (text.isEmpty() || left.isEmpty()) {
            continue;
        }
        if (!fits(each)) {
            faults << "no room: " + nameOf(each, text);
        } else if (left.width() < each->width() || left.height() < each->height()) {
            faults << "cut: " + nameOf(each, text);
        }
    }
}

bool isText(const QWidget* widget) {
    const auto* label = qobject_cast<const QLabel*>(widget);
    return (label != nullptr && !label->text().isEmpty()) ||
           qobject_cast<const QAbstractButton*>(widget) != nullptr ||
           qobject_cast<const QComboBox*>(widget) != nullptr ||
           qobject_cast<const QLineEdit*>(widget) != nullptr;
}

void addOverlaps(QStringList& faults, const QWidget& shown) {
    QHash<QWidget*, QList<QWidget*>> siblings;
    for (QWidget* each : seen<QWidget>(shown)) {
        if (isText(each)) {
            siblings[each->parentWidget()] << each;
        }
    }
    for (const auto& list : siblings) {
        for (int i = 0; i < list.size(); ++i) {
            for (int k = i + 1; k < list.size(); ++k) {
                if (list[i]->geometry().intersects(list[k]->geometry())) {
                    faults << "overlap: " + nameOf(list[i], {}) + " and " + nameOf(list[k], {});
                }
            }
        }
    }
}

bool showsSomething(const QIcon& icon, QSize size) {
    const QImage image = icon.pixmap(size).toImage();
    for (int y = 0; y < image.height(); ++y) {
        for (int x = 0; x < image.width(); ++x) {
            if (qAlpha(image.pixel(x, y)) > 64) {
                return true;
            }
        }
    }
    return false;
}

using Chroma = std::array<double, 3>;

Chroma chromaOf(double red, double green, double blue) {
    const double mean = (red + green + blue) / 3;
    return {red - mean, green - mean, blue - mean};
}

double lengthOf(const Chroma& chroma) {
    return std::sqrt(chroma[0] * chroma[0] + chroma[1] * chroma[1] + chroma[2] * chroma[2]);
}

// A mixture of one of the theme's colours with a grey, as the edges of letters and icons are.
bool means(QRgb pixel) {
    constexpr double kGreyEnough = 5;
    const Chroma chroma = chromaOf(qRed(pixel), qGreen(pixel), qBlue(pixel));
    const double length = lengthOf(chroma);
    if (length < kGreyEnough) {
        return true;
    }
    for (const QColor* color : {&theme::kAccent, &theme::kSource, &theme::kDestination, &theme::kOk,
                                &theme::kWarning, &theme::kError, &theme::kPending}) {
        const Chroma own = chromaOf(color->red(), color->green(), color->blue());
        const double dot = own[0] * chroma[0] + own[1] * chroma[1] + own[2] * chroma[2];
        if (dot / (lengthOf(own) * length) > 0.97 && length < lengthOf(own) * 1.15) {
            return true;
        }
    }
    return false;
}

QList<QRect> picturesIn(const QWidget& shown) {
    static const QStringList kNames = {
        "facesGrid",        "previewBoard", "lossPlot",   "posePlot",       "sourceClips",
        "destinationClips", "othersClips",  "frameRuler", "recentProjects", "keyOverlay",
        "facePicture",      "versionList",  "noteList",   "versionCards",   "largeFace"};
    QList<QRect> rects;
    for (QWidget* each : seen<QWidget>(shown)) {
        if (qobject_cast<PictureView*>(each) != nullptr ||
            qobject_cast<DropTargets*>(each) != nullptr || kNames.contains(each->objectName())) {
            rects << QRect(each->mapTo(&shown, QPoint()), each->size());
        }
    }
    return rects;
}

}  // namespace

QStringList cutTexts(const QWidget& shown) {
    QStringList faults;
    addCut<QLabel>(faults, shown, [](QLabel* label) {
        return dynamic_cast<ElidedLabel*>(label) != nullptr ? QString() : label->text();
    });
    addCut<QAbstractButton>(faults, shown, [](QAbstractButton* button) { return button->text(); });
    addCut<QComboBox>(faults, shown, [](QComboBox* combo) { return combo->currentText(); });
    addCut<QLineEdit>(faults, shown, [](QLineEdit* field) {
        return field->text().isEmpty() ? field->placeholderText() : field->text();
    });
    addOverlaps(faults, shown);
    return faults;
}

QStringList emptyIcons(const QWidget& shown) {
    QStringList faults;
    for (QAbstractButton* button : seen<QAbstractButton>(shown)) {
        const bool needed = qobject_cast<QToolButton*>(button) != nullptr &&
                            button->text().isEmpty() && button->objectName().size() > 0 &&
                            !button->objectName().startsWith("qt_");
        if (needed && button->icon().isNull()) {
            faults << "no icon: " + nameOf(button, button->toolTip());
        } else if (!button->icon().isNull() &&
                   !showsSomething(button->icon(), button->iconSize())) {
            faults << "empty icon: " + nameOf(button, button->toolTip());
        }
    }
    return faults;
}

QStringList strayAccents(const QWidget& window) {
    QStringList faults;
    QList<PrimaryButton*> buttons;  // without a meta object of their own
    for (QPushButton* button : seen<QPushButton>(window)) {
        if (auto* primary = dynamic_cast<PrimaryButton*>(button)) {
            buttons << primary;
        }
    }
    if (buttons.size() > 1) {
        faults << QStringLiteral("%1 buttons in the accent").arg(buttons.size());
    }
    const auto* main = qobject_cast<const MainWindow*>(&window);
    if (main == nullptr || main->currentPage() < 0) {
        return faults;
    }
    const Page* page = main->page(static_cast<PageId>(main->currentPage()));
    for (const PrimaryButton* button : buttons) {
        const QPoint end = button->mapTo(&window, button->rect().bottomRight());
        if (page->isVisible() && end.x() < window.width() - 16) {
            faults << "not at the right: " + nameOf(button, button->text());
        }
    }
    return faults;
}

QStringList wrongTabs(const QWidget& window) {
    QStringList faults;
    const auto* main = qobject_cast<const MainWindow*>(&window);
    if (main == nullptr || main->currentPage() < 0) {
        return faults;
    }
    int right = -1;
    for (int page = 0; page < kPageCount; ++page) {
        auto* tab = window.findChild<QAbstractButton*>("pageTab" + QString::number(page + 1));
        if (tab == nullptr || !tab->isVisible()) {
            continue;  // presented alone
        }
        if (tab->x() <= right) {
            faults << "out of order: " + nameOf(tab, tab->text());
        }
        right = tab->x();
        const QImage image = tab->grab().toImage();
        const QRgb foot = image.pixel(image.width() / 2, image.height() - 1);
        const bool underlined = foot == theme::kAccent.rgb();
        if (underlined != (page == main->currentPage())) {
            faults << "underline: " + nameOf(tab, tab->text());
        }
    }
    return faults;
}

QStringList strayColors(QWidget& shown) {
    const QImage image = shown.grab().toImage().convertToFormat(QImage::Format_RGB32);
    const double ratio = image.devicePixelRatio();
    QRegion chrome(shown.rect());
    for (const QRect& picture : picturesIn(shown)) {
        chrome -= picture.adjusted(-1, -1, 1, 1);
    }
    int64_t stray = 0;
    QPoint first;
    for (const QRect& part : chrome) {
        for (int y = static_cast<int>(std::ceil(part.top() * ratio));
             y < static_cast<int>((part.bottom() + 1) * ratio) && y < image.height(); ++y) {
            const auto* line = reinterpret_cast<const QRgb*>(image.constScanLine(y));
            for (int x = static_cast<int>(std::ceil(part.left() * ratio));
                 x < static_cast<int>((part.right() + 1) * ratio) && x < image.width(); ++x) {
                if (!means(line[x])) {
                    first = stray == 0 ? QPoint(x, y) : first;
                    ++stray;
                }
            }
        }
    }
    return stray == 0 ? QStringList()
                      : QStringList{QStringLiteral("%1 coloured pixels, the first at %2, %3: %4")
                                        .arg(stray)
                                        .arg(first.x() / ratio)
                                        .arg(first.y() / ratio)
                                        .arg(QColor(image.pixel(first)).name())};
}

QStringList gradients(QWidget& shown) {
    QStringList faults;
    for (QAbstractButton* button : seen<QAbstractButton>(shown)) {
        if (qobject_cast<QPushButton*>(button) == nullptr || button->hasFocus()) {
            continue;
        }
        const QImage image = button->grab().toImage();
        const int x = static_cast<int>(4 * image.devicePixelRatio());
        const int edge = static_cast<int>(3 * image.devicePixelRatio());
        for (int y = edge; y < image.height() - edge; ++y) {
            if (image.pixel(x, y) != image.pixel(x, edge)) {
                faults << "not flat: " + nameOf(button, button->text());
                break;
            }
        }
    }
    return faults;
}

QStringList bareNumbers(const QWidget& shown) {
    static const QRegularExpression bare(QStringLiteral("(^|[\\s(])\\d{5,}($|[\\s.,)%])"));
    QStringList faults;
    for (const QLabel* label : seen<QLabel>(shown)) {
        if (bare.match(label->text()).hasMatch()) {
            faults << "no separator: " + nameOf(label, label->text());
        }
        if (label->objectName() == "frameRange" && label->text().startsWith("of 0")) {
            faults << "counts from 0: " + nameOf(label, label->text());
        }
    }
    for (const QListView* list : seen<QListView>(shown)) {
        for (int row = 0; list->model() != nullptr && row < std::min(50, list->model()->rowCount());
             ++row) {
            const QString text = list->model()->index(row, 0).data().toString();
            if (bare.match(text).hasMatch()) {
                faults << "no separator: " + nameOf(list, text);
            }
        }
    }
    return faults;
}

QStringList barePlaces(const QWidget& shown) {
    QStringList faults;
    for (const EmptyState* place : seen<EmptyState>(shown)) {
        int sentences = 0;
        int middle = 0;
        for (const QLabel* label : seen<QLabel>(*place)) {
            sentences += label->text().isEmpty() ? 0 : 1;
            middle = label->mapTo(place, label->rect().center()).x();
        }
        if (sentences < 1 || seen<QPushButton>(*place).isEmpty()) {
            faults << "nothing to do: " + nameOf(place, {});
        }
        if (std::abs(middle - place->rect().center().x()) > 2) {
            faults << "not in the middle: " + nameOf(place, {});
        }
    }
    return faults;
}

QStringList shortMessages(const QWidget& shown) {
    static const QRegularExpression end(QStringLiteral("[.!?](\\s|$)"));
    QStringList faults;
    for (const MessageBar* bar : seen<MessageBar>(shown)) {
        const auto* action = bar->findChild<QPushButton*>("messageAction");
        const bool does = action != nullptr && action->isVisible();
        if (bar->text().count(end) < 2 && !does) {
            faults << "what to do: " + nameOf(bar, bar->text());
        }
    }
    return faults;
}

QStringList missingStates(const QWidget& window) {
    QStringList faults;
    const auto* main = qobject_cast<const MainWindow*>(&window);
    const auto* bar = window.findChild<QWidget*>("topBar");
    if (main == nullptr || bar == nullptr || !bar->isVisible()) {
        return faults;
    }
    const auto says = [&](const char* name) {
        const auto* label = window.findChild<QLabel*>(name);
        return label != nullptr && label->isVisible() && !label->text().isEmpty();
    };
    if (!says("serviceState")) {
        faults << "no state of the service";
    }
    if (main->currentPage() >= 0 && !says("savedState")) {
        faults << "not said whether it is saved";
    }
    return faults;
}

QStringList allFaults(QWidget& shown) {
    return cutTexts(shown) + emptyIcons(shown) + strayAccents(shown) + wrongTabs(shown) +
           strayColors(shown) + gradients(shown) + bareNumbers(shown) + barePlaces(shown) +
           shortMessages(shown) + missingStates(shown);
}

}  // namespace understudy::tests
