// SPDX-License-Identifier: GPL-3.0-or-later
// What Deliver wrote and is writing as a list, newest first. Rows stay the same rows while what
// they say changes, so that what is chosen and where one has scrolled to stay.
#pragma once

#include <QAbstractListModel>
#include <vector>

#include "ui/models/swaps_model.h"

namespace understudy::ui {

class SwapListModel : public QAbstractListModel {
    Q_OBJECT
  public:
    enum Role { IconRole = Qt::UserRole };  // name of an icon

    explicit SwapListModel(SwapsModel* swaps, QObject* parent = nullptr);

    void refresh();

    int rowCount(const QModelIndex& parent = {}) const override;
    QVariant data(const QModelIndex& index, int role) const override;
    // Null where there is none; until the next change.
    const SwapRecord* swap(const QModelIndex& index) const;
    const JobState* job(const QModelIndex& index) const;

  private:
    SwapsModel* swaps_;
    std::vector<QString> outs_;
};

}  // namespace understudy::ui
