// SPDX-License-Identifier: GPL-3.0-or-later
// What the window keeps of where somebody is, so that the next one begins there: a second after
// each change and not only at its end, because a window may be killed.
#include <QBuffer>
#include <QJsonDocument>
#include <QJsonObject>

#include "media/base/file.h"
#include "ui/models/formatting.h"
#include "ui/window/main_window.h"

namespace understudy::ui {
namespace {

constexpr int kDocksVersion = 1;

// Of the page that was open last.
QString pictureOf(const QString& folder) {
    return folder + QStringLiteral("/picture.jpg");
}

QString placeKey(const QString& folder, const Page& page) {
    return UiSettings::projectKey(folder, "place/" + page.objectName());
}

}  // namespace

// Presented alone, the window is not as it is worked with.
void MainWindow::remember() {
    if (presented_) {
        return;
    }
    UiSettings& settings = *studio_->settings;
    settings.setBytes("window/geometry", saveGeometry());
    settings.setBytes("window/docks", saveState(kDocksVersion));
    for (const Page* each : pages_) {
        each->saveLayout();
    }
    if (studio_->session.isOpen() && currentPage() >= 0) {
        const QString folder = studio_->session.folder();
        settings.setNumber(UiSettings::projectKey(folder, "page"), currentPage());
        for (const Page* each : pages_) {
            const QByteArray place = QJsonDocument(each->place()).toJson(QJsonDocument::Compact);
            settings.setText(placeKey(folder, *each), QString::fromUtf8(place));
        }
    }
}

void MainWindow::restoreWindow() {
    restoreGeometry(studio_->settings->bytes("window/geometry"));
    restoreState(studio_->settings->bytes("window/docks"), kDocksVersion);
}

void MainWindow::restorePlaces() {
    const QString folder = studio_->session.folder();
    for (Page* each : pages_) {
        const QString place = studio_->settings->text(placeKey(folder, *each));
        each->setPlace(QJsonDocument::fromJson(place.toUtf8()).object());
    }
    // A training that runs is what one comes back for.
    const int fallback =
        studio_->jobs.active("train") != nullptr ? static_cast<int>(PageId::train) : 0;
    const int page = studio_->settings->number(UiSettings::projectKey(folder, "page"), fallback);
    goTo(static_cast<PageId>(std::clamp(page, 0, kPageCount - 1)));
}

std::vector<RecentProject> MainWindow::recentProjects() const {
    std::vector<RecentProject> recent;
    for (const QString& folder : studio_->settings->recentProjects()) {
        RecentProject project;
        project.folder = folder;
        project.picture = pictureOf(folder);
        const int page = studio_->settings->number(UiSettings::projectKey(folder, "page"), -1);
        project.page =
            page >= 0 && page < kPageCount ? pageTitle(static_cast<PageId>(page)) : QString();
        recent.push_back(std::move(project));
    }
    return recent;
}

// Where one was, and how it looked: for the start page. The picture shows footage, so it stays in
// the project, as private as that.
void MainWindow::rememberPage() {
    for (Page* each : pages_) {
        each->leave();
    }
    if (!studio_->session.isOpen()) {
        return;
    }
    remember();
    const QString folder = studio_->session.folder();
    if (!studio_->session.readOnly()) {
        studio_->session.write(
            [file = utf8(pictureOf(folder)), seen = stack_->grab().toImage()](media::Project&) {
                QByteArray picture;
                QBuffer buffer(&picture);
                seen.scaledToHeight(96, Qt::SmoothTransformation).save(&buffer, "JPG");
                return writeFileAtomic(file, picture.toStdString());
            });
    }
}

}  // namespace understudy::ui
