// SPDX-License-Identifier: GPL-3.0-or-later
// Whose faces are: a plate may show others than its performer.
#include <QPainter>

#include "ui/models/face_words.h"
#include "ui/models/formatting.h"
#include "ui/panels/icons.h"
#include "ui/panels/performer_mark.h"
#include "ui/workspaces/faces_page.h"

namespace understudy::ui {
namespace {

constexpr int kMostKeys = 9;

QIcon markIcon(PerformerRole role, double ratio) {
    QPixmap picture(QSize(16, 16) * ratio);
    picture.setDevicePixelRatio(ratio);
    picture.fill(Qt::transparent);
    QPainter painter(&picture);
    paintPerformerMark(painter, role, QRectF(3, 3, 10, 10));
    return QIcon(picture);
}

}  // namespace

void FacesPage::buildAssignKeys() {
    addKey("previews", tr("Show in previews"), QKeySequence("Shift+N"),
           [this] { showInPreviews(); });
    assignKeys_ << addKey("assignNobody", tr("Face of nobody in the project"), Qt::Key_0,
                          [this] { assign(std::string()); });
    for (int i = 1; i <= kMostKeys; ++i) {
        assignKeys_ << addKey(
            QStringLiteral("assign%1").arg(i), tr("Face of performer %1").arg(i),
            QKeySequence(QString::number(i)), [this, i] {
                const auto performers = studio_.session.snapshot().performers();
                if (static_cast<size_t>(i) <= performers.size()) {
                    assign(performers[static_cast<size_t>(i) - 1]);
                } else {
                    note(tr("There is no performer %1 in this project. Add them on Ingest "
                            "first.")
                             .arg(i));
                }
            });
    }
}

void FacesPage::assign(const std::string& performer) {
    if (mayDecide()) {
        studio_.faces.assign(performer);
    }
}

void FacesPage::fillAssignMenu(QMenu* menu) {
    menu->clear();
    const ProjectSnapshot& snapshot = studio_.session.snapshot();
    qsizetype number = 0;
    for (const std::string& performer : snapshot.performers()) {
        ++number;
        menu->addAction(markIcon(snapshot.roleOf(performer), devicePixelRatioF()),
                        withKey(text(performer), assignKeys_.value(number)),
                        [this, performer] { assign(performer); });
    }
    menu->addSeparator();
    menu->addAction(withKey(tr("Nobody (not in the project)"), assignKeys_.value(0)),
                    [this] { assign(std::string()); });
}

void FacesPage::showInPreviews() {
    const QStringList names = selectedFaceNames(studio_.faces);
    names.isEmpty() ? note(tr("Select the faces first that previews should show."))
                    : Q_EMIT previewsWanted(names);
}

void FacesPage::showFaceMenu(const QPoint& at) {
    auto* menu = new QMenu(this);
    menu->setObjectName("faceMenu");
    menu->setAttribute(Qt::WA_DeleteOnClose);
    menu->addAction(icon("keep"), tr("Keep"), [this] { decide(media::ReviewState::keep); });
    menu->addAction(icon("reject"), tr("Reject"), [this] { decide(media::ReviewState::reject); });
    menu->addAction(icon("undecided"), tr("Undecided"),
                    [this] { decide(media::ReviewState::undecided); });
    fillAssignMenu(menu->addMenu(tr("Assign to")));
    menu->addSeparator();
    menu->addAction(icon("preview"), tr("Show in previews"), [this] { showInPreviews(); });
    menu->popup(at);
}

}  // namespace understudy::ui
