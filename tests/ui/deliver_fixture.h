// SPDX-License-Identifier: GPL-3.0-or-later
// The Deliver page of a project with two versions of "bird".
#pragma once

#include <QComboBox>
#include <QLabel>
#include <QLineEdit>
#include <QListView>
#include <QMenu>
#include <QPushButton>
#include <algorithm>
#include <catch2/catch.hpp>

#include "tests/ui/studio_fixture.h"
#include "ui/models/formatting.h"
#include "ui/panels/deliver_form.h"
#include "ui/workspaces/deliver_page.h"

namespace understudy::tests {

struct Deliver : ShowFixture {
    Deliver() {
        {
            auto project = media::Project::open(folder());
            addVersions(*project, 48);
        }
        window->studio().session.refresh();
        window->goTo(ui::PageId::deliver);
        form = find<ui::DeliverForm>("deliverForm");
        REQUIRE(runUntil([&] { return window->studio().versions.versions().size() == 2; }));
        form->chooseClip("bird");
    }
    QString label(const char* name) const { return find<QLabel>(name)->text(); }
    QPushButton* primary() const { return find<QPushButton>("deliverPrimary"); }
    void choose(const char* combo, const QVariant& data) const {
        auto* box = find<QComboBox>(combo);
        box->setCurrentIndex(box->findData(data));
        REQUIRE(box->currentIndex() >= 0);
        Q_EMIT box->activated(box->currentIndex());
    }
    void version(const char* name) const {
        for (const auto& each : window->studio().versions.versions()) {
            if (media::versionName(each.number) == name) {
                form->chooseVersion(each.id);
            }
        }
    }
    // Once it is known that nothing is written over.
    void render() const {
        REQUIRE(runUntil([&] { return primary()->isEnabled(); }));
        primary()->click();
    }
    QListView* queue() const { return find<QListView>("swapQueue"); }
    std::string row(int number) const {
        return ui::utf8(queue()->model()->index(number, 0).data().toString());
    }
    // Of the menu of the row that is chosen.
    QAction* action(const QString& words) const {
        for (QAction* each : find<QMenu>("writtenMenu")->actions()) {
            if (each->text().startsWith(words)) {
                return each;
            }
        }
        return nullptr;
    }
    void typeName(const char* name) const {
        auto* field = find<QLineEdit>("deliverName");
        field->setText(name);
        Q_EMIT field->textEdited(field->text());
    }
    static std::string argument(const training::StartJob& job, const char* name) {
        const auto at = std::find(job.arguments.begin(), job.arguments.end(), name);
        return at == job.arguments.end() ? "" : *(at + 1);
    }
    QString first() const { return find<ui::ElidedLabel>("deliverFirst")->fullText(); }
    QString fault() const {
        auto* words = find<QLabel>("deliverFault");
        return words->isVisibleTo(window.get()) ? words->text() : QString();
    }

    ui::DeliverForm* form = nullptr;
};

}  // namespace understudy::tests
