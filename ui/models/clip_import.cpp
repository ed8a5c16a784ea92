// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/models/clip_import.h"

#include <QDir>
#include <QFileInfo>
#include <QRegularExpression>
#include <QSet>

#include "media/source/frame_source.h"
#include "ui/models/formatting.h"

namespace understudy::ui {
namespace {

bool isPicture(const QString& suffix) {
    static const QSet<QString> kPictures = {"exr", "dpx", "tif", "tiff", "png", "jpg", "jpeg"};
    return kPictures.contains(suffix.toLower());
}

bool isMovie(const QString& suffix) {
    static const QSet<QString> kMovies = {"mov",  "mp4", "m4v",  "mkv", "mxf", "avi",
                                          "webm", "mpg", "mpeg", "ts",  "mts"};
    return kMovies.contains(suffix.toLower());
}

// "/a/shot.1001.exr" -> "/a/shot.#.exr"; nothing without a number.
QString sequenceKey(const QFileInfo& file) {
    static const QRegularExpression kNumber(QStringLiteral("^(.*?)(\\d+)([^\\d]*)$"));
    const auto match = kNumber.match(file.fileName());
    return match.hasMatch()
               ? file.absolutePath() + '/' + match.captured(1) + '#' + match.captured(3)
               : QString();
}

void addFile(const QFileInfo& file, QSet<QString>& sequences, QStringList& clips) {
    if (isPicture(file.suffix())) {
        const QString key = sequenceKey(file);
        if (!key.isEmpty() && sequences.contains(key)) {
            return;
        }
        sequences.insert(key);
    }
    clips.append(file.absoluteFilePath());
}

// "shot.####.exr" is "shot"; a pattern that is all number has its folder's name.
std::string nameOf(const media::SourceInfo& info) {
    const std::filesystem::path path = info.path;
    std::string name = path.stem().string();
    if (info.kind != media::SourceInfo::Kind::sequence) {
        return name;
    }
    name = name.substr(0, name.find_first_of("#@%$"));
    name.erase(name.find_last_not_of("._- ") + 1);
    return name.empty() ? path.parent_path().filename().string() : name;
}

// Appends what the reader warns of to `warnings`.
Result<media::ClipRecord> probe(const std::string& path, const std::string& performer,
                                QStringList& warnings) {
    US_ASSIGN(const auto source, media::openSource(path));
    const media::SourceInfo& info = source->info();
    media::ClipRecord clip;
    clip.name = nameOf(info);
    clip.performer = performer;
    clip.path = info.path;
    clip.frames = info.frames;
    clip.first = info.first;
    clip.last = info.last;
    clip.fps = info.rate.value();
    clip.width = info.width;
    clip.height = info.height;
    clip.pixelAspect = info.pixelAspect;
    clip.encoding = info.encoding.name;
    clip.missing = info.missing;
    const QString file = text(std::filesystem::path(info.path).filename().string());
    for (const std::string& warning : info.warnings) {
        warnings << QStringLiteral("%1: %2").arg(file, text(warning));
    }
    return clip;
}

void addFolder(const QString& path, QSet<QString>& sequences, QStringList& clips) {
    const auto entries = QDir(path).entryInfoList(QDir::Files | QDir::Readable, QDir::Name);
    for (const QFileInfo& entry : entries) {
        if (isMovie(entry.suffix()) || isPicture(entry.suffix())) {
            addFile(entry, sequences, clips);
        }
    }
}

}  // namespace

QStringList clipsAmong(const QStringList& paths) {
    QStringList clips;
    QSet<QString> sequences;
    for (const QString& path : paths) {
        const QFileInfo info(path);
        if (!info.isDir()) {
            addFile(info, sequences, clips);
            continue;
        }
        const qsizetype before = clips.size();
        addFolder(path, sequences, clips);
        if (clips.size() == before) {
            const auto folders =
                QDir(path).entryInfoList(QDir::Dirs | QDir::NoDotAndDotDot, QDir::Name);
            for (const QFileInfo& folder : folders) {
                addFolder(folder.absoluteFilePath(), sequences, clips);
            }
        }
        if (clips.size() == before) {
            clips.append(info.absoluteFilePath());  // so that the error names it
        }
    }
    return clips;
}

ClipImport::ClipImport(ProjectSession* session, QObject* parent)
    : QObject(parent), session_(session) {
    qRegisterMetaType<understudy::ui::ImportResult>("understudy::ui::ImportResult");
}

QString ClipImport::performerFor(const QStringList& paths, const QString& fallback,
                                 const QString& other) {
    QString name = fallback;
    if (!paths.isEmpty()) {
        const QFileInfo first(paths.front());
        const QString folder = first.isDir() ? first.fileName() : first.dir().dirName();
        if (!folder.isEmpty() && folder != QStringLiteral("/")) {
            name = folder;
        }
    }
    return name == other ? fallback : name;
}

void ClipImport::run(const QStringList& paths, const QString& performer) {
    if (!session_->isOpen() || paths.isEmpty()) {
        return;
    }
    ++running_;
    Q_EMIT busyChanged();
    const auto finish = [this](const ImportResult& result) {
        --running_;
        Q_EMIT busyChanged();
        Q_EMIT finished(result);
    };
    runInBackground(
        this,
        [paths, performer = utf8(performer)] {
            ImportResult result;
            for (const QString& path : clipsAmong(paths)) {
                auto clip = probe(utf8(path), performer, result.warnings);
                if (clip.ok()) {
                    result.clips.push_back(std::move(*clip));
                } else {
                    result.errors.push_back(clip.error());
                }
            }
            return result;
        },
        [this, finish](ImportResult probed) {
            auto result = std::make_shared<ImportResult>();
            result->errors = probed.errors;
            result->warnings = probed.warnings;
            session_->write(
                [clips = std::move(probed.clips), result](media::Project& project) -> Status {
                    for (const auto& clip : clips) {
                        auto added = project.addClip(clip);
                        if (!added.ok()) {
                            return added.error();
                        }
                        US_TRY(project.audit("import", added->performer + ": " + added->name +
                                                           " from " + added->path));
                        result->clips.push_back(std::move(*added));
                    }
                    return {};
                },
                [finish, result](const Status& status) {
                    if (!status.ok()) {
                        result->errors.push_back(status.error());
                    }
                    finish(*result);
                });
        });
}

}  // namespace understudy::ui
