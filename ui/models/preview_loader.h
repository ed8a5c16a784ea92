// SPDX-License-Identifier: GPL-3.0-or-later
// The sheets of pictures that trainings draw, decoded away from the window's thread and kept while
// they are the newest of their file: a run that goes back to a checkpoint writes steps again.
#pragma once

#include <QImage>
#include <QObject>
#include <functional>
#include <list>
#include <map>
#include <memory>

#include "training/plan/run_folder.h"

namespace understudy::ui {

struct PreviewSheet {
    QImage image;  // null: it could not be read
    QImage half;   // half as large, for cells that are shown much smaller
    training::PreviewInfo info;
    std::filesystem::file_time_type written{};

    int rows() const { return info.cell > 0 ? image.height() / info.cell : 0; }
    int columns() const { return static_cast<int>(info.columns.size()); }
    // -1: it has none.
    int rowOf(const std::string& face) const;
    int columnOf(const std::string& name) const;
};
using SheetPointer = std::shared_ptr<const PreviewSheet>;

class PreviewLoader : public QObject {
    Q_OBJECT
  public:
    using QObject::QObject;
    // `take` gets the sheet: at once where it is known, and later if its file is another by then.
    void load(const training::RunFolder& run, int64_t step,
              std::function<void(const SheetPointer&)> take);

  private:
    using Key = std::pair<std::string, int64_t>;
    void keep(const Key& key, const SheetPointer& sheet);

    std::map<Key, SheetPointer> sheets_;
    std::list<Key> recent_;  // the oldest first
};

}  // namespace understudy::ui
