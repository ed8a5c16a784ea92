// SPDX-License-Identifier: GPL-3.0-or-later
// How what is ordered will be named, by the project's two templates (deliveries, new versions), and
// what of it is there already; how many frames more than chosen it has. All this is the project's,
// for the command line as well.
#pragma once

#include <QObject>
#include <QString>
#include <QTimer>
#include <optional>
#include <vector>

#include "ui/models/project_session.h"
#include "ui/models/render_order.h"
#include "ui/models/results_on_disk.h"
#include "ui/models/swaps_model.h"
#include "ui/models/versions_model.h"

namespace understudy::ui {

// What of an order's files is there.
struct NameStanding {
    int64_t there = 0;
    bool known = false;  // the disk was looked at
    QString ofVersion;   // "v002 of bird" where they are the pictures of one: never written over
};

class DeliveryNames : public QObject {
    Q_OBJECT
  public:
    DeliveryNames(ProjectSession* session, VersionsModel* versions, SwapsModel* swaps,
                  ResultsOnDisk* results, QObject* parent = nullptr);

    enum class Kind { delivery, version };
    const QString& nameText(Kind kind) const { return names_[static_cast<size_t>(kind)]; }
    void setNameText(Kind kind, const QString& text);
    QString folder() const;  // absolute
    void setFolder(const QString& folder);
    int handles() const { return handles_; }  // frames at each end
    void setHandles(int handles);

    // Fills in `out` and `matte`; new versions get the next number that is free, as far as the disk
    // was looked at: standing() says whether it is so. Orders that cannot be named keep empty ones.
    // The first error, if any.
    Status name(std::vector<RenderOrder>& orders, const training::DeliveryFormat& format,
                bool matte) const;
    // As the disk was last seen; changed() when that is another.
    NameStanding standing(const RenderOrder& order) const;
    // Bytes free where results go, looked at in the same way; nothing while that is not known.
    std::optional<double> room() const;

  Q_SIGNALS:
    void changed();

  private:
    void load();
    void store(const char* key, const QString& value);
    void look();
    Result<std::string> resolved(const RenderOrder& order, int number,
                                 const training::DeliveryFormat& format) const;
    bool isTaken(const QString& out) const;

    ProjectSession* session_;
    VersionsModel* versions_;
    SwapsModel* swaps_;
    ResultsOnDisk* results_;
    QString names_[2];
    QString folder_;  // as it is kept
    int handles_ = 0;
    mutable QTimer look_;
    bool looking_ = false;
    std::optional<double> room_;
    QString roomOf_;  // the folder
};

// The file that frame `number` will have.
QString fileOf(const QString& out, int64_t number);
// A folder, or the nearest above it that is there.
QString nearestFolder(const QString& folder);

}  // namespace understudy::ui
