// SPDX-License-Identifier: GPL-3.0-or-later
// The window on Review, with two versions of a clip and the notes on them.
#pragma once

#include <QApplication>
#include <QComboBox>
#include <QListWidget>
#include <QMouseEvent>
#include <QUndoStack>
#include <QtTest/QTest>
#include <catch2/catch.hpp>
#include <string>
#include <vector>

#include "tests/ui/studio_fixture.h"
#include "ui/models/formatting.h"
#include "ui/workspaces/review_page.h"

namespace understudy::tests {

struct Reviewed : StudioFixture {
    Reviewed() {
        const std::filesystem::path path = ui::utf8(projectFolder());
        makeShow(path, temp / "plates");
        auto project = media::Project::open(path);
        addVersions(*project, 8);
        openAndWait(projectFolder());
        window->goTo(ui::PageId::review);
        page = static_cast<ui::ReviewPage*>(window->page(ui::PageId::review));
        list = find<QListWidget>("versionList");
        REQUIRE(runUntil([&] { return list->count() == 2 && !view()->picture().isNull(); }));
    }
    ui::CompareView* view() const { return page->player()->view(); }
    ui::TransportBar* bar() const { return page->player()->transport(); }
    QUndoStack& undo() const { return window->studio().undo; }
    media::Project project() const {
        return *media::Project::open(ui::utf8(projectFolder()), true);
    }
    QImage file(const std::string& name, int frame) const {
        const auto path = std::filesystem::path(ui::utf8(projectFolder())) / "deliveries" /
                          (name + "." + std::to_string(frame) + ".png");
        return QImage(ui::text(path.string())).convertToFormat(QImage::Format_RGB32);
    }
    void press(Qt::Key key, Qt::KeyboardModifiers modifiers = Qt::NoModifier) const {
        QTest::keyClick(view(), key, modifiers);
    }
    // Of the shown picture, in parts of it.
    QPoint at(double x, double y) const {
        return view()
            ->widgetFromPicture()
            .map(QPointF(x * view()->picture().width(), y * view()->picture().height()))
            .toPoint();
    }
    void drag(QPoint from, QPoint to) const {
        QTest::mousePress(view(), Qt::LeftButton, {}, from);
        QMouseEvent move(QEvent::MouseMove, to, view()->mapToGlobal(to), Qt::NoButton,
                         Qt::LeftButton, Qt::NoModifier);
        QApplication::sendEvent(view(), &move);
        QTest::mouseRelease(view(), Qt::LeftButton, {}, to);
    }
    void compare(ui::CompareMode mode) const {
        auto* box = find<QComboBox>("compareMode");
        box->setCurrentIndex(static_cast<int>(mode));
        Q_EMIT box->activated(static_cast<int>(mode));
    }
    bool saved() const {
        return runUntil([&] { return !window->studio().session.saving(); });
    }
    std::vector<media::NoteRecord> notesOf(const char* version) const {
        std::vector<media::NoteRecord> notes;
        const media::Project read = project();
        const int64_t id = read.version("bird", version)->id;
        const std::vector<media::NoteRecord> all = *read.notes();
        for (const auto& note : all) {
            if (note.version == id) {
                notes.push_back(note);
            }
        }
        return notes;
    }

    ui::ReviewPage* page;
    QListWidget* list;
};

}  // namespace understudy::tests
