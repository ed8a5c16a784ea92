// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/ui/found_texts.h"

#include <QCoreApplication>
#include <QFile>
#include <QProcess>
#include <QXmlStreamReader>
#include <catch2/catch.hpp>

#include "tests/support/temp_folder.h"
#include "tests/ui/studio_fixture.h"
#include "ui/models/described.h"
#include "ui/models/formatting.h"

namespace understudy::tests {
namespace {

QString entry(const QString& context, const QString& words) {
    return context + QStringLiteral(": ") + words;
}

}  // namespace

std::set<QString> foundTexts() {
    const TempFolder folder;
    const QString file = ui::text((folder / "found.ts").string());
    QProcess lupdate;
    lupdate.setWorkingDirectory(QStringLiteral(US_SOURCE_DIR));
    lupdate.start(QStringLiteral(US_LUPDATE), {"-silent", "-I", ".", "ui", "-ts", file});
    const bool ended = lupdate.waitForFinished(-1);
    INFO(ui::utf8(QString::fromLocal8Bit(lupdate.readAllStandardError())));
    REQUIRE(ended);
    REQUIRE(lupdate.exitCode() == 0);
    QFile opened(file);
    REQUIRE(opened.open(QIODevice::ReadOnly));
    std::set<QString> found;
    for (const std::string& words : ui::describedTexts()) {
        found.insert(entry(QString::fromLatin1(ui::kDescribed), ui::text(words)));
    }
    QString context;
    QXmlStreamReader reader(&opened);
    while (reader.readNext() != QXmlStreamReader::EndDocument && !reader.hasError()) {
        if (reader.isStartElement() && reader.name() == QStringLiteral("name")) {
            context = reader.readElementText();
        } else if (reader.isStartElement() && reader.name() == QStringLiteral("source")) {
            found.insert(entry(context, reader.readElementText()));
        }
    }
    REQUIRE_FALSE(reader.hasError());
    return found;
}

AskedTexts::AskedTexts() {
    ensureApplication();
    QCoreApplication::installTranslator(this);
}

AskedTexts::~AskedTexts() {
    QCoreApplication::removeTranslator(this);
}

QString AskedTexts::translate(const char* context, const char* words, const char*, int) const {
    const QString place = QString::fromUtf8(context);
    if (!place.startsWith('Q')) {
        asked_.insert(entry(place, QString::fromUtf8(words)));
    }
    return {};
}

QStringList AskedTexts::missingIn(const std::set<QString>& found) const {
    QStringList missing;
    for (const QString& each : asked_) {
        if (!found.contains(each)) {
            missing << each;
        }
    }
    return missing;
}

}  // namespace understudy::tests
