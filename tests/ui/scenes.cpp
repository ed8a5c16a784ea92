// SPDX-License-Identifier: GPL-3.0-or-later
// Start page, empty pages, and what belongs to the window as a whole.
#include "tests/ui/scenes.h"

#include <QApplication>
#include <QComboBox>
#include <QDialog>
#include <QElapsedTimer>
#include <QKeySequenceEdit>
#include <QLineEdit>
#include <QMouseEvent>
#include <QPushButton>
#include <QTreeWidget>
#include <QtTest/QTest>
#include <fstream>

#include "tests/support/small_disk.h"
#include "ui/models/formatting.h"
#include "ui/panels/demo_guide.h"
#include "ui/panels/log_panel.h"
#include "ui/window/relink_dialog.h"
#include "ui/window/settings_dialog.h"

namespace understudy::tests {

using ui::PageId;

namespace {

// Says when anything of the program is painted or laid out.
class Painted : public QObject {
  public:
    explicit Painted(std::function<void()> told) : told_(std::move(told)) {
        qApp->installEventFilter(this);
    }
    bool eventFilter(QObject*, QEvent* event) override {
        if (event->type() == QEvent::Paint || event->type() == QEvent::LayoutRequest) {
            told_();
        }
        return false;
    }

  private:
    std::function<void()> told_;
};

}  // namespace

void movePointer(QWidget* widget, QPointF to, bool held) {
    QMouseEvent move(QEvent::MouseMove, to, widget->mapToGlobal(to), Qt::NoButton,
                     held ? Qt::LeftButton : Qt::NoButton, Qt::NoModifier);
    QApplication::sendEvent(widget, &move);
}

Scenes::Scenes(const RenderedShow& show, QSize size, Seen seen)
    : show_(show), size_(size), seen_(std::move(seen)) {
    QApplication::setCursorFlashTime(0);
    project_ = fixture_.projectFolder();
    fixture_.window->resize(size_);
}

void Scenes::settle(int quiet) {
    QElapsedTimer still;
    const Painted painted([&] { still.restart(); });
    still.start();
    runUntil([&] { return still.elapsed() > quiet && !fixture_.window->studio().session.saving(); },
             6000);
}

void Scenes::see(const std::string& name, QWidget* shown) {
    settle();
    seeNow(name, shown);
}

void Scenes::seeNow(const std::string& name, QWidget* shown) {
    seen_(name, shown != nullptr ? *shown : *fixture_.window);
}

void Scenes::seePages(const std::string& state) {
    static const char* const kNames[] = {"ingest", "faces", "train", "review", "deliver"};
    for (int page = 0; page < ui::kPageCount; ++page) {
        fixture_.window->goTo(static_cast<PageId>(page));
        see(std::string(kNames[page]) + "-" + state);
    }
}

void Scenes::choose(const char* combo, int index) const {
    auto* box = find<QComboBox>(combo);
    box->setCurrentIndex(index);
    Q_EMIT box->activated(index);
}

void Scenes::key(Qt::Key key, Qt::KeyboardModifiers modifiers) {
    fixture_.window->activateWindow();  // after a dialog; keys go to the active window alone
    runUntil([&] { return fixture_.window->isActiveWindow(); }, 2000);
    QWidget* focus = fixture_.window->focusWidget();
    QTest::keyClick(focus != nullptr ? focus : fixture_.window.get(), key, modifiers);
}

void Scenes::walk() {
    start();
    openFull();
    seePages("full");
    ingest();
    faces();
    train();
    review();
    deliver();
    window();
    working();
    moreOfTrain();
    errors();
    readOnly();
    startError();
}

void Scenes::start() {
    see("start-empty");
    fixture_.window->createProject(fixture_.projectFolder("new_show"));
    runUntil([&] { return fixture_.window->studio().session.isOpen(); });
    seePages("empty");
}

void Scenes::openFull() {
    show_.copyProject(ui::utf8(project_));
    fixture_.gateway.devices = workstation();
    fixture_.openAndWait(project_);
    fixture_.window->goTo(PageId::faces);
    fixture_.window->studio().faces.selectRows(3, 3, false);
    fixture_.window->studio().faces.setCurrent(3);
}

void Scenes::window() {
    fixture_.window->goTo(PageId::review);
    key(Qt::Key_F1);
    see("keys-overlay");
    key(Qt::Key_F1);
    key(Qt::Key_K, Qt::ControlModifier);
    QTest::keyClicks(find<QLineEdit>("finderSearch"), "ck");
    see("keys-finder");
    QTest::keyClick(find<QLineEdit>("finderSearch"), Qt::Key_Escape);
    key(Qt::Key_K, Qt::ControlModifier | Qt::AltModifier);
    auto* table = find<QDialog>("shortcutTable");
    auto* rows = find<QTreeWidget>("shortcutList");
    rows->setCurrentItem(rows->topLevelItem(5));
    find<QKeySequenceEdit>("shortcutKey")->setKeySequence(QKeySequence("Ctrl+J"));
    QApplication::processEvents();
    seeNow("keys-table", table);
    table->close();
    auto* settings = new ui::SettingsDialog(fixture_.window->studio(), fixture_.window.get());
    settings->open();
    runUntil([&] {
        return settings->findChild<QLineEdit*>("setting.disk.warnGiB")->isEnabled() &&
               settings->findChild<QLineEdit*>("setting.train.price")->isEnabled();
    });
    seeNow("settings", settings);
    settings->close();
    settings->deleteLater();

    fixture_.window->goTo(PageId::ingest);
    fixture_.window->findChild<ui::DemoGuide*>()->begin();
    see("demo-step");
    find<QPushButton>("demoSkip")->click();

    auto* dialog = new ui::RelinkDialog(fixture_.window->studio(), {}, fixture_.window.get());
    dialog->open();
    dialog->search(ui::text(show_.plates().string()));
    runUntil([&] {
        return std::any_of(dialog->found().begin(), dialog->found().end(), [](const auto& plate) {
            return plate.state != ui::FoundPlate::State::notFound;
        });
    });
    see("relink", dialog);
    dialog->close();
}

void Scenes::readOnly() {
    SmallDisk disk(256 << 20);
    if (!disk.available()) {
        return;
    }
    const auto there = disk.path() / "heist_010.understudy";
    std::filesystem::copy(ui::utf8(project_), there, std::filesystem::copy_options::recursive);
    disk.makeReadOnly();
    fixture_.openAndWait(ui::text(there.string()));
    fixture_.window->goTo(PageId::ingest);
    see("read-only");
    fixture_.window->studio().session.close();
    runUntil([&] { return !fixture_.window->studio().session.isOpen(); });
}

void Scenes::startError() {
    fixture_.window->studio().session.close();
    runUntil([&] { return !fixture_.window->studio().session.isOpen(); });
    see("start-full");
    fixture_.gateway.setState(ui::JobGateway::State::starting);
    see("start-working");
    fixture_.gateway.setState(ui::JobGateway::State::lost);
    fixture_.window->openProject(fixture_.projectFolder("gone"));
    see("start-error");
}

}  // namespace understudy::tests
