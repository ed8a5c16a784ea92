// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/system/window/window_robot.h"

#include <QAbstractButton>
#include <QApplication>
#include <QComboBox>
#include <QDir>
#include <QDragEnterEvent>
#include <QLabel>
#include <QLineEdit>
#include <QMimeData>
#include <QSpinBox>
#include <QUrl>
#include <QtTest/QTest>
#include <fstream>
#include <nlohmann/json.hpp>
#include <set>

#include "ui/models/formatting.h"
#include "ui/panels/loss_curves.h"
#include "ui/panels/option_field.h"

namespace understudy::tests {

using ui::text;

WindowRobot::WindowRobot(const std::filesystem::path& folder) : folder_(folder) {
    ensureApplication();
    newWindow();
}

WindowRobot::~WindowRobot() {
    window.reset();
}

void WindowRobot::newWindow() {
    settings = std::make_unique<ui::UiSettings>(text((folder_ / "window.ini").string()));
    gateway = std::make_unique<ui::ServiceGateway>();
    window = std::make_unique<ui::MainWindow>(gateway.get(), &dialogs, settings.get());
    window->resize(1920, 1080);
    window->show();
}

void WindowRobot::closeWindow() {
    window->close();
    window.reset();
    gateway.reset();
    settings.reset();
}

void WindowRobot::open(const std::string& project) {
    window->openProject(text(project));
    waitFor([this] {
        return window->studio().session.isOpen() && !window->studio().faces.loading() &&
               !window->studio().faces.ordering();
    });
}

bool WindowRobot::click(const char* name) {
    const bool ready = waitFor([&] {
        const auto* button = find<QAbstractButton>(name);
        return button != nullptr && button->isVisible() && button->isEnabled();
    });
    if (!ready) {
        return false;
    }
    QTest::mouseClick(find<QAbstractButton>(name), Qt::LeftButton);
    return true;
}

QString WindowRobot::textOf(const char* name) const {
    const auto* button = find<QAbstractButton>(name);
    return button == nullptr ? QString() : button->text();
}

QString WindowRobot::message(const char* name) const {
    const auto* bar = find<QWidget>(name);
    const auto* said = bar == nullptr ? nullptr : bar->findChild<QLabel*>("messageText");
    return said == nullptr || !bar->isVisible() ? QString() : said->text();
}

bool WindowRobot::drop(const char* name, const std::vector<std::filesystem::path>& files) {
    auto* target = find<QWidget>(name);
    if (target == nullptr || !target->isVisible()) {
        return false;
    }
    QMimeData data;
    QList<QUrl> urls;
    for (const auto& file : files) {
        urls << QUrl::fromLocalFile(text(file.string()));
    }
    data.setUrls(urls);
    const QPoint middle = target->rect().center();
    QDragEnterEvent enter(middle, Qt::CopyAction, &data, Qt::LeftButton, Qt::NoModifier);
    QApplication::sendEvent(target, &enter);
    if (!enter.isAccepted()) {
        return false;
    }
    QDropEvent drop(middle, Qt::CopyAction, &data, Qt::LeftButton, Qt::NoModifier);
    QApplication::sendEvent(target, &drop);
    return drop.isAccepted();
}

void WindowRobot::press(Qt::Key key, Qt::KeyboardModifiers modifiers) {
    QWidget* focus = window->focusWidget();
    QTest::keyClick(focus != nullptr ? focus : window.get(), key, modifiers);
}

bool WindowRobot::setOption(const char* key, const QString& value) {
    auto* field = find<ui::OptionField>((std::string("option.") + key).c_str());
    if (field == nullptr || !field->isEnabled()) {
        return false;
    }
    if (auto* box = field->findChild<QSpinBox*>()) {
        box->setValue(value.toInt());
    } else if (auto* line = field->findChild<QLineEdit*>()) {
        line->setText(value);
        Q_EMIT line->editingFinished();
    } else if (auto* combo = field->findChild<QComboBox*>()) {
        combo->setCurrentText(value);
        Q_EMIT combo->activated(combo->currentIndex());
    }
    return field->value() == value;
}

bool WindowRobot::setSmallTraining() {
    static const std::pair<const char*, const char*> kSmall[] = {
        {"resolution", "64"}, {"encoderDims", "16"},    {"decoderDims", "16"},
        {"maskDims", "8"},    {"bottleneck", "32"},     {"batch", "4"},
        {"steps", "100000"},  {"checkpointEvery", "5"}, {"previewEvery", "10"},
        {"historyEvery", "1"}};
    for (const auto& [key, value] : kSmall) {
        if (!setOption(key, QString::fromLatin1(value))) {
            return false;
        }
    }
    return true;
}

std::string WindowRobot::jobState(const char* kind) const {
    const auto* job = window->studio().jobs.newest(kind);
    return job == nullptr ? "" : job->info.state;
}

bool WindowRobot::waitForJob(const char* kind, const char* state, int seconds) const {
    return waitFor([&] { return jobState(kind) == state; }, seconds);
}

int WindowRobot::curvePoints() const {
    return find<ui::LossCurves>("lossCurves")->pointsShown();
}

int WindowRobot::pageKept() const {
    static constexpr std::string_view kKey = "page=";
    std::ifstream file(folder_ / "window.ini");
    std::string line;
    while (std::getline(file, line)) {
        if (line.starts_with(kKey)) {
            return std::stoi(line.substr(kKey.size()));
        }
    }
    return -1;
}

bool WindowRobot::seesPicture(const char* name) const {
    auto* widget = find<QWidget>(name);
    if (widget == nullptr || !widget->isVisible()) {
        return false;
    }
    // The middle half, away from frames and labels.
    const QRect all = widget->rect();
    const QImage shown =
        widget->grab(QRect(all.width() / 4, all.height() / 4, all.width() / 2, all.height() / 2))
            .toImage();
    std::set<QRgb> colours;
    for (int y = 0; y < shown.height(); y += 7) {
        for (int x = 0; x < shown.width(); x += 7) {
            colours.insert(shown.pixel(x, y));
        }
    }
    return colours.size() > 200;
}

void WindowRobot::shoot(const char* name) const {
    const QByteArray folder = qgetenv("UNDERSTUDY_SHOTS");
    if (!folder.isEmpty()) {
        QDir().mkpath(QString::fromLocal8Bit(folder));
        QApplication::processEvents();
        window->grab().save(QString::fromLocal8Bit(folder) + '/' + QString::fromLatin1(name) +
                            QStringLiteral(".png"));
    }
}

int64_t lastStep(const std::filesystem::path& run) {
    std::ifstream history(run / "history.jsonl");
    std::string line;
    int64_t step = 0;
    while (std::getline(history, line)) {
        const auto parsed = nlohmann::json::parse(line, nullptr, false);
        if (parsed.is_object() && parsed.contains("step")) {
            step = parsed["step"].get<int64_t>();
        }
    }
    return step;
}

}  // namespace understudy::tests
