// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/models/preview_loader.h"

#include <algorithm>

#include "ui/models/background.h"
#include "ui/models/formatting.h"

namespace understudy::ui {
namespace {

constexpr size_t kMostSheets = 24;

int placeOf(const std::vector<std::string>& names, const std::string& name) {
    const auto found = std::find(names.begin(), names.end(), name);
    return found == names.end() ? -1 : static_cast<int>(found - names.begin());
}

// `known` itself where its file is still the same.
SheetPointer readSheet(std::filesystem::path file, const SheetPointer& known) {
    std::error_code none;
    const auto written = std::filesystem::last_write_time(file, none);
    if (known && !none && known->written == written) {
        return known;
    }
    auto sheet = std::make_shared<PreviewSheet>();
    sheet->written = none ? std::filesystem::file_time_type() : written;
    QImage image(text(file.string()));
    auto info = training::readPreviewInfo(file.replace_extension(".json"));
    if (!image.isNull() && info.ok()) {
        sheet->image = std::move(image).convertToFormat(QImage::Format_RGB32);
        sheet->half = sheet->image.scaled(sheet->image.size() / 2, Qt::IgnoreAspectRatio,
                                          Qt::SmoothTransformation);
        sheet->info = std::move(*info);
    }
    return sheet;
}

}  // namespace

int PreviewSheet::rowOf(const std::string& face) const {
    return placeOf(info.faces, face);
}

int PreviewSheet::columnOf(const std::string& name) const {
    return placeOf(info.columns, name);
}

void PreviewLoader::load(const training::RunFolder& run, int64_t step,
                         std::function<void(const SheetPointer&)> take) {
    const Key key(run.path.string(), step);
    const auto found = sheets_.find(key);
    const SheetPointer known = found == sheets_.end() ? nullptr : found->second;
    if (known) {
        take(known);
    }
    runInBackground(
        this, [file = run.preview(step), known] { return readSheet(file, known); },
        [this, key, known, take = std::move(take)](const SheetPointer& sheet) {
            keep(key, sheet);
            if (sheet != known) {
                take(sheet);
            }
        });
}

void PreviewLoader::keep(const Key& key, const SheetPointer& sheet) {
    sheets_[key] = sheet;
    recent_.remove(key);
    recent_.push_back(key);
    while (recent_.size() > kMostSheets) {
        sheets_.erase(recent_.front());
        recent_.pop_front();
    }
}

}  // namespace understudy::ui
