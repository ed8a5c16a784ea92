// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/models/display_choice.h"

#include <algorithm>

#include "ui/models/background.h"
#include "ui/models/formatting.h"

namespace understudy::ui {
namespace {

constexpr auto kSetting = "displayView";

}  // namespace

DisplayChoice::DisplayChoice(UiSettings* settings, Read read) : settings_(settings) {
    runInBackground(this, read, [this](media::DisplayViews views) { take(std::move(views)); });
}

void DisplayChoice::take(media::DisplayViews views) {
    views_ = std::move(views);
    problem_ = text(views_.notice());
    const auto before = names().indexOf(settings_->text(kSetting));
    current_ = before >= 0 ? static_cast<int>(before) : static_cast<int>(views_.usual());
    make(current_);
    Q_EMIT changed();
}

QStringList DisplayChoice::names() const {
    QStringList names;
    for (const media::DisplayViews::Name& name : views_.names()) {
        names << (name.display.empty()
                      ? text(name.view)
                      : QStringLiteral("%1: %2").arg(text(name.display), text(name.view)));
    }
    return names;
}

void DisplayChoice::choose(int number) {
    const QStringList all = names();
    if (number == current_ || number < 0 || number >= all.size()) {
        return;
    }
    current_ = number;
    problem_.clear();
    settings_->setText(kSetting, all[number]);
    make(number);
    Q_EMIT changed();
}

bool DisplayChoice::kept(int number) const {
    return number == 0 && views_.names().front().display.empty();
}

// What was shown stays until it is made.
void DisplayChoice::make(int number) {
    const int wanted = ++generation_;
    if (kept(number)) {
        view_.reset();
        return;
    }
    runInBackground(
        this, [views = views_, number] { return views.view(static_cast<size_t>(number)); },
        [this, wanted](Result<std::shared_ptr<const media::DisplayView>> view) {
            if (wanted != generation_) {
                return;
            }
            if (view.ok()) {
                view_ = std::move(*view);
            } else {
                problem_ = errorText(view.error());
            }
            Q_EMIT changed();
        });
}

}  // namespace understudy::ui
