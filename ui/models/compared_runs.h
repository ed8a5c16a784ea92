// SPDX-License-Identifier: GPL-3.0-or-later
// The other runs of a project whose curves lie beside those of the run that is looked at. Each is
// followed in a slot, and keeps it while it is compared: what is drawn of a slot is told by how
// the slot is drawn.
#pragma once

#include <QStringList>
#include <array>

#include "ui/models/run_model.h"

namespace understudy::ui {

class ComparedRuns : public QObject {
    Q_OBJECT
  public:
    static constexpr size_t kMost = 6;

    // `looked`: the one beside which they lie; of itself it is no other.
    explicit ComparedRuns(const RunModel* looked, QObject* parent = nullptr);

    // Those of the project that is open, in `folder`. Who is gone from there is compared no more.
    void setRuns(const QStringList& names, const std::filesystem::path& folder);
    const QStringList& runs() const { return runs_; }
    // At most kMost. The one that is looked at may be among them, and lies there again when
    // another is looked at.
    void choose(const QStringList& names);
    const QStringList& chosen() const { return chosen_; }
    bool full() const { return chosen_.size() >= static_cast<qsizetype>(kMost); }

    // Slots without a run have none.
    std::array<RunModel, kMost>& followed() { return slots_; }
    const std::array<RunModel, kMost>& followed() const { return slots_; }
    int count() const;  // of those with one
    void setSmoothing(double weight);

  Q_SIGNALS:
    void changed();         // other runs can be, or are, compared
    void historyChanged();  // of one of them
    void smoothed();        // likewise

  private:
    void fillSlots();

    const RunModel* looked_;
    QStringList runs_;
    std::filesystem::path folder_;
    QStringList chosen_;
    std::array<RunModel, kMost> slots_;
};

}  // namespace understudy::ui
