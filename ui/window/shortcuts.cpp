// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/window/shortcuts.h"

#include <algorithm>
#include <span>

namespace understudy::ui {
namespace {

const QString kNone = QStringLiteral("none");

struct PresetKey {
    const char* scope;
    const char* title;
    const char* key;  // "": none
};

constexpr const char* kPlayers = "Ingest, Review, Deliver";  // pages with a player

// What the other players' users have in their fingers, where it differs.
constexpr PresetKey kRv[] = {{"", "Side panels", "Shift+F4"},
                             {kPlayers, "In point", "["},
                             {kPlayers, "Out point", "]"},
                             {kPlayers, "Play backwards", "Up"},
                             {kPlayers, "Stop", ""},
                             {kPlayers, "Play forwards", "Down"},
                             {kPlayers, "Luminance", "L"},
                             {kPlayers, "Hold and drag: gamma", "Y"},
                             {kPlayers, "The picture as the file has it", "Shift+Home"},
                             {"Review", "Wipe", "F6"},
                             {"Review", "Note before", "Alt+Left"},
                             {"Review", "Next note", "Alt+Right"}};
constexpr PresetKey kXstudio[] = {{"", "Ingest", "F1"},
                                  {"", "Faces", "F2"},
                                  {"", "Train", "F3"},
                                  {"", "Review", "F4"},
                                  {"", "Deliver", "F5"},
                                  {"", "Keys of this page", "Shift+F1"},
                                  {"", "Side panels", "Shift+F4"},
                                  {kPlayers, "Luminance", "Shift+Y"},
                                  {kPlayers, "Hold and drag: gamma", "Y"}};

std::span<const PresetKey> keysOf(const QString& preset) {
    return preset == "rv"        ? std::span<const PresetKey>(kRv)
           : preset == "xstudio" ? std::span<const PresetKey>(kXstudio)
                                 : std::span<const PresetKey>();
}

bool covers(const PresetKey& key, const Shortcuts::Entry& entry) {
    const QString scope = QString::fromLatin1(key.scope);
    return entry.title == QLatin1String(key.title) &&
           (scope == entry.scope ||
            (!entry.scope.isEmpty() && scope.split(QStringLiteral(", ")).contains(entry.scope)));
}

}  // namespace

QStringList Shortcuts::presets() {
    return {"default", "rv", "xstudio"};
}

QString Shortcuts::presetTitle(const QString& preset) {
    return preset == "rv" ? tr("RV") : preset == "xstudio" ? tr("xSTUDIO") : tr("Understudy");
}

Shortcuts::Shortcuts(UiSettings* settings, QObject* parent)
    : QObject(parent), settings_(settings), preset_(settings->text("keys/preset", "default")) {
    if (!presets().contains(preset_)) {
        preset_ = "default";
    }
}

QString Shortcuts::keyOf(const Entry& entry) const {
    return QStringLiteral("keys/%1/%2/%3").arg(preset_, entry.scope, entry.title);
}

void Shortcuts::add(const QString& scope, const QList<QAction*>& actions) {
    for (QAction* action : actions) {
        Entry entry;
        entry.scope = scope;
        entry.title = QString(action->text()).remove('&').remove(QStringLiteral("…")).trimmed();
        entry.action = action;
        entry.standard = action->shortcut();
        if (!entry.title.isEmpty()) {
            show(entry);
            entries_.push_back(entry);
        }
    }
}

// Finds what the preset and the user say of it.
void Shortcuts::show(Entry& entry) {
    entry.preset = entry.standard;
    for (const PresetKey& key : keysOf(preset_)) {
        if (covers(key, entry)) {
            entry.preset = QKeySequence(QString::fromLatin1(key.key));
        }
    }
    const QString own = settings_->text(keyOf(entry));
    entry.action->setShortcut(own.isEmpty()  ? entry.preset
                              : own == kNone ? QKeySequence()
                                             : QKeySequence::fromString(own));
}

Shortcuts::Entry& Shortcuts::mine(const Entry& entry) {
    return *std::find_if(entries_.begin(), entries_.end(),
                         [&](const Entry& each) { return each.action == entry.action; });
}

const Shortcuts::Entry* Shortcuts::conflict(const Entry& entry, const QKeySequence& key) const {
    const auto found = std::find_if(entries_.begin(), entries_.end(), [&](const Entry& other) {
        const bool together =
            other.scope == entry.scope || other.scope.isEmpty() || entry.scope.isEmpty();
        return other.action != entry.action && together && !key.isEmpty() &&
               other.action->shortcuts().contains(key);
    });
    return found == entries_.end() ? nullptr : &*found;
}

void Shortcuts::assign(const Entry& entry, const QKeySequence& key) {
    const auto keep = [this](Entry& kept, const QKeySequence& wanted) {
        const bool usual = wanted == kept.preset;
        settings_->setText(keyOf(kept), usual              ? QString()
                                        : wanted.isEmpty() ? kNone
                                                           : wanted.toString());
        kept.action->setShortcut(wanted);
    };
    while (const Entry* other = conflict(entry, key)) {
        keep(mine(*other), {});
    }
    keep(mine(entry), key);
    Q_EMIT changed();
}

void Shortcuts::reset(const Entry& entry) {
    assign(entry, mine(entry).preset);
}

void Shortcuts::usePreset(const QString& preset) {
    preset_ = preset;
    settings_->setText("keys/preset", preset);
    for (Entry& entry : entries_) {
        show(entry);
    }
    Q_EMIT changed();
}

bool Shortcuts::changedByUser() const {
    return std::any_of(entries_.begin(), entries_.end(), [this](const Entry& entry) {
        return !settings_->text(keyOf(entry)).isEmpty();
    });
}

void Shortcuts::resetAll() {
    for (const Entry& entry : entries_) {
        settings_->setText(keyOf(entry), {});
    }
    usePreset(preset_);
}

}  // namespace understudy::ui
