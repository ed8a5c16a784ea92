// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/models/delivery_names.h"

#include <QDate>
#include <QDir>
#include <QFileInfo>
#include <QStorageInfo>
#include <algorithm>
#include <iterator>
#include <utility>

#include "media/source/frame_sink.h"
#include "ui/models/background.h"
#include "ui/models/formatting.h"

namespace understudy::ui {
namespace {

constexpr int kLookAfter = 200;  // ms
constexpr const char* kKeys[] = {training::kDeliveryNameSetting, training::kVersionNameSetting};
constexpr const char* kUsual[] = {training::kUsualDeliveryName, training::kUsualVersionName};

struct Kept {
    QString names[2];
    QString folder;
    int handles = 0;
};

Result<Kept> readKept(media::Project& project) {
    Kept kept;
    for (size_t i = 0; i < 2; ++i) {
        US_ASSIGN(const auto name, project.setting(kKeys[i]));
        kept.names[i] = text(name.value_or(kUsual[i]));
    }
    US_ASSIGN(const auto folder, project.setting(training::kDeliveryFolderSetting));
    kept.folder = text(folder.value_or(training::kUsualDeliveryFolder));
    US_ASSIGN(const auto handles, project.setting(training::kDeliveryHandlesSetting));
    kept.handles = std::clamp(text(handles.value_or("0")).toInt(), 0, training::kMostHandles);
    return kept;
}

}  // namespace

QString fileOf(const QString& out, int64_t number) {
    return text(media::sequenceFile(utf8(out), number));
}

QString nearestFolder(const QString& folder) {
    QDir place(folder);
    while (!place.exists() && !place.isRoot()) {
        place.setPath(QFileInfo(place.absolutePath()).absolutePath());
    }
    return place.absolutePath();
}

DeliveryNames::DeliveryNames(ProjectSession* session, VersionsModel* versions, SwapsModel* swaps,
                             ResultsOnDisk* results, QObject* parent)
    : QObject(parent), session_(session), versions_(versions), swaps_(swaps), results_(results) {
    look_.setSingleShot(true);
    look_.setInterval(kLookAfter);
    connect(&look_, &QTimer::timeout, this, &DeliveryNames::look);
    connect(session_, &ProjectSession::opened, this, &DeliveryNames::load);
    // Jobs write, and the project is read again when they end.
    connect(session_, &ProjectSession::changed, this, [this] {
        roomOf_.clear();
        Q_EMIT changed();
    });
    connect(results_, &ResultsOnDisk::changed, this, &DeliveryNames::changed);
    load();
}

void DeliveryNames::load() {
    for (size_t i = 0; i < 2; ++i) {
        names_[i] = QString::fromLatin1(kUsual[i]);
    }
    folder_ = QString::fromLatin1(training::kUsualDeliveryFolder);
    handles_ = 0;
    if (!session_->isOpen()) {
        return;
    }
    session_->look(this, readKept, [this](const Result<Kept>& kept) {
        if (kept.ok()) {
            std::copy(std::begin(kept->names), std::end(kept->names), names_);
            folder_ = kept->folder;
            handles_ = kept->handles;
            Q_EMIT changed();
        }
    });
}

void DeliveryNames::store(const char* key, const QString& value) {
    if (!session_->readOnly() && session_->isOpen()) {
        session_->write([key, value = utf8(value)](media::Project& project) {
            return project.putSetting(key, value);
        });
    }
    Q_EMIT changed();
}

void DeliveryNames::setNameText(Kind kind, const QString& name) {
    QString& kept = names_[static_cast<size_t>(kind)];
    if (kept == name) {
        return;
    }
    kept = name;
    if (training::NameTemplate::parse(utf8(name)).ok()) {
        store(kKeys[static_cast<size_t>(kind)], name);
    } else {
        Q_EMIT changed();
    }
}

QString DeliveryNames::folder() const {
    return QDir::cleanPath(QDir(session_->folder()).absoluteFilePath(folder_));
}

// Inside the project it moves with the project.
void DeliveryNames::setFolder(const QString& folder) {
    const QString inside = QDir(session_->folder()).relativeFilePath(folder);
    folder_ = inside.startsWith(QStringLiteral("..")) ? folder : inside;
    store(training::kDeliveryFolderSetting, folder_);
}

void DeliveryNames::setHandles(int handles) {
    if (handles != handles_) {
        handles_ = handles;
        store(training::kDeliveryHandlesSetting, QString::number(handles));
    }
}

Result<std::string> DeliveryNames::resolved(const RenderOrder& order, int number,
                                            const training::DeliveryFormat& format) const {
    const Kind kind = order.isDelivery() ? Kind::delivery : Kind::version;
    US_ASSIGN(const auto name, training::NameTemplate::parse(utf8(nameText(kind))));
    media::VersionRecord version = order.version.value_or(media::VersionRecord());
    version.run = order.run;
    version.number = number;
    return name.resolve(training::nameFields(utf8(session_->name()), version, order.clip,
                                             utf8(QDate::currentDate().toString(Qt::ISODate))),
                        format.ending, format.movie);
}

bool DeliveryNames::isTaken(const QString& out) const {
    const auto& made = versions_->versions();
    return swaps_->find(out) != nullptr || results_->of(out).there ||
           std::any_of(made.begin(), made.end(), [&](const auto& version) {
               return session_->folderPath() / version.out == utf8(out);
           });
}

Status DeliveryNames::name(std::vector<RenderOrder>& orders, const training::DeliveryFormat& format,
                           bool matte) const {
    Status first;
    std::map<QString, std::string> clips;  // by result
    for (RenderOrder& order : orders) {
        int number = order.version ? order.version->number : 0;
        if (!order.isDelivery()) {
            number = 1;
            for (const media::VersionRecord& version : versions_->versions()) {
                number =
                    version.clip == order.clip.name ? std::max(number, version.number + 1) : number;
            }
        }
        auto name = resolved(order, number, format);
        const auto place = [&] { return QDir(folder()).filePath(text(*name)); };
        for (int i = 0; name.ok() && !order.isDelivery() && i < 999 && isTaken(place()); ++i) {
            auto next = resolved(order, ++number, format);
            if (!next.ok() || *next == *name) {
                break;  // the version is no part of it
            }
            name = std::move(next);
        }
        if (!name.ok()) {
            first = first.ok() ? Status(name.error()) : first;
            continue;
        }
        order.out = place();
        order.matte =
            matte ? text(training::matteBeside(utf8(order.out), format.movie)) : QString();
        const auto [other, fresh] = clips.emplace(order.out, order.clip.name);
        if (!fresh && first.ok()) {
            first =
                Error{ErrorCode::usage,
                      utf8(tr("%1 and %2 would have files of the same name")
                               .arg(text(other->second), text(order.clip.name))),
                      utf8(QFileInfo(order.out).fileName()), utf8(tr("Put {clip} into the name"))};
        }
    }
    return first;
}

NameStanding DeliveryNames::standing(const RenderOrder& order) const {
    NameStanding standing;
    if (!order.out.isEmpty()) {
        const SeenResult& seen = results_->of(order.out);
        standing.known = seen.known;
        standing.there = seen.there ? std::max<int64_t>(1, std::ssize(seen.frames)) : 0;
    }
    for (const media::VersionRecord& version : versions_->versions()) {
        const auto own = session_->folderPath() / version.out;
        if (order.isDelivery() &&
            media::sequenceFile(own.string(), 1) == media::sequenceFile(utf8(order.out), 1)) {
            standing.ofVersion =
                tr("%1 of %2").arg(text(media::versionName(version.number)), text(version.clip));
        }
    }
    return standing;
}

std::optional<double> DeliveryNames::room() const {
    if (roomOf_ != folder() && !looking_ && !look_.isActive()) {
        look_.start();
    }
    return roomOf_ == folder() ? room_ : std::nullopt;
}

void DeliveryNames::look() {
    looking_ = true;
    runInBackground(
        this, [folder = folder()] { return QStorageInfo(nearestFolder(folder)).bytesAvailable(); },
        [this, folder = folder()](qint64 free) {
            looking_ = false;
            roomOf_ = folder;
            room_ = free < 0 ? std::nullopt : std::optional(static_cast<double>(free));
            Q_EMIT changed();
        });
}

}  // namespace understudy::ui
