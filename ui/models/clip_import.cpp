// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/models/clip_import.h"

#include <QDir>
#include <QFileInfo>
#include <QRegularExpression>
#include <QSet>
#include <algorithm>

#include "media/source/frame_source.h"
#include "ui/models/clip_edits.h"
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

// One that cannot be added does not keep the others out.
Status addAll(media::Project& project, const std::vector<media::ClipRecord>& clips,
              ImportResult& result) {
    for (const media::ClipRecord& clip : clips) {
        US_ASSIGN(const auto before, project.clips());
        auto added = project.addClip(clip);
        if (!added.ok()) {
            if (added.error().code == ErrorCode::cannotWrite) {
                return added.error();  // nor can the others
            }
            result.errors.push_back(added.error());
            continue;
        }
        US_TRY(project.audit("import",
                             added->performer + ": " + added->name + " from " + added->path));
        const bool isNew = std::none_of(before.begin(), before.end(), [&](const auto& known) {
            return known.name == added->name;
        });
        if (isNew) {
            result.added.push_back(*added);
            US_ASSIGN(const auto faces, project.foundFaces(added->name));
            if (!faces.empty()) {
                result.warnings << ClipImport::tr(
                                       "%1 was in this project before: its faces and "
                                       "what was decided about them are back.")
                                       .arg(text(added->name));
            }
        }
        result.clips.push_back(std::move(*added));
    }
    if (!result.added.empty() && result.role != PerformerRole::others) {
        return project.putSetting(roleSetting(result.role), result.added.front().performer);
    }
    return {};
}

constexpr int kMostFolders = 10000;  // below one that was dropped: a disk's root is a slip

// Movies and sequences of the folder and of all below it, in order; links to folders are not
// followed, as they may lead round.
void addFolder(const QString& path, int& folders, QSet<QString>& sequences, QStringList& clips) {
    if (++folders > kMostFolders) {
        return;
    }
    const QDir folder(path);
    for (const QFileInfo& entry : folder.entryInfoList(QDir::Files | QDir::Readable, QDir::Name)) {
        if (isMovie(entry.suffix()) || isPicture(entry.suffix())) {
            addFile(entry, sequences, clips);
        }
    }
    for (const QFileInfo& entry :
         folder.entryInfoList(QDir::Dirs | QDir::NoDotAndDotDot | QDir::NoSymLinks, QDir::Name)) {
        addFolder(entry.absoluteFilePath(), folders, sequences, clips);
    }
}

}  // namespace

QStringList clipsAmong(const QStringList& paths) {
    QStringList clips;
    QSet<QString> sequences;
    int folders = 0;
    for (const QString& path : paths) {
        const QFileInfo info(path);
        if (!info.isDir()) {
            addFile(info, sequences, clips);
            continue;
        }
        const qsizetype before = clips.size();
        addFolder(path, folders, sequences, clips);
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
                                 const QStringList& others) {
    QString name = fallback;
    if (!paths.isEmpty()) {
        const QFileInfo first(paths.front());
        const QString folder = first.isDir() ? first.fileName() : first.dir().dirName();
        if (!folder.isEmpty() && folder != QStringLiteral("/")) {
            name = folder;
        }
    }
    return others.contains(name) ? fallback : name;
}

void ClipImport::run(const QStringList& paths, const QString& performer, PerformerRole role) {
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
        [this, finish, role](ImportResult probed) {
            auto result = std::make_shared<ImportResult>();
            result->errors = probed.errors;
            result->warnings = probed.warnings;
            result->role = role;
            session_->write(
                [clips = std::move(probed.clips), result](media::Project& project) {
                    return addAll(project, clips, *result);
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
