// SPDX-License-Identifier: GPL-3.0-or-later
// understudy [PROJECT]: the window. Everything it does lies in ui/ and in programs it asks the
// service to run.
#include <QDir>
#include <QLocale>
#include <QTranslator>
#include <cstdio>
#include <cstring>

#include "media/base/paths.h"
#include "ui/models/formatting.h"
#include "ui/models/service_gateway.h"
#include "ui/panels/theme.h"
#include "ui/window/main_window.h"
#include "ui/window/native_dialogs.h"
#include "ui/window/watched_application.h"

int main(int argc, char** argv) {
    for (int i = 1; i < argc; ++i) {
        if (std::strcmp(argv[i], "--version") == 0) {
            std::printf("understudy " US_VERSION "\n");
            return 0;
        }
        if (std::strcmp(argv[i], "--help") == 0) {
            std::printf(
                "understudy [PROJECT]\nOpens the window, with the project in the folder "
                "PROJECT.\n");
            return 0;
        }
    }
    understudy::ui::WatchedApplication application(argc, argv);
    QApplication::setApplicationName("Understudy");
    QApplication::setApplicationVersion(US_VERSION);
    using namespace understudy::ui;
    // In the user's language where somebody translated it; CONTRIBUTING.md says how.
    QTranslator words;
    const auto translations = understudy::programFolder() / "../share/understudy/translations";
    if (words.load(QLocale(), "understudy", "_", text(translations.string()))) {
        QApplication::installTranslator(&words);
    }
    UiSettings settings;
    theme::setBrightness(settings.number("brightness", 100) / 100.0);
    applyTheme();
    ServiceGateway gateway;
    NativeDialogs dialogs;
    MainWindow window(&gateway, &dialogs, &settings);
    window.show();
    const QStringList arguments = QApplication::arguments();
    if (arguments.size() > 1) {
        window.openProject(QDir(arguments[1]).absolutePath());
    }
    return QApplication::exec();
}
