// SPDX-License-Identifier: GPL-3.0-or-later
// Pictures of the window in all its states, for people to judge; README.md beside this file says
// what for.
//
//   ui_screenshots FOLDER [SIZES [SCALES]]   "1920x1080,2560x1440" and "1,1.25,1.5,2" unless given
//   ui_screenshots FOLDER --project PROJECT  the pages of a project of one's own
//
// The rendered project is kept in UNDERSTUDY_SHOW, where that is set, for the next time. With a
// translation in UNDERSTUDY_WORDS, the path of a .qm, the window speaks it.
#include <QApplication>
#include <QDir>
#include <QProcess>
#include <QTranslator>
#include <cstdio>

#include "media/base/paths.h"
#include "tests/ui/scenes.h"
#include "ui/models/formatting.h"

using namespace understudy;
using namespace understudy::tests;

namespace {

void save(const QString& folder, const std::string& name, QWidget& shown) {
    const QString file = folder + '/' + ui::text(name) + QStringLiteral(".png");
    if (!shown.grab().save(file)) {
        std::fprintf(stderr, "%s cannot be written\n", file.toUtf8().constData());
        std::exit(73);
    }
    std::printf("%s\n", file.toUtf8().constData());
    std::fflush(stdout);
}

QSize sizeOf(const QString& text) {
    const auto parts = text.split('x');
    return parts.size() == 2 ? QSize(parts[0].toInt(), parts[1].toInt()) : QSize();
}

// In a process of its own, as a scale holds for a whole process.
int shootScenes(const QString& folder, const std::filesystem::path& show, QSize size) {
    Scenes scenes(RenderedShow{show}, size,
                  [&](const std::string& name, QWidget& shown) { save(folder, name, shown); });
    scenes.walk();
    return 0;
}

int shootOwn(const QString& folder, const QString& project) {
    StudioFixture fixture;
    fixture.openAndWait(project);
    static const char* const kNames[] = {"ingest", "faces", "train", "review", "deliver"};
    for (int page = 0; page < ui::kPageCount; ++page) {
        fixture.window->goTo(static_cast<ui::PageId>(page));
        runUntil([] { return false; }, 1500);
        save(folder, std::string(kNames[page]) + "-own", *fixture.window);
    }
    return 0;
}

int shootAll(const QString& folder, const QStringList& sizes, const QStringList& scales) {
    const TempFolder temp;
    const QString kept = qEnvironmentVariable("UNDERSTUDY_SHOW");
    const RenderedShow show{kept.isEmpty() ? temp / "show" : std::filesystem::path(ui::utf8(kept))};
    if (!std::filesystem::exists(show.folder / "made")) {
        show.make();
        QDir().mkpath(ui::text((show.folder / "made").string()));
    }
    writePrograms(temp / "bin", show.folder / "versions" / "v004.1001.jpg");
    qputenv("UNDERSTUDY_BIN", QByteArray::fromStdString((temp / "bin").string()));
    for (const QString& size : sizes) {
        for (const QString& scale : scales) {
            const QString place = QStringLiteral("%1/%2-at-%3").arg(folder, size, scale);
            QDir().mkpath(place);
            QProcess process;
            process.setProcessChannelMode(QProcess::ForwardedChannels);
            auto environment = QProcessEnvironment::systemEnvironment();
            environment.insert("QT_SCALE_FACTOR", scale);
            process.setProcessEnvironment(environment);
            process.start(QCoreApplication::applicationFilePath(),
                          {place, "--show", ui::text(show.folder.string()), size});
            if (!process.waitForFinished(-1) || process.exitCode() != 0) {
                return 70;
            }
        }
    }
    return 0;
}

}  // namespace

int main(int argc, char** argv) {
    ensureApplication();
    QTranslator language;
    if (qEnvironmentVariableIsSet("UNDERSTUDY_WORDS")) {
        if (!language.load(qEnvironmentVariable("UNDERSTUDY_WORDS"))) {
            std::fprintf(stderr, "UNDERSTUDY_WORDS is no translation that Qt can read\n");
            return 66;
        }
        QCoreApplication::installTranslator(&language);
    }
    QStringList words;
    for (int i = 1; i < argc; ++i) {
        words << QString::fromLocal8Bit(argv[i]);
    }
    const QString folder = QDir(words.value(0, ".")).absolutePath();
    QDir().mkpath(folder);
    if (words.value(1) == "--project") {
        return shootOwn(folder, QDir(words.value(2)).absolutePath());
    }
    if (words.value(1) == "--show") {
        return shootScenes(folder, ui::utf8(words.value(2)), sizeOf(words.value(3)));
    }
    const QStringList sizes = words.value(1, "1920x1080,2560x1440").split(',');
    for (const QString& size : sizes) {
        if (sizeOf(size).isEmpty()) {
            std::fprintf(stderr, "%s is no size such as 1920x1080\n", size.toUtf8().constData());
            return 64;
        }
    }
    return shootAll(folder, sizes, words.value(2, "1,1.25,1.5,2").split(','));
}
